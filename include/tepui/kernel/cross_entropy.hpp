#pragma once
/// How surprised a guess is by the right answer, and how the guess should change: the loss that most models learn by.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/exponential_sum.hpp>

namespace tepui::kernel {
inline namespace HWY_NAMESPACE {

/// The sum over rows of -log(share of the right class), shares = softmax of a row; the scores become the gradient,
/// share - (1 where right).
/// in, out  logits [rows, classes], classes >= 1, finite (or -infinity: a class that cannot be)
/// in       label [rows], each in [0, classes)            out  the sum of losses            empty  no rows: 0
/// errors   float: shares relative 1e-6; a class 87 below the largest has a share of 0            cost  an exponential a number
/// repeat   a row does not depend on those beside it; losses are added in double, in order
template <class Real>
[[nodiscard]] double cross_entropy_rows(std::span<Real> logits, std::int64_t classes, std::span<const std::int32_t> label) {
  double loss = 0;
  for (std::size_t r = 0; r < label.size(); ++r) {
    const auto row = logits.subspan(r * usize(classes), usize(classes));
    Real& right = row[usize(label[r])];
    const Real top = largest<Real>(row);
    const double above = static_cast<double>(top) - static_cast<double>(right);
    const Real sum = exponentials<Real>(row, top);
    loss += std::log(static_cast<double>(sum)) + above;
    scale_all<Real>(row, Real{1} / sum);
    right -= Real{1};
  }
  return loss;
}

/// The loss alone; logits stay. The same bits as cross_entropy_rows.
template <class Real>
[[nodiscard]] double cross_entropy_loss(std::span<const Real> logits, std::int64_t classes,
                                        std::span<const std::int32_t> label) {
  double loss = 0;
  for (std::size_t r = 0; r < label.size(); ++r) {
    const auto row = logits.subspan(r * usize(classes), usize(classes));
    const Real top = largest<Real>(row), sum = exponential_sum<Real>(row, top);
    loss += std::log(static_cast<double>(sum)) + (static_cast<double>(top) - static_cast<double>(row[usize(label[r])]));
  }
  return loss;
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
