#pragma once
/// Turns scores of words into shares, a block of words at a time, as many as a cache holds.

#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <type_traits>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/activation.hpp>
#include <tepui/kernel/simd/exponential.hpp>
#include <tepui/kernel/simd/highway.hpp>

namespace tepui::objective {

/// Questions stand side by side in lanes: scores [words, stride], a column a question. A column's result is made of the same
/// steps whatever stands in the others. Columns come in groups of `lanes`.
inline constexpr std::int64_t lanes = 16;

template <class Real>
[[nodiscard]] inline Real share_power(Real x) noexcept {
  if constexpr (std::is_same_v<Real, float>)
    return kernel::exponential(x);
  else
    return std::exp(x);
}

inline namespace HWY_NAMESPACE {
#if TEPUI_HAS_LANES
inline constexpr std::int64_t vector_lanes = HWY_LANES(float) < lanes ? std::int64_t{HWY_LANES(float)} : lanes;

/// Vectors columns of block_powers, `Vectors` vectors wide.
template <bool Keep, int Vectors>
HWY_INLINE void powers_of_columns(float* HWY_RESTRICT score, std::int64_t words, std::int64_t stride,
                                  const float* HWY_RESTRICT bias, float* HWY_RESTRICT peak, float* HWY_RESTRICT sum) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::CappedTag<float, usize(lanes)> d;
  constexpr std::int64_t width = vector_lanes;
  hn::Vec<decltype(d)> top[Vectors], total[Vectors];
  const auto first = hn::Set(d, bias[0]);
  for (int i = 0; i < Vectors; ++i) {
    top[i] = hn::Add(hn::LoadU(d, score + i * width), first);
    total[i] = hn::Zero(d);
  }
  for (std::int64_t v = 1; v < words; ++v) {
    const auto b = hn::Set(d, bias[v]);
    for (int i = 0; i < Vectors; ++i) top[i] = hn::Max(top[i], hn::Add(hn::LoadU(d, score + v * stride + i * width), b));
  }
  for (std::int64_t v = 0; v < words; ++v) {
    const auto b = hn::Set(d, bias[v]);
    for (int i = 0; i < Vectors; ++i) {
      float* const at = score + v * stride + i * width;
      const auto e = kernel::simd::exponential(d, hn::Sub(hn::Add(hn::LoadU(d, at), b), top[i]));
      total[i] = hn::Add(total[i], e);
      if constexpr (Keep) hn::StoreU(e, d, at);
    }
  }
  for (int i = 0; i < Vectors; ++i) {
    hn::StoreU(top[i], d, peak + i * width);
    hn::StoreU(total[i], d, sum + i * width);
  }
}
#endif

/// Adds the words' bias; the largest score of each column; exp(score - largest), in place; their sum.
/// shapes  score [words, stride], of which `columns` (a multiple of `lanes`) are read; bias [words]; peak, sum [columns]
/// keep    false: the scores stay as they were, for a loss without its gradient
/// cost    words x columns exponentials            order  words ascending            repeat  never inlined: the same bits
template <bool Keep, class Real>
[[gnu::noinline]] void block_powers(Real* __restrict score, std::int64_t words, std::int64_t columns, std::int64_t stride,
                                    const Real* __restrict bias, Real* __restrict peak, Real* __restrict sum) {
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>) {
    constexpr std::int64_t width = vector_lanes;
    std::int64_t c = 0;
    for (; c + 4 * width <= columns; c += 4 * width)
      powers_of_columns<Keep, 4>(score + c, words, stride, bias, peak + c, sum + c);
    for (; c < columns; c += width) powers_of_columns<Keep, 1>(score + c, words, stride, bias, peak + c, sum + c);
    return;
  }
#endif
  constexpr std::size_t n = usize(lanes);
  for (std::int64_t c = 0; c < columns; c += lanes) {
    std::array<Real, n> top, total{};
    for (std::size_t l = 0; l < n; ++l) top[l] = score[usize(c) + l] + bias[0];
    for (std::int64_t v = 1; v < words; ++v) {
      const Real* const row = score + v * stride + c;
      for (std::size_t l = 0; l < n; ++l) {
        const Real s = row[l] + bias[v];
        top[l] = top[l] > s ? top[l] : s;
      }
    }
    for (std::int64_t v = 0; v < words; ++v) {
      Real* const row = score + v * stride + c;
      std::array<Real, n> e;
      for (std::size_t l = 0; l < n; ++l) e[l] = share_power(row[l] + bias[v] - top[l]);
      for (std::size_t l = 0; l < n; ++l) total[l] += e[l];
      if constexpr (Keep)
        for (std::size_t l = 0; l < n; ++l) row[l] = e[l];
    }
    for (std::size_t l = 0; l < n; ++l) peak[usize(c) + l] = top[l];
    for (std::size_t l = 0; l < n; ++l) sum[usize(c) + l] = total[l];
  }
}

/// Multiplies each column by its factor, and adds each row's sum to d_bias.
/// order   the lanes of a row ascending in groups, then from left to right
template <class Real>
[[gnu::noinline]] void block_shares(Real* __restrict power, std::int64_t words, std::int64_t columns, std::int64_t stride,
                                    const Real* __restrict factor, Real* __restrict d_bias) {
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>) {
    namespace hn = hwy::HWY_NAMESPACE;
    const hn::CappedTag<float, usize(lanes)> d;
    constexpr std::int64_t width = vector_lanes;
    for (std::int64_t v = 0; v < words; ++v) {
      float* const row = power + v * stride;
      auto part = hn::Zero(d);
      for (std::int64_t c = 0; c < columns; c += width) {
        const auto share = hn::Mul(hn::LoadU(d, row + c), hn::LoadU(d, factor + c));
        hn::StoreU(share, d, row + c);
        part = hn::Add(part, share);
      }
      d_bias[v] += hn::GetLane(hn::SumOfLanes(d, part));
    }
    return;
  }
#endif
  constexpr std::size_t n = usize(lanes);
  for (std::int64_t v = 0; v < words; ++v) {
    Real* const row = power + v * stride;
    std::array<Real, n> part{};
    for (std::int64_t c = 0; c < columns; c += lanes) {
      for (std::size_t l = 0; l < n; ++l) row[usize(c) + l] *= factor[usize(c) + l];
      for (std::size_t l = 0; l < n; ++l) part[l] += row[usize(c) + l];
    }
    Real all = 0;
    for (const Real p : part) all += p;
    d_bias[v] += all;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::objective
