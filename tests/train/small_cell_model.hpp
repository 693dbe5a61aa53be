#pragma once
/// A small model that reads counts of whole cells, for tests of training.

#include <tepui/compose/pipeline.hpp>
#include <tepui/encode/cell_encoder.hpp>
#include <tepui/objective/count_elbo.hpp>
#include <tepui/objective/masked_expression.hpp>
#include <tepui/simulate/corpus.hpp>
#include <tepui/train/pretrain.hpp>
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/normalise.hpp>

namespace small_cell_model {
using namespace tepui;

inline simulate::corpus corpus(std::int64_t cells = 200) { return simulate::corpus({.seed = 3, .cells = cells, .genes = 60}); }

inline constexpr layer::mlp_shape normed{.batch_norm = true, .norm = {0.01F, 0.001F}, .dropout_per_mille = 100};
inline constexpr layer::mlp_shape smooth{.bend = kernel::bend::silu};
inline constexpr layer::mlp_shape smooth_normed{.bend = kernel::bend::silu, .batch_norm = true, .dropout_per_mille = 100};
inline constexpr auto zinb = kernel::count_law::zero_inflated_negative_binomial, nb = kernel::count_law::negative_binomial;

inline auto scvi() { return compose(encode::scvi_encoder<4, normed, 16>{}); }
inline auto mlp() {
  return compose(transform::normalise{}, transform::log1p{},
                 encode::mlp_encoder<layer::mlp_shape{.dropout_per_mille = 100}, 16, 8>{});
}
inline auto normed_mlp() { return compose(transform::normalise{}, transform::log1p{}, encode::mlp_encoder<normed, 16, 8>{}); }

inline train::training_options options(std::int64_t steps = 12) {
  train::training_options o;
  o.steps = steps;
  o.batch_cells = 16;
  o.rate = {.highest = 3e-3, .warm_up = 3};
  o.cut = {.shards = 4, .cells = 3};
  o.seed = 5;
  o.block = 8;
  o.window = 64;
  o.validation_share = 0.2;
  o.validation_cells = 20;
  return o;
}

}  // namespace small_cell_model
