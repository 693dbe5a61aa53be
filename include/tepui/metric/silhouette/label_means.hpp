#pragma once
/// The mean over cell types of the mean over their cells: rare types count as much as common ones.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/metric/interval.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// The mean of each label's cells.                               -> [labels], NaN for a label without cells
[[nodiscard]] inline std::vector<double> means_by_label(std::span<const double> value, std::span<const std::int32_t> label,
                                                        std::int32_t n_labels) {
  std::vector<double> sum(usize(n_labels), 0.0);
  std::vector<std::int64_t> n(usize(n_labels), 0);
  for (std::size_t i = 0; i < value.size(); ++i) {
    sum[usize(label[i])] += value[i];
    ++n[usize(label[i])];
  }
  for (std::size_t l = 0; l < sum.size(); ++l)
    sum[l] = n[l] > 0 ? sum[l] / static_cast<double>(n[l]) : std::numeric_limits<double>::quiet_NaN();
  return sum;
}

/// The mean of those means; NaN without cells.
[[nodiscard]] inline double mean_of_label_means(std::span<const double> value, std::span<const std::int32_t> label,
                                                std::int32_t n_labels) {
  double sum = 0, n = 0;
  for (const double mean : means_by_label(value, label, n_labels))
    if (mean == mean) {
      sum += mean;
      ++n;
    }
  return sum / n;
}

/// Its interval: cells are drawn again within their label. Labels keep their sizes, so that the mean of their means is a mean
/// of cells with weights, and its interval is that of interval_of_mean.
[[nodiscard]] inline interval interval_of_label_means(std::span<const double> value, std::span<const std::int32_t> label,
                                                      std::int32_t n_labels, const score_options& options) {
  std::vector<std::int64_t> size(usize(n_labels), 0);
  for (const std::int32_t l : label) ++size[usize(l)];
  const auto labels = static_cast<double>(n_labels - std::count(size.begin(), size.end(), 0));
  std::vector<double> weighted;
  const double each = static_cast<double>(value.size()) / labels;
  for (std::size_t i = 0; i < value.size(); ++i)
    weighted.push_back(value[i] * each / static_cast<double>(size[usize(label[i])]));
  interval out = interval_of_mean(weighted, options, label);
  // Where no cell differs from its label's others, rounding must not move the ends off the value.
  const double mean = value.empty() ? 0 : mean_of_label_means(value, label, n_labels);
  for (measured* end : {&out.low, &out.high})
    if (end->known() && std::abs(end->value - mean) < 1e-12) *end = mean;
  return out;
}

}  // namespace tepui::metric
