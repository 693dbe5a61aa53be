#pragma once
/// Evens out several things at once: every donor, tissue, assay and study weighs as much as the others of its kind.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/sample/choose.hpp>
#include <tepui/sample/sampler.hpp>
#include <tepui/sample/weighted.hpp>

namespace tepui::sample {

/// How many levels a column has in effect: the exponential of the entropy of its levels' shares, so equal shares count
/// fully.
/// in     code [cells], -1 where missing, which does not count; rows, or empty: all
/// out    from 1 to the number of levels; 0 where no cell has one
[[nodiscard]] inline double effective_levels(std::span<const std::int32_t> code, std::span<const std::int64_t> rows = {}) {
  std::vector<std::int32_t> chosen;
  for (const std::int64_t row : rows) chosen.push_back(code[usize(row)]);
  const std::vector<std::int64_t> cells = cells_of_label(rows.empty() ? code : std::span<const std::int32_t>(chosen));
  const auto all = static_cast<double>(std::accumulate(cells.begin(), cells.end(), std::int64_t{0}));
  double entropy = 0;
  for (const std::int64_t n : cells)
    if (n > 0) entropy -= static_cast<double>(n) / all * std::log(static_cast<double>(n) / all);
  return all > 0 ? std::exp(entropy) : 0;
}

/// Weights under which the levels of each column are equal, and how far they are from it.
struct raked {
  std::vector<double> weight;      ///< [cells], sum 1
  int rounds = 0;                  ///< over all columns
  double miss = 0;                 ///< by how much of its equal share a level misses it at most
  std::string_view missed_column;  ///< where
  std::int32_t missed_code = 0;    ///< the code of the level there, -1 for missing
};

/// Raking: weights that start equal are scaled to equal sums over the levels of the first column, then of the second, and
/// so on, again and again.
/// in     columns of codes [cells], all >= -1; -1 is a level like others            out  weights, all > 0; see raked
/// errors none: columns whose levels cannot all be equal (donors of two studies, three in one and five in the other) end
///        with a miss; the last column is equal then
/// cost   O(cells * columns), then O(combinations of levels) a round, up to most_rounds
/// repeat bit-equal everywhere
/// source Deming and Stephan 1940
[[nodiscard]] inline raked rake(std::span<const column> columns, std::int64_t n_cells, double tolerance = 1e-6,
                                int most_rounds = 1000) {
  // Cells of the same levels have the same weight: one number for each combination that occurs, in an order that rows have
  // no part in.
  std::vector<std::int32_t> combination(usize(n_cells), 0);
  std::vector<std::vector<std::int32_t>> code{{}};  // [combinations] of [columns before]
  for (const column& c : columns) {
    std::unordered_map<std::uint64_t, std::int32_t> known;
    std::vector<std::vector<std::int32_t>> next;
    for (std::size_t row = 0; row < combination.size(); ++row) {
      const std::uint64_t key =
          (std::uint64_t{static_cast<std::uint32_t>(combination[row])} << 32) | static_cast<std::uint32_t>(c.code[row]);
      const auto [at, is_new] = known.try_emplace(key, static_cast<std::int32_t>(next.size()));
      if (is_new) {
        next.push_back(code[usize(combination[row])]);
        next.back().push_back(c.code[row]);
      }
      combination[row] = at->second;
    }
    code = std::move(next);
  }
  std::vector<std::size_t> order(code.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return code[a] < code[b]; });
  std::vector<double> cells(code.size(), 0), mass;
  for (const std::int32_t c : combination) ++cells[usize(c)];
  for (const double n : cells) mass.push_back(n / static_cast<double>(n_cells));

  raked out;
  std::vector<std::vector<double>> sum(columns.size());  // [columns] of [1 + levels], the first for missing
  std::vector<double> n_levels(columns.size(), 0);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    sum[c].resize(cells_of_label(columns[c].code).size() + 1);
    std::vector<bool> seen(sum[c].size(), false);
    for (const auto& levels : code) seen[usize(levels[c] + 1)] = true;
    n_levels[c] = static_cast<double>(std::count(seen.begin(), seen.end(), true));
  }
  const auto sum_up = [&](std::size_t c) {
    std::fill(sum[c].begin(), sum[c].end(), 0.0);
    for (const std::size_t i : order) sum[c][usize(code[i][c] + 1)] += mass[i];
  };
  for (bool go_on = !columns.empty() && n_cells > 0; go_on;) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      sum_up(c);
      for (std::size_t i = 0; i < mass.size(); ++i)
        // Kept above 0, because a combination whose weight dwindles can still be chosen when nothing else is left.
        mass[i] = std::max(1e-290, mass[i] / (sum[c][usize(code[i][c] + 1)] * n_levels[c]));
    }
    ++out.rounds;
    out.miss = 0;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      sum_up(c);
      for (std::size_t level = 0; level < sum[c].size(); ++level) {
        const double miss = std::abs(sum[c][level] / (1 / n_levels[c]) - 1);
        if (sum[c][level] > 0 && miss > out.miss) {
          out.miss = miss;
          out.missed_column = columns[c].name;
          out.missed_code = static_cast<std::int32_t>(level) - 1;
        }
      }
    }
    go_on = out.miss > tolerance && out.rounds < most_rounds;
  }
  for (const std::int32_t c : combination) out.weight.push_back(mass[usize(c)] / cells[usize(c)]);
  return out;
}

