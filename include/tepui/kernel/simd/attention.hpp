#pragma once
/// Attention of one head over the tokens of one cell, worked out in small squares of scores that never leave the cache.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/simd/attention_pack.hpp>
#include <tepui/kernel/simd/attention_tile.hpp>
#include <tepui/kernel/simd/exponential.hpp>
#include <tepui/kernel/simd/gemm_pack.hpp>
#include <tepui/kernel/simd/gemm_tile.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {
inline namespace TEPUI_BF16_PAIRS {

/// One head of one cell. Rows of query, key and value are `stride` numbers apart.
struct attention_head {
  const float *query, *key, *value;  ///< [tokens, width]
  std::int64_t stride, tokens, width;
  bool before;             ///< a token sees itself and the tokens before it
  const float* key_bias;   ///< [tokens] or none
  const float* pair_bias;  ///< [tokens, tokens] or none
};

#if TEPUI_HAS_LANES

/// Keys whose scores are worked out together; even, and a multiple of the rows of a tile.
inline constexpr std::int64_t attention_keys = 240;

/// Working memory of one head for one kind of products. Scores lie with a key in each row and queries side by side, so that the
/// largest score and the sum of each query need no steps across a vector, and a tile is at once a factor of the next product.
template <class Product>
struct attention_blocks {
  using element = typename Product::element;
  buffer_in<host, element> key, key_pairs, value, value_pairs;              // [tokens, width]
  buffer_in<host, element> query_panels, query_pairs, dy_panels, dy_pairs;  // panels: [width, panel of queries]
  buffer_in<host, element> share, d_score, d_score_pairs;                   // [attention_keys, queries]
  buffer_in<host, float> score, d_share, bias, mixed, d_query, d_key, d_value, top, sum, shrink, log_sum, dot;
};

/// Some queries and some keys: a tile of scores.
struct score_tile {
  std::int64_t query, queries, columns;  ///< the first, how many, and with those that fill up the last vector
  std::int64_t key, keys;
};

/// Adds what is known of keys and pairs, and takes away what a query must not see.
inline void bias_scores(const attention_head& x, const score_tile& t, float* score, buffer_in<host, float>& room) {
  const float_tag d;
  const auto by = hn::Set(d, std::sqrt(static_cast<float>(x.width)));  // scores are not scaled yet
  const float* pairs = nullptr;
  if (x.pair_bias != nullptr) {
    float* const across = at_least(room, attention_keys * panel_width);
    transpose(x.pair_bias + t.query * x.tokens + t.key, x.tokens, t.keys, t.queries, across, t.columns);
    pairs = across;
  }
  for (std::int64_t k = 0; k < t.keys; ++k) {
    const std::int64_t key = t.key + k, unseen = x.before ? key - t.query : 0;  // queries in front of the key
    if (unseen <= 0 && pairs == nullptr && x.key_bias == nullptr) continue;
    const auto of_key = hn::Set(d, x.key_bias != nullptr ? x.key_bias[key] : 0.0F);
    for (std::int64_t q = 0; q < t.columns; q += gemm_lanes) {
      float* const at = score + k * t.columns + q;
      auto fit = hn::MulAdd(of_key, by, hn::LoadU(d, at));
      if (pairs != nullptr) fit = hn::MulAdd(hn::LoadU(d, pairs + k * t.columns + q), by, fit);
      const auto hidden = hn::FirstN(d, usize(std::clamp<std::int64_t>(unseen - q, 0, gemm_lanes)));
      hn::StoreU(hn::IfThenElse(hidden, hn::Set(d, -INFINITY), fit), d, at);
    }
  }
}

/// Scores of a tile, not yet scaled.
template <class Product>
void scores_of(const attention_head& x, const score_tile& t, const token_factor<typename Product::element>& key,
               const typename Product::element* queries, float* score, buffer_in<host, float>& room) {
  multiply_small<Product>({key.rows_from(t.key), queries, t.columns, depth_of<Product>(x.width), false, score, t.columns},
                          t.keys, t.columns);
  const bool hides = x.before && t.key + t.keys - 1 > t.query;
  if (hides || x.key_bias != nullptr || x.pair_bias != nullptr) bias_scores(x, t, score, room);
}

/// Scores become exponentials of their distance to the largest score so far; what was summed before shrinks when a larger comes.
/// in     score [keys, columns]; top, sum [columns], which go on; two: log2(e) times the scale
/// out    share [depth of keys, columns], which may be score for products of single numbers; shrink [columns]
template <class Product>
[[gnu::noinline]] void shares_of(const float* score, std::int64_t keys, std::int64_t columns, float two, float* top, float* sum,
                                 float* shrink, typename Product::element* share) {
  const float_tag d;
  const auto by = hn::Set(d, two);
  for (std::int64_t q = 0; q < columns; q += gemm_lanes) {
    const float* const from = score + q;
    auto* const to = share + q;
    const auto old = hn::LoadU(d, top + q);
    auto even = old, odd = old;
    std::int64_t k = 0;
    for (; k + 2 <= keys; k += 2) {
      even = hn::Max(even, hn::LoadU(d, from + k * columns));
      odd = hn::Max(odd, hn::LoadU(d, from + (k + 1) * columns));
    }
    if (k < keys) even = hn::Max(even, hn::LoadU(d, from + k * columns));
    const auto now = hn::Max(even, odd), away = hn::Mul(now, by);
    const auto less = power_of_two(d, hn::Mul(hn::Sub(old, now), by));
    const auto weight = [&](std::int64_t key) {
      return power_of_two(d, hn::MulSub(hn::LoadU(d, from + key * columns), by, away));
    };
    auto total = hn::Zero(d);
    for (k = 0; k + Product::depth <= keys; k += Product::depth) {
      const auto low = weight(k);
      total = hn::Add(total, low);
      auto high = low;
      if constexpr (Product::depth == 2) {
        high = weight(k + 1);
        total = hn::Add(total, high);
      }
      const auto both = stacked<Product>(low, high);
      hn::StoreU(both, hn::DFromV<decltype(both)>(), to + k / Product::depth * columns);
    }
    if (k < keys) {
      const auto low = weight(k);
      total = hn::Add(total, low);
      const auto both = stacked<Product>(low, hn::Zero(d));
      hn::StoreU(both, hn::DFromV<decltype(both)>(), to + k / Product::depth * columns);
    }
    hn::StoreU(now, d, top + q);
    hn::StoreU(less, d, shrink + q);
    hn::StoreU(hn::MulAdd(hn::LoadU(d, sum + q), less, total), d, sum + q);
  }
}

/// Rows of x, each number times that of its column.            in     x [rows, columns]; by [columns]
inline void scale_columns(float* x, std::int64_t rows, std::int64_t columns, const float* by) {
  const float_tag d;
  for (std::int64_t q = 0; q < columns; q += gemm_lanes) {
    const auto factor = hn::LoadU(d, by + q);
    for (std::int64_t r = 0; r < rows; ++r)
      hn::StoreU(hn::Mul(hn::LoadU(d, x + r * columns + q), factor), d, x + r * columns + q);
  }
}

/// One head: kernel/attention.hpp says what it gives.
/// in     room: any                           out    y [tokens, width], rows `y_stride` apart; log_sum [tokens]
template <class Product>
void attention_forward(const attention_head& x, float* y, std::int64_t y_stride, float* log_sum,
                       attention_blocks<Product>& room) {
  const std::int64_t T = x.tokens, depth = depth_of<Product>(x.width);
  const float scale = 1.0F / std::sqrt(static_cast<float>(x.width)), two = scale * 1.44269504F;
  const auto key = packed_widths<Product>(x.key, x.stride, T, x.width, room.key);
  const auto value = packed_tokens<Product>(x.value, x.stride, T, x.width, nullptr, room.value_pairs);
  auto* const queries = at_least(room.query_panels, depth * panel_width);
  float* const score = at_least(room.score, attention_keys * panel_width);
  typename Product::element* share;
  if constexpr (Product::depth == 1)
    share = score;
  else
    share = at_least(room.share, attention_keys * panel_width);
  float* const mixed = at_least(room.mixed, x.width * panel_width);
  float *const top = at_least(room.top, panel_width), *const sum = at_least(room.sum, panel_width);
  float* const shrink = at_least(room.shrink, panel_width);
  for (std::int64_t q = 0; q < T; q += panel_width) {
    const std::int64_t n = std::min(panel_width, T - q), columns = whole_vectors(n), end = x.before ? q + n : T;
    pack_queries<Product>(x.query + q * x.stride, x.stride, n, x.width, queries);
    std::fill_n(top, columns, -1e38F);
    std::fill_n(sum, columns, 0.0F);
    for (std::int64_t k = 0; k < end; k += attention_keys) {
      const score_tile t{q, n, columns, k, std::min(attention_keys, end - k)};
      scores_of<Product>(x, t, key, queries, score, room.bias);
      shares_of<Product>(score, t.keys, columns, two, top, sum, shrink, share);
      if (k > 0 && std::any_of(shrink, shrink + columns, [](float s) { return s != 1.0F; }))
        scale_columns(mixed, x.width, columns, shrink);
      multiply_small<Product>(
          {value.columns_from(k / Product::depth), share, columns, depth_of<Product>(t.keys), k > 0, mixed, columns}, x.width,
          columns);
    }
    for (std::int64_t i = 0; i < columns; ++i) shrink[i] = sum[i] > 0 ? 1.0F / sum[i] : 0.0F;
    scale_columns(mixed, x.width, columns, shrink);
    rows_from_columns(mixed, columns, x.width, n, 1.0F, y + q * y_stride, y_stride);
    for (std::int64_t i = 0; i < n; ++i) log_sum[q + i] = top[i] * scale + std::log(sum[i]);
  }
}

/// Shares once more, from the log of their sum, and the gradient of the scores.
/// in     score, d_share [keys, columns]; log_sum (times log2(e)), dot [columns]
/// out    in the same memory: shares, and gradients of scores; d_score_pairs: elements of these along the keys
template <class Product>
[[gnu::noinline]] void d_scores_of(float* score, float* d_share, std::int64_t keys, std::int64_t columns, float two,
                                   const float* log_sum, const float* dot, typename Product::element* d_score_pairs) {
  const float_tag d;
  const auto by = hn::Set(d, two);
  for (std::int64_t q = 0; q < columns; q += gemm_lanes) {
    const auto away = hn::LoadU(d, log_sum + q), even = hn::LoadU(d, dot + q);
    const auto both = [&](std::int64_t key) {
      float *const s = score + key * columns + q, *const ds = d_share + key * columns + q;
      const auto share = power_of_two(d, hn::MulSub(hn::LoadU(d, s), by, away));
      const auto slope = hn::Mul(share, hn::Sub(hn::LoadU(d, ds), even));
      hn::StoreU(Product::depth == 1 ? rounded_lanes<Product>(share) : share, d, s);
      if constexpr (Product::depth == 2) hn::StoreU(slope, d, ds);
      return slope;
    };
    for (std::int64_t k = 0; k < keys; k += Product::depth) {
      const auto low = both(k);
      auto high = hn::Zero(d);
      if constexpr (Product::depth == 2)
        if (k + 1 < keys) high = both(k + 1);
      const auto element = stacked<Product>(low, high);
      hn::StoreU(element, hn::DFromV<decltype(element)>(), d_score_pairs + k / Product::depth * columns + q);
    }
  }
}

/// Sum of products of two rows.
inline float dot_of(const float* a, const float* b, std::int64_t n) {
  const float_tag d;
  auto part = hn::Zero(d);
  std::int64_t i = 0;
  for (; i + gemm_lanes <= n; i += gemm_lanes) part = hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i), part);
  float sum = hn::GetLane(hn::SumOfLanes(d, part));
  for (; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

/// in     as forward was called; y, log_sum: what it gave; dy [tokens, width]: y and dy in rows `y_stride` apart
/// out    d_query, d_key, d_value [tokens, width], rows `x.stride` apart
template <class Product>
void attention_backward(const attention_head& x, const float* y, const float* dy, std::int64_t y_stride, const float* log_sum,
                        float* d_query, float* d_key, float* d_value, attention_blocks<Product>& room) {
  using element = typename Product::element;
  constexpr std::int64_t step = Product::depth;
  const std::int64_t T = x.tokens, W = x.width, depth = depth_of<Product>(W), wide = whole_vectors(W), whole = whole_vectors(T);
  const float scale = 1.0F / std::sqrt(static_cast<float>(W)), two = scale * 1.44269504F;
  const auto key = packed_tokens<Product>(x.key, x.stride, T, W, &room.key, room.key_pairs);
  const auto value = packed_widths<Product>(x.value, x.stride, T, W, room.value);
  const auto query = packed_tokens<Product>(x.query, x.stride, T, W, nullptr, room.query_pairs);
  const auto slope = packed_tokens<Product>(dy, y_stride, T, W, nullptr, room.dy_pairs);
  element* const query_panels = at_least(room.query_panels, depth * whole);
  element* const slope_panels = at_least(room.dy_panels, depth * whole);
  float *const sums = at_least(room.log_sum, whole), *const dot = at_least(room.dot, whole);
  for (std::int64_t q = 0; q < T; q += panel_width) {
    const std::int64_t n = std::min(panel_width, T - q);
    pack_queries<Product>(x.query + q * x.stride, x.stride, n, W, query_panels + q * depth);
    pack_queries<Product>(dy + q * y_stride, y_stride, n, W, slope_panels + q * depth);
  }
  for (std::int64_t q = 0; q < T; ++q) {
    sums[q] = log_sum[q] * 1.44269504F;
    dot[q] = dot_of(y + q * y_stride, dy + q * y_stride, W);
  }
  std::fill(sums + T, sums + whole, 1e30F);  // what fills up the last vector gets no share
  std::fill(dot + T, dot + whole, 0.0F);

  constexpr std::int64_t tile = attention_keys * panel_width;
  float *const score = at_least(room.score, tile), *const d_share = at_least(room.d_share, tile);
  float* const query_sum = at_least(room.d_query, W * whole);  // [panels, W, columns]
  float *const key_sum = at_least(room.d_key, attention_keys * wide), *const value_sum =
                                                                          at_least(room.d_value, attention_keys * wide);
  element *share, *d_score, *d_score_pairs;
  if constexpr (step == 1) {
    share = score;
    d_score = d_score_pairs = d_share;
  } else {
    share = at_least(room.share, tile);
    d_score = at_least(room.d_score, tile);
    d_score_pairs = at_least(room.d_score_pairs, tile);
  }
  for (std::int64_t k = 0; k < T; k += attention_keys) {
    const std::int64_t keys = std::min(attention_keys, T - k), first = x.before ? k / panel_width * panel_width : 0;
    std::fill_n(key_sum, keys * wide, 0.0F);
    std::fill_n(value_sum, keys * wide, 0.0F);
    for (std::int64_t q = first; q < T; q += panel_width) {
      const std::int64_t n = std::min(panel_width, T - q), columns = whole_vectors(n), along = columns / step;
      const std::int64_t seen = x.before ? std::min(keys, q + n - k) : keys;
      const score_tile t{q, n, columns, k, seen};
      scores_of<Product>(x, t, key, query_panels + q * depth, score, room.bias);
      multiply_small<Product>({value.rows_from(k), slope_panels + q * depth, columns, depth, false, d_share, columns}, seen,
                              columns);
      d_scores_of<Product>(score, d_share, seen, columns, two, sums + q, dot + q, d_score_pairs);
      if constexpr (step == 2)
        for (std::int64_t i = 0; i < seen; ++i) {
          pack_row<Product>(score + i * columns, columns, share + i * along);
          pack_row<Product>(d_share + i * columns, columns, d_score + i * along);
        }
      const auto add_rows = [&](const element* a, const token_factor<element>& b, float* sum) {
        multiply_small<Product>({{a, along, 1}, b.by_token + q / step * wide, wide, depth_of<Product>(n), true, sum, wide},
                                seen, wide);
      };
      add_rows(share, slope, value_sum);
      add_rows(d_score, query, key_sum);
      // The first block of keys sees every query, so that it begins their sums.
      multiply_small<Product>(
          {key.columns_from(k / step), d_score_pairs, columns, depth_of<Product>(seen), k > 0, query_sum + q * W, columns}, W,
          columns);
    }
    for (std::int64_t i = 0; i < keys; ++i) {
      std::copy_n(value_sum + i * wide, W, d_value + (k + i) * x.stride);
      std::transform(key_sum + i * wide, key_sum + i * wide + W, d_key + (k + i) * x.stride,
                     [scale](float v) { return v * scale; });
    }
  }
  for (std::int64_t q = 0; q < T; q += panel_width) {
    const std::int64_t n = std::min(panel_width, T - q);
    rows_from_columns(query_sum + q * W, whole_vectors(n), W, n, scale, d_query + q * x.stride, x.stride);
  }
}

#endif

}  // namespace TEPUI_BF16_PAIRS
}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
