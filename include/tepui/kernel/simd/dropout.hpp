#pragma once
/// Drops numbers of a cell by chance while a model learns, several at once.

#include <cstddef>
#include <cstdint>

#include <tepui/kernel/simd/philox.hpp>
#include <tepui/kernel/simd/pieces.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

/// So many numbers share 16 blocks of random bits, 16 bits for each.
inline constexpr std::size_t drop_group = 128;

#if TEPUI_HAS_LANES

/// 4 words of random bits for each of the counters (first + lane, 0, 0, 0); as kernel::philox.
HWY_INLINE void philox_lanes(std::uint64_t first, std::uint64_t key, random_lanes* word) {
  const random_tag d;
  // A cell has fewer than 2^32 blocks, but their number is carried over for honesty.
  const auto low = hn::Set(d, static_cast<std::uint32_t>(first));
  word[0] = hn::Add(low, hn::Iota(d, 0));
  word[1] = hn::Set(d, static_cast<std::uint32_t>(first >> 32));
  word[2] = hn::Zero(d);
  word[3] = hn::Zero(d);
  std::uint32_t halves[2] = {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)};
  philox_rounds(10, word, halves);
}

/// As kernel::drop.
[[gnu::noinline]] inline void drop(std::uint64_t key, std::uint32_t units, float keep, const float* x, std::size_t n,
                                   float* y) {
  const random_tag d;
  const piece_tag df;
  const auto least = hn::Set(d, units), low_half = hn::Set(d, 0xFFFFU);
  const auto by = hn::Set(df, keep);
  constexpr std::size_t calls = 16 / lanes32;
  random_lanes word[calls][4];
  for (std::size_t group = 0; group * drop_group < n; ++group) {
    for (std::size_t c = 0; c < calls; ++c) philox_lanes(group * 16 + c * lanes32, key, word[c]);
    const auto drop_piece = [&](auto p, std::size_t in_group) {
      const std::size_t half = in_group / 64, w = in_group % 64 / 16, c = in_group % 16 / lanes32;
      const auto bits = half == 0 ? hn::And(word[c][w], low_half) : hn::ShiftRight<16>(word[c][w]);
      const auto kept = hn::RebindMask(df, hn::Not(hn::Lt(hn::BitCast(hn::RebindToSigned<random_tag>(), bits),
                                                          hn::BitCast(hn::RebindToSigned<random_tag>(), least))));
      p.store(hn::IfThenElseZero(kept, hn::Mul(p.load(x), by)), y);
    };
    const std::size_t begin = group * drop_group;
    if (begin + drop_group <= n) {
      for (std::size_t i = 0; i < drop_group; i += lanes32) drop_piece(whole_piece{begin + i}, i);
    } else {
      std::size_t i = 0;
      for (; begin + i + lanes32 <= n; i += lanes32) drop_piece(whole_piece{begin + i}, i);
      if (begin + i < n) drop_piece(last_piece{begin + i, n - begin - i}, i);
    }
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
