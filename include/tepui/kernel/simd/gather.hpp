#pragma once
/// Reads a row's values in another order, several at once.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

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

/// Working memory of gather_both.
struct gather_room {
  std::vector<std::uint32_t> pair, taken;
};

/// to_gene[i] = genes[at[i]] and to_value[i] = values[at[i]]: faster than two gathers, as each pair is read at once.
/// in     genes, values [n]; at [m], each in [0, n)                 out    to_gene, to_value [m]
/// cost   O(n + m), nothing allocated once room has grown           repeat bit-equal everywhere
template <class Value>
void gather_both(std::span<const std::int32_t> genes, std::span<const Value> values, std::span<const std::int32_t> at,
                 gather_room& room, std::int32_t* to_gene, Value* to_value) {
  static_assert(sizeof(Value) == 4);
#if TEPUI_HAS_LANES
  const std::size_t n = genes.size(), m = at.size();
  if (room.pair.size() < 2 * n) room.pair.resize(2 * n);
  if (room.taken.size() < 2 * m) room.taken.resize(2 * m);
  const hn::CappedTag<std::uint32_t, lanes32> d;
  const hn::CappedTag<Value, lanes32> dv;
  const hn::CappedTag<std::int32_t, lanes32> di;
  std::uint32_t* const pair = room.pair.data();
  std::uint32_t* const taken = room.taken.data();
  std::size_t i = 0;
  for (; i + lanes32 <= n; i += lanes32)
    hn::StoreInterleaved2(hn::BitCast(d, hn::LoadU(di, genes.data() + i)), hn::BitCast(d, hn::LoadU(dv, values.data() + i)), d,
                          pair + 2 * i);
  for (; i < n; ++i) {
    pair[2 * i] = static_cast<std::uint32_t>(genes[i]);
    pair[2 * i + 1] = std::bit_cast<std::uint32_t>(values[i]);
  }
  for (i = 0; i < m; ++i) std::memcpy(taken + 2 * i, pair + 2 * static_cast<std::size_t>(at[i]), 2 * sizeof(std::uint32_t));
  for (i = 0; i + lanes32 <= m; i += lanes32) {
    hn::Vec<decltype(d)> gene, value;
    hn::LoadInterleaved2(d, taken + 2 * i, gene, value);
    hn::StoreU(hn::BitCast(di, gene), di, to_gene + i);
    hn::StoreU(hn::BitCast(dv, value), dv, to_value + i);
  }
  for (; i < m; ++i) {
    to_gene[i] = static_cast<std::int32_t>(taken[2 * i]);
    to_value[i] = std::bit_cast<Value>(taken[2 * i + 1]);
  }
#else
  (void)room;
  gather(genes, at, to_gene);
  gather(values, at, to_value);
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
