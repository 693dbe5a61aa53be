#pragma once
/// Plain statistics that several metrics use: correlations, ranks, Welch's test, false discovery rates.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/metric/tails.hpp>

namespace tepui::metric {

namespace statistics {

inline void check_same_length(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size())
    throw bad_data("values that belong together came as " + std::to_string(a.size()) + " and " + std::to_string(b.size()) +
                   " numbers; give as many of one as of the other");
}
[[nodiscard]] inline bool any_nan(std::span<const double> v) {
  return std::any_of(v.begin(), v.end(), [](double x) { return std::isnan(x); });
}
[[nodiscard]] inline bool constant(std::span<const double> v) {
  return v.empty() || std::all_of(v.begin(), v.end(), [&](double x) { return x == v[0]; });
}
/// Positions, smallest value first; ties in order of position.
/// in     no NaN
[[nodiscard]] inline std::vector<std::size_t> order_of(std::span<const double> v) {
  std::vector<std::size_t> order(v.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return v[a] < v[b] || (v[a] == v[b] && a < b); });
  return order;
}

}  // namespace statistics

/// Ranks from 1; equal values share the mean of their ranks.                          [values] -> [values]
/// in     no NaN
/// cost   O(n log n)
/// source scipy.stats.rankdata, its default
[[nodiscard]] inline std::vector<double> average_ranks(std::span<const double> v) {
  const auto order = statistics::order_of(v);
  std::vector<double> rank(v.size());
  for (std::size_t from = 0, to = 0; from < order.size(); from = to) {
    while (to < order.size() && v[order[to]] == v[order[from]]) ++to;
    for (std::size_t i = from; i < to; ++i) rank[order[i]] = static_cast<double>(from + to + 1) / 2;
  }
  return rank;
}

/// Pearson's correlation.                                                              [values], [values] -> [-1, 1]
/// out    NaN where a side is constant, has fewer than two values or a NaN
/// errors bad_data: other lengths
[[nodiscard]] inline double pearson(std::span<const double> a, std::span<const double> b) {
  statistics::check_same_length(a, b);
  // Asked of the values themselves: the mean of equal numbers may differ from them in the last digit.
  if (statistics::constant(a) || statistics::constant(b)) return std::numeric_limits<double>::quiet_NaN();
  const auto n = static_cast<double>(a.size());
  const double mean_a = std::accumulate(a.begin(), a.end(), 0.0) / n, mean_b = std::accumulate(b.begin(), b.end(), 0.0) / n;
  double aa = 0, bb = 0, ab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double da = a[i] - mean_a, db = b[i] - mean_b;
    aa += da * da;
    bb += db * db;
    ab += da * db;
  }
  // A product of roots, since the product of two sums may leave the range of double.
  const double r = ab / (std::sqrt(aa) * std::sqrt(bb));
  return std::isnan(r) ? r : std::clamp(r, -1.0, 1.0);
}

/// Spearman's rank correlation, ties with mean ranks.
/// out    NaN as pearson
[[nodiscard]] inline double spearman(std::span<const double> a, std::span<const double> b) {
  statistics::check_same_length(a, b);
  if (statistics::any_nan(a) || statistics::any_nan(b)) return std::numeric_limits<double>::quiet_NaN();
  return pearson(average_ranks(a), average_ranks(b));
}

/// Kendall's tau-b.
/// out    NaN as pearson
/// cost   O(n^2): for numbers of genes or conditions, not of cells
/// source Kendall 1945
[[nodiscard]] inline double kendall(std::span<const double> a, std::span<const double> b) {
  statistics::check_same_length(a, b);
  if (statistics::any_nan(a) || statistics::any_nan(b)) return std::numeric_limits<double>::quiet_NaN();
  std::int64_t agree = 0, untied_a = 0, untied_b = 0;
  const auto sign = [](double x, double y) { return (x > y) - (x < y); };
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const int sa = sign(a[i], a[j]), sb = sign(b[i], b[j]);
      agree += sa * sb;
      untied_a += sa != 0;
      untied_b += sb != 0;
    }
  return static_cast<double>(agree) / (std::sqrt(static_cast<double>(untied_a)) * std::sqrt(static_cast<double>(untied_b)));
}

/// Benjamini and Hochberg's adjusted p-values.                                         [tests] -> [tests]
/// in     p; NaN, a test that could not be made, counts as 1
/// out    q, in [0, 1]; q may be p itself
/// ties   of p do not matter
/// errors bad_data: other lengths
/// cost   O(n log n)
/// source Benjamini and Hochberg 1995
inline void benjamini_hochberg(std::span<const double> p, std::span<double> q) {
  statistics::check_same_length(p, q);
  std::vector<double> of(p.begin(), p.end());
  for (double& v : of) v = std::isnan(v) ? 1 : v;
  const auto order = statistics::order_of(of);
  const auto n = static_cast<double>(of.size());
  double least = 1;
  for (std::size_t i = order.size(); i-- > 0;) {
    least = std::min(least, of[order[i]] * (n / static_cast<double>(i + 1)));
    q[order[i]] = least;
  }
}

/// Mean and unbiased variance.
/// out    NaN where there are too few values
struct mean_variance {
  double mean = std::numeric_limits<double>::quiet_NaN(), variance = std::numeric_limits<double>::quiet_NaN();
};
[[nodiscard]] inline mean_variance mean_and_variance(std::span<const double> v) {
  mean_variance out;
  if (v.empty()) return out;
  out.mean = std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
  if (v.size() < 2) return out;
  double squares = 0;
  for (const double x : v) squares += (x - out.mean) * (x - out.mean);
  out.variance = squares / static_cast<double>(v.size() - 1);
  return out;
}

/// Two-sided p of Welch's t-test.                                                      [values], [other values] -> p
/// out    NaN where both sides are constant or one has fewer than two values
/// source Welch 1947
[[nodiscard]] inline double welch_p(std::span<const double> a, std::span<const double> b) {
  const auto of_a = mean_and_variance(a), of_b = mean_and_variance(b);
  const double na = static_cast<double>(a.size()), nb = static_cast<double>(b.size());
  const double va = of_a.variance / na, vb = of_b.variance / nb;
  if (!(va + vb > 0)) return std::numeric_limits<double>::quiet_NaN();
  const double df = (va + vb) * (va + vb) / (va * va / (na - 1) + vb * vb / (nb - 1));
  return student_two_sided((of_a.mean - of_b.mean) / std::sqrt(va + vb), df);
}

}  // namespace tepui::metric
