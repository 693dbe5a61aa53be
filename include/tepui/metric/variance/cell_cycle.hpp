#pragma once
/// Does an embedding keep the cell cycle? The share of variance that goes with it, before and after integration.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/dealt_labels.hpp>
#include <tepui/metric/variance/pcr.hpp>

namespace tepui::metric {

/// 1 - |after - before| / before, not below 0.
/// out    NaN where before is 0: there was nothing to keep
[[nodiscard]] inline double conservation(double before, double after) {
  return before > 0 ? std::max(0.0, 1 - std::abs(after - before) / before) : std::numeric_limits<double>::quiet_NaN();
}

/// Scores "cell_cycle_conservation": in each batch, how well the share of variance that S and G2M scores explain is kept;
/// the mean over batches, each of the same weight. Higher is better.
/// in     s_score, g2m_score [cells], finite, in the order of the cells that are scored, computed before integration.
///        scanpy's score_genes draws its control genes; gene_set_score (of this folder) gives the same without draws
/// out    floor: the same with the scores after integration dealt anew among the cells of a batch by a seeded draw (an
///        embedding that lost the cycle); ceiling: 1. Interval: over cells within batches, linear in them, components held
///        fixed
/// empty  no cells, nothing before integration, no batch where the scores explain anything: no value, with the reason. No
///        batches given: one. Batches where they explain nothing, or whose cells are all in one place, are left out; n
///        counts the others' cells
/// errors bad_data: another number of scores or of cells before integration than of cells, a score that is not finite
/// cost   as pcr, twice
/// source Luecken et al. 2022 (scib's cell_cycle)
struct cell_cycle_conservation {
  std::span<const double> s_score, g2m_score;
  std::int64_t n_comps = 50;  ///< scib's; 0: all

  static constexpr std::string_view name = "cell_cycle_conservation";
  using reads = embedded_cells;
  [[nodiscard]] std::string describe() const { return "cell_cycle_conservation(n_comps=" + std::to_string(n_comps) + ")"; }

  [[nodiscard]] std::vector<score> operator()(const std::same_as<embedded_cells> auto& of,
                                              const score_options& options) const {
    options.check();
    const std::string called = options.prefix + "cell_cycle_conservation";
    const std::int64_t n = of.cells.n_cells();
    if (isize(s_score.size()) != n || isize(g2m_score.size()) != n)
      throw bad_data("there are " + std::to_string(s_score.size()) + " S and " + std::to_string(g2m_score.size()) +
                     " G2M scores for " + std::to_string(n) + " cells; give one a cell");
    const bool has_before = of.has_before();
    if (n == 0) return {without_value(called, "there are no cells to score")};
    if (!has_before) return {without_value(called, "the cells before integration were not given", n)};

    const auto batches = std::max(1, of.batch.n_labels());
    std::vector<std::vector<std::int64_t>> rows_of(usize(batches));
    for (std::int64_t i = 0; i < n; ++i) rows_of[of.batch.given() ? usize(of.batch.code[usize(i)]) : 0].push_back(i);
    const std::vector<std::int64_t> dealt_to = dealt_rows(
        of.cells.cells.id, kernel::draws(options.seed, "metric: cycle scores permuted within batches"), of.batch.code);
    double sum = 0, floor = 0;
    std::vector<double> kept, influence;
    std::vector<std::int32_t> batch_of;
    std::int32_t counted = 0;
    for (const auto& rows : rows_of) {
      if (rows.empty()) continue;
      const auto part = [&](const embedding_view<>& all) {
        return principal_columns(rows_of_view(all, rows).view(), n_comps);
      };
      const cell_columns before_columns = part(of.before), after_columns = part(of.cells);
      const explained_squares before = explained_by(before_columns, phases(rows, rows));
      const explained_squares after = explained_by(after_columns, phases(rows, rows));
      const double x = before.share(), y = after.share(), value = conservation(x, y);
      // Shares that are 0 but for rounding are no shares to keep.
      if (!(x > variance_heads::rounding) || std::isnan(y)) continue;
      std::vector<std::int64_t> dealt;
      for (const std::int64_t r : rows) dealt.push_back(dealt_to[usize(r)]);
      floor += conservation(x, explained_by(after_columns, phases(rows, dealt)).share());
      sum += value;
      const auto by_before = before.share_by_cell(), by_after = after.share_by_cell();
      const double sign = y > x ? -1 : 1;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        // The slope of 1 - |y - x| / x in y and in x; where it was cut off at 0 the score does not move.
        const double moved = value > 0 ? sign * ((by_after[i] - y) / x - y / (x * x) * (by_before[i] - x)) : 0;
        influence.push_back(moved * static_cast<double>(n) / static_cast<double>(rows.size()));
        batch_of.push_back(counted);
      }
      ++counted;
    }
    if (counted == 0)
      return {without_value(called, "in no batch do the cell cycle scores explain anything before integration", n)};
    score out;
    out.name = called;
    out.n = isize(influence.size());
    out.value = sum / counted;
    out.floor = floor / counted;
    out.ceiling = 1.0;
    const double scale = static_cast<double>(out.n) / (static_cast<double>(n) * counted);
    for (double& v : influence) v = out.value.value + v * scale;
    const interval range = variance_heads::interval_of_share(influence, options, batch_of);
    out.low = range.low;
    out.high = range.high;
    return {out};
  }

 private:
  [[nodiscard]] static embedding_batch<> rows_of_view(const embedding_view<>& all, std::span<const std::int64_t> rows) {
    return tepui::rows_of(all, rows);
  }
  /// S and G2M of the cells `from`, at the places of `rows`.
  [[nodiscard]] cell_columns phases(std::span<const std::int64_t> rows, std::span<const std::int64_t> from) const {
    cell_columns out(isize(rows.size()), 2);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      out(isize(i), 0) = s_score[usize(from[i])];
      out(isize(i), 1) = g2m_score[usize(from[i])];
    }
    return out;
  }
};

}  // namespace tepui::metric
