#pragma once
/// How much of the batch effect an integration took away, by principal component regression before and after it.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/metric/variance/pcr.hpp>

namespace tepui::metric {

/// (before - after) / before, not below 0.
/// out    NaN where before is 0: there was no batch effect to take away
[[nodiscard]] inline double pcr_comparison_of(double before, double after) {
  return before > 0 ? std::max(0.0, (before - after) / before) : std::numeric_limits<double>::quiet_NaN();
}

/// Scores "pcr_comparison": the share of the batch effect that the embedding no longer has. Higher is better.
/// out    floor: 0, what no integration gets; ceiling: the score with batches permuted within labels by a seeded draw.
///        Interval: over cells, linear in them, components held fixed
/// empty  no cells, no or one batch, nothing before integration, no batch effect before: no value, with the reason
/// errors bad_data: cells before integration that are fewer or more than after
/// cost   as pcr, twice
/// source Luecken et al. 2022 (scib's pcr_comparison)
struct pcr_comparison {
  std::int64_t n_comps = 50;  ///< before as well as after; scib's; 0: all

  static constexpr std::string_view name = "pcr_comparison";
  using reads = embedded_cells;
  [[nodiscard]] std::string describe() const { return "pcr_comparison(n_comps=" + std::to_string(n_comps) + ")"; }

  [[nodiscard]] std::vector<score> operator()(const std::same_as<embedded_cells> auto& of,
                                              const score_options& options) const {
    options.check();
    const std::string called = options.prefix + "pcr_comparison";
    const auto none = [&](std::string_view why) {
      return std::vector{without_value(called, std::string(why), of.cells.n_cells())};
    };
    if (const std::string why = why_no_batches(of); !why.empty()) return none(why);
    if (!of.has_before()) return none("the cells before integration were not given");
    const explained_squares before = explained_by(principal_columns(of.before, n_comps), of.batch);
    const cell_columns columns = principal_columns(of.cells, n_comps);
    const explained_squares after = explained_by(columns, of.batch);
    if (std::isnan(before.share()) || std::isnan(after.share())) return none(variance_heads::all_the_same);
    if (!(before.share() > variance_heads::rounding))
      return none("the batches explain nothing before integration, so that nothing could be taken away");
    score out;
    out.name = called;
    out.n = of.cells.n_cells();
    out.value = pcr_comparison_of(before.share(), after.share());
    const auto cell_before = before.share_by_cell(), cell_after = after.share_by_cell();
    const double x = before.share(), y = after.share();
    std::vector<double> by_cell;
    for (std::size_t i = 0; i < cell_before.size(); ++i)
      by_cell.push_back((x - y) / x - (cell_after[i] - y) / x + y / (x * x) * (cell_before[i] - x));
    const interval range = variance_heads::interval_of_share(by_cell, options);
    out.low = range.low;
    out.high = range.high;
    out.floor = 0.0;
    out.ceiling = pcr_comparison_of(x, variance_heads::mixed_share(columns, of, options));
    return {out};
  }
};

}  // namespace tepui::metric
