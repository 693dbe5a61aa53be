#pragma once
/// The bends between the linear layers of a network, and how steep they are, for many numbers.

#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/simd/bend.hpp>

namespace tepui::kernel {

[[nodiscard]] constexpr std::string_view name_of(bend b) {
  constexpr std::string_view names[] = {"none", "relu", "leaky_relu", "gelu", "gelu_tanh", "silu"};
  return names[static_cast<int>(b)];
}

/// A bent number and the slope of the bend there, by the C library.
template <class Real>
struct bent_number {
  Real value, slope;
};
template <bend B, class Real>
[[nodiscard]] bent_number<Real> bent(Real x) {
  const auto through = [&](Real share, Real d_share) { return bent_number<Real>{x * share, share + x * d_share}; };
  const auto sigmoid = [](Real v) { return Real{1} / (Real{1} + std::exp(-v)); };
  if constexpr (B == bend::none) {
    return {x, Real{1}};
  } else if constexpr (B == bend::relu) {
    return x > 0 ? bent_number<Real>{x, Real{1}} : bent_number<Real>{Real{0}, Real{0}};
  } else if constexpr (B == bend::leaky_relu) {
    const Real slope = x > 0 ? Real{1} : static_cast<Real>(leaky_slope);
    return {x * slope, slope};
  } else if constexpr (B == bend::gelu) {
    return through(Real(0.5) * std::erfc(-x * Real(0.7071067811865475)), Real(0.3989422804014327) * std::exp(-x * x / 2));
  } else if constexpr (B == bend::gelu_tanh) {
    const Real twice = Real(1.5957691216057308) * (x + Real(0.044715) * x * x * x), share = sigmoid(twice);
    return through(share, share * (1 - share) * Real(1.5957691216057308) * (1 + 3 * Real(0.044715) * x * x));
  } else {
    const Real share = sigmoid(x);
    return through(share, share * (1 - share));
  }
}

inline namespace HWY_NAMESPACE {

/// y = bent x.
/// in     x [n]            out    y [n], may be x
/// errors float: gelu to 2e-7 of the share of the normal, others relative 1e-6; double: as the C library
/// cost   gelu about 25 instructions a vector of numbers            repeat a number does not depend on those beside it
template <bend B, class Real>
void bend_forward(std::span<const Real> x, std::span<Real> y) {
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>) {
    simd::bend_forward<B>(x.data(), x.size(), y.data());
    return;
  }
#endif
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = bent<B>(x[i]).value;
}

/// dx = dy times the slope of the bend at x.
/// in     x, dy [n]            out    dx [n], may be dy
template <bend B, class Real>
void bend_backward(std::span<const Real> x, std::span<const Real> dy, std::span<Real> dx) {
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>) {
    simd::bend_backward<B, false>(x.data(), x.size(), dy.data(), nullptr, dx.data());
    return;
  }
#endif
  for (std::size_t i = 0; i < x.size(); ++i) dx[i] = dy[i] * bent<B>(x[i]).slope;
}

/// Both at once: the bend is made again, and the gradient led through it.
/// in     x, dy [n]            out    y [n], the same bits as bend_forward's; dx [n], may be dy
template <bend B, class Real>
void bend_again(std::span<const Real> x, std::span<const Real> dy, std::span<Real> y, std::span<Real> dx) {
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>) {
    simd::bend_backward<B, true>(x.data(), x.size(), dy.data(), y.data(), dx.data());
    return;
  }
#endif
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto b = bent<B>(x[i]);
    y[i] = b.value;
    dx[i] = dy[i] * b.slope;
  }
}

/// y = bent gate times x.
/// in     gate, x [rows, dims]            out    y [rows, dims]
template <bend B, class Real>
void gate_forward(std::int64_t rows, std::int64_t dims, spaced<const Real> gate, spaced<const Real> x, spaced<Real> y) {
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>) {
    simd::gate_forward<B>(usize(rows), usize(dims), gate, x, y);
    return;
  }
#endif
  for (std::size_t r = 0; r < usize(rows); ++r)
    for (std::size_t d = 0; d < usize(dims); ++d) y.at(r)[d] = bent<B>(gate.at(r)[d]).value * x.at(r)[d];
}

/// The gradient of gate_forward.
/// in     gate, x, dy [rows, dims]            out    d_gate, d_x [rows, dims], overwritten; d_x may be dy
template <bend B, class Real>
void gate_backward(std::int64_t rows, std::int64_t dims, spaced<const Real> gate, spaced<const Real> x, spaced<const Real> dy,
                   spaced<Real> d_gate, spaced<Real> d_x) {
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>) {
    simd::gate_backward<B>(usize(rows), usize(dims), gate, x, dy, d_gate, d_x);
    return;
  }
#endif
  for (std::size_t r = 0; r < usize(rows); ++r)
    for (std::size_t d = 0; d < usize(dims); ++d) {
      const auto b = bent<B>(gate.at(r)[d]);
      const Real g = dy.at(r)[d];
      d_gate.at(r)[d] = g * x.at(r)[d] * b.slope;
      d_x.at(r)[d] = g * b.value;
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
