#pragma once
/// Transformers over the genes of a cell, by their shape.

#include <cstdint>
#include <type_traits>

#include <tepui/encode/token_encoder.hpp>
#include <tepui/layer/feed_forward.hpp>
#include <tepui/layer/gated.hpp>
#include <tepui/layer/layer_norm.hpp>
#include <tepui/layer/pool.hpp>
#include <tepui/layer/residual.hpp>
#include <tepui/layer/self_attention.hpp>

namespace tepui::encode {

/// How a cell's vector comes out of those of its tokens.
enum class pooled_by : std::int32_t { mean, first, mean_without_first, weights };

/// The compile-time shape of a transformer. The defaults are small, with the norm in front.
struct transformer_shape {
  int layers = 2;
  int dims = 128;
  int heads = 4;
  int hidden = 0;  ///< of the feed-forward layers; 0: twice the dims
  layer::norm_place norm = layer::norm_place::before;
  kernel::bend bend = kernel::bend::gelu;
  bool gated = false;  ///< (x Wu bent) * (x Wv): with silu this is SwiGLU
  kernel::sees sees = kernel::sees::all;
  layer::turned position = layer::turned::no;  ///< rotary; other positions are told by the token vectors
  pooled_by pool = pooled_by::mean;
  int dropout_per_mille = 0;
  int embed_after = 0;  ///< an embedding is made behind so many layers; 0: all
  drawn_by attention = drawn_by::nothing;
  kernel::precision precision = kernel::precision::float32;
};

/// The layers of a transformer of this shape.
template <transformer_shape S>
struct transformer_layers {
  static_assert(S.layers > 0 && S.dims > 0 && S.hidden >= 0 && S.dropout_per_mille >= 0 && S.dropout_per_mille < 1000,
                "tepui: a transformer needs layers and dims above 0 and dropout below 1000 per mille; write "
                "transformer_shape{.layers = 2, .dims = 128, .heads = 4}");
  static constexpr int hidden = S.hidden == 0 ? 2 * S.dims : S.hidden;
  using norm = layer::layer_norm<S.dims>;
  using attention = layer::self_attention<layer::attention_settings{S.dims, S.heads, S.sees, S.position, S.precision}>;
  using feed_forward = std::conditional_t<S.gated, layer::gated<S.dims, hidden, S.bend, layer::bias::without, S.precision>,
                                          layer::feed_forward<S.dims, hidden, S.bend, S.precision>>;
  using block = layer::chain<layer::residual<norm, attention, S.norm, S.dropout_per_mille>,
                             layer::residual<norm, feed_forward, S.norm, S.dropout_per_mille>>;
  using last = std::conditional_t<S.norm == layer::norm_place::after, void, norm>;
  using pool = std::conditional_t<
      S.pool == pooled_by::mean, layer::mean_pool<S.dims>,
      std::conditional_t<S.pool == pooled_by::first, layer::first_pool<S.dims>,
                         std::conditional_t<S.pool == pooled_by::weights, layer::weighted_pool<S.dims>, layer::mean_pool<S.dims, 1>>>>;
  using encoder = token_encoder<block, S.layers, last, pool, token_encoder_settings{S.embed_after, S.attention}>;
};

/// A transformer. Stands behind embed::token_vectors of the same dims.
/// write   transformer<transformer_shape{.layers = 2, .dims = 128, .heads = 4}>{}
///         Geneformer: {.layers = 6, .dims = 256, .heads = 4, .norm = after, .bend = relu, .dropout_per_mille = 20, .embed_after = 5}
/// in, out, fit, repeat  as token_encoder            empty  a cell without tokens is a vector of zeros
/// cost    2 layers (4 dims^2 + 2 dims hidden) operations a token, and 4 dims a pair of tokens and layer
/// source  Vaswani et al. 2017; the norm in front: Xiong et al. 2020
template <transformer_shape Shape = transformer_shape{}>
using transformer = typename transformer_layers<Shape>::encoder;

static_assert(is_stage<transformer<>>);

}  // namespace tepui::encode
