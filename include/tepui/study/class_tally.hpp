#pragma once
/// Counts right and wrong calls per cell type, and turns the counts into accuracy and F1; a cell may count several times.

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>

namespace tepui::study {

/// The scores of a study. Both are shares between 0 and 1, higher is better.
enum class study_metric { accuracy, macro_f1 };
inline constexpr study_metric study_metrics[] = {study_metric::accuracy, study_metric::macro_f1};

[[nodiscard]] constexpr const char* metric_name(study_metric metric) {
  return metric == study_metric::accuracy ? "accuracy" : "macro_f1";
}
[[nodiscard]] constexpr const char* metric_title(study_metric metric) {
  return metric == study_metric::accuracy ? "accuracy" : "macro-F1";
}

/// Whole-number counts, so that a score does not depend on the order in which cells are added.
/// cost    O(classes) a score where metric::confusion takes O(classes^2): a bootstrap asks for a score of every run on every
/// resample source  macro-F1 as scikit-learn: the mean over the classes that occur among true or predicted labels; 0 where F1
/// is 0 / 0
class class_tally {
 public:
  explicit class_tally(std::int64_t n_classes = 0) { start(n_classes); }
  void start(std::int64_t n_classes) {
    hit_.assign(usize(n_classes), 0);
    actual_.assign(usize(n_classes), 0);
    guessed_.assign(usize(n_classes), 0);
  }
  /// in     two class codes in [0, n_classes), and how often the cell counts
  void add(std::int32_t truth, std::int32_t predicted, std::int64_t weight = 1) {
    actual_[usize(truth)] += weight;
    guessed_[usize(predicted)] += weight;
    if (truth == predicted) hit_[usize(truth)] += weight;
  }

  [[nodiscard]] double accuracy() const {
    std::int64_t hits = 0, cells = 0;
    for (std::size_t c = 0; c < hit_.size(); ++c) hits += hit_[c], cells += actual_[c];
    return cells == 0 ? nan : static_cast<double>(hits) / static_cast<double>(cells);
  }
  /// Not a number where the class is neither among the true nor among the predicted labels.
  [[nodiscard]] double f1(std::size_t c) const {
    const std::int64_t both = actual_[c] + guessed_[c];
    return both == 0 ? nan : 2.0 * static_cast<double>(hit_[c]) / static_cast<double>(both);
  }
  [[nodiscard]] double macro_f1() const {
    double sum = 0;
    std::int64_t classes = 0;
    for (std::size_t c = 0; c < hit_.size(); ++c)
      if (actual_[c] + guessed_[c] > 0) sum += f1(c), ++classes;
    return classes == 0 ? nan : sum / static_cast<double>(classes);
  }
  [[nodiscard]] double value(study_metric metric) const { return metric == study_metric::accuracy ? accuracy() : macro_f1(); }

 private:
  static constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<std::int64_t> hit_, actual_, guessed_;  // [classes]
};

/// in     true and predicted codes [cells]        out    the counts
[[nodiscard]] inline class_tally tally(std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted,
                                       std::int64_t n_classes) {
  class_tally counts(n_classes);
  for (std::size_t i = 0; i < truth.size(); ++i) counts.add(truth[i], predicted[i]);
  return counts;
}

}  // namespace tepui::study
