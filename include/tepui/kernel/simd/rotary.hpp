#pragma once
/// Turns pairs of numbers by angles, several pairs at once.

#include <cstddef>

#include <tepui/kernel/simd/pieces.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// (a, b) becomes (a cosine - b sine, b cosine + a sine).            in, out  a, b [n]; cosine, sine [n]
[[gnu::noinline]] inline void turn_pairs(float* a, float* b, const float* cosine, const float* sine, std::size_t n) {
  in_pieces(n, [&](auto p) {
    const auto x = p.load(a), y = p.load(b), c = p.load(cosine), s = p.load(sine);
    p.store(hn::NegMulAdd(y, s, hn::Mul(x, c)), a);
    p.store(hn::MulAdd(x, s, hn::Mul(y, c)), b);
  });
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
