#pragma once
/// Geneformer-like models to train from the beginning: a transformer reads a cell's genes in order of expression and guesses hidden ones.

#include <cstdint>

#include <tepui/compose/pipeline.hpp>
#include <tepui/embed/learned.hpp>
#include <tepui/embed/token_vectors.hpp>
#include <tepui/encode/transformer.hpp>
#include <tepui/objective/front.hpp>
#include <tepui/objective/masked_genes.hpp>
#include <tepui/system/small_transformer.hpp>
#include <tepui/tokenize/rank.hpp>
#include <tepui/train/pretrain.hpp>
#include <tepui/transform/gene_medians.hpp>
#include <tepui/transform/normalise.hpp>

namespace tepui::system {

/// Genes by level / usual level, the highest first; gene and place have a learned vector; a transformer; masked genes, 15 % of them.
/// in     raw counts; usual levels are the medians of the corpus itself
template <int Slots, encode::transformer_shape Shape>
[[nodiscard]] auto ranked_model() {
  return compose(
      transform::normalise{}, transform::gene_medians{}, tokenize::rank<Slots>{},
      embed::token_vectors<embed::learned<Shape.dims>, embed::no_value, embed::sum, embed::learned_position<Slots, 0.02>>{
          {.spread = 0.02}},
      encode::transformer<Shape>{});
}

/// As DenAdel et al. train it: 6 layers, 256 dims, 4 heads, 2,048 genes, norms behind, relu, dropout of 0.02; AdamW at 1e-3 with a decay
/// of 0.001, up over 10,000 steps and down in a line; batches of 144.
/// in     steps: the study counts epochs (3); with few cells its warm-up never ends
/// differs the vocabulary and the usual levels are those of the corpus, not of the published files (system::geneformer_v1 has those
///         for cells that are only embedded); dropout of attention is left out, and the norm behind the
///         sum of a token's vectors; tables do not decay; cells of a batch need not be alike in length,
///         because nothing is padded
/// source  Theodoris et al. 2023; DenAdel et al. 2026
[[nodiscard]] inline auto geneformer_published(std::int64_t steps) {
  train::training_options how;
  how.steps = steps;
  how.batch_cells = 144;
  how.rate = {.highest = 1e-3, .warm_up = 10000, .down = train::decay::linear, .last = 0};
  how.update = {.weight_decay = 0.001, .clip = 1.0};
  return train::pretraining(ranked_model<2048, {.layers = 6,
                                                .dims = 256,
                                                .heads = 4,
                                                .norm = layer::norm_place::after,
                                                .bend = kernel::bend::relu,
                                                .dropout_per_mille = 20,
                                                .embed_after = 5}>(),
                            objective::masked_genes<objective::output::tied, objective::front::bert>{}, how);
}

/// A small one that learns in seconds: 2 layers, 64 dims, 128 genes, norms in front.
[[nodiscard]] inline auto geneformer_small(std::int64_t steps = 600) {
  return train::pretraining(ranked_model<128, {.layers = 2, .dims = 64, .heads = 4}>(), objective::masked_genes<>{},
                            small_transformer_training(steps));
}

}  // namespace tepui::system
