#pragma once
/// Exponentials of the scores of a row, counted from one of them so that none overflows, and their sum.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>

#include <tepui/kernel/simd/exponential_sum.hpp>

namespace tepui::kernel {
inline namespace HWY_NAMESPACE {

/// The largest number of a row that is not empty.            cost  one reading
template <class Real>
[[nodiscard]] Real largest(std::span<const Real> row) {
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>) return simd::largest(row.data(), row.size());
#endif
  return *std::max_element(row.begin(), row.end());
}

/// The sum of exp(x - from).            in  x [n], from: at least the largest, or so near that exp stays finite
/// errors  float: relative 5e-7; an exponent below -87 counts as 0            repeat  depends on the row alone
template <class Real>
[[nodiscard]] Real exponential_sum(std::span<const Real> x, Real from) {
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>) return simd::sum_of_exponentials<false>(x.data(), x.size(), from);
#endif
  double sum = 0;
  for (const Real v : x) sum += static_cast<double>(std::exp(v - from));
  return static_cast<Real>(sum);
}

/// The same, and the exponentials replace the numbers. The sum has the same bits.
template <class Real>
Real exponentials(std::span<Real> x, Real from) {
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>) return simd::sum_of_exponentials<true>(x.data(), x.size(), from);
#endif
  double sum = 0;
  for (Real& v : x) sum += static_cast<double>(v = std::exp(v - from));
  return static_cast<Real>(sum);
}

/// x *= by
template <class Real>
void scale_all(std::span<Real> x, Real by) {
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>) {
    simd::scale_all(x.data(), x.size(), by);
    return;
  }
#endif
  for (Real& v : x) v *= by;
}

/// x *= by, number by number.            in  by [as x]
template <class Real>
void multiply_all(std::span<Real> x, std::span<const Real> by) {
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>) {
    simd::multiply_all(x.data(), x.size(), by.data());
    return;
  }
#endif
  for (std::size_t i = 0; i < x.size(); ++i) x[i] *= by[i];
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
