#pragma once
/// Quantile bins of a row: which values of a cell are low and which are high, compared with the cell's other values.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rounded.hpp>

namespace tepui::kernel {

/// Which quantiles of a row are its edges, and how they are rounded.
struct edge_rule {
  bool ends = true;         ///< whether the first and last edge are the least and largest value (scGPT); if not, all lie between
  bool float_gaps = false;  ///< whether the gap between neighbours is rounded to float32 first, as numpy does to float32 values
};

/// Probability of edge e in [0, n_edges): evenly spaced, e / (n_edges - 1) with ends and (e + 1) / (n_edges + 1) without.
/// repeat products with the step, as numpy.linspace has them: they differ from quotients in the last bit
[[nodiscard]] inline double edge_probability(std::int32_t e, std::int32_t n_edges, edge_rule rule) noexcept {
  if (!rule.ends) return static_cast<double>(e + 1) * (1.0 / static_cast<double>(n_edges + 1));
  if (n_edges == 1) return 0;
  return e == n_edges - 1 ? 1.0 : static_cast<double>(e) * (1.0 / static_cast<double>(n_edges - 1));
}

/// Quantiles at n_edges evenly spaced probabilities, with linear interpolation between neighbours.
/// in     sorted [n] ascending, n >= 1; n_edges >= 1               out    edges [n_edges], ascending
/// cost   O(edges)                                                repeat bit-equal everywhere
/// source numpy.quantile(sorted, probabilities) in float64, to the bit (Hyndman and Fan type 7)
template <class Value>
void quantile_edges(std::span<const Value> sorted, std::int32_t n_edges, edge_rule rule, std::vector<double>& edges) {
  const double last = static_cast<double>(sorted.size() - 1);
  edges.clear();
  for (std::int32_t e = 0; e < n_edges; ++e) {
    const double place = rounded(last * edge_probability(e, n_edges, rule));
    if (place >= last) {
      edges.push_back(static_cast<double>(sorted.back()));
      continue;
    }
    const double below = std::floor(place), share = place - below;
    const Value from = sorted[static_cast<std::size_t>(below)], to = sorted[static_cast<std::size_t>(below) + 1];
    const double low = static_cast<double>(from), high = static_cast<double>(to);
    const double gap = rule.float_gaps ? static_cast<double>(static_cast<float>(to) - static_cast<float>(from)) : high - low;
    // From the nearer end, as numpy does: the two forms differ in the last bit.
    edges.push_back(share >= 0.5 ? high - rounded(gap * (1.0 - share)) : low + rounded(gap * share));
  }
}
inline void quantile_edges(std::span<const double> sorted, std::int32_t n_edges, std::vector<double>& edges) {
  quantile_edges(sorted, n_edges, edge_rule{}, edges);
}

/// How many edges are <= value: numpy.digitize(value, edges).            edges ascending; out in [0, edges]
[[nodiscard]] inline std::int32_t edges_up_to(std::span<const double> edges, double value) noexcept {
  return static_cast<std::int32_t>(std::upper_bound(edges.begin(), edges.end(), value) - edges.begin());
}
/// How many edges are < value: numpy.digitize(value, edges, right=True).  edges ascending; out in [0, edges]
[[nodiscard]] inline std::int32_t edges_below(std::span<const double> edges, double value) noexcept {
  return static_cast<std::int32_t>(std::lower_bound(edges.begin(), edges.end(), value) - edges.begin());
}

/// Which bin a value takes that lies on an edge, or on several at once.
enum class on_edge {
  above,   ///< the number of edges <= value
  below,   ///< the number of edges < value
  lowest,  ///< the lowest bin that begins at or below the value: edges < value, and one more where an edge equals it
};

/// The bin of each value.
/// in     edges [m] ascending; values [n]            out    bins [n], each in [0, m]
/// cost   O(n log m)                                 repeat bit-equal everywhere
template <class Value>
void digitize(std::span<const double> edges, std::span<const Value> values, on_edge side, std::vector<std::int32_t>& bins) {
  bins.clear();
  for (const Value value : values) {
    const std::int32_t above = edges_up_to(edges, static_cast<double>(value)), below = edges_below(edges, static_cast<double>(value));
    bins.push_back(side == on_edge::above ? above : side == on_edge::below ? below : std::min(above, below + 1));
  }
}

/// Working memory of row_bins.
template <class Value>
struct row_bin_room {
  std::vector<Value> sorted;
  std::vector<double> edges;  ///< of the last row
};

/// The quantile edges of a row: the plain reference of kernel::simd::row_edges.
/// in     values [n] in any order, finite, n >= 1; n_edges >= 1            out    room.edges [n_edges], ascending
/// cost   O(n log n)                                 repeat bit-equal everywhere
template <class Value>
void row_edges(std::span<const Value> values, std::int32_t n_edges, edge_rule rule, row_bin_room<Value>& room) {
  room.sorted.assign(values.begin(), values.end());
  std::sort(room.sorted.begin(), room.sorted.end());
  quantile_edges(std::span<const Value>(room.sorted), n_edges, rule, room.edges);
}

/// The quantile bin of each value of a row among its own edges: the plain reference of kernel::simd::row_bins.
/// in     values [n], finite; n_edges >= 1           out    bins [n], each in [0, n_edges]; room.edges [n_edges]
/// cost   O(n log n)                                 empty  no bins, and the edges of the row before
/// repeat bit-equal everywhere
template <class Value>
void row_bins(std::span<const Value> values, std::int32_t n_edges, edge_rule rule, on_edge side, row_bin_room<Value>& room,
              std::vector<std::int32_t>& bins) {
  if (!values.empty()) row_edges(values, n_edges, rule, room);
  digitize(std::span<const double>(room.edges), values, side, bins);
}

}  // namespace tepui::kernel
