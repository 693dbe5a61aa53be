#pragma once
/// Products and absolute differences of two rows of numbers, summed in an order that no compiler and no processor changes.

#include <array>
#include <cmath>
#include <cstdint>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rounded.hpp>
#include <tepui/kernel/simd/row_product.hpp>

namespace tepui::kernel {

/// The plain references: the same bits, one number after the other.
[[nodiscard]] inline double plain_row_product(const double* a, const double* b, std::int64_t n) {
  std::array<double, 8> s{};
  for (std::int64_t i = 0; i < n; ++i) s[usize(i % 8)] += rounded(a[i] * b[i]);
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}
[[nodiscard]] inline double plain_absolute_distance(const double* a, const double* b, std::int64_t n) {
  std::array<double, 8> s{};
  for (std::int64_t i = 0; i < n; ++i) s[usize(i % 8)] += std::abs(a[i] - b[i]);
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

inline namespace HWY_NAMESPACE {

/// The inner product of two rows.
/// in     a, b [n]           order  products rounded, then summed: number i in place i % 8, the 8 sums in a tree
/// cost   O(n)               repeat bit-equal everywhere
[[nodiscard]] inline double row_product(const double* a, const double* b, std::int64_t n) {
#if TEPUI_HAS_LANES
  return simd::row_product(a, b, usize(n));
#else
  return plain_row_product(a, b, n);
#endif
}

/// The sum of absolute differences of two rows (the l1, or Manhattan, distance). order, cost, repeat: as row_product
[[nodiscard]] inline double absolute_distance(const double* a, const double* b, std::int64_t n) {
#if TEPUI_HAS_LANES
  return simd::absolute_distance(a, b, usize(n));
#else
  return plain_absolute_distance(a, b, n);
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
