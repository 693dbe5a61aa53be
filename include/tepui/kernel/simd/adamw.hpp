#pragma once
/// One step of learning for many weights at once.

#include <cstddef>

#include <tepui/kernel/simd/pieces.hpp>

namespace tepui::kernel {

/// The constants of a step, worked out once; see kernel/adamw.hpp.
template <class Real>
struct adamw_constants {
  Real scale, keep_mean, new_mean, keep_square, new_square, root, epsilon, rate, stays;
};

namespace simd {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

[[gnu::noinline]] inline void adamw(const adamw_constants<float>& k, const float* g, std::size_t n, float* w, float* m,
                                    float* v) {
  const piece_tag d;
  const auto scale = hn::Set(d, k.scale), keep_mean = hn::Set(d, k.keep_mean), new_mean = hn::Set(d, k.new_mean),
             keep_square = hn::Set(d, k.keep_square), new_square = hn::Set(d, k.new_square), root = hn::Set(d, k.root),
             epsilon = hn::Set(d, k.epsilon), rate = hn::Set(d, k.rate), stays = hn::Set(d, k.stays);
  in_pieces(n, [&](auto p) {
    const auto gradient = hn::Mul(p.load(g), scale);
    const auto mean = hn::MulAdd(gradient, new_mean, hn::Mul(p.load(m), keep_mean));
    const auto square = hn::MulAdd(hn::Mul(gradient, gradient), new_square, hn::Mul(p.load(v), keep_square));
    p.store(mean, m);
    p.store(square, v);
    const auto step = hn::Div(mean, hn::MulAdd(hn::Sqrt(square), root, epsilon));
    p.store(hn::NegMulAdd(rate, step, hn::Mul(p.load(w), stays)), w);
  });
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace simd
}  // namespace tepui::kernel