/// Chooses round(fraction * cells) cells without replacement by weights under which the levels of each column are equal.
/// in     population with columns [cells]                  out    rows, ascending
/// few    a level with fewer cells than its equal share of the choice is chosen almost whole, and the others share what it
///        leaves: the larger the fraction, the nearer the choice is to the whole. effective_levels says how even a choice
///        is
/// nested for the same draws, the choice at 10 % is part of the choice at 25 %
/// ties   as weighted_lots
/// errors bad_option where fraction is not in (0, 1] or a column is not there or of other cells, bad_data where a code is
///        missing (unless missing_is_a_level) or levels cannot be made equal to within most_miss
/// cost   O(cells * columns)                               repeat bit-equal everywhere
/// source raking: Deming and Stephan 1940; drawing: Efraimidis and Spirakis 2006
struct metadata_balanced {
  static constexpr std::string_view name = "metadata_balanced";
  double fraction = 1;
  std::vector<std::string> columns{};  ///< names, such as donor and tissue; empty: all columns of the population
  bool missing_is_a_level =
      false;                ///< true: cells without a value weigh together as much as a level; false: they are refused
  double most_miss = 0.05;  ///< by how much of its equal share a level may miss it; infinity: as near as raking comes

  [[nodiscard]] std::string describe() const {
    std::string out = std::string(name) + "(" + shortest(fraction);
    for (std::size_t i = 0; i < columns.size(); ++i) out += (i == 0 ? ", " : " + ") + columns[i];
    return out + (missing_is_a_level ? ", missing is a level" : "") +
           (most_miss != 0.05 ? ", miss up to " + shortest(most_miss) : "") + ")";
  }

  /// The weights, before anything is drawn.            errors  as above
  [[nodiscard]] raked weights(const population& cells) const {
    const std::string who = "sample::" + std::string(name) + ": ";
    std::vector<column> used;
    if (columns.empty()) used.assign(cells.columns.begin(), cells.columns.end());
    for (const std::string& wanted : columns) {
      const auto found =
          std::find_if(cells.columns.begin(), cells.columns.end(), [&](const column& c) { return c.name == wanted; });
      if (found == cells.columns.end()) {
        std::string there;
        for (const column& c : cells.columns) there += (there.empty() ? "" : ", ") + std::string(c.name);
        throw bad_option(who + "there is no column " + wanted + "; give it in population::columns, which has " +
                         (there.empty() ? "none" : there));
      }
      used.push_back(*found);
    }
    if (used.empty())
      throw bad_option(who + "there are no columns to balance; give population::columns, such as donor and tissue");
    for (const column& c : used) {
      if (isize(c.code.size()) != cells.n_cells)
        throw bad_option(who + "column " + std::string(c.name) + " has " + std::to_string(c.code.size()) + " codes for " +
                         std::to_string(cells.n_cells) + " cells; give one code a cell");
      for (std::size_t row = 0; row < c.code.size(); ++row)
        if (c.code[row] < (missing_is_a_level ? -1 : 0))
          throw bad_data(who + "column " + std::string(c.name) + " has no value in row " + std::to_string(row) +
                         "; leave such cells out, or set missing_is_a_level");
    }
    raked out = rake(used, cells.n_cells);
    if (out.miss > most_miss)
      throw bad_data(
          who + "the levels cannot all weigh the same: after " + std::to_string(out.rounds) + " rounds level " +
          std::to_string(out.missed_code) + " of column " + std::string(out.missed_column) + " misses its equal share by " +
          shortest(std::round(1000 * out.miss) / 10) +
          " %, since levels of one column occur with few of another; balance fewer columns, or allow it with most_miss");
    return out;
  }

  [[nodiscard]] std::vector<std::int64_t> operator()(const population& cells, const kernel::draws& random) const {
    check_fraction(name, fraction);
    const raked balanced = weights(cells);
    return weighted_lots(name, cells, round_half_even(fraction * static_cast<double>(cells.n_cells)), balanced.weight,
                         random);
  }
};

static_assert(sampler<metadata_balanced>);

}  // namespace tepui::sample
