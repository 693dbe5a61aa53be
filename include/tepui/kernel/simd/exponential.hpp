#pragma once
/// Turns scores into weights that grow by the same factor for every step of the score: exponentials, several at once.

#include <cstdint>

#include <tepui/kernel/simd/highway.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// 2 to the power of x: a power of two with a whole exponent times a polynomial on the rest.
/// in     x <= 127; below -126.5 the answer is exactly 0, also for -infinity            out    2^x, exactly 1 for 0
/// errors relative 1.7e-7 (2.4e-7 without fused multiply-add)                          cost   14 instructions
/// repeat a lane does not depend on its neighbours
/// source Cody and Waite 1980 for the splitting; the polynomial is the best one of the fifth power that is 1 at 0
template <class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes power_of_two(Tag d, Lanes x) {
  const hn::RebindToUnsigned<Tag> du;
  const auto magic = hn::Set(d, 12583039.0F);  // 1.5 * 2^23 + 127: the exponent of the answer stands in the last bits
  const auto limited = hn::Max(x, hn::Set(d, -127.0F));
  const auto shifted = hn::Add(limited, magic);
  const auto rest = hn::Sub(limited, hn::Sub(shifted, magic));
  auto p = hn::MulAdd(hn::Set(d, 1.32647273e-3F), rest, hn::Set(d, 9.67151299e-3F));
  p = hn::MulAdd(p, rest, hn::Set(d, 5.55073358e-2F));
  p = hn::MulAdd(p, rest, hn::Set(d, 2.40222424e-1F));
  p = hn::MulAdd(p, rest, hn::Set(d, 6.93147004e-1F));
  p = hn::MulAdd(p, rest, hn::Set(d, 1.0F));
  return hn::Mul(p, hn::BitCast(d, hn::ShiftLeft<23>(hn::BitCast(du, shifted))));
}

/// e to the power of x.
/// in     x: below -87.6 the answer is exactly 0, also for -infinity; above 88 it is that of 88
/// out    e^x, exactly 1 for 0                    errors relative 2e-7            cost   18 instructions
/// repeat a lane does not depend on its neighbours
/// source as for power_of_two; the polynomial is the Taylor series to the seventh power, as in kernel/activation.hpp
template <class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes exponential(Tag d, Lanes x) {
  const hn::RebindToUnsigned<Tag> du;
  const auto magic = hn::Set(d, 12583039.0F);
  const auto limited = hn::Min(hn::Max(x, hn::Set(d, -88.0296919F)), hn::Set(d, 88.0F));  // -127 twos
  const auto shifted = hn::MulAdd(limited, hn::Set(d, 1.44269504F), magic);
  const auto twos = hn::Sub(shifted, magic);
  const auto rest = hn::MulAdd(twos, hn::Set(d, 2.12194440e-4F), hn::NegMulAdd(twos, hn::Set(d, 0.693359375F), limited));
  auto p = hn::MulAdd(hn::Set(d, 1.0F / 5040), rest, hn::Set(d, 1.0F / 720));
  p = hn::MulAdd(p, rest, hn::Set(d, 1.0F / 120));
  p = hn::MulAdd(p, rest, hn::Set(d, 1.0F / 24));
  p = hn::MulAdd(p, rest, hn::Set(d, 1.0F / 6));
  p = hn::MulAdd(p, rest, hn::Set(d, 0.5F));
  p = hn::MulAdd(p, rest, hn::Set(d, 1.0F));
  p = hn::MulAdd(p, rest, hn::Set(d, 1.0F));
  return hn::Mul(p, hn::BitCast(d, hn::ShiftLeft<23>(hn::BitCast(du, shifted))));
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
