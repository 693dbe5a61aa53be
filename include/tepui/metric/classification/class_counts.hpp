#pragma once
/// How many cells of each type there are, how many were called so, and how many of these calls were right.

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>

namespace tepui::metric {

/// What stands where a score is 0 / 0: callers put the reason in its place.
inline constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// errors  bad_data: as many predictions as labels are wanted, all in [0, n_classes)
inline void check_classes(std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted,
                          std::int32_t n_classes) {
  if (truth.size() != predicted.size())
    throw bad_data("there are " + std::to_string(truth.size()) + " labels but " + std::to_string(predicted.size()) +
                   " predictions; give one prediction a label");
  for (std::size_t i = 0; i < truth.size(); ++i)
    for (const std::int32_t code : {truth[i], predicted[i]})
      if (code < 0 || code >= n_classes)
        throw bad_data("cell " + std::to_string(i) + " has the class " + std::to_string(code) +
                       ", but classes lie between 0 and " + std::to_string(n_classes - 1) +
                       " (-1 means missing); leave cells without a label out");
}

/// All that accuracy, precision, recall, F1, MCC and kappa need of a confusion matrix: its diagonal and its sums.
/// shapes  all [classes]                                  ties   whole numbers, so no score depends on the order of the
///         cells
/// cost    O(cells) to count, O(classes) a score, where the matrix itself would take O(classes^2): resamples ask for many
struct class_counts {
  std::vector<std::int64_t> hit;        ///< cells of this class that were called so
  std::vector<std::int64_t> truth;      ///< cells of this class
  std::vector<std::int64_t> predicted;  ///< cells called so

  explicit class_counts(std::int32_t n_classes = 0)
      : hit(usize(n_classes), 0), truth(usize(n_classes), 0), predicted(usize(n_classes), 0) {}
  /// errors  bad_data: see check_classes
  class_counts(std::span<const std::int32_t> is, std::span<const std::int32_t> called, std::int32_t n_classes)
      : class_counts(n_classes) {
    check_classes(is, called, n_classes);
    for (std::size_t i = 0; i < is.size(); ++i) add(is[i], called[i]);
  }
  void add(std::int32_t is, std::int32_t called, std::int64_t cells = 1) {
    truth[usize(is)] += cells;
    predicted[usize(called)] += cells;
    if (is == called) hit[usize(is)] += cells;
  }

  [[nodiscard]] std::size_t n_classes() const { return truth.size(); }
  [[nodiscard]] std::int64_t total() const {
    std::int64_t sum = 0;
    for (const std::int64_t n : truth) sum += n;
    return sum;
  }
  [[nodiscard]] std::int64_t hits() const {
    std::int64_t sum = 0;
    for (const std::int64_t n : hit) sum += n;
    return sum;
  }
  /// Whether the class is among the true or the predicted labels.
  [[nodiscard]] bool occurs(std::size_t c) const { return truth[c] + predicted[c] > 0; }
};

/// The mean of a number of each class that occurs among true or predicted labels; undefined without cells.
/// in     of(counts, class) -> double                     source scikit-learn average="macro"
template <class OfClass>
[[nodiscard]] double macro_mean(const class_counts& counts, const OfClass& of) {
  double sum = 0;
  std::int64_t classes = 0;
  for (std::size_t c = 0; c < counts.n_classes(); ++c)
    if (counts.occurs(c)) sum += of(counts, c), ++classes;
  return classes == 0 ? undefined : sum / static_cast<double>(classes);
}

/// The mean of a number of each class, a class counting as often as it has cells; undefined without cells.
/// source scikit-learn average="weighted"
template <class OfClass>
[[nodiscard]] double weighted_mean(const class_counts& counts, const OfClass& of) {
  double sum = 0;
  for (std::size_t c = 0; c < counts.n_classes(); ++c)
    if (counts.truth[c] > 0) sum += of(counts, c) * static_cast<double>(counts.truth[c]);
  const std::int64_t cells = counts.total();
  return cells == 0 ? undefined : sum / static_cast<double>(cells);
}

}  // namespace tepui::metric
