#pragma once
/// Quantile bins of a row, in vector registers: which values of a cell are low and which are high.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/row_bin.hpp>
#include <tepui/kernel/simd/digitize.hpp>
#include <tepui/kernel/simd/row_order.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

/// Working memory of row_bins: grows to the longest row and stays.
template <class Value>
struct row_bin_room {
  std::vector<double> edges;  ///< of the last row
  std::vector<std::uint32_t> key, spare;
  std::vector<double> probability, place, base, gap, weight;  ///< [n_edges]
  std::int32_t made_for = -1;                                 ///< edges of `probability`
  bool made_with_ends = false;
  row_order_room order_room;
  std::vector<std::int32_t> order;
};

/// to[i] = a[i] * b[i]. Never inlined: where a product can be seen with the sum that follows, compilers may round the two as one.
template <class Double>
[[gnu::noinline]] void products(const Double* a, const Double* b, std::size_t n, Double* to) {
  for (std::size_t i = 0; i < n; ++i) to[i] = a[i] * b[i];
}

/// Quantiles of a row whose i-th smallest value is value_at(i), as kernel::quantile_edges gives them.
template <class Value, class ValueAt>
void edges_at(std::size_t n, std::int32_t n_edges, edge_rule rule, row_bin_room<Value>& room, ValueAt&& value_at) {
  const std::size_t m = usize(n_edges);
  if (room.made_for != n_edges || room.made_with_ends != rule.ends) {
    room.probability.clear();
    for (std::int32_t e = 0; e < n_edges; ++e) room.probability.push_back(edge_probability(e, n_edges, rule));
    room.made_for = n_edges;
    room.made_with_ends = rule.ends;
    for (auto* v : {&room.place, &room.base, &room.gap, &room.weight, &room.edges}) v->resize(m);
  }
  const double last = static_cast<double>(n - 1);
  std::fill(room.weight.begin(), room.weight.end(), last);
  products(room.weight.data(), room.probability.data(), m, room.place.data());
  for (std::size_t e = 0; e < m; ++e) {
    // The last value has no neighbour above: its gap is 0.
    const auto below = static_cast<std::size_t>(room.place[e]);
    const double share = room.place[e] - static_cast<double>(below);
    const Value from = value_at(below), to = value_at(std::min(below + 1, n - 1));
    const double low = static_cast<double>(from), high = static_cast<double>(to);
    const double gap = rule.float_gaps ? static_cast<double>(static_cast<float>(to) - static_cast<float>(from)) : high - low;
    const bool from_above = share >= 0.5;
    room.base[e] = from_above ? high : low;
    room.gap[e] = from_above ? -gap : gap;
    room.weight[e] = from_above ? 1.0 - share : share;
  }
  products(room.gap.data(), room.weight.data(), m, room.place.data());
  for (std::size_t e = 0; e < m; ++e) room.edges[e] = room.base[e] + room.place[e];
}

#if TEPUI_HAS_LANES

/// How many values are 1, 2, 3 and 4; keys of the others, ascending with the value. Out: whether all others are larger.
template <class Value, class Key>
bool count_small(std::span<const Value> values, std::array<std::size_t, most_runs>& count, Key* key, std::size_t& n_left) {
  const value_tag<Value> d;
  const key_tag du;
  auto least = hn::Set(d, std::numeric_limits<Value>::max());
  std::array<std::size_t, most_runs> counted{};
  std::size_t left = 0;
  for (std::size_t i = 0; i < values.size(); i += lanes32) {
    const auto inside = hn::FirstN(d, std::min(values.size() - i, lanes32));
    const auto v = hn::IfThenElseZero(inside, load_some(values.data(), i, values.size() - i));
    const auto is1 = hn::Eq(v, hn::Set(d, Value{1})), is2 = hn::Eq(v, hn::Set(d, Value{2}));
    const auto is3 = hn::Eq(v, hn::Set(d, Value{3})), is4 = hn::Eq(v, hn::Set(d, Value{4}));
    counted[0] += hn::CountTrue(d, is1);
    counted[1] += hn::CountTrue(d, is2);
    counted[2] += hn::CountTrue(d, is3);
    counted[3] += hn::CountTrue(d, is4);
    const auto rest = hn::AndNot(hn::Or(hn::Or(is1, is2), hn::Or(is3, is4)), inside);
    least = hn::Min(least, hn::IfThenElse(rest, v, least));
    hn::StoreU(compressed(hn::Not(falling_keys<Value>(v)), hn::RebindMask(du, rest)), du, key + left);
    left += hn::CountTrue(d, rest);
  }
  count = counted;
  n_left = left;
  return hn::GetLane(hn::MinOfLanes(d, least)) > static_cast<Value>(most_runs);
}

