#pragma once
/// Scores of many cells for many classes, how far they are from the cells' labels, and where that pulls the weights.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/simd/highway.hpp>
#include <tepui/kernel/simd/lane_math.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

/// Cells that lie side by side: a strip holds the first dim of 64 cells, then their second dim, and so on. A vector then
/// holds one number of several cells, and no sum over dims or classes goes across its lanes.
inline constexpr std::size_t strip_cells = 64;

template <class T>
using score_lanes = hn::Vec<lanes_of<T>>;
template <class T>
inline constexpr std::size_t score_wide = last_lanes<T>::wide;

template <class T, std::size_t... R, std::size_t... V>
HWY_INLINE void scores_of_rows(const T* x, std::size_t dims, const T* w, T* s, std::index_sequence<R...>,
                               std::index_sequence<V...>) {
  constexpr std::size_t wide = score_wide<T>;
  const lanes_of<T> d;
  const std::size_t apart = dims + 1;
  for (std::size_t at = 0; at < strip_cells; at += sizeof...(V) * wide) {
    score_lanes<T> sum[sizeof...(R)][sizeof...(V)];
    const auto begin = [&](std::size_t r, score_lanes<T>* of) HWY_ATTR { ((of[V] = hn::Set(d, w[r * apart + dims])), ...); };
    (begin(R, sum[R]), ...);
    const T* cells = dims == 0 ? x : x + at;  // without dims there may be no memory
    for (std::size_t j = 0; j < dims; ++j, cells += strip_cells) {
      (__builtin_prefetch(cells + 24 * strip_cells + V * wide, 0, 2), ...);
      const score_lanes<T> row[] = {hn::LoadU(d, cells + V * wide)...};
      const auto onto = [&]<std::size_t Row>(std::integral_constant<std::size_t, Row>) HWY_ATTR {
        const auto factor = hn::Set(d, w[Row * apart + j]);
        ((sum[Row][V] = hn::MulAdd(factor, row[V], sum[Row][V])), ...);
      };
      (onto(std::integral_constant<std::size_t, R>()), ...);
    }
    const auto write = [&](std::size_t r, const score_lanes<T>* of)
                           HWY_ATTR { ((hn::StoreU(of[V], d, s + r * strip_cells + at + V * wide)), ...); };
    (write(R, sum[R]), ...);
  }
}

/// s = w x + intercept for one strip.
/// in     x [dims][64]; w [classes][dims + 1], the last number of a row its intercept            out    s [classes][64]
/// repeat a score goes through the same steps for any number of classes
template <class T>
[[gnu::noinline]] void strip_scores(const T* x, std::size_t dims, const T* w, std::size_t classes, T* s) {
  constexpr std::size_t rows = many_registers ? 5 : 3;
  constexpr auto across = std::make_index_sequence<4>();
  std::size_t c = 0;
  for (; c + rows <= classes; c += rows)
    scores_of_rows(x, dims, w + c * (dims + 1), s + c * strip_cells, std::make_index_sequence<rows>(), across);
  for (; c + 2 <= classes; c += 2)
    scores_of_rows(x, dims, w + c * (dims + 1), s + c * strip_cells, std::make_index_sequence<2>(), across);
  if (c < classes) scores_of_rows(x, dims, w + c * (dims + 1), s + c * strip_cells, std::make_index_sequence<1>(), across);
}

