#pragma once
/// Reads a row's values in another order, several at once.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/simd/highway.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

/// to[i] = from[at[i]].
/// in     from [n] of 32-bit numbers; at [m], each in [0, n)          out    to [m]
/// cost   O(m)                                                      repeat bit-equal everywhere
template <class T>
void gather(std::span<const T> from, std::span<const std::int32_t> at, T* to) {
  static_assert(sizeof(T) == 4);
  std::size_t i = 0;
#if TEPUI_HAS_LANES
  const hn::CappedTag<T, lanes32> d;
  const hn::RebindToSigned<decltype(d)> di;
  for (; i + lanes32 <= at.size(); i += lanes32)
    hn::StoreU(hn::GatherIndex(d, from.data(), hn::LoadU(di, at.data() + i)), d, to + i);
#endif
  for (; i < at.size(); ++i) to[i] = from[static_cast<std::size_t>(at[i])];
}

/// to_gene[i] = genes[at[i]] and to_value[i] = values[at[i]].
/// in     genes, values [n]; at [m], each in [0, n)                 out    to_gene, to_value [m]
/// cost   O(m)                                                      repeat bit-equal everywhere
/// reason One number after the other: processors read single numbers as fast as their gather instructions do, and four at a time,
///        without an order between them, keep both loads busy.
template <class Value>
void gather_both(std::span<const std::int32_t> genes, std::span<const Value> values, std::span<const std::int32_t> at,
                 std::int32_t* to_gene, Value* to_value) {
  static_assert(sizeof(Value) == 4);
  std::size_t i = 0;
  for (; i + 4 <= at.size(); i += 4) {
    const auto p = usize(at[i]), q = usize(at[i + 1]), r = usize(at[i + 2]), s = usize(at[i + 3]);
    const std::int32_t gene[4] = {genes[p], genes[q], genes[r], genes[s]};
    const Value value[4] = {values[p], values[q], values[r], values[s]};
    std::memcpy(to_gene + i, gene, sizeof gene);
    std::memcpy(to_value + i, value, sizeof value);
  }
  for (; i < at.size(); ++i) {
    to_gene[i] = genes[usize(at[i])];
    to_value[i] = values[usize(at[i])];
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
