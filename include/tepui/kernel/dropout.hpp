#pragma once
/// Drops numbers of a cell by chance while a model learns, so that no single one is relied on.

#include <array>
#include <cstdint>
#include <span>
#include <type_traits>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/kernel/simd/dropout.hpp>

namespace tepui::kernel {

/// Rates are counted in 1 / 65,536.
inline constexpr std::uint32_t drop_units = 65536;

/// The 16 random bits of each of the 128 numbers of a group: number i has the lower half of word i % 64 / 16 of block i % 16 of
/// the group's 16 blocks of philox, and from i = 64 on the upper half.
[[nodiscard]] inline std::array<std::uint16_t, simd::drop_group> drop_bits(std::uint64_t key, std::uint64_t group) {
  std::array<std::uint16_t, simd::drop_group> out{};
  for (std::uint32_t block = 0; block < 16; ++block) {
    const std::uint64_t counter = group * 16 + block;
    const auto word = philox({static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32), 0, 0},
                             {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)});
    for (std::size_t w = 0; w < 4; ++w) {
      out[w * 16 + block] = static_cast<std::uint16_t>(word[w] & 0xFFFFU);
      out[64 + w * 16 + block] = static_cast<std::uint16_t>(word[w] >> 16);
    }
  }
  return out;
}

inline namespace HWY_NAMESPACE {

/// Numbers of a cell: each is dropped (0) with a chance of units / 65,536, and the others are divided by the chance to stay.
/// in     key: of purpose and cell, as draws(...).bits(cell_id) gives it; units in [0, 65,536); x: the cell's rows
/// out    y [as x], may be x            cost   0.25 ns a number
/// repeat which numbers are dropped depends on key and place in the cell alone, bit-equal everywhere
/// source Srivastava et al. 2014; random bits by Salmon et al. 2011
template <class Real>
void drop(std::uint64_t key, std::uint32_t units, std::span<const Real> x, std::span<Real> y) {
  const Real keep = static_cast<Real>(static_cast<double>(drop_units) / static_cast<double>(drop_units - units));
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>) {
    simd::drop(key, units, keep, x.data(), x.size(), y.data());
    return;
  }
#endif
  for (std::size_t begin = 0; begin < x.size(); begin += simd::drop_group) {
    const auto bits = drop_bits(key, begin / simd::drop_group);
    for (std::size_t i = begin; i < x.size() && i < begin + simd::drop_group; ++i)
      y[i] = bits[i - begin] < units ? Real{0} : x[i] * keep;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
