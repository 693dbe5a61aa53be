#pragma once
/// Counts which cell types are taken for which, and turns the counts into accuracy and F1.

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>

namespace tepui::metric {

/// count [classes, classes]: rows the true class, columns the predicted one.
/// ties   whole numbers, so no score depends on the order of the cells
/// empty  without cells a score is not a number            cost   O(cells), scores O(classes^2)
/// source scikit-learn accuracy_score and f1_score(average="macro"): the mean over the classes that occur among true or predicted labels,
///        0 where F1 is 0 / 0
class confusion {
 public:
  explicit confusion(std::int32_t n_classes = 0) : n_classes_(n_classes), count_(usize(n_classes) * usize(n_classes), 0) {}

  /// errors  bad_data: as many predictions as labels are wanted, all in [0, n_classes)
  confusion(std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted, std::int32_t n_classes) : confusion(n_classes) {
    if (truth.size() != predicted.size())
      throw bad_data("there are " + std::to_string(truth.size()) + " labels but " + std::to_string(predicted.size()) +
                     " predictions; give one prediction a label");
    for (std::size_t i = 0; i < truth.size(); ++i) {
      for (const std::int32_t code : {truth[i], predicted[i]})
        if (code < 0 || code >= n_classes)
          throw bad_data("cell " + std::to_string(i) + " has the class " + std::to_string(code) + ", but classes lie between 0 and " +
                         std::to_string(n_classes - 1) + " (-1 means missing); leave cells without a label out");
      add(truth[i], predicted[i]);
    }
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

  [[nodiscard]] double accuracy() const {
    std::int64_t hits = 0;
    for (std::int32_t c = 0; c < n_classes_; ++c) hits += cells(c, c);
    const std::int64_t all = total();
    return all == 0 ? nan : static_cast<double>(hits) / static_cast<double>(all);
  }
  /// [classes]; not a number for classes that are neither true nor predicted anywhere.
  [[nodiscard]] std::vector<double> f1_by_class() const {
    std::vector<double> out(usize(n_classes_), nan);
    for (std::int32_t c = 0; c < n_classes_; ++c) {
      std::int64_t both = 0;
      for (std::int32_t other = 0; other < n_classes_; ++other) both += cells(c, other) + cells(other, c);
      if (both > 0) out[usize(c)] = 2.0 * static_cast<double>(cells(c, c)) / static_cast<double>(both);
    }
    return out;
  }
  [[nodiscard]] double macro_f1() const {
    double sum = 0;
    std::int64_t classes = 0;
    for (const double f1 : f1_by_class())
      if (f1 >= 0) {
        sum += f1;
        ++classes;
      }
    return classes == 0 ? nan : sum / static_cast<double>(classes);
  }

 private:
  static constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  [[nodiscard]] std::size_t at(std::int32_t truth, std::int32_t predicted) const { return usize(truth) * usize(n_classes_) + usize(predicted); }
  std::int32_t n_classes_;
  std::vector<std::int64_t> count_;
};

[[nodiscard]] inline double accuracy(std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted, std::int32_t n_classes) {
  return confusion(truth, predicted, n_classes).accuracy();
}
[[nodiscard]] inline double macro_f1(std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted, std::int32_t n_classes) {
  return confusion(truth, predicted, n_classes).macro_f1();
}

}  // namespace tepui::metric