/// Of scores makes the slopes of the cross-entropy: the share of each class, less 1 where it is the cell's own.
/// in     s [classes][64], at least two classes; label [cells], at most 64
/// out    s: slopes, 0 for places without a cell; -> the sum of the cells' cross-entropies
/// errors relative to each slope and to each cell's entropy, however small: nothing is subtracted from a number near 1
template <class T>
[[gnu::noinline]] double strip_slopes(T* s, std::size_t classes, std::span<const std::int32_t> label) {
  constexpr std::size_t wide = score_wide<T>;
  const lanes_of<T> d;
  const std::size_t n = label.size();
  HWY_ALIGN T most[strip_cells], own[strip_cells], rest[strip_cells], loss[strip_cells];
  const auto of = [&](std::size_t i) { return (i < n ? usize(label[i]) : 0) * strip_cells + i; };
  for (std::size_t at = 0; at < strip_cells; at += wide) {
    auto top = hn::LoadU(d, s + at);
    for (std::size_t c = 1; c < classes; ++c) top = hn::Max(top, hn::LoadU(d, s + c * strip_cells + at));
    hn::StoreU(top, d, most + at);
  }
  for (std::size_t i = 0; i < strip_cells; ++i) loss[i] = most[i] - s[of(i)];
  for (std::size_t at = 0; at < strip_cells; at += wide) {
    const auto top = hn::LoadU(d, most + at);
    for (std::size_t c = 0; c < classes; ++c) {
      T* const p = s + c * strip_cells + at;
      hn::StoreU(exponential_of(d, hn::Sub(hn::LoadU(d, p), top)), d, p);
    }
  }
  for (std::size_t i = 0; i < strip_cells; ++i) {
    own[i] = s[of(i)];
    s[of(i)] = 0;
  }
  const auto one = hn::Set(d, T{1});
  for (std::size_t at = 0; at < strip_cells; at += wide) {
    auto others = hn::Zero(d);
    for (std::size_t c = 0; c < classes; ++c) others = hn::Add(others, hn::LoadU(d, s + c * strip_cells + at));
    const auto self = hn::LoadU(d, own + at);
    const auto inverse = hn::Div(one, hn::Add(others, self));
    hn::StoreU(hn::Add(hn::LoadU(d, loss + at), log_one_plus(d, hn::Add(others, hn::Sub(self, one)))), d, loss + at);
    hn::StoreU(hn::Neg(hn::Mul(others, inverse)), d, rest + at);
    for (std::size_t c = 0; c < classes; ++c) {
      T* const p = s + c * strip_cells + at;
      hn::StoreU(hn::Mul(hn::LoadU(d, p), inverse), d, p);
    }
  }
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    s[of(i)] = rest[i];
    sum += static_cast<double>(loss[i]);
  }
  for (std::size_t i = n; i < strip_cells; ++i)
    for (std::size_t c = 0; c < classes; ++c) s[c * strip_cells + i] = 0;
  return sum;
}

/// The same for two classes with one score, by which the second is ahead of the first.
/// in     s [64]; label [cells], 0 or 1            out    s: slopes along the score; -> the sum of cross-entropies
template <class T>
[[gnu::noinline]] double strip_slopes_of_two(T* s, std::span<const std::int32_t> label) {
  constexpr std::size_t wide = score_wide<T>;
  const lanes_of<T> d;
  const std::size_t n = label.size();
  HWY_ALIGN T side[strip_cells], loss[strip_cells];
  for (std::size_t i = 0; i < strip_cells; ++i) side[i] = i < n ? static_cast<T>(1 - 2 * label[i]) : T{0};
  const auto one = hn::Set(d, T{1}), zero = hn::Zero(d);
  for (std::size_t at = 0; at < strip_cells; at += wide) {
    const auto sign = hn::LoadU(d, side + at), wrong = hn::Mul(sign, hn::LoadU(d, s + at));
    const auto power = exponential_of(d, hn::Neg(hn::Abs(wrong)));
    const auto share = hn::Div(hn::IfThenElse(hn::Gt(wrong, zero), one, power), hn::Add(one, power));
    hn::StoreU(hn::Add(hn::Max(wrong, zero), log_one_plus(d, power)), d, loss + at);
    hn::StoreU(hn::Mul(sign, share), d, s + at);
  }
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += static_cast<double>(loss[i]);
  return sum;
}

