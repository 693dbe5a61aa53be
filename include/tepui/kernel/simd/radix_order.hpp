#pragma once
/// Orders long rows, and rows on processors without vectors, by counting the digits of their values.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <tepui/kernel/simd/highway.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

/// Sorts pairs of a key (upper half) and a place (lower half) by key, smallest first; equal keys stay as they stand.
/// in     pairs [n]; spare: working memory              out    pairs, sorted
/// cost   O(n), three passes of 11 bits, fewer where all keys have a digit in common
/// repeat bit-equal everywhere
template <class Pair>
void radix_order(std::vector<Pair>& pairs, std::vector<Pair>& spare) {
  static_assert(sizeof(Pair) == 8);
  constexpr std::size_t passes = 3, digits = 2048;
  const auto digit = [](Pair pair, std::size_t pass) { return static_cast<std::size_t>(pair >> (32 + 11 * pass)) % digits; };
  std::array<std::array<std::uint32_t, digits>, passes> begin{};
  for (const Pair pair : pairs)
    for (std::size_t pass = 0; pass < passes; ++pass) ++begin[pass][digit(pair, pass)];
  const auto n = static_cast<std::uint32_t>(pairs.size());
  if (spare.size() < pairs.size()) spare.resize(pairs.size());
  for (std::size_t pass = 0; pass < passes; ++pass) {
    if (begin[pass][digit(pairs[0], pass)] == n) continue;
    std::uint32_t sum = 0;
    for (auto& count : begin[pass]) {
      const std::uint32_t here = count;
      count = sum;
      sum += here;
    }
    for (const Pair pair : pairs) spare[begin[pass][digit(pair, pass)]++] = pair;
    spare.resize(pairs.size());
    pairs.swap(spare);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
