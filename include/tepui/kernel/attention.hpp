#pragma once
/// Lets every token of a cell look at every other, and take up most from those that fit what it asks for.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/gemm.hpp>
#include <tepui/kernel/simd/attention.hpp>

namespace tepui::kernel {

/// What a token sees: all tokens of its cell, or (causal) itself and those before it.
enum class sees { all, before };

/// How token vectors are cut: `heads` parts of `width` numbers, so that dims = heads width.
struct attention_shape {
  std::int64_t heads, width;
  sees what = sees::all;
  [[nodiscard]] constexpr std::int64_t dims() const noexcept { return heads * width; }
};

/// Added to the scaled scores of every head of one cell; constants, which have no gradient. -infinity hides a key, but not
/// every key from a query.
template <class Real>
struct attention_bias {
  std::span<const Real> key;   ///< [tokens] or empty: of the token that is looked at
  std::span<const Real> pair;  ///< [tokens, tokens] or empty: of the token that looks (row) and the one that is looked at
};

/// One head of one cell for the plain loops; a score is that of query q and key k.
template <class Real>
struct plain_head {
  const attention_shape& shape;
  const attention_bias<Real>& bias;
  std::span<const Real> qkv;
  std::int64_t head, tokens;
  [[nodiscard]] const Real* query(std::int64_t t) const { return qkv.data() + (3 * t * shape.heads + head) * shape.width; }
  [[nodiscard]] const Real* key(std::int64_t t) const { return query(t) + shape.dims(); }
  [[nodiscard]] const Real* value(std::int64_t t) const { return key(t) + shape.dims(); }
  [[nodiscard]] std::int64_t seen(std::int64_t q) const { return shape.what == sees::before ? q + 1 : tokens; }
  [[nodiscard]] Real scale() const { return Real{1} / std::sqrt(static_cast<Real>(shape.width)); }
  [[nodiscard]] Real score(std::int64_t q, std::int64_t k) const {
    Real fit = 0;
    for (std::int64_t d = 0; d < shape.width; ++d) fit += query(q)[d] * key(k)[d];
    fit *= scale();
    if (!bias.key.empty()) fit += bias.key[usize(k)];
    if (!bias.pair.empty()) fit += bias.pair[usize(q * tokens + k)];
    return fit;
  }
};

/// attention_forward by plain loops, a query at a time.            in     share: memory used again
template <class Real>
[[gnu::noinline]] void plain_attention_forward(const attention_shape& shape, std::span<const Real> qkv,
                                               const attention_bias<Real>& bias, std::span<Real> y, std::span<Real> log_sum,
                                               buffer_in<host, Real>& share) {
  const std::int64_t dims = shape.dims(), tokens = dims == 0 ? 0 : isize(y.size()) / dims;
  if (isize(share.size()) < tokens) share.resize(usize(tokens));
  for (std::int64_t h = 0; h < shape.heads; ++h)
    for (std::int64_t q = 0; q < tokens; ++q) {
      const plain_head<Real> x{shape, bias, qkv, h, tokens};
      const auto seen = std::span(share).first(usize(x.seen(q)));
      for (std::size_t k = 0; k < seen.size(); ++k) seen[k] = x.score(q, isize(k));
      const Real top = *std::max_element(seen.begin(), seen.end());
      Real sum = 0;
      for (Real& s : seen) sum += s = std::exp(s - top);
      log_sum[usize(h * tokens + q)] = top + std::log(sum);
      Real* const to = y.data() + q * dims + h * shape.width;
      std::fill_n(to, shape.width, Real{0});
      for (std::size_t k = 0; k < seen.size(); ++k)
        for (std::int64_t d = 0; d < shape.width; ++d) to[d] += seen[k] / sum * x.value(isize(k))[d];
    }
}

/// attention_backward by plain loops.
template <class Real>
[[gnu::noinline]] void plain_attention_backward(const attention_shape& shape, std::span<const Real> qkv,
                                                const attention_bias<Real>& bias, std::span<const Real> y,
                                                std::span<const Real> log_sum, std::span<const Real> dy,
                                                std::span<Real> d_qkv) {
  const std::int64_t dims = shape.dims(), tokens = dims == 0 ? 0 : isize(y.size()) / dims, width = shape.width;
  std::fill(d_qkv.begin(), d_qkv.end(), Real{0});
  for (std::int64_t h = 0; h < shape.heads; ++h)
    for (std::int64_t q = 0; q < tokens; ++q) {
      const plain_head<Real> x{shape, bias, qkv, h, tokens};
      const auto slope_of = [&](const Real* of) { return d_qkv.data() + (of - qkv.data()); };
      const Real *const given = y.data() + q * dims + h * width, *const slope = dy.data() + q * dims + h * width;
      Real even = 0;  // what all shares of the query would change together
      for (std::int64_t d = 0; d < width; ++d) even += given[d] * slope[d];
      for (std::int64_t k = 0; k < x.seen(q); ++k) {
        const Real share = std::exp(x.score(q, k) - log_sum[usize(h * tokens + q)]);
        Real d_share = 0;
        for (std::int64_t d = 0; d < width; ++d) d_share += slope[d] * x.value(k)[d];
        const Real d_fit = share * (d_share - even) * x.scale();
        for (std::int64_t d = 0; d < width; ++d) {
          slope_of(x.query(q))[d] += d_fit * x.key(k)[d];
          slope_of(x.key(k))[d] += d_fit * x.query(q)[d];
          slope_of(x.value(k))[d] += share * slope[d];
        }
      }
    }
}

inline namespace HWY_NAMESPACE {
inline namespace TEPUI_BF16_PAIRS {

/// Working memory of attention, one a thread: grows to the longest cell and stays.
template <class Real>
struct attention_room {
  buffer_in<host, Real> share;
};
#if TEPUI_HAS_LANES
template <>
struct attention_room<float> {
  simd::attention_blocks<simd::float_products> of_float32;
  simd::attention_blocks<simd::bf16_products> of_bf16;
  template <precision P>
  auto& blocks() {
    if constexpr (P == precision::bf16)
      return of_bf16;
    else
      return of_float32;
  }
};

/// Head h of a cell for the loops with vectors.
[[nodiscard]] inline simd::attention_head head_of(const attention_shape& shape, std::span<const float> qkv,
                                                  const attention_bias<float>& bias, std::int64_t h, std::int64_t tokens) {
  const float* const query = qkv.data() + h * shape.width;
  const auto or_none = [](std::span<const float> b) { return b.empty() ? nullptr : b.data(); };
  return {query,       query + shape.dims(),       query + 2 * shape.dims(), 3 * shape.dims(),  tokens,
          shape.width, shape.what == sees::before, or_none(bias.key),        or_none(bias.pair)};
}
#endif

/// Softmax attention of every head within one cell: shares are exponentials of query times key over sqrt(width), plus the bias.
/// in     qkv [tokens, 3 dims]: query, key and value of each token, each heads x width; finite            empty  nothing
/// out    y [tokens, dims], heads side by side; log_sum [heads, tokens]: log of the sum of exponentials, for backward
/// errors float32 against double: 1e-5 of the largest value, for scores below 30; bf16: 3e-2 of it; shares below 1e-38 are 0
/// cost   4 tokens^2 dims operations and heads tokens^2 exponentials, half for `before`; memory O(tokens width)
/// order  blocks of keys in order; a query's result depends on no other query, and for `before` on no later token
/// repeat bit-equal for one binary and kind of processor
/// source Vaswani et al. 2017; sums that go on from block to block: Milakov and Gimelshein 2018; in tiles: Dao et al. 2022
template <precision P, class Real>
void attention_forward(const attention_shape& shape, std::span<const Real> qkv, const attention_bias<Real>& bias,
                       std::span<Real> y, std::span<Real> log_sum, attention_room<Real>& room) {
#if TEPUI_HAS_LANES
  if constexpr (vector_products<Real>) {
    const std::int64_t dims = shape.dims(), tokens = dims == 0 ? 0 : isize(y.size()) / dims;
    for (std::int64_t h = 0; h < (tokens > 0 ? shape.heads : 0); ++h)
      simd::attention_forward(head_of(shape, qkv, bias, h, tokens), y.data() + h * shape.width, dims,
                              log_sum.data() + h * tokens, room.template blocks<P>());
    return;
  }
#endif
  if constexpr (!vector_products<Real>) plain_attention_forward<Real>(shape, qkv, bias, y, log_sum, room.share);
}

/// The gradient of attention_forward. Scores are worked out once more, tile by tile.
/// in     as attention_forward was called; y, log_sum: what it gave; dy [tokens, dims]: the gradient of y
/// out    d_qkv [tokens, 3 dims], overwritten            empty  nothing
/// errors float32 against double: 1e-5 of the largest number, for scores below 30; bf16: 3e-2 of it
/// cost   10 tokens^2 dims operations (2 of them for the scores), half for `before`; memory O(tokens width)
/// order  blocks of keys in order, and tiles of queries in order            repeat bit-equal for one binary and kind of processor
/// source Dao et al. 2022
template <precision P, class Real>
void attention_backward(const attention_shape& shape, std::span<const Real> qkv, const attention_bias<Real>& bias,
                        std::span<const Real> y, std::span<const Real> log_sum, std::span<const Real> dy, std::span<Real> d_qkv,
                        attention_room<Real>& room) {
#if TEPUI_HAS_LANES
  if constexpr (vector_products<Real>) {
    const std::int64_t dims = shape.dims(), tokens = dims == 0 ? 0 : isize(y.size()) / dims;
    for (std::int64_t h = 0; h < (tokens > 0 ? shape.heads : 0); ++h) {
      float* const d_query = d_qkv.data() + h * shape.width;
      simd::attention_backward(head_of(shape, qkv, bias, h, tokens), y.data() + h * shape.width, dy.data() + h * shape.width,
                               dims, log_sum.data() + h * tokens, d_query, d_query + dims, d_query + 2 * dims,
                               room.template blocks<P>());
    }
    return;
  }
#endif
  (void)room;
  plain_attention_backward<Real>(shape, qkv, bias, y, log_sum, dy, d_qkv);
}

}  // namespace TEPUI_BF16_PAIRS
}  // namespace HWY_NAMESPACE

}  // namespace tepui::kernel
