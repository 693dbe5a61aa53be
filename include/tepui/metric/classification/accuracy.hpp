#pragma once
/// Which share of the cells got their own type: of all cells, or of each type alike.

#include <string_view>

#include <tepui/metric/classification/count_head.hpp>

namespace tepui::metric {

/// Cells that were called what they are, as a share of all.               worst 0, best 1; see count_head
struct accuracy : count_head<accuracy> {
  static constexpr std::string_view name = "accuracy";
  /// -> not a number without cells
  static double of(const class_counts& counts) {
    const std::int64_t all = counts.total();
    return all == 0 ? undefined : static_cast<double>(counts.hits()) / static_cast<double>(all);
  }
};

/// Mean recall of the classes that have cells: every type counts alike, however rare.         worst 0, best 1
/// floor  1 / classes, as it must be of one answer for all
/// source scikit-learn balanced_accuracy_score (not adjusted); a class that is only predicted does not count
struct balanced_accuracy : count_head<balanced_accuracy> {
  static constexpr std::string_view name = "balanced_accuracy";
  /// -> not a number without cells
  static double of(const class_counts& counts) {
    double sum = 0;
    std::int64_t classes = 0;
    for (std::size_t c = 0; c < counts.n_classes(); ++c)
      if (counts.truth[c] > 0) sum += static_cast<double>(counts.hit[c]) / static_cast<double>(counts.truth[c]), ++classes;
    return classes == 0 ? undefined : sum / static_cast<double>(classes);
  }
};

}  // namespace tepui::metric
