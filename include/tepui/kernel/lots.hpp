#pragma once
/// Draws a lot for each of many cells: who has the smallest lots is chosen.

#include <cstddef>
#include <cstdint>
#include <span>

#include <tepui/kernel/rng.hpp>
#include <tepui/kernel/simd/lots.hpp>

namespace tepui::kernel {
inline namespace HWY_NAMESPACE {

/// The first draw of every item, as two words: random.bits(id[i]) = leading[i] * 2^32 + following[i].
/// in     id [items]                              out    leading [items]; following [items], or empty where it is not wanted
/// cost   1.5 ns an item, with vectors of 512 bits   repeat bit-equal everywhere
inline void lots(const draws& random, std::span<const std::int64_t> id, std::span<std::uint32_t> leading,
                 std::span<std::uint32_t> following = {}) {
  std::size_t i = 0;
#if TEPUI_HAS_LANES
  i = id.size() / simd::lanes32 * simd::lanes32;
  simd::lots(random.key(), id.data(), i, leading.data(), following.data());
#endif
  for (; i < id.size(); ++i) {
    const std::uint64_t bits = random.bits(id[i]);
    leading[i] = static_cast<std::uint32_t>(bits >> 32);
    if (!following.empty()) following[i] = static_cast<std::uint32_t>(bits);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
