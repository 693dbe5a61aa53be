#pragma once
/// Weights that fall with distance, several at once, in double.

#include <cstddef>
#include <cstdint>

#include <tepui/kernel/simd/highway.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// e to the power of x <= 0; exactly 0 for -700 and below.
/// errors relative 4e-16            cost   20 instructions
/// source Cody and Waite 1980 for the splitting; Taylor's series to the twelfth power
template <class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes exponential_of_negative(Tag d, Lanes x) {
  const hn::RebindToUnsigned<Tag> du;
  const auto magic = hn::Set(d, 6755399441055744.0);  // 1.5 * 2^52: the whole number of twos stands in the last bits
  const auto least = hn::Set(d, -700.0);
  const auto limited = hn::Max(x, least);
  const auto shifted = hn::MulAdd(limited, hn::Set(d, 1.4426950408889634), magic);
  const auto twos = hn::Sub(shifted, magic);
  const auto rest = hn::NegMulAdd(twos, hn::Set(d, 1.90821492927058770002e-10),
                                  hn::NegMulAdd(twos, hn::Set(d, 0.693147180369123816490), limited));
  auto p = hn::Set(d, 1.0 / 479001600);
  for (const double next : {1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120,
                            1.0 / 24, 1.0 / 6, 0.5, 1.0, 1.0})
    p = hn::MulAdd(p, rest, hn::Set(d, next));
  const auto power = hn::ShiftLeft<52>(hn::Add(hn::BitCast(du, shifted), hn::Set(du, std::uint64_t{1023})));
  return hn::IfThenElseZero(hn::Gt(x, least), hn::Mul(p, hn::BitCast(d, power)));
}

/// As kernel::plain_decay, with products fused into sums where the processor has that.       in  n a multiple of 8; sums [3]
inline void decay(const double* distance, std::size_t n, double beta, double* weight, double* sums) {
  constexpr std::size_t lanes = lanes32 / 2 < 1 ? 1 : lanes32 / 2 < 8 ? lanes32 / 2 : 8;
  const hn::CappedTag<double, lanes> d;
  const auto rate = hn::Set(d, -beta);
  auto sum = hn::Zero(d), first = sum, second = sum;
  for (std::size_t i = 0; i < n; i += lanes) {
    const auto at = hn::LoadU(d, distance + i);
    const auto w = exponential_of_negative(d, hn::Mul(rate, at));
    const auto moment = hn::Mul(at, w);
    hn::StoreU(w, d, weight + i);
    sum = hn::Add(sum, w);
    first = hn::Add(first, moment);
    second = hn::MulAdd(at, moment, second);
  }
  sums[0] = hn::GetLane(hn::SumOfLanes(d, sum));
  sums[1] = hn::GetLane(hn::SumOfLanes(d, first));
  sums[2] = hn::GetLane(hn::SumOfLanes(d, second));
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
