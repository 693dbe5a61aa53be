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

/// Quantiles at n_edges evenly spaced probabilities from 0 to 1, with linear interpolation between neighbours.
/// in     sorted [n] ascending, n >= 1; n_edges >= 1               out    edges [n_edges], ascending
/// cost   O(edges)                                                repeat bit-equal everywhere
/// source numpy.quantile(sorted, numpy.linspace(0, 1, n_edges)) in float64, to the bit (Hyndman and Fan type 7)
inline void quantile_edges(std::span<const double> sorted, std::int32_t n_edges, std::vector<double>& edges) {
  const double last = static_cast<double>(sorted.size() - 1);
  const double step = n_edges > 1 ? 1.0 / static_cast<double>(n_edges - 1) : 0.0;
  edges.clear();
  for (std::int32_t e = 0; e < n_edges; ++e) {
    const double q = n_edges > 1 && e == n_edges - 1 ? 1.0 : static_cast<double>(e) * step;
    const double place = rounded(last * q);
    if (place >= last) {
      edges.push_back(sorted.back());
      continue;
    }
    const double below = std::floor(place), share = place - below;
    const double low = sorted[static_cast<std::size_t>(below)], high = sorted[static_cast<std::size_t>(below) + 1];
    const double gap = high - low;
    // From the nearer end, as numpy does: the two forms differ in the last bit.
    edges.push_back(share >= 0.5 ? high - rounded(gap * (1.0 - share)) : low + rounded(gap * share));
  }
}

/// How many edges are <= value: numpy.digitize(value, edges).            edges ascending; out in [0, edges]
[[nodiscard]] inline std::int32_t edges_up_to(std::span<const double> edges, double value) noexcept {
  return static_cast<std::int32_t>(std::upper_bound(edges.begin(), edges.end(), value) - edges.begin());
}
/// How many edges are < value: numpy.digitize(value, edges, right=True).  edges ascending; out in [0, edges]
[[nodiscard]] inline std::int32_t edges_below(std::span<const double> edges, double value) noexcept {
  return static_cast<std::int32_t>(std::lower_bound(edges.begin(), edges.end(), value) - edges.begin());
}

}  // namespace tepui::kernel
