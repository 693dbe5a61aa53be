#pragma once
/// Products and absolute differences of two rows, several numbers at once and yet with the same bits on every kind of
/// processor.

#include <cmath>
#include <cstddef>

#include <tepui/kernel/simd/highway.hpp>
#include <tepui/kernel/simd/squared_distance.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// Sums term(a, b) in the places of simd::squared_distance.           term  of vectors of doubles, each rounded for itself
template <class Term>
HWY_INLINE double sum_in_places(const double* a, const double* b, std::size_t n, Term&& term) {
  const double_tag d;
  double_vector sum[distance_vectors];
  for (auto& s : sum) s = hn::Zero(d);
  std::size_t i = 0;
  for (; i + distance_places <= n; i += distance_places)
    for (std::size_t v = 0; v < distance_vectors; ++v)
      sum[v] = hn::Add(sum[v], term(hn::LoadU(d, a + i + v * double_lanes), hn::LoadU(d, b + i + v * double_lanes)));
  double s[distance_places];
  for (std::size_t v = 0; v < distance_vectors; ++v) hn::StoreU(sum[v], d, s + v * double_lanes);
  for (std::size_t at = 0; i < n; ++i, ++at) s[at] += hn::GetLane(term(hn::Set(d, a[i]), hn::Set(d, b[i])));
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

/// in     a, b [n]                 out    as kernel::row_product
HWY_INLINE double row_product(const double* a, const double* b, std::size_t n) {
  return sum_in_places(a, b, n, [](double_vector x, double_vector y) { return as_rounded(hn::Mul(x, y)); });
}

/// in     a, b [n]                 out    as kernel::absolute_distance
HWY_INLINE double absolute_distance(const double* a, const double* b, std::size_t n) {
  return sum_in_places(a, b, n, [](double_vector x, double_vector y) { return hn::Abs(hn::Sub(x, y)); });
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
