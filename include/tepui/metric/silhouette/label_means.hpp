#pragma once
/// The mean over cell types of the mean over their cells: rare types count as much as common ones.

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

/// Its interval: cells are drawn again within their label.
[[nodiscard]] inline interval interval_of_label_means(std::span<const double> value, std::span<const std::int32_t> label,
                                                      std::int32_t n_labels, const score_options& options) {
  std::vector<double> drawn(value.size());
  std::vector<std::int32_t> of(value.size());
  return interval_by_resampling(isize(value.size()), label, options, [&](std::span<const std::int64_t> rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      drawn[i] = value[usize(rows[i])];
      of[i] = label[usize(rows[i])];
    }
    return mean_of_label_means(drawn, of, n_labels);
  });
}

}  // namespace tepui::metric
