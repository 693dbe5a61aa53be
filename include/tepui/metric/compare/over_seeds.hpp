#pragma once
/// The mean of a score over training runs with other seeds, and how much it would move with other seeds.

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/metric/interval.hpp>
#include <tepui/metric/score_options.hpp>
#include <tepui/metric/statistics.hpp>
#include <tepui/metric/tails.hpp>

namespace tepui::metric {

/// A mean and its interval.
struct estimate {
  measured mean;
  interval range;
  std::int64_t n = 0;  ///< seeds, donors, cells or pairs that the mean is over
};

/// The bootstrap over seeds.                                                           [seeds] -> mean, interval
/// in     one value a seed; NaN entries (runs that failed) are left out
/// out    percentile interval; one seed: no interval. With fewer than about 10 seeds it is too short: student_over_seeds is
///        wider, and honest where the values are near normal
/// repeat bit-equal for one seed of the resampling
/// source Efron and Tibshirani 1993
[[nodiscard]] inline estimate bootstrap_over_seeds(std::span<const double> value, const score_options& options = {}) {
  options.check();
  std::vector<double> kept(value.begin(), value.end());
  std::erase_if(kept, [](double v) { return std::isnan(v); });
  estimate out;
  out.n = isize(kept.size());
  if (kept.empty())
    return {measured::missing("no run of this kind is there"), interval::missing("no run of this kind is there"), 0};
  out.mean = mean_and_variance(kept).mean;
  out.range =
      kept.size() == 1 ? interval::missing("one seed: the noise of training is not known") : interval_of_mean(kept, options);
  return out;
}

/// Student's interval over seeds: mean -+ t sqrt(variance / seeds).                    [seeds] -> mean, interval
/// in     one value a seed; NaN entries do not count
/// out    as above; exact where the values are normal
/// source Student 1908
[[nodiscard]] inline estimate student_over_seeds(std::span<const double> value, const score_options& options = {}) {
  score_options no_draws = options;
  no_draws.resamples = 0;
  estimate out = bootstrap_over_seeds(value, no_draws);
  if (out.n < 2) return out;
  std::vector<double> kept(value.begin(), value.end());
  std::erase_if(kept, [](double v) { return std::isnan(v); });
  const auto n = static_cast<double>(out.n);
  const double half = student_two_sided_quantile(options.level, n - 1) * std::sqrt(mean_and_variance(kept).variance / n);
  out.range = {out.mean.value - half, out.mean.value + half};
  return out;
}

}  // namespace tepui::metric
