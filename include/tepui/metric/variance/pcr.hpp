#pragma once
/// Principal component regression: the share of all differences between cells that goes with their batch, or with a number.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/dealt_labels.hpp>
#include <tepui/metric/embedded_cells.hpp>
#include <tepui/metric/head.hpp>
#include <tepui/metric/interval.hpp>
#include <tepui/metric/variance/covariate.hpp>
#include <tepui/metric/variance/principal_columns.hpp>

namespace tepui::metric {

/// The share of the variance of the first components that a covariate explains: sum of R2 x variance / sum of variance.
/// in     cells [cells, dims]; covariate: cell_labels (groups) or cell_columns (numbers), which are different types so that
///        codes of batches cannot be taken for numbers; n_comps: 0 or at least the dims for all
/// out    within [0, 1]; NaN where there are no cells or all are the same
/// cost   all components: O(cells dims), since the share is between-group / total sum of squares; fewer: see
///        principal_columns
/// source Buettner et al. 2019; agrees with scib's pc_regression (tests)
template <class Covariate>
[[nodiscard]] double principal_component_regression(const embedding_view<>& cells, const Covariate& covariate,
                                                    std::int64_t n_comps = 50) {
  return explained_by(principal_columns(cells, n_comps), covariate).share();
}

namespace variance_heads {

/// The interval of a share from what each cell adds to it, kept within the share.
[[nodiscard]] inline interval interval_of_share(const std::vector<double>& by_cell, const score_options& options,
                                                std::span<const std::int32_t> group = {}) {
  interval out = interval_of_mean(by_cell, options, group);
  for (measured* end : {&out.low, &out.high})
    if (end->known()) end->value = std::clamp(end->value, 0.0, 1.0);
  return out;
}
/// The share that batches dealt anew within labels explain.
template <class Real = double>
[[nodiscard]] double mixed_share(const cell_columns& columns, const embedded_cells& of, const score_options& options) {
  const auto dealt = dealt_labels(of.batch.code, of.cells.cells.id,
                                  kernel::draws(options.seed, "metric: batches permuted within labels"), of.label.code);
  return explained_by(columns, cell_labels(dealt, of.batch.name)).share();
}
/// Shares below this are 0 but for rounding.
inline constexpr double rounding = 1e-14;
inline constexpr std::string_view all_the_same = "all cells are in the same place, so that there is no variance to explain";

}  // namespace variance_heads

/// Scores "pcr_batch": the share of the variance of the embedding that goes with the batch. Lower is better.
/// out    floor: the same of the cells before integration, where given, and where not below the ceiling; ceiling: the same
///        with batches permuted within labels by a seeded draw. Interval: over cells, linear in them (infinitesimal
///        jackknife), components held fixed
/// empty  no cells, no or one batch, all cells in one place: no value, with the reason
/// cost   O(cells dims) with all components; n_comps below the dims: see principal_columns
/// source Buettner et al. 2019; Luecken et al. 2022
struct pcr {
  std::int64_t n_comps = 50;  ///< scib's; 0: all

  static constexpr std::string_view name = "pcr";
  using reads = embedded_cells;
  [[nodiscard]] std::string describe() const { return "pcr(n_comps=" + std::to_string(n_comps) + ")"; }

  [[nodiscard]] std::vector<score> operator()(const std::same_as<embedded_cells> auto& of,
                                              const score_options& options) const {
    options.check();
    const std::string called = options.prefix + "pcr_batch";
    const auto none = [&](std::string_view why) {
      return std::vector{without_value(called, std::string(why), of.cells.n_cells(), direction::lower_is_better)};
    };
    if (const std::string why = why_no_batches(of); !why.empty()) return none(why);
    const bool has_before = of.has_before();
    const cell_columns columns = principal_columns(of.cells, n_comps);
    const explained_squares found = explained_by(columns, of.batch);
    if (std::isnan(found.share())) return none(variance_heads::all_the_same);
    score out;
    out.name = called;
    out.n = of.cells.n_cells();
    out.better = direction::lower_is_better;
    out.value = found.share();
    const interval range = variance_heads::interval_of_share(found.share_by_cell(), options);
    out.low = range.low;
    out.high = range.high;
    out.ceiling = variance_heads::mixed_share(columns, of, options);
    out.floor = measured::missing("the cells before integration were not given");
    if (has_before) {
      const double before = principal_component_regression(of.before, of.batch, n_comps);
      out.floor = std::isnan(before) ? measured::missing("before integration all cells are in the same place")
                  : before < out.ceiling.value
                      ? measured::missing("before integration the batches were mixed better than by chance")
                      : measured(before);
    }
    return {out};
  }
};

/// Scores "pcr[WHAT]": the share of the variance of the embedding that goes with a number of each cell (depth, share of
/// mitochondrial counts).
/// in     value [cells], finite, in the order of the cells that are scored. Codes of batches are no numbers: use `pcr` for
///        these
/// out    lower is better. Floor: unknown; ceiling: the same with the numbers permuted among cells of one label
/// empty  no cells, all in one place, all numbers equal: no value, with the reason
/// errors bad_data: another number of values than cells, one that is not finite
/// cost   as pcr
/// source Buettner et al. 2019
struct pcr_of_number {
  std::span<const double> value;
  std::string what = "number";  ///< what it is, for the name of the score
  std::int64_t n_comps = 50;

  static constexpr std::string_view name = "pcr_of_number";
  using reads = embedded_cells;
  [[nodiscard]] std::string describe() const {
    return "pcr_of_number(" + what + ", n_comps=" + std::to_string(n_comps) + ")";
  }

  [[nodiscard]] std::vector<score> operator()(const std::same_as<embedded_cells> auto& of,
                                              const score_options& options) const {
    options.check();
    const std::string called = options.prefix + "pcr[" + what + "]";
    const auto none = [&](std::string_view why) {
      return std::vector{without_value(called, std::string(why), of.cells.n_cells(), direction::lower_is_better)};
    };
    const cell_columns numbers = Eigen::Map<const Eigen::VectorXd>(value.data(), static_cast<Eigen::Index>(value.size()));
    const cell_columns columns = principal_columns(of.cells, n_comps);
    const explained_squares found = explained_by(columns, numbers);
    if (of.cells.n_cells() == 0) return none("there are no cells to score");
    if (std::all_of(value.begin(), value.end(), [&](double v) { return v == value[0]; }))
      return none("all cells have the same number");
    if (std::isnan(found.share())) return none(variance_heads::all_the_same);
    score out;
    out.name = called;
    out.n = of.cells.n_cells();
    out.better = direction::lower_is_better;
    out.value = found.share();
    const interval range = variance_heads::interval_of_share(found.share_by_cell(), options);
    out.low = range.low;
    out.high = range.high;
    out.floor = measured::missing("how much the number explains without a model is not known");
    const auto dealt =
        dealt_rows(of.cells.cells.id, kernel::draws(options.seed, "metric: numbers permuted within labels"), of.label.code);
    cell_columns other(numbers.rows(), 1);
    for (std::size_t i = 0; i < dealt.size(); ++i) other(static_cast<Eigen::Index>(i), 0) = value[usize(dealt[i])];
    out.ceiling = explained_by(columns, other).share();
    return {out};
  }
};

}  // namespace tepui::metric
