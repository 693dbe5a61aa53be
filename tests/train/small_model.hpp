#pragma once
/// A small model and few cells, for tests of training.

#include <tepui/compose/pipeline.hpp>
#include <tepui/embed/learned.hpp>
#include <tepui/embed/token_vectors.hpp>
#include <tepui/encode/transformer.hpp>
#include <tepui/objective/masked_genes.hpp>
#include <tepui/simulate/corpus.hpp>
#include <tepui/tokenize/rank.hpp>
#include <tepui/train/pretrain.hpp>

#include "train/small_run.hpp"

namespace small_model {
using namespace tepui;

inline simulate::corpus corpus(std::int64_t cells = 200) { return simulate::corpus({.seed = 3, .cells = cells, .genes = 120}); }

template <int Dims = 16, int Dropout = 0, layer::norm_place Norm = layer::norm_place::before>
auto model() {
  return compose(tokenize::rank<24>{},
                 embed::token_vectors<embed::learned<Dims>, embed::no_value, embed::sum, embed::learned_position<24>>{{.spread = 0.1}},
                 encode::transformer<encode::transformer_shape{
                     .layers = 2, .dims = Dims, .heads = 2, .norm = Norm, .dropout_per_mille = Dropout}>{});
}

inline train::training_options options() { return small_run::options({.shards = 4, .tokens = 64}); }

}  // namespace small_model
