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

#include "train/small_run.hpp"

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

inline train::training_options options(std::int64_t steps = 12) { return small_run::options({.shards = 4, .cells = 3}, steps); }

}  // namespace small_cell_model
