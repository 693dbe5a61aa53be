#pragma once
/// How much a score would move if other cells of the same kind had been measured: bootstrap intervals.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/metric/row_resampler.hpp>
#include <tepui/metric/score_options.hpp>
#include <tepui/metric/tails.hpp>

namespace tepui::metric {

/// The ends of an interval; both carry the reason where there is none.
struct interval {
  measured low, high;
  static interval missing(const std::string& why) { return {measured::missing(why), measured::missing(why)}; }
};

/// The value below which a share of the values lies, between neighbours in proportion. NaN entries are left out.
/// source numpy.quantile, its default
[[nodiscard]] inline measured quantile(std::vector<double> values, double share) {
  std::erase_if(values, [](double v) { return std::isnan(v); });
  if (values.empty()) return measured::missing("no resample has a value");
  std::sort(values.begin(), values.end());
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (values[above] - values[below]) * (place - static_cast<double>(below));
}

/// The middle `level` of resampled values.
/// source Efron 1979, the percentile interval
[[nodiscard]] inline interval percentile_interval(const std::vector<double>& again, double level) {
  return {quantile(again, (1 - level) / 2), quantile(again, (1 + level) / 2)};
}

/// The same for statistics that drawing cells twice pushes one way (agreement of partitions, calibration): the resamples are moved by
/// as much as their mean lies off the value, so that the interval holds it.
/// in     value; its resamples; the least and the most that the statistic can be
/// source Efron and Tibshirani 1993, the bootstrap estimate of bias
[[nodiscard]] inline interval centred_interval(double value, std::vector<double> again, double level, double least, double most) {
  double sum = 0, n = 0;
  for (const double v : again)
    if (!std::isnan(v)) sum += v, n += 1;
  const double off = n > 0 ? sum / n - value : 0;
  for (double& v : again) v = std::clamp(v - off, least, most);
  return percentile_interval(again, level);
}

/// Percentile bootstrap of any statistic of cells.
/// in     n cells; group [cells] or empty: cells are drawn again within their group, which keeps its size (labels, donors);
///        statistic(rows drawn [n]) -> double, NaN where it has no value
/// out    the middle `level` of the statistic over `resamples` draws with replacement
/// errors bad_data: groups that do not fit the cells
/// cost   resamples calls of the statistic and resamples x n draws
/// repeat bit-equal for one seed, and for other codes of the groups
/// source Efron and Tibshirani 1993
template <class Statistic>
[[nodiscard]] interval interval_by_resampling(std::int64_t n, std::span<const std::int32_t> group,
                                              const score_options& options, Statistic&& statistic) {
  options.check();
  if (n == 0) return interval::missing("there are no cells to score");
  row_resampler draw(n, group, options.seed);
  if (options.resamples == 0) return interval::missing("no resamples were asked for");
  std::vector<double> again;
  for (std::int64_t b = 0; b < options.resamples; ++b) again.push_back(statistic(draw(b)));
  return percentile_interval(again, options.level);
}

/// Above so many cells the intervals of a mean and of a median are written down, not drawn.
inline constexpr std::int64_t resampled_at_most = 2000;

/// What the bootstrap of a mean would give after endless draws, but for terms of 1 / cells: its normal form, with its
/// skewness.
/// in     per_cell [cells], at least one; group [cells] or empty
/// out    `certain` false where the mean is too skewed for it (a few cells that decide), and draws are needed
/// cost   O(cells)
/// source Hall 1992, the Cornish-Fisher expansion of a bootstrap quantile
struct expanded_interval {
  interval range;
  bool certain = false;
};
[[nodiscard]] inline expanded_interval expanded_interval_of_mean(std::span<const double> per_cell, double level,
                                                                 std::span<const std::int32_t> group = {}) {
  const auto n_groups = group.empty() ? 1 : usize(*std::max_element(group.begin(), group.end())) + 1;
  const auto group_of = [&](std::size_t i) { return group.empty() ? 0 : usize(group[i]); };
  std::vector<double> mean(n_groups, 0), size(n_groups, 0);
  double sum = 0;
  for (std::size_t i = 0; i < per_cell.size(); ++i) {
    mean[group_of(i)] += per_cell[i];
    size[group_of(i)] += 1;
    sum += per_cell[i];
  }
  for (std::size_t g = 0; g < n_groups; ++g) mean[g] /= std::max(1.0, size[g]);
  double squares = 0, cubes = 0;
  // No resample has a mean outside of the values.
  double least = per_cell[0], greatest = per_cell[0];
  for (std::size_t i = 0; i < per_cell.size(); ++i) {
    least = std::min(least, per_cell[i]);
    greatest = std::max(greatest, per_cell[i]);
    const double d = per_cell[i] - mean[group_of(i)];
    squares += d * d;
    cubes += d * d * d;
  }
  const auto n = static_cast<double>(per_cell.size());
  const double deviation = std::sqrt(squares) / n, centre = sum / n;
  if (!(deviation > 0)) return {{centre, centre}, true};
  const double skewness = cubes / (squares * std::sqrt(squares)), z = normal_quantile((1 + level) / 2);
  const double bend = skewness * (z * z - 1) / 6;
  return {{std::max(least, centre + deviation * (bend - z)), std::min(greatest, centre + deviation * (bend + z))},
          std::abs(skewness) < 0.1};
}

/// The interval of the mean of a value of each cell.
/// in     per_cell [cells], finite; group as above, or empty
/// cost   up to 2,000 cells, or where few cells decide: the bootstrap, resamples x cells / 4 generator calls; above:
///        O(cells), by expanded_interval_of_mean, which agrees with the bootstrap to its own noise (tests)
/// Of any score that is smooth in its cells give the values (score + influence of the cell), whose mean is the score: the
/// interval is the bootstrap's to first order (infinitesimal jackknife, Efron 1982).
[[nodiscard]] inline interval interval_of_mean(std::span<const double> per_cell, const score_options& options,
                                               std::span<const std::int32_t> group = {}) {
  options.check();
  if (isize(per_cell.size()) > resampled_at_most && options.resamples > 0) {
    const row_resampler checked(group.empty() ? 0 : isize(per_cell.size()), group, options.seed);
    const expanded_interval written = expanded_interval_of_mean(per_cell, options.level, group);
    if (written.certain) return written.range;
  }
  return interval_by_resampling(isize(per_cell.size()), group, options, [&](std::span<const std::int64_t> rows) {
    double sum = 0;
    for (const std::int64_t r : rows) sum += per_cell[usize(r)];
    return sum / static_cast<double>(rows.size());
  });
}

/// The interval of the median of a value of each cell.
/// in     per_cell [cells], finite
/// cost   up to 2,000 cells the bootstrap; above O(cells): the values at the ranks half -+ z sqrt(cells) / 2, which the
///        bootstrap's ends approach (tests), between neighbours in proportion
/// source Efron 1979, section 3 (the bootstrap of a median has a closed form)
[[nodiscard]] inline interval interval_of_median(std::span<const double> per_cell, const score_options& options) {
  options.check();
  std::vector<double> drawn(per_cell.begin(), per_cell.end());
  if (isize(per_cell.size()) > resampled_at_most && options.resamples > 0) {
    const auto n = static_cast<double>(per_cell.size());
    const auto at = [&](double place) {
      const double kept = std::clamp(place, 0.0, n - 1);
      const auto below = drawn.begin() + static_cast<std::ptrdiff_t>(kept);
      std::nth_element(drawn.begin(), below, drawn.end());
      const double share = kept - std::floor(kept);
      return share > 0 ? *below + share * (*std::min_element(below + 1, drawn.end()) - *below) : *below;
    };
    const double half_width = normal_quantile((1 + options.level) / 2) * std::sqrt(n) / 2;
    return {at((n - 1) / 2 - half_width), at((n - 1) / 2 + half_width)};
  }
  return interval_by_resampling(isize(per_cell.size()), {}, options, [&](std::span<const std::int64_t> rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) drawn[i] = per_cell[usize(rows[i])];
    const auto middle = drawn.begin() + isize(drawn.size() / 2);
    std::nth_element(drawn.begin(), middle, drawn.end());
    if (drawn.size() % 2 == 1) return *middle;
    return (*middle + *std::max_element(drawn.begin(), middle)) / 2;
  });
}

}  // namespace tepui::metric
