#pragma once
/// Sixteen random walks over a graph of cells take a step at once.

#include <cstddef>
#include <cstdint>

#include <tepui/kernel/simd/highway.hpp>
#include <tepui/kernel/simd/squared_distance.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// As kernel::plain_walk_step, bit by bit: a lane is a walk, and adds its edges in their order.
inline void walk_step(const std::int64_t* row_begin, const std::int32_t* neighbour, const float* weight, const float* degree,
                      std::size_t cells, const float* share, float* next_share, float* sum) {
  constexpr std::size_t walks = 16, lanes = lanes32 < walks ? lanes32 : walks, vectors = walks / lanes;
  const hn::CappedTag<float, lanes> d;
  using lane_vector = hn::Vec<decltype(d)>;
  for (std::size_t i = 0; i < cells; ++i) {
    lane_vector chance[vectors];
    for (auto& c : chance) c = hn::Zero(d);
    for (std::int64_t e = row_begin[i]; e < row_begin[i + 1]; ++e) {
      const auto w = hn::Set(d, weight[e]);
      const float* from = share + static_cast<std::size_t>(neighbour[e]) * walks;
      for (std::size_t v = 0; v < vectors; ++v)
        chance[v] = hn::Add(chance[v], as_rounded(hn::Mul(w, hn::LoadU(d, from + v * lanes))));
    }
    const auto parts = hn::Set(d, degree[i]);
    for (std::size_t v = 0; v < vectors; ++v) {
      const std::size_t at = i * walks + v * lanes;
      hn::StoreU(hn::Add(hn::LoadU(d, sum + at), chance[v]), d, sum + at);
      hn::StoreU(hn::Div(chance[v], parts), d, next_share + at);
    }
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
