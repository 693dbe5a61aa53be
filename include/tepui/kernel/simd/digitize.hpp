#pragma once
/// Finds the bin of many values at once: the edges lie in registers, and each value searches them there.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include <tepui/kernel/row_bin.hpp>
#include <tepui/kernel/simd/highway.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

/// The next float above.                    in     finite
[[nodiscard]] constexpr float next_above(float value) noexcept {
  if (value == 0) return std::numeric_limits<float>::denorm_min();
  const auto bits = std::bit_cast<std::int32_t>(value);
  return std::bit_cast<float>(bits < 0 ? bits - 1 : bits + 1);
}

/// The edge that a float reaches exactly when it reaches `edge` (or, with Strictly, is above it): nothing is lost by comparing floats.
template <bool Strictly>
[[nodiscard]] constexpr float float_edge(double edge) noexcept {
  if (edge > static_cast<double>(std::numeric_limits<float>::max())) return std::numeric_limits<float>::infinity();
  if (edge < static_cast<double>(std::numeric_limits<float>::lowest())) return std::numeric_limits<float>::lowest();
  const auto near = static_cast<float>(edge);
  const auto back = static_cast<double>(near);
  return (Strictly ? back <= edge : back < edge) ? next_above(near) : near;
}

/// How many edges each value reaches; with Strictly, how many it is above.
/// in     edges [m] ascending; values [n]                    out    to [n], each in [0, m]
template <bool Strictly, class Value>
void count_edges_plainly(std::span<const double> edges, std::span<const Value> values, std::int32_t* to) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto value = static_cast<double>(values[i]);
    to[i] = Strictly ? edges_below(edges, value) : edges_up_to(edges, value);
  }
}

#if TEPUI_HAS_LANES

inline constexpr std::size_t most_groups = 16;  ///< edges for each lane that are searched in registers

/// See float_edge.                           in     edges [m]            out    to [m]
template <bool Strictly>
void float_edges(std::span<const double> edges, float* to) {
  constexpr std::size_t lanes = lanes32 / 2;
  const hn::CappedTag<double, lanes> d;
  const hn::Rebind<float, decltype(d)> df;
  const hn::RebindToSigned<decltype(df)> di;
  std::size_t i = 0;
  for (; i + lanes <= edges.size(); i += lanes) {
    const auto edge = hn::LoadU(d, edges.data() + i);
    const auto near = hn::Add(hn::DemoteTo(df, edge), hn::Zero(df));  // + 0 makes of -0 a 0
    const auto back = hn::PromoteTo(d, near);
    const auto short_of = Strictly ? hn::Le(back, edge) : hn::Lt(back, edge);
    const auto step = hn::DemoteTo(di, hn::IfThenElseZero(short_of, hn::Set(d, 1.0)));
    const auto bits = hn::BitCast(di, near);
    const auto next = hn::IfThenElse(hn::Lt(bits, hn::Zero(di)), hn::Sub(bits, step), hn::Add(bits, step));
    hn::StoreU(hn::BitCast(df, next), df, to + i);
  }
  for (; i < edges.size(); ++i) to[i] = float_edge<Strictly>(edges[i]);
}

/// Edges dealt to lanes: lane g holds the g-th group of `groups` edges, one in each vector.
template <class Value>
struct edge_table {
  static constexpr std::size_t lanes = lanes32 * sizeof(float) / sizeof(Value);
  using tag = hn::CappedTag<Value, lanes>;
  std::size_t group;
  HWY_ALIGN Value edge[most_groups][lanes];

  /// in     edges [m], m < most_groups * lanes
  template <bool Strictly>
  void deal(std::span<const double> edges) {
    constexpr std::size_t all = most_groups * lanes;
    HWY_ALIGN Value in_row[all];
    std::size_t used = edges.size();
    if constexpr (std::is_same_v<Value, float>)
      float_edges<Strictly>(edges, in_row);
    else
      std::copy(edges.begin(), edges.end(), in_row);
    group = used / lanes + 1;  // the last place of all stays free
    std::fill(in_row + used, in_row + group * lanes, std::numeric_limits<Value>::infinity());
    const Value* from = in_row;
    for (std::size_t lane = 0; lane < lanes; ++lane)
      for (std::size_t g = 0; g < group; ++g) edge[g][lane] = *from++;
  }
};

template <bool Strictly, class Value, class V>
HWY_INLINE auto reached(V edge, V value) {
  if constexpr (Strictly && std::is_same_v<Value, double>)
    return hn::Lt(edge, value);
  else
    return hn::Le(edge, value);
}

