#pragma once
/// How far apart two cells are: the distance of k_center and of all measures of coverage, the same bits in each.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rounded.hpp>
#include <tepui/kernel/simd/squared_distance.hpp>

namespace tepui::kernel {

/// Cells as points: their embedding, row after row.    value [n, dims], finite
template <class Real>
struct points_of {
  std::int64_t n = 0, dims = 0;
  std::span<const Real> value;

  [[nodiscard]] const Real* row(std::int64_t i) const { return value.data() + i * dims; }
};
using points = points_of<float>;

/// The plain reference of squared_distance: the same bits, one number after the other.
template <class Real>
[[nodiscard]] double plain_squared_distance(const Real* a, const Real* b, std::int64_t dims) {
  std::array<double, 8> s{};
  for (std::int64_t d = 0; d < dims; ++d) {
    const double apart = static_cast<double>(a[d]) - static_cast<double>(b[d]);
    s[usize(d % 8)] += rounded(apart * apart);
  }
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

inline namespace HWY_NAMESPACE {
/// The squared Euclidean distance of two points, from differences and not from products of the points.
/// in     a, b [dims], float or double
/// order  differences, squares and sums in double, no two steps fused; dim d is summed in place d % 8, the 8 sums in a tree
/// errors relative (dims / 8 + 6) 2^-53              cost   O(dims)                repeat bit-equal everywhere
template <class Real>
[[nodiscard]] inline double squared_distance(const Real* a, const Real* b, std::int64_t dims) {
#if TEPUI_HAS_LANES
  return simd::squared_distance(a, b, usize(dims));
#else
  return plain_squared_distance(a, b, dims);
#endif
}
}  // namespace HWY_NAMESPACE

}  // namespace tepui::kernel
