#pragma once
/// How well one row of predicted numbers fits one row of real ones: errors, angles, the share explained. Correlations:
/// statistics.hpp.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/metric/statistics.hpp>

namespace tepui::metric {

/// All functions here: in predicted, real [genes] of the same length; NaN where there are no genes or where the text says
/// so.
/// repeat bit-equal on one binary

[[nodiscard]] inline double mean_squared_error(std::span<const double> predicted, std::span<const double> real) {
  double sum = 0;
  for (std::size_t g = 0; g < real.size(); ++g) sum += (predicted[g] - real[g]) * (predicted[g] - real[g]);
  return sum / static_cast<double>(real.size());
}

[[nodiscard]] inline double mean_absolute_error(std::span<const double> predicted, std::span<const double> real) {
  double sum = 0;
  for (std::size_t g = 0; g < real.size(); ++g) sum += std::abs(predicted[g] - real[g]);
  return sum / static_cast<double>(real.size());
}

/// 1 - SS_res / SS_tot: below 0 where the mean of the real values would have been the better prediction.
/// empty  fewer than 2 genes: NaN. Real values all equal: 1 where predicted exactly, else 0
/// source scikit-learn's r2_score
[[nodiscard]] inline double r2_score(std::span<const double> predicted, std::span<const double> real) {
  if (real.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  const double mean = std::accumulate(real.begin(), real.end(), 0.0) / static_cast<double>(real.size());
  double residual = 0, total = 0;
  for (std::size_t g = 0; g < real.size(); ++g) {
    residual += (predicted[g] - real[g]) * (predicted[g] - real[g]);
    total += (real[g] - mean) * (real[g] - mean);
  }
  if (total == 0) return residual == 0 ? 1.0 : 0.0;
  return 1 - residual / total;
}

/// The angle's cosine.                                    empty  a side without length: NaN
[[nodiscard]] inline double cosine(std::span<const double> a, std::span<const double> b) {
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return aa == 0 || bb == 0 ? std::numeric_limits<double>::quiet_NaN()
                            : std::clamp(ab / (std::sqrt(aa) * std::sqrt(bb)), -1.0, 1.0);
}

/// The share of genes whose change has the same sign on both sides; 0 and 0 agree.
[[nodiscard]] inline double sign_agreement(std::span<const double> predicted, std::span<const double> real) {
  const auto sign = [](double v) { return (v > 0) - (v < 0); };
  double same = 0;
  for (std::size_t g = 0; g < real.size(); ++g) same += sign(predicted[g]) == sign(real[g]) ? 1 : 0;
  return same / static_cast<double>(real.size());
}

/// The k genes of the largest absolute values, ascending.      ties   the lower gene       -> [min(k, genes)]
[[nodiscard]] inline std::vector<std::int32_t> largest_genes(std::span<const double> values, std::int64_t k) {
  std::vector<std::int32_t> gene(values.size());
  std::iota(gene.begin(), gene.end(), 0);
  const auto wanted = usize(std::min<std::int64_t>(k, isize(gene.size())));
  std::partial_sort(gene.begin(), gene.begin() + isize(wanted), gene.end(), [&](std::int32_t a, std::int32_t b) {
    const double x = std::abs(values[usize(a)]), y = std::abs(values[usize(b)]);
    return x != y ? x > y : a < b;
  });
  gene.resize(wanted);
  std::sort(gene.begin(), gene.end());
  return gene;
}

/// Differences that are rounding alone become 0: they would correlate by chance.
/// in     differences of numbers that are `largest` at most
inline void snap_rounding(std::span<double> values, double largest) {
  for (double& v : values) v = std::abs(v) <= 1e-12 * (1 + largest) ? 0 : v;
}

/// Chosen values.
[[nodiscard]] inline std::vector<double> chosen(std::span<const double> values, std::span<const std::int32_t> which) {
  std::vector<double> out;
  out.reserve(which.size());
  for (const std::int32_t g : which) out.push_back(values[usize(g)]);
  return out;
}

}  // namespace tepui::metric