#endif

/// A float from its key, which ascends with it.
[[nodiscard]] constexpr float float_of_key(std::uint32_t ascending) noexcept {
  return std::bit_cast<float>((ascending >> 31) != 0 ? ascending ^ 0x80000000U : ~ascending);
}

/// The quantile edges of a row, as kernel::row_edges gives them.
/// in     values [n] in any order, float or double, finite, n >= 1; n_edges >= 1          out    room.edges [n_edges], ascending
/// cost   O(n log n)                                 repeat bit-equal everywhere
template <class Value>
void row_edges(std::span<const Value> values, std::int32_t n_edges, edge_rule rule, row_bin_room<Value>& room) {
  const std::size_t n = values.size();
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Value, float>) {
    grow(room.key, n + key_padding);
    grow(room.spare, n + key_padding);
    if (begins_with_counts(values.data(), n)) {
      std::array<std::size_t, most_runs> upto{};
      std::size_t left = 0;
      if (count_small(values, upto, room.key.data(), left)) {
        for (std::size_t r = 1; r < most_runs; ++r) upto[r] += upto[r - 1];
        sort_keys(room.key.data(), left, left, room.spare.data());
        return edges_at(n, n_edges, rule, room, [&](std::size_t i) {
          if (i >= upto[most_runs - 1]) return float_of_key(room.key[i - upto[most_runs - 1]]);
          float value = 1;
          for (std::size_t r = 0; r + 1 < most_runs; ++r) value += i >= upto[r] ? 1.0F : 0.0F;
          return value;
        });
      }
    }
    const key_tag d;
    for (std::size_t i = 0; i < n; i += lanes32)
      hn::StoreU(hn::Not(falling_keys<float>(load_some(values.data(), i, n - i))), d, room.key.data() + i);
    sort_keys(room.key.data(), n, n, room.spare.data());
    return edges_at(n, n_edges, rule, room, [&](std::size_t i) { return float_of_key(room.key[i]); });
  }
#endif
  row_order(values, isize(n), room.order_room, room.order);
  // The order leaves zeros out; they stand between the positive and the negative values.
  const std::size_t zeros = n - room.order.size();
  std::size_t positive = 0;
  if (zeros > 0)
    positive = usize(std::partition_point(room.order.begin(), room.order.end(), [&](std::int32_t at) { return values[usize(at)] > 0; }) -
                     room.order.begin());
  edges_at(n, n_edges, rule, room, [&](std::size_t i) {
    const std::size_t falling = n - 1 - i;
    if (zeros == 0 || falling < positive) return values[usize(room.order[falling])];
    return falling < positive + zeros ? Value{} : values[usize(room.order[falling - zeros])];
  });
}

/// The quantile bin of each value of a row among its own edges, as kernel::row_bins gives it.
/// in     values [n], float or double, finite; n_edges >= 1            out    to [n], each in [0, n_edges]; room.edges [n_edges]
/// cost   O(n log n), nothing allocated once room has grown          empty  no bins, and the edges of the row before
/// repeat bit-equal everywhere
template <class Value>
void row_bins_into(std::span<const Value> values, std::int32_t n_edges, edge_rule rule, on_edge side, row_bin_room<Value>& room,
                   std::int32_t* to) {
  if (values.empty()) return;
  simd::row_edges(values, n_edges, rule, room);
  simd::digitize_into(std::span<const double>(room.edges), values, side, to);
}
/// The same into a vector.                   out    bins [n]
template <class Value>
void row_bins(std::span<const Value> values, std::int32_t n_edges, edge_rule rule, on_edge side, row_bin_room<Value>& room,
              std::vector<std::int32_t>& bins) {
  bins.resize(values.size());
  row_bins_into(values, n_edges, rule, side, room, bins.data());
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
