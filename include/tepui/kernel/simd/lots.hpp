#pragma once
/// Draws a lot for each of many cells, several at once.

#include <cstddef>
#include <cstdint>

#include <tepui/kernel/simd/philox.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// As kernel::lots, for n a multiple of lanes32; `following` may be null.
[[gnu::noinline]] inline void lots(std::uint64_t key, const std::int64_t* id, std::size_t n, std::uint32_t* leading,
                                   std::uint32_t* following) {
  const random_tag d;
  const hn::Repartition<std::int64_t, random_tag> whole;
  const std::uint32_t first[2] = {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)};
  for (std::size_t i = 0; i < n; i += lanes32) {
    const auto front = hn::BitCast(d, hn::LoadU(whole, id + i)),
               back = hn::BitCast(d, hn::LoadU(whole, id + i + lanes32 / 2));
    const auto low = hn::ConcatEven(d, back, front), high = hn::ConcatOdd(d, back, front);
    // The first draw of an item has zeros in half of its counter, and of the last round two words of four are wanted.
    const auto a = times(low, 0xD2511F53U);
    random_lanes word[4] = {hn::Xor(high, hn::Set(d, first[0])), hn::Zero(d), hn::Xor(a.upper, hn::Set(d, first[1])),
                            a.lower};
    std::uint32_t next[2] = {first[0] + 0x9E3779B9U, first[1] + 0xBB67AE85U};
    philox_rounds(8, word, next);
    const auto last = times(word[2], 0xCD9E8D57U);
    hn::StoreU(hn::Xor(hn::Xor(last.upper, word[1]), hn::Set(d, next[0])), d, leading + i);
    if (following != nullptr) hn::StoreU(last.lower, d, following + i);
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
