#pragma once
/// Where random walks over a graph of cells stand after one step more.

#include <cstddef>
#include <cstdint>
#include <span>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/simd/walk_step.hpp>

namespace tepui::kernel {

/// A symmetric graph, row after row, and the sum of each row.
/// shapes  row_begin [cells + 1]; neighbour, weight [edges]; degree [cells] > 0
struct walked_graph {
  std::span<const std::int64_t> row_begin;
  std::span<const std::int32_t> neighbour;
  std::span<const float> weight, degree;
};
inline constexpr std::int64_t walks_together = 16;

/// The plain reference of walk_step: the same bits, one number after the other.
inline void plain_walk_step(const walked_graph& g, std::span<const float> share, std::span<float> next_share,
                            std::span<float> sum) {
  for (std::size_t i = 0; i < g.degree.size(); ++i)
    for (std::size_t w = 0; w < usize(walks_together); ++w) {
      float chance = 0;
      for (std::int64_t e = g.row_begin[i]; e < g.row_begin[i + 1]; ++e) {
        const volatile float product = g.weight[usize(e)] * share[usize(g.neighbour[usize(e)] * walks_together) + w];
        chance += product;
      }
      const std::size_t at = i * usize(walks_together) + w;
      sum[at] += chance;
      next_share[at] = chance / g.degree[i];
    }
}

inline namespace HWY_NAMESPACE {
/// Sixteen walks that go along an edge with a chance in proportion to its weight take one step.
/// in     graph; share [cells, 16]: the chance that the walk is at the cell, divided by the cell's degree
/// out    next_share [cells, 16]: the same one step later; sum [cells, 16] += that chance, not divided
/// order  each walk by itself, edges in their order, products not fused into the sums            cost   O(16 edges)
/// repeat bit-equal everywhere
inline void walk_step(const walked_graph& g, std::span<const float> share, std::span<float> next_share,
                      std::span<float> sum) {
#if TEPUI_HAS_LANES
  simd::walk_step(g.row_begin.data(), g.neighbour.data(), g.weight.data(), g.degree.data(), g.degree.size(), share.data(),
                  next_share.data(), sum.data());
#else
  plain_walk_step(g, share, next_share, sum);
#endif
}
}  // namespace HWY_NAMESPACE

}  // namespace tepui::kernel
