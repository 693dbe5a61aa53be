#pragma once
/// How far apart two cells are, several dims at once and yet with the same bits on every kind of processor.

#include <cstddef>
#include <cstdint>

#include <tepui/kernel/simd/highway.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// Sums of squares are kept in so many places: dim d goes to place d % 8, whatever the width of a vector.
inline constexpr std::size_t distance_places = 8;
inline constexpr std::size_t double_lanes = lanes32 / 2 < distance_places ? lanes32 / 2 : distance_places;
inline constexpr std::size_t distance_vectors = distance_places / double_lanes;
using double_tag = hn::CappedTag<double, double_lanes>;
using double_vector = hn::Vec<double_tag>;

/// The same numbers, hidden from the compiler, which would fuse a product with the sum that follows.
template <class V>
HWY_INLINE V as_rounded(V product) {
#if HWY_TARGET == HWY_EMU128 || !(HWY_ARCH_X86 || HWY_ARCH_ARM_A64)
  asm volatile("" : "+m"(product));
#elif HWY_ARCH_X86
  asm("" : "+x"(product.raw));
#else
  asm("" : "+w"(product.raw));
#endif
  return product;
}

HWY_INLINE double_vector as_doubles(const double* p) { return hn::LoadU(double_tag(), p); }
HWY_INLINE double_vector as_doubles(const float* p) {
  return hn::PromoteTo(double_tag(), hn::LoadU(hn::Rebind<float, double_tag>(), p));
}

/// in     a, b [dims], float or double            out    the sum of squared differences, as kernel::squared_distance
/// repeat bit-equal everywhere
template <class Real>
HWY_INLINE double squared_distance(const Real* a, const Real* b, std::size_t dims) {
  const double_tag d;
  double_vector sum[distance_vectors];
  for (auto& s : sum) s = hn::Zero(d);
  std::size_t i = 0;
  for (; i + distance_places <= dims; i += distance_places)
    for (std::size_t v = 0; v < distance_vectors; ++v) {
      const auto apart = hn::Sub(as_doubles(a + i + v * double_lanes), as_doubles(b + i + v * double_lanes));
      sum[v] = hn::Add(sum[v], as_rounded(hn::Mul(apart, apart)));
    }
  double s[distance_places];
  for (std::size_t v = 0; v < distance_vectors; ++v) hn::StoreU(sum[v], d, s + v * double_lanes);
  const hn::CappedTag<double, 1> one;
  for (std::size_t at = 0; i < dims; ++i, ++at) {
    const double apart = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    s[at] += hn::GetLane(as_rounded(hn::Set(one, apart * apart)));
  }
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
