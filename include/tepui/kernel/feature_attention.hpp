#pragma once
/// Attention through features: what the keys say is summed up once, and every query asks the sum.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/exponential_sum.hpp>
#include <tepui/kernel/gemm.hpp>
#include <tepui/kernel/simd/outer_step.hpp>

namespace tepui::kernel {
inline namespace HWY_NAMESPACE {

/// summary += a v'; answer = b' summary.
/// in     a, b [rows]; v [columns]            in, out  summary [rows, columns]            out  answer [columns]
template <class Real>
void outer_step(std::size_t rows, std::size_t columns, const Real* a, const Real* v, const Real* b, Real* summary,
                Real* answer) {
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>) {
    simd::outer_step(rows, columns, a, v, b, summary, answer);
    return;
  }
#endif
  for (std::size_t c = 0; c < columns; ++c) answer[c] = 0;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) answer[c] += b[r] * (summary[r * columns + c] += a[r] * v[c]);
}

/// Features and values of one head of one cell.
/// shapes  query, key [n, features], not below 0; value [n, width], rows value_row apart
/// top     [n] or none. None: a token sees all. Else it sees itself and those in front of it, and the features of key t are
///         those of other keys times exp(-top[t]); top does not fall
template <class Real>
struct feature_head {
  std::int64_t n, features, width;
  const Real *query, *key, *value;
  std::int64_t value_row;
  std::span<const Real> top{};
};

/// Working memory: grows to the longest cell and stays. One a thread.
template <class Real>
struct feature_room {
  gemm_room<Real> product;
  buffer_in<host, Real> value, slope, mixed, summary;

  /// n numbers of one of the above.
  [[nodiscard]] static Real* of(buffer_in<host, Real>& m, std::int64_t n) {
    if (isize(m.size()) < n) m.resize(usize(n));
    return m.data();
  }
};

/// Values with a 1 behind each, so that the sum of the shares is one more thing that is asked.          -> [n, width + 1]
template <class Real>
[[nodiscard]] const Real* values_and_one(const feature_head<Real>& on, feature_room<Real>& room) {
  const std::int64_t wide = on.width + 1;
  Real* const to = room.of(room.value, on.n * wide);
  for (std::int64_t t = 0; t < on.n; ++t) {
    std::copy_n(on.value + t * on.value_row, on.width, to + t * wide);
    to[t * wide + on.width] = Real{1};
  }
  return to;
}

/// Walks over the tokens of a head, from the first or from the last: the summary takes in a v' of each, and b asks it.
/// The summary is kept in units of exp(top).
/// in     a, b [n, rows]; v [n, columns]            out    answer [n, columns]
template <class Real>
void walk(const feature_head<Real>& on, bool back, std::int64_t rows, std::int64_t columns, const Real* a, const Real* v,
          const Real* b, Real* answer, feature_room<Real>& room) {
  const std::span<Real> summary(room.of(room.summary, rows * columns), usize(rows * columns));
  std::fill(summary.begin(), summary.end(), Real{0});
  for (std::int64_t i = 0; i < on.n; ++i) {
    const std::int64_t t = back ? on.n - 1 - i : i, before = back ? t + 1 : t - 1;
    if (i > 0 && on.top[usize(t)] != on.top[usize(before)])
      scale_all<Real>(summary, std::exp(-std::abs(on.top[usize(t)] - on.top[usize(before)])));
    outer_step<Real>(usize(rows), usize(columns), a + t * rows, v + t * columns, b + t * rows, summary.data(),
                     answer + t * columns);
  }
}

/// y = query (key' value) / (query sum of key), token by token.
/// out    y [n, width], rows y_row apart; sum [n]: the divisor, which backward needs
/// cost   4 n features width operations; with top as many, but at a third of the speed of a product
/// repeat as gemm; with top, a token's bits do not depend on those behind it
/// source Katharopoulos et al. 2020
template <precision P, class Real>
void feature_attention_forward(const feature_head<Real>& on, Real* y, std::int64_t y_row, std::span<Real> sum,
                               feature_room<Real>& room) {
  const std::int64_t wide = on.width + 1, m = on.features;
  const Real* const value = values_and_one(on, room);
  Real* const mixed = room.of(room.mixed, on.n * wide);
  if (on.top.empty()) {
    Real* const summary = room.of(room.summary, m * wide);
    gemm<P, Real>(m, wide, on.n, {on.key, 1, m}, {value, wide, 1}, summary, wide, into::overwrite, room.product);
    gemm<P, Real>(on.n, wide, m, {on.query, m, 1}, {summary, wide, 1}, mixed, wide, into::overwrite, room.product);
  } else {
    walk(on, false, m, wide, on.key, value, on.query, mixed, room);
  }
  for (std::int64_t t = 0; t < on.n; ++t) {
    sum[usize(t)] = std::max(mixed[t * wide + on.width], Real(1e-30));
    const Real share = Real{1} / sum[usize(t)];
    for (std::int64_t d = 0; d < on.width; ++d) y[t * y_row + d] = mixed[t * wide + d] * share;
  }
}

/// The gradient.
/// in     y, sum: as forward left them; dy [n, width], rows y_row apart
/// out    d_query, d_key [n, features]: gradients of the logarithms of the features; d_value [n, width], rows d_value_row
///        apart; all overwritten
/// cost   12 n features width operations
template <precision P, class Real>
void feature_attention_backward(const feature_head<Real>& on, const Real* y, std::span<const Real> sum, const Real* dy,
                                std::int64_t y_row, Real* d_query, Real* d_key, Real* d_value, std::int64_t d_value_row,
                                feature_room<Real>& room) {
  const std::int64_t wide = on.width + 1, m = on.features;
  const Real* const value = values_and_one(on, room);
  Real *const slope = room.of(room.slope, on.n * wide), *const mixed = room.of(room.mixed, on.n * wide);
  for (std::int64_t t = 0; t < on.n; ++t) {
    const Real share = Real{1} / sum[usize(t)];
    Real along = 0;
    for (std::int64_t d = 0; d < on.width; ++d) {
      slope[t * wide + d] = dy[t * y_row + d] * share;
      along += slope[t * wide + d] * y[t * y_row + d];
    }
    slope[t * wide + on.width] = -along;
  }
  if (on.top.empty()) {
    Real* const summary = room.of(room.summary, m * wide);
    gemm<P, Real>(m, wide, on.n, {on.key, 1, m}, {value, wide, 1}, summary, wide, into::overwrite, room.product);
    gemm<P, Real>(on.n, m, wide, {slope, wide, 1}, {summary, 1, wide}, d_query, m, into::overwrite, room.product);
    gemm<P, Real>(m, wide, on.n, {on.query, 1, m}, {slope, wide, 1}, summary, wide, into::overwrite, room.product);
    gemm<P, Real>(on.n, m, wide, {value, wide, 1}, {summary, 1, wide}, d_key, m, into::overwrite, room.product);
    gemm<P, Real>(on.n, wide, m, {on.key, m, 1}, {summary, wide, 1}, mixed, wide, into::overwrite, room.product);
  } else {
    walk(on, false, wide, m, value, on.key, slope, d_query, room);
    walk(on, true, wide, m, slope, on.query, value, d_key, room);
    walk(on, true, m, wide, on.query, slope, on.key, mixed, room);
  }
  multiply_all<Real>({d_query, usize(on.n * m)}, {on.query, usize(on.n * m)});
  multiply_all<Real>({d_key, usize(on.n * m)}, {on.key, usize(on.n * m)});
  for (std::int64_t t = 0; t < on.n; ++t) std::copy_n(mixed + t * wide, on.width, d_value + t * d_value_row);
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