/// See count_edges_plainly. Groups: edges in each lane, or 0 when it is known only at run time.
template <bool Strictly, std::size_t Groups, class Value>
void count_edges_in(const edge_table<Value>& table, std::span<const Value> values, std::int32_t* to) {
  using tag = typename edge_table<Value>::tag;
  constexpr std::size_t lanes = edge_table<Value>::lanes;
  const tag d;
  const hn::RebindToSigned<tag> di;
  using index = hn::TFromD<hn::RebindToSigned<tag>>;
  const std::size_t groups = Groups == 0 ? table.group : Groups;
  const auto highest = hn::Load(d, table.edge[groups - 1]);
  const auto half = hn::Set(d, table.edge[groups - 1][lanes / 2 - 1]);
  HWY_ALIGN index edges_before[lanes];
  for (std::size_t lane = 0; lane < lanes; ++lane) edges_before[lane] = static_cast<index>(lane * groups);
  const auto before = hn::Load(di, edges_before);
  for (std::size_t i = 0; i < values.size(); i += lanes) {
    const std::size_t inside = std::min(values.size() - i, lanes);
    HWY_ALIGN Value few[lanes];
    HWY_ALIGN index each[lanes];
    if (inside < lanes) {
      std::fill_n(few, lanes, values[0]);
      std::copy_n(values.data() + i, inside, few);
    }
    const auto value = inside == lanes ? hn::LoadU(d, values.data() + i) : hn::Load(d, few);
    const auto step = [&](auto mask, std::size_t size) {
      return hn::IfThenElseZero(hn::RebindMask(di, mask), hn::Set(di, static_cast<index>(size)));
    };
    auto at = step(reached<Strictly, Value>(half, value), lanes / 2);
    for (std::size_t size = lanes / 4; size >= 1; size /= 2) {
      const auto probe = hn::IndicesFromVec(d, hn::Add(at, hn::Set(di, static_cast<index>(size - 1))));
      at = hn::Add(at, step(reached<Strictly, Value>(hn::TableLookupLanes(highest, probe), value), size));
    }
    auto sum = hn::TableLookupLanes(before, hn::IndicesFromVec(di, at));
    const auto lane = hn::IndicesFromVec(d, at);
    for (std::size_t g = 0; g + 1 < groups; ++g) {
      const auto edge = hn::TableLookupLanes(hn::Load(d, table.edge[g]), lane);
      sum = hn::Add(sum, step(reached<Strictly, Value>(edge, value), 1));
    }
    if constexpr (sizeof(Value) == 4) {
      if (inside == lanes) {
        hn::StoreU(sum, di, to + i);
        continue;
      }
    }
    hn::Store(sum, di, each);
    for (std::size_t j = 0; j < inside; ++j) to[i + j] = static_cast<std::int32_t>(each[j]);
  }
}

/// Counts edges for many values: see count_edges_plainly.
template <bool Strictly, class Value>
class edge_counter {
 public:
  explicit edge_counter(std::span<const double> edges) : edges_(edges) {
    if (in_registers()) table_.template deal<Strictly>(edges);
  }
  void operator()(std::span<const Value> values, std::int32_t* to) const {
    if (!in_registers()) return count_edges_plainly<Strictly>(edges_, values, to);
    // 48 to 63 edges where a vector holds 16 floats: what scGPT and HEIMDALL take.
    if (table_.group == 4) return count_edges_in<Strictly, 4>(table_, values, to);
    count_edges_in<Strictly, 0>(table_, values, to);
  }

 private:
  [[nodiscard]] bool in_registers() const {
    constexpr std::size_t lanes = edge_table<Value>::lanes;
    return lanes >= 4 && edges_.size() / lanes + 1 <= most_groups;
  }
  std::span<const double> edges_;
  edge_table<Value> table_;
};

#else

template <bool Strictly, class Value>
class edge_counter {
 public:
  explicit edge_counter(std::span<const double> edges) : edges_(edges) {}
  void operator()(std::span<const Value> values, std::int32_t* to) const { count_edges_plainly<Strictly>(edges_, values, to); }

 private:
  std::span<const double> edges_;
};

#endif

/// The bin of each value, as kernel::digitize gives it.
/// in     edges [m] ascending; values [n], float or double            out    to [n], each in [0, m]
/// cost   O(n log m) for few edges in registers        repeat bit-equal everywhere
template <class Value>
void digitize_into(std::span<const double> edges, std::span<const Value> values, on_edge side, std::int32_t* to) {
  if (side == on_edge::above) return edge_counter<false, Value>{edges}(values, to);
  edge_counter<true, Value>{edges}(values, to);
  if (side == on_edge::below) return;
  const edge_counter<false, Value> reached_by(edges);
  constexpr std::size_t at_once = 256;
  std::array<std::int32_t, at_once> above;
  for (std::size_t first = 0; first < values.size(); first += at_once) {
    const std::size_t n = std::min(at_once, values.size() - first);
    reached_by(values.subspan(first, n), above.data());
    for (std::size_t i = 0; i < n; ++i) to[first + i] = std::min(above[i], to[first + i] + 1);
  }
}
/// The same into a vector.                   out    bins [n]
template <class Value>
void digitize(std::span<const double> edges, std::span<const Value> values, on_edge side, std::vector<std::int32_t>& bins) {
  bins.resize(values.size());
  digitize_into(edges, values, side, bins.data());
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
