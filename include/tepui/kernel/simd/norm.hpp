#pragma once
/// Brings the numbers of rows to the same spread, and its gradient, several numbers at once.

#include <cmath>
#include <cstddef>

#include <tepui/kernel/simd/pieces.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// What norms read and write; see kernel/norm.hpp. What is none is a null pointer.
struct norm_rows {
  std::size_t rows, dims;
  const float *x, *gain, *shift;
  float *mean, *scale;
};

/// repeat never inlined; a row does not depend on those beside it
template <bool Centred>
[[gnu::noinline]] void norm_forward(const norm_rows& on, float epsilon, float* y) {
  const piece_tag d;
  const float share = 1.0F / static_cast<float>(on.dims);
  for (std::size_t r = 0; r < on.rows; ++r) {
    const float* const x = on.x + r * on.dims;
    auto middle = hn::Zero(d);
    if constexpr (Centred) {
      piece_sums sum;
      in_pieces_by_four(on.dims, [&](auto p, auto i) { sum.part[i] = hn::Add(sum.part[i], p.load(x)); });
      on.mean[r] = sum.all() * share;
      middle = hn::Set(d, on.mean[r]);
    }
    piece_sums squares;
    in_pieces_by_four(on.dims, [&](auto p, auto i) {
      const auto from_middle = Centred ? p.inside(hn::Sub(p.load(x), middle)) : p.load(x);
      squares.part[i] = hn::MulAdd(from_middle, from_middle, squares.part[i]);
    });
    on.scale[r] = 1.0F / std::sqrt(squares.all() * share + epsilon);
    const auto scale = hn::Set(d, on.scale[r]);
    in_pieces(on.dims, [&](auto p) {
      auto v = hn::Mul(Centred ? hn::Sub(p.load(x), middle) : p.load(x), scale);
      if (on.shift != nullptr)
        v = hn::MulAdd(v, p.load(on.gain), p.load(on.shift));
      else if (on.gain != nullptr)
        v = hn::Mul(v, p.load(on.gain));
      p.store(v, y + r * on.dims);
    });
  }
}

/// repeat never inlined; a row of dx does not depend on those beside it
template <bool Centred>
[[gnu::noinline]] void norm_backward(const norm_rows& on, const float* dy, float* dx, float* d_gain, float* d_shift) {
  const piece_tag d;
  const float share = 1.0F / static_cast<float>(on.dims);
  for (std::size_t r = 0; r < on.rows; ++r) {
    const float *const x = on.x + r * on.dims, *const dy_row = dy + r * on.dims;
    const auto middle = Centred ? hn::Set(d, on.mean[r]) : hn::Zero(d), scale = hn::Set(d, on.scale[r]);
    const auto normal = [&](auto p) { return hn::Mul(Centred ? hn::Sub(p.load(x), middle) : p.load(x), scale); };
    piece_sums sum, along;
    in_pieces_by_four(on.dims, [&](auto p, auto i) {
      const auto n = normal(p), g = p.load(dy_row);
      if (d_gain != nullptr) p.store(hn::MulAdd(g, n, p.load(d_gain)), d_gain);
      if (d_shift != nullptr) p.store(hn::Add(g, p.load(d_shift)), d_shift);
      const auto d_normal = on.gain != nullptr ? hn::Mul(g, p.load(on.gain)) : g;  // 0 behind the last number
      if constexpr (Centred) sum.part[i] = hn::Add(sum.part[i], d_normal);
      along.part[i] = hn::MulAdd(d_normal, n, along.part[i]);
    });
    if (dx == nullptr) continue;
    const auto mean_of = hn::Set(d, Centred ? sum.all() * share : 0.0F), slope = hn::Set(d, along.all() * share);
    in_pieces(on.dims, [&](auto p) {
      const auto g = p.load(dy_row);
      auto v = on.gain != nullptr ? hn::Mul(g, p.load(on.gain)) : g;
      if constexpr (Centred) v = hn::Sub(v, mean_of);
      p.store(hn::Mul(hn::NegMulAdd(normal(p), slope, v), scale), dx + r * on.dims);
    });
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
