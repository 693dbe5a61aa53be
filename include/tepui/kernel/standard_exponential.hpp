#pragma once
/// Turns random bits into waiting times: how long until the first of many rare events.

#include <bit>
#include <cstdint>

namespace tepui::kernel {

/// -log(1 - u) for the u in (0, 1) that the bits stand for: exponentially distributed with mean 1. Larger bits wait
/// longer, but for steps back of less than 3e-14 where 1 - u falls below a power of 2 times the root of a half, because one
/// more log 2, of few digits, is added there.
/// in     64 random bits, of which the leading 53 count            out  > 0, at most 37.4
/// errors absolute 2e-12, relative 1e-15 for u below 0.29          cost 12 ns, nine divisions
/// repeat bit-equal everywhere: quotients cannot be fused with the sums around them, and the one product before a sum is
///        exact
/// source the continued fraction of the inverse hyperbolic tangent (Gauss 1813)
[[nodiscard]] inline double standard_exponential(std::uint64_t bits) noexcept {
  const std::uint64_t leading = bits >> 11, all = (std::uint64_t{1} << 53) - 1;
  // 1 - u = rest * 2^-twos with rest in (0.7, 1.42); for small u, u itself is kept, which has more digits than 1 - u.
  const double remaining = (static_cast<double>(all - leading) + 0.5) * 0x1p-53;
  std::uint64_t pattern = std::bit_cast<std::uint64_t>(remaining);
  const std::uint64_t to_root = 0x3FF0000000000000ULL - 0x3FE6A09E667F3BCDULL;  // from 1 / sqrt(2) to 1
  const auto twos = static_cast<std::int64_t>(1023 - ((pattern + to_root) >> 52));
  pattern += static_cast<std::uint64_t>(twos) << 52;
  const double rest = std::bit_cast<double>(pattern);
  const double lost = twos == 0 ? (static_cast<double>(leading) + 0.5) * 0x1p-53 : 1 - rest;
  const double y = lost / (2 - lost), z = y * y;
  double f = 15;
  for (int k = 7; k > 0; --k) f = (2 * k - 1) - (k * k) * z / f;
  constexpr double log_two = 0x1.62E42FEFA39p-1;  // of so few digits that every multiple here is exact
  return static_cast<double>(twos) * log_two + 2 * (y / f);
}

}  // namespace tepui::kernel
