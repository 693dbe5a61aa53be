#pragma once
/// The bends between the linear layers of a network and their slopes, several numbers at once.

#include <cstddef>
#include <cstdint>

#include <tepui/kernel/simd/exponential.hpp>
#include <tepui/kernel/simd/pieces.hpp>

namespace tepui::kernel {

/// What stands between two linear layers.
enum class bend : std::int32_t {
  none,
  relu,        ///< the part above 0                                                 (Nair and Hinton 2010)
  leaky_relu,  ///< the part below 0 is kept, but a hundred times flatter            (Maas et al. 2013)
  gelu,        ///< x times the share of a standard normal below x                   (Hendrycks and Gimpel 2016)
  gelu_tanh,   ///< nearly the same through a hyperbolic tangent                     (Hendrycks and Gimpel 2016)
  silu,        ///< x times 1 / (1 + exp(-x)), also called swish                     (Elfwing et al. 2018)
};
/// The slope of leaky_relu below 0.
inline constexpr double leaky_slope = 0.01;

/// Rows that begin `row` numbers after one another.
template <class T>
struct spaced {
  T* data;
  std::int64_t row;
  [[nodiscard]] constexpr T* at(std::size_t r) const { return data + static_cast<std::int64_t>(r) * row; }
};

namespace simd {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// A bent number and the slope of the bend there.
struct bent_lanes {
  piece_lanes value, slope;
};

/// 1 / (1 + exp(-x)).
HWY_INLINE piece_lanes sigmoid(piece_lanes x) {
  const piece_tag d;
  const auto one = hn::Set(d, 1.0F);
  return hn::Div(one, hn::Add(one, exponential(d, hn::Neg(x))));
}

/// errors gelu: the share of the normal to 2e-7 (Abramowitz and Stegun 1964, 7.1.26); others relative 1e-6
template <bend B, bool Slope>
HWY_INLINE bent_lanes bent(piece_lanes x) {
  const piece_tag d;
  const auto zero = hn::Zero(d), one = hn::Set(d, 1.0F);
  if constexpr (B == bend::none) {
    return {x, one};
  } else if constexpr (B == bend::relu) {
    return {hn::Max(x, zero), Slope ? hn::IfThenElseZero(hn::Gt(x, zero), one) : zero};
  } else if constexpr (B == bend::leaky_relu) {
    const auto flat = hn::Set(d, static_cast<float>(leaky_slope));
    const auto slope = hn::IfThenElse(hn::Gt(x, zero), one, flat);
    return {hn::Mul(x, slope), slope};
  } else if constexpr (B == bend::gelu) {
    const auto away = hn::Mul(hn::Abs(x), hn::Set(d, 0.70710678F));
    const auto t = hn::Div(one, hn::MulAdd(away, hn::Set(d, 0.3275911F), one));
    auto p = hn::MulAdd(hn::Set(d, 1.061405429F), t, hn::Set(d, -1.453152027F));
    p = hn::MulAdd(p, t, hn::Set(d, 1.421413741F));
    p = hn::MulAdd(p, t, hn::Set(d, -0.284496736F));
    p = hn::MulAdd(p, t, hn::Set(d, 0.254829592F));
    const auto bell = exponential(d, hn::Neg(hn::Mul(away, away)));
    const auto tail = hn::Mul(hn::Mul(hn::Mul(p, t), hn::Set(d, 0.5F)), bell);
    const auto share = hn::IfThenElse(hn::Lt(x, zero), tail, hn::Sub(one, tail));
    return {hn::Mul(x, share), Slope ? hn::MulAdd(hn::Mul(x, hn::Set(d, 0.39894228F)), bell, share) : zero};
  } else if constexpr (B == bend::gelu_tanh) {
    // 0.5 (1 + tanh u) = sigmoid(2 u), with 2 u = 1.5957691 (x + 0.044715 x^3).
    const auto square = hn::Mul(x, x);
    const auto share = sigmoid(hn::Mul(x, hn::MulAdd(square, hn::Set(d, 0.0713548163F), hn::Set(d, 1.59576912F))));
    if constexpr (!Slope) return {hn::Mul(x, share), zero};
    const auto inner = hn::MulAdd(square, hn::Set(d, 3 * 0.0713548163F), hn::Set(d, 1.59576912F));
    return {hn::Mul(x, share), hn::MulAdd(hn::Mul(hn::Mul(x, inner), share), hn::Sub(one, share), share)};
  } else {
    const auto share = sigmoid(x);
    return {hn::Mul(x, share), Slope ? hn::MulAdd(hn::Mul(x, share), hn::Sub(one, share), share) : zero};
  }
}

template <bend B>
[[gnu::noinline]] void bend_forward(const float* x, std::size_t n, float* y) {
  in_pieces(n, [&](auto p) { p.store(bent<B, false>(p.load(x)).value, y); });
}
/// dx = dy slope; y, where it is wanted, is bent once more.
template <bend B, bool Again>
[[gnu::noinline]] void bend_backward(const float* x, std::size_t n, const float* dy, float* y, float* dx) {
  in_pieces(n, [&](auto p) {
    const auto b = bent<B, true>(p.load(x));
    const auto g = p.load(dy);
    if constexpr (Again) p.store(b.value, y);
    p.store(hn::Mul(g, b.slope), dx);
  });
}
/// y = bent(gate) x, row by row.
template <bend B>
[[gnu::noinline]] void gate_forward(std::size_t rows, std::size_t dims, spaced<const float> gate, spaced<const float> x,
                                    spaced<float> y) {
  for (std::size_t r = 0; r < rows; ++r)
    in_pieces(dims, [&](auto p) { p.store(hn::Mul(bent<B, false>(p.load(gate.at(r))).value, p.load(x.at(r))), y.at(r)); });
}
template <bend B>
[[gnu::noinline]] void gate_backward(std::size_t rows, std::size_t dims, spaced<const float> gate, spaced<const float> x,
                                     spaced<const float> dy, spaced<float> d_gate, spaced<float> d_x) {
  for (std::size_t r = 0; r < rows; ++r)
    in_pieces(dims, [&](auto p) {
      const auto b = bent<B, true>(p.load(gate.at(r)));
      const auto of_x = p.load(x.at(r)), g = p.load(dy.at(r));
      p.store(hn::Mul(hn::Mul(g, of_x), b.slope), d_gate.at(r));
      p.store(hn::Mul(g, b.value), d_x.at(r));
    });
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace simd
}  // namespace tepui::kernel
