#pragma once
/// Cells of one donor are alike: intervals that draw whole donors again say how a score would move with other people.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/cell_labels.hpp>
#include <tepui/metric/compare/over_seeds.hpp>
#include <tepui/metric/interval.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

namespace donors {

/// Donors that have cells, in order of their first cell, so that other codes change nothing.   -> [donors]
[[nodiscard]] inline std::vector<std::vector<std::int64_t>> rows_of_each(const cell_labels& donor) {
  std::vector<std::vector<std::int64_t>> out;
  std::vector<std::int64_t> place(usize(donor.n_labels()), -1);
  for (std::size_t i = 0; i < donor.code.size(); ++i) {
    std::int64_t& at = place[usize(donor.code[i])];
    if (at < 0) {
      at = isize(out.size());
      out.emplace_back();
    }
    out[usize(at)].push_back(isize(i));
  }
  return out;
}
[[nodiscard]] inline std::string why_none(std::size_t n_donors, const score_options& options) {
  if (n_donors == 0) return "there are no cells to score";
  if (n_donors == 1) return "there is one donor, so that the difference between donors is not known";
  return options.resamples == 0 ? "no resamples were asked for" : "";
}

}  // namespace donors

/// Percentile bootstrap of any statistic of cells, over whole donors (or batches, plates).
/// in     the donor of each cell [cells]; statistic(rows drawn) -> double, NaN where it has no value; rows come donor after
///        donor, those of a donor drawn twice come twice, so that their number varies
/// out    the middle `level` of the statistic over `resamples` draws of as many donors as there are; one donor: no interval.
///        With fewer than about 10 donors it is too short, as every bootstrap of so few
/// errors bad_data: a cell without a donor
/// repeat bit-equal for one seed, and for other codes of the donors
/// cost   resamples calls of the statistic
/// source Davison and Hinkley 1997, section 3.8
template <class Statistic>
[[nodiscard]] interval interval_over_donors(const cell_labels& donor, const score_options& options, Statistic&& statistic) {
  options.check();
  donor.check(donor.n_cells(), "donor");
  const auto rows_of = donors::rows_of_each(donor);
  if (const std::string why = donors::why_none(rows_of.size(), options); !why.empty()) return interval::missing(why);
  row_resampler draw(isize(rows_of.size()), {}, options.seed, "metric: resampled donors");
  std::vector<double> again;
  std::vector<std::int64_t> rows;
  for (std::int64_t b = 0; b < options.resamples; ++b) {
    rows.clear();
    for (const std::int64_t d : draw(b)) rows.insert(rows.end(), rows_of[usize(d)].begin(), rows_of[usize(d)].end());
    again.push_back(statistic(std::span<const std::int64_t>(rows)));
  }
  return percentile_interval(again, options.level);
}

/// The mean over cells of a value of each cell, with its interval over donors.
/// in     per_cell [cells], finite; donor [cells]
/// out    n: the donors
/// errors bad_data: lengths that do not fit, a cell without a donor
/// cost   O(cells + resamples donors)
[[nodiscard]] inline estimate mean_over_donors(std::span<const double> per_cell, const cell_labels& donor,
                                               const score_options& options = {}) {
  options.check();
  donor.check(isize(per_cell.size()), "donor");
  const auto rows_of = donors::rows_of_each(donor);
  std::vector<double> sum;
  double all = 0;
  for (const auto& rows : rows_of) {
    double s = 0;
    for (const std::int64_t r : rows) s += per_cell[usize(r)];
    sum.push_back(s);
    all += s;
  }
  estimate out;
  out.n = isize(rows_of.size());
  out.mean = per_cell.empty() ? measured::missing("there are no cells to score")
                              : measured(all / static_cast<double>(per_cell.size()));
  if (const std::string why = donors::why_none(rows_of.size(), options); !why.empty()) {
    out.range = interval::missing(why);
    return out;
  }
  row_resampler draw(out.n, {}, options.seed, "metric: resampled donors");
  std::vector<double> again;
  for (std::int64_t b = 0; b < options.resamples; ++b) {
    double total = 0, cells = 0;
    for (const std::int64_t d : draw(b)) {
      total += sum[usize(d)];
      cells += static_cast<double>(rows_of[usize(d)].size());
    }
    again.push_back(total / cells);
  }
  out.range = percentile_interval(again, options.level);
  return out;
}

}  // namespace tepui::metric
