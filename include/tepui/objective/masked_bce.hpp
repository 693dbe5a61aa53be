#pragma once
/// How surprised a model is by several yes-or-no labels of a cell, of which some are not known.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include <tepui/flow/index.hpp>
#include <tepui/objective/cross_entropy.hpp>

namespace tepui::objective {

/// -log of the share that sigmoid(score) gives to the label: 1 or 0.
[[nodiscard]] inline double binary_surprise(float score, float label) noexcept {
  const double s = static_cast<double>(score);
  return std::max(s, 0.0) - s * static_cast<double>(label) + std::log1p(std::exp(-std::abs(s)));
}

/// Mean binary cross-entropy over the labels that are known.
/// in     score, label [rows, labels]; label 0, 1 or NaN where it is not known
/// out    mean over all known labels            cost   O(rows labels), in double
/// errors bad_data: another number of scores than of labels            repeat bit-equal where the C library's exp and log are
[[nodiscard]] inline mean_loss masked_bce(std::span<const float> score, std::span<const float> label) {
  if (score.size() != label.size())
    throw bad_data("there are " + std::to_string(score.size()) + " scores for " + std::to_string(label.size()) +
                   " labels; give a score for every label, NaN for a label that is not known");
  mean_loss out;
  double sum = 0;
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (std::isnan(label[i])) continue;
    sum += binary_surprise(score[i], label[i]);
    ++out.n;
  }
  if (out.n > 0) out.value = sum / static_cast<double>(out.n);
  return out;
}

namespace compat {
/// HEIMDALL's MaskedBCEWithLogits, mean: every label's loss is divided by the known labels of its row before the mean is taken,
/// so that it shrinks with the number of labels.            in, out  as masked_bce, with labels [rows, labels]
[[nodiscard]] inline mean_loss masked_bce(std::span<const float> score, std::span<const float> label, std::int64_t labels) {
  mean_loss out;
  double sum = 0;
  for (std::size_t begin = 0; begin < label.size(); begin += usize(labels)) {
    const mean_loss row = objective::masked_bce(score.subspan(begin, usize(labels)), label.subspan(begin, usize(labels)));
    sum += row.value;
    out.n += row.n;
  }
  if (out.n > 0) out.value = sum / static_cast<double>(out.n);
  return out;
}
}  // namespace compat

}  // namespace tepui::objective
