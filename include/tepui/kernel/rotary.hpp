#pragma once
/// Tells attention how far apart two tokens stand, by turning queries and keys a little further for each place.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <type_traits>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/simd/rotary.hpp>

namespace tepui::kernel {

/// Whether vectors are turned or turned back.
enum class turn : std::int32_t { forward, back };

inline namespace HWY_NAMESPACE {

/// Turns pairs (a, b) of a [n] and b [n] by the angles whose cosine and sine are given.
template <class Real>
void turn_pairs(Real* a, Real* b, const Real* cosine, const Real* sine, std::size_t n) {
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>) {
    simd::turn_pairs(a, b, cosine, sine, n);
    return;
  }
#endif
  for (std::size_t i = 0; i < n; ++i) {
    const Real x = a[i], y = b[i];
    a[i] = x * cosine[i] - y * sine[i];
    b[i] = y * cosine[i] + x * sine[i];
  }
}

/// Turns the queries and keys of the tokens of one cell: the pair of dims (i, i + width / 2) of each head by the angle
/// position / 10000^(2 i / width). Positions are first, first + 1, ... Turning back is the inverse, and the gradient.
/// in, out  qkv [tokens, 3 heads width]: queries, keys and values side by side, each head by head; width even
/// errors   angles are those of repeated turns in double: 1e-12 after 4,096 tokens
/// cost     heads width pairs a token; width / 2 sines and cosines a cell
/// repeat   depends on position and first alone
/// source   Su et al. 2021; halves of a head are paired as in GPT-NeoX and Llama
template <class Real>
[[gnu::noinline]] void rotate(std::span<Real> qkv, std::int64_t heads, std::int64_t width, std::int64_t first, turn way) {
  constexpr std::int64_t at_once = 64;
  const std::int64_t half = width / 2, row = 3 * heads * width, tokens = row == 0 ? 0 : isize(qkv.size()) / row;
  std::array<double, at_once> c{}, s{}, step_c{}, step_s{};
  std::array<Real, at_once> cosine{}, sine{};
  for (std::int64_t from = 0; from < half; from += at_once) {
    const std::int64_t n = std::min(at_once, half - from);
    for (std::int64_t i = 0; i < n; ++i) {
      const double angle = std::pow(10000.0, -2.0 * static_cast<double>(from + i) / static_cast<double>(width));
      step_c[usize(i)] = std::cos(angle);
      step_s[usize(i)] = std::sin(angle);
      c[usize(i)] = std::cos(static_cast<double>(first) * angle);
      s[usize(i)] = std::sin(static_cast<double>(first) * angle);
    }
    for (std::int64_t t = 0; t < tokens; ++t) {
      for (std::size_t i = 0; i < at_once; ++i) {
        cosine[i] = static_cast<Real>(c[i]);
        sine[i] = static_cast<Real>(way == turn::forward ? s[i] : -s[i]);
        const double next = c[i] * step_c[i] - s[i] * step_s[i];
        s[i] = s[i] * step_c[i] + c[i] * step_s[i];
        c[i] = next;
      }
      // Queries and keys lie side by side: they are as twice as many heads.
      for (std::int64_t h = 0; h < 2 * heads; ++h) {
        Real* const a = qkv.data() + t * row + h * width + from;
        turn_pairs(a, a + half, cosine.data(), sine.data(), usize(n));
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
