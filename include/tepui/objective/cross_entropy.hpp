#pragma once
/// How surprised a model is by labels: each one's share among the classes, as it was guessed.

#include <cmath>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/softmax.hpp>

namespace tepui::objective {

/// A loss and what it is a mean of.
struct mean_loss {
  double value = 0;    ///< mean over n; 0 where n is 0
  std::int64_t n = 0;  ///< rows or entries that counted
  [[nodiscard]] double sum() const { return value * static_cast<double>(n); }
};

/// Mean of -log softmax(score)[label] over the rows that have a label.
/// in     score [rows, classes]; label [rows], below 0 where there is none, which does not count
/// errors bad_data: a label that is not below the number of classes, or fewer scores than rows x classes
/// cost   O(rows classes), in double            repeat bit-equal where the C library's exp and log are
[[nodiscard]] inline mean_loss cross_entropy(std::span<const float> score, std::int64_t classes,
                                             std::span<const std::int32_t> label) {
  if (classes < 1 || score.size() != label.size() * usize(classes))
    throw bad_data("there are " + std::to_string(score.size()) + " scores for " + std::to_string(label.size()) + " labels of " +
                   std::to_string(classes) + " classes; give a score for every label and class");
  mean_loss out;
  double sum = 0;
  for (std::size_t r = 0; r < label.size(); ++r) {
    if (label[r] < 0) continue;
    if (label[r] >= classes)
      throw bad_data("row " + std::to_string(r) + " has label " + std::to_string(label[r]) + ", but there are scores for " +
                     std::to_string(classes) + " classes; give a score for every class");
    const auto row = score.subspan(r * usize(classes), usize(classes));
    sum += kernel::log_sum_exp(row) - static_cast<double>(row[usize(label[r])]);
    ++out.n;
  }
  if (out.n > 0) out.value = sum / static_cast<double>(out.n);
  return out;
}

}  // namespace tepui::objective
