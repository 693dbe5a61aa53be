#pragma once
/// Of the cells called T cells, how many are (precision); of the T cells, how many were found (recall); and both in one
/// (F1).
/// Means over types: macro (every type alike, of those that are true or predicted anywhere), weighted (by cells), micro
/// (over cells: as every cell has one type and one answer, micro precision, recall and F1 are all the accuracy).
/// source scikit-learn precision_recall_fscore_support(zero_division=0)

#include <string_view>

#include <tepui/metric/classification/accuracy.hpp>
#include <tepui/metric/classification/count_head.hpp>

namespace tepui::metric {

/// Precision of one class: 0 where it was never predicted, not a number where it does not occur at all.
struct precision_by_class : class_head<precision_by_class> {
  static constexpr std::string_view name = "precision";
  static double of(const class_counts& n, std::size_t c) {
    if (!n.occurs(c)) return undefined;
    return n.predicted[c] == 0 ? 0 : static_cast<double>(n.hit[c]) / static_cast<double>(n.predicted[c]);
  }
};

/// Recall of one class: 0 where it was only predicted, not a number where it does not occur at all.
struct recall_by_class : class_head<recall_by_class> {
  static constexpr std::string_view name = "recall";
  static double of(const class_counts& n, std::size_t c) {
    if (!n.occurs(c)) return undefined;
    return n.truth[c] == 0 ? 0 : static_cast<double>(n.hit[c]) / static_cast<double>(n.truth[c]);
  }
};

/// Harmonic mean of the precision and the recall of one class.
struct f1_by_class : class_head<f1_by_class> {
  static constexpr std::string_view name = "f1";
  static double of(const class_counts& n, std::size_t c) {
    const std::int64_t both = n.truth[c] + n.predicted[c];
    return both == 0 ? undefined : 2.0 * static_cast<double>(n.hit[c]) / static_cast<double>(both);
  }
};

struct macro_precision : count_head<macro_precision> {
  static constexpr std::string_view name = "macro_precision";
  static double of(const class_counts& n) { return macro_mean(n, &precision_by_class::of); }
};
/// As balanced accuracy, but a class that is only predicted counts as 0.
struct macro_recall : count_head<macro_recall> {
  static constexpr std::string_view name = "macro_recall";
  static double of(const class_counts& n) { return macro_mean(n, &recall_by_class::of); }
};
struct macro_f1 : count_head<macro_f1> {
  static constexpr std::string_view name = "macro_f1";
  static double of(const class_counts& n) { return macro_mean(n, &f1_by_class::of); }
};
struct micro_f1 : count_head<micro_f1> {
  static constexpr std::string_view name = "micro_f1";
  static double of(const class_counts& n) { return accuracy::of(n); }
};
struct weighted_precision : count_head<weighted_precision> {
  static constexpr std::string_view name = "weighted_precision";
  static double of(const class_counts& n) { return weighted_mean(n, &precision_by_class::of); }
};
/// The same number as the accuracy.
struct weighted_recall : count_head<weighted_recall> {
  static constexpr std::string_view name = "weighted_recall";
  static double of(const class_counts& n) { return weighted_mean(n, &recall_by_class::of); }
};
struct weighted_f1 : count_head<weighted_f1> {
  static constexpr std::string_view name = "weighted_f1";
  static double of(const class_counts& n) { return weighted_mean(n, &f1_by_class::of); }
};

}  // namespace tepui::metric