template <class T, std::size_t... R, std::size_t... J>
HWY_INLINE void pulls_of_rows(const T* x, const T* slope, std::size_t dims, std::size_t classes, std::size_t strips,
                              double* pull, std::index_sequence<R...>, std::index_sequence<J...>) {
  const lanes_of<T> d;
  score_lanes<T> sum[sizeof...(R)][sizeof...(J)];
  const auto clear = [&](score_lanes<T>* of) HWY_ATTR { ((of[J] = hn::Zero(d)), ...); };
  (clear(sum[R]), ...);
  for (std::size_t strip = 0; strip < strips; ++strip, x += dims * strip_cells, slope += classes * strip_cells)
    for (std::size_t at = 0; at < strip_cells; at += score_wide<T>) {
      const score_lanes<T> cells[] = {hn::LoadU(d, x + J * strip_cells + at)...};
      const auto onto = [&]<std::size_t Row>(std::integral_constant<std::size_t, Row>) HWY_ATTR {
        const auto factor = hn::LoadU(d, slope + Row * strip_cells + at);
        ((sum[Row][J] = hn::MulAdd(factor, cells[J], sum[Row][J])), ...);
      };
      (onto(std::integral_constant<std::size_t, R>()), ...);
    }
  const auto add = [&](const score_lanes<T>* of, double* to)
                       HWY_ATTR { ((to[J] += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, of[J])))), ...); };
  (add(sum[R], pull + R * (dims + 1)), ...);
}
template <class T, std::size_t Dims>
HWY_INLINE void pulls_of_dims(const T* x, const T* slope, std::size_t dims, std::size_t classes, std::size_t strips,
                              double* pull) {
  constexpr std::size_t rows = many_registers ? 4 : 2;
  constexpr auto across = std::make_index_sequence<Dims>();
  std::size_t c = 0;
  for (; c + rows <= classes; c += rows)
    pulls_of_rows(x, slope + c * strip_cells, dims, classes, strips, pull + c * (dims + 1), std::make_index_sequence<rows>(),
                  across);
  for (; c < classes; ++c)
    pulls_of_rows(x, slope + c * strip_cells, dims, classes, strips, pull + c * (dims + 1), std::make_index_sequence<1>(),
                  across);
}

/// pull += slopes x for some strips: where the cells pull the weights of each class, and its intercept.
/// in     x [strips][dims][64]; slope [strips][classes][64]            out    pull [classes][dims + 1], added to
/// order  at most 64 cells a lane, strip by strip, then over lanes, in T; then in double
/// repeat an entry goes through the same steps for any number of classes and dims
template <class T>
[[gnu::noinline]] void strip_pulls(const T* x, const T* slope, std::size_t dims, std::size_t classes, std::size_t strips,
                                   double* pull) {
  constexpr std::size_t together = many_registers ? 6 : 4, at_once = score_wide<T>;
  const lanes_of<T> d;
  for (; strips > 0; strips -= std::min(strips, at_once)) {
    const std::size_t now = std::min(strips, at_once);
    std::size_t j = 0;
    for (; j + together <= dims; j += together)
      pulls_of_dims<T, together>(x + j * strip_cells, slope, dims, classes, now, pull + j);
    for (; j + 2 <= dims; j += 2) pulls_of_dims<T, 2>(x + j * strip_cells, slope, dims, classes, now, pull + j);
    if (j < dims) pulls_of_dims<T, 1>(x + j * strip_cells, slope, dims, classes, now, pull + j);
    for (std::size_t c = 0; c < classes; ++c) {
      auto sum = hn::Zero(d);
      for (std::size_t strip = 0; strip < now; ++strip)
        for (std::size_t at = 0; at < strip_cells; at += score_wide<T>)
          sum = hn::Add(sum, hn::LoadU(d, slope + (strip * classes + c) * strip_cells + at));
      pull[c * (dims + 1) + dims] += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, sum)));
    }
    x += now * dims * strip_cells;
    slope += now * classes * strip_cells;
  }
}

/// Of the weights of 64 cells: the sum of those below a bound, and how many are not.
struct light_and_heavy {
  double light = 0;
  std::int64_t heavy = 0;
};
/// in     weight [64]; bound            out    all, added to
[[gnu::noinline]] inline void add_weights(const float* weight, float bound, light_and_heavy& all) {
  const lanes_of<float> d;
  const auto most = hn::Set(d, bound);
  auto light = hn::Zero(d);
  std::size_t below = 0;
  for (std::size_t at = 0; at < strip_cells; at += score_wide<float>) {
    const auto w = hn::LoadU(d, weight + at);
    const auto is_light = hn::Lt(w, most);
    light = hn::Add(light, hn::IfThenElseZero(is_light, w));
    below += hn::CountTrue(d, is_light);
  }
  all.light += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, light)));
  all.heavy += isize(strip_cells - below);
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
