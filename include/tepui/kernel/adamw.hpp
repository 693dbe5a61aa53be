#pragma once
/// One step of learning: every weight moves against its gradient, by a length that hangs on how its gradients have been.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/simd/adamw.hpp>

namespace tepui::kernel {

/// How long gradients are remembered.
struct adamw_memory {
  double beta1 = 0.9;     ///< of their mean
  double beta2 = 0.999;   ///< of their mean square
  double epsilon = 1e-8;  ///< added to the root of the mean square
};

/// step    counted from 1            rate   of learning at this step
/// decay   pulls weights towards 0: times rate a step, beside the gradient; 0 for ranges that do not decay
/// scale   the gradient is multiplied by it first: 1 / questions, and what clips it
template <class Real>
[[nodiscard]] adamw_constants<Real> adamw_at(const adamw_memory& memory, std::int64_t step, double rate, double decay,
                                             double scale) {
  const auto t = static_cast<double>(step);
  const auto real = [](double v) { return static_cast<Real>(v); };
  return {real(scale),
          real(memory.beta1),
          real(1 - memory.beta1),
          real(memory.beta2),
          real(1 - memory.beta2),
          real(1 / std::sqrt(1 - std::pow(memory.beta2, t))),
          real(memory.epsilon),
          real(rate / (1 - std::pow(memory.beta1, t))),
          real(1 - rate * decay)};
}

inline namespace HWY_NAMESPACE {

/// AdamW for a range of weights.
/// in      k: adamw_at(...); g [n]            in, out  w, m, v [n], m and v beginning with 0
/// cost    28 bytes a weight through memory
/// repeat  a weight does not depend on those beside it or on how ranges are cut
/// source  Kingma and Ba 2015; decay beside the gradient: Loshchilov and Hutter 2019
template <class Real>
void adamw(const adamw_constants<Real>& k, std::span<const Real> g, std::span<Real> w, std::span<Real> m, std::span<Real> v) {
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>) {
    simd::adamw(k, g.data(), g.size(), w.data(), m.data(), v.data());
    return;
  }
#endif
  for (std::size_t i = 0; i < g.size(); ++i) {
    const Real gradient = g[i] * k.scale;
    m[i] = m[i] * k.keep_mean + gradient * k.new_mean;
    v[i] = v[i] * k.keep_square + gradient * gradient * k.new_square;
    w[i] = w[i] * k.stays - k.rate * (m[i] / (std::sqrt(v[i]) * k.root + k.epsilon));
  }
}

}  // namespace HWY_NAMESPACE

/// Numbers of a block whose squares are summed together.
inline constexpr std::size_t squares_at_once = 16384;

/// The sum of squares of at most one block, in 16 lanes and then from left to right.
/// repeat  bit-equal everywhere: the square of a float is exact in double
template <class Real>
[[nodiscard, gnu::noinline]] double squares_of_block(std::span<const Real> g) {
  std::array<double, 16> lane{};
  std::size_t i = 0;
  for (; i + 16 <= g.size(); i += 16)
    for (std::size_t l = 0; l < 16; ++l) lane[l] += static_cast<double>(g[i + l]) * static_cast<double>(g[i + l]);
  for (std::size_t l = 0; i < g.size(); ++i, ++l) lane[l] += static_cast<double>(g[i]) * static_cast<double>(g[i]);
  double sum = 0;
  for (const double v : lane) sum += v;
  return sum;
}

/// The sum of squares: blocks of squares_at_once numbers, added in order. Threads give the same bits when each takes whole
/// blocks (squares_of_block) and the blocks are added in order.
/// in     g [n]            cost   one reading            repeat bit-equal everywhere
template <class Real>
[[nodiscard]] double sum_of_squares(std::span<const Real> g) {
  double sum = 0;
  for (std::size_t i = 0; i < g.size(); i += squares_at_once)
    sum += squares_of_block(g.subspan(i, std::min(squares_at_once, g.size() - i)));
  return sum;
}

}  // namespace tepui::kernel
