#pragma once
/// How large a difference is, whatever the number of cells: a p-value does not say it.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/metric/interval.hpp>
#include <tepui/metric/score_options.hpp>
#include <tepui/metric/statistics.hpp>
#include <tepui/metric/tails.hpp>

namespace tepui::metric {

/// A size of effect and its interval.
struct effect {
  measured value;
  interval range;
};

/// P(a > b) - P(a < b), of one value of each side drawn at random.                     [values], [other values] -> [-1, 1]
/// out    NaN where a side is empty or has a NaN
/// cost   O((n + m) log(n + m))
/// source Cliff 1993
[[nodiscard]] inline double cliffs_delta(std::span<const double> a, std::span<const double> b) {
  if (a.empty() || b.empty() || statistics::any_nan(a) || statistics::any_nan(b))
    return std::numeric_limits<double>::quiet_NaN();
  std::vector<double> sorted(b.begin(), b.end());
  std::sort(sorted.begin(), sorted.end());
  double sum = 0;
  for (const double v : a) {
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), v);
    sum += static_cast<double>((first - sorted.begin()) - (sorted.end() - last));
  }
  return sum / (static_cast<double>(a.size()) * static_cast<double>(b.size()));
}

/// The factor that takes the bias of few values out of a standardised difference: exact.
/// source Hedges 1981, eq. 6e
[[nodiscard]] inline double hedges_correction(double df) {
  return df > 1 ? std::exp(log_gamma(df / 2) - log_gamma((df - 1) / 2)) / std::sqrt(df / 2)
                : std::numeric_limits<double>::quiet_NaN();
}

/// The difference of the means in units of the pooled deviation, without the bias of few values.    [values], [other values]
/// out    NaN where both sides are constant or one has fewer than two values
/// source Hedges 1981
[[nodiscard]] inline double hedges_g(std::span<const double> a, std::span<const double> b) {
  const auto of_a = mean_and_variance(a), of_b = mean_and_variance(b);
  const double na = static_cast<double>(a.size()), nb = static_cast<double>(b.size()), df = na + nb - 2;
  const double pooled = ((na - 1) * of_a.variance + (nb - 1) * of_b.variance) / df;
  if (!(pooled > 0)) return std::numeric_limits<double>::quiet_NaN();
  return (of_a.mean - of_b.mean) / std::sqrt(pooled) * hedges_correction(df);
}

/// The mean of paired differences in units of their deviation, without the bias of few pairs.       [pairs]
/// out    NaN where all differences are equal or there are fewer than two
/// source Hedges 1981; Cohen 1988 (d_z)
[[nodiscard]] inline double paired_g(std::span<const double> difference) {
  const auto of = mean_and_variance(difference);
  if (!(of.variance > 0)) return std::numeric_limits<double>::quiet_NaN();
  return of.mean / std::sqrt(of.variance) * hedges_correction(static_cast<double>(difference.size()) - 1);
}

/// Any effect size of two sides, with its bootstrap interval; values of each side are drawn again within it.
/// in     size_of(a, b) -> double: cliffs_delta, hedges_g
/// cost   resamples calls of it
template <class SizeOf>
[[nodiscard]] effect effect_with_interval(std::span<const double> a, std::span<const double> b, const score_options& options,
                                          SizeOf&& size_of) {
  const double value = size_of(a, b);
  const auto no_value = "one of the two sides has too few values, or none of them differ";
  if (std::isnan(value)) return {measured::missing(no_value), interval::missing(no_value)};
  std::vector<std::int32_t> side(a.size(), 0);
  side.resize(a.size() + b.size(), 1);
  std::vector<double> x(a.size()), y(b.size());
  const auto of = [&](std::span<const std::int64_t> rows) {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = a[usize(rows[i])];
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = b[usize(rows[x.size() + i]) - x.size()];
    return size_of(std::span<const double>(x), std::span<const double>(y));
  };
  return {value, interval_by_resampling(isize(side.size()), side, options, of)};
}

}  // namespace tepui::metric
