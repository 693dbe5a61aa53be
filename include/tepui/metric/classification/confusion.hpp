#pragma once
/// Counts which cell types are taken for which, and turns the counts into accuracy and F1.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/metric/classification/accuracy.hpp>
#include <tepui/metric/classification/class_counts.hpp>
#include <tepui/metric/classification/precision_recall.hpp>
#include <tepui/metric/classification/predicted_cells.hpp>

namespace tepui::metric {

/// count [classes, classes]: rows the true class, columns the predicted one.
/// ties   whole numbers, so no score depends on the order of the cells
/// empty  without cells a score is not a number            cost   O(cells), scores O(classes^2)
/// source scikit-learn accuracy_score and f1_score(average="macro"): the mean over the classes that occur among true or
///        predicted labels, 0 where F1 is 0 / 0
class confusion {
 public:
  explicit confusion(std::int32_t n_classes = 0) : n_classes_(n_classes), count_(usize(n_classes) * usize(n_classes), 0) {}

  /// errors  bad_data: see check_classes
  confusion(std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted, std::int32_t n_classes)
      : confusion(n_classes) {
    check_classes(truth, predicted, n_classes);
    for (std::size_t i = 0; i < truth.size(); ++i) add(truth[i], predicted[i]);
  }

  void add(std::int32_t truth, std::int32_t predicted, std::int64_t cells = 1) { count_[at(truth, predicted)] += cells; }
  void clear() { std::fill(count_.begin(), count_.end(), 0); }

  [[nodiscard]] std::int32_t n_classes() const { return n_classes_; }
  [[nodiscard]] std::int64_t cells(std::int32_t truth, std::int32_t predicted) const { return count_[at(truth, predicted)]; }
  [[nodiscard]] std::int64_t total() const {
    std::int64_t sum = 0;
    for (const std::int64_t c : count_) sum += c;
    return sum;
  }

  /// Its diagonal and its sums, which the scores are made of.
  [[nodiscard]] class_counts counts() const {
    class_counts out(n_classes_);
    for (std::int32_t t = 0; t < n_classes_; ++t)
      for (std::int32_t p = 0; p < n_classes_; ++p) out.add(t, p, cells(t, p));
    return out;
  }

  [[nodiscard]] double accuracy() const { return metric::accuracy::of(counts()); }
  /// [classes]; not a number for classes that are neither true nor predicted anywhere.
  [[nodiscard]] std::vector<double> f1_by_class() const {
    const class_counts sums = counts();
    std::vector<double> out;
    for (std::size_t c = 0; c < sums.n_classes(); ++c) out.push_back(metric::f1_by_class::of(sums, c));
    return out;
  }
  [[nodiscard]] double macro_f1() const { return metric::macro_f1::of(counts()); }

 private:
  [[nodiscard]] std::size_t at(std::int32_t truth, std::int32_t predicted) const {
    return usize(truth) * usize(n_classes_) + usize(predicted);
  }
  std::int32_t n_classes_;
  std::vector<std::int64_t> count_;
};

/// The matrix with the names of its classes, for whoever draws it.
/// shapes  class_name [classes]; cells, share [classes, classes], rows the true class; share: of the cells of the true
///         class, 0 in rows without cells
struct confusion_table {
  std::vector<std::string> class_name;
  std::vector<std::int64_t> cells;
  std::vector<double> share;
};

/// in     predictions of cells whose classes have names (without names: numbers)            cost   O(cells + classes^2)
[[nodiscard]] inline confusion_table table_of(const predicted_cells& of) {
  const answers& given = of.given();
  const confusion counts(given.truth, given.predicted, given.n_classes);
  confusion_table out;
  for (std::int32_t t = 0; t < given.n_classes; ++t) {
    out.class_name.push_back(given.class_names.empty() ? std::to_string(t) : given.class_names[usize(t)]);
    const auto all = static_cast<double>(of.counts().truth[usize(t)]);
    for (std::int32_t p = 0; p < given.n_classes; ++p) {
      out.cells.push_back(counts.cells(t, p));
      out.share.push_back(all == 0 ? 0 : static_cast<double>(counts.cells(t, p)) / all);
    }
  }
  return out;
}

}  // namespace tepui::metric
