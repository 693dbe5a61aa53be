#pragma once
/// Adds the products of every number of one vector with every number of another to a summary, and asks it, several at once.

#include <cstddef>

#include <tepui/kernel/simd/pieces.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// As kernel::outer_step.
[[gnu::noinline]] inline void outer_step(std::size_t rows, std::size_t columns, const float* a, const float* v, const float* b,
                                         float* summary, float* answer) {
  const piece_tag d;
  in_pieces(columns, [&](auto p) {
    const auto of_v = p.load(v);
    auto sum = hn::Zero(d);
    for (std::size_t r = 0; r < rows; ++r) {
      float* const row = summary + r * columns;
      const auto now = hn::MulAdd(hn::Set(d, a[r]), of_v, p.load(row));
      p.store(now, row);
      sum = hn::MulAdd(hn::Set(d, b[r]), now, sum);
    }
    p.store(sum, answer);
  });
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
