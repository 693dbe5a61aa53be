#pragma once
/// Random bits by the counter-based generator of kernel/rng.hpp, for several counters at once.

#include <cstddef>
#include <cstdint>

#include <tepui/kernel/simd/highway.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

using random_tag = hn::CappedTag<std::uint32_t, lanes32>;
using random_lanes = hn::Vec<random_tag>;

/// The upper and the lower half of the products of 32-bit lanes with one number.
struct wide_product {
  random_lanes upper, lower;
};
HWY_INLINE wide_product times(random_lanes x, std::uint32_t by) {
  const random_tag d;
  const hn::RepartitionToWide<random_tag> wide;
  const auto factor = hn::Set(d, by);
  const auto even = hn::MulEven(x, factor);
  const auto odd = hn::MulEven(hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(wide, x))), factor);
  return {hn::OddEven(hn::BitCast(d, odd), hn::BitCast(d, hn::ShiftRight<32>(even))),
          hn::OddEven(hn::BitCast(d, hn::ShiftLeft<32>(odd)), hn::BitCast(d, even))};
}

/// The first `rounds` of the ten rounds of kernel::philox.
/// in, out  word [4]: a counter a lane            key  as that of the next round afterwards
HWY_INLINE void philox_rounds(int rounds, random_lanes* word, std::uint32_t (&key)[2]) {
  const random_tag d;
  for (int round = 0; round < rounds; ++round) {
    const auto a = times(word[0], 0xD2511F53U), b = times(word[2], 0xCD9E8D57U);
    word[0] = hn::Xor(hn::Xor(b.upper, word[1]), hn::Set(d, key[0]));
    word[1] = b.lower;
    word[2] = hn::Xor(hn::Xor(a.upper, word[3]), hn::Set(d, key[1]));
    word[3] = a.lower;
    key[0] += 0x9E3779B9U;
    key[1] += 0xBB67AE85U;
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
