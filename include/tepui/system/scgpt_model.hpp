#pragma once
/// scGPT-like models to train from the beginning: a transformer reads a cell's genes with their bins and guesses hidden bins.

#include <cstdint>
#include <utility>

#include <tepui/compose/pipeline.hpp>
#include <tepui/embed/categories.hpp>
#include <tepui/embed/learned.hpp>
#include <tepui/embed/token_vectors.hpp>
#include <tepui/encode/transformer.hpp>
#include <tepui/objective/front.hpp>
#include <tepui/objective/gene_value_from_cell.hpp>
#include <tepui/objective/masked_values.hpp>
#include <tepui/objective/together.hpp>
#include <tepui/system/published.hpp>
#include <tepui/system/small_transformer.hpp>
#include <tepui/tokenize/composition/special.hpp>
#include <tepui/tokenize/composition/subset.hpp>
#include <tepui/tokenize/expression/quantile_bins.hpp>
#include <tepui/tokenize/identity/columns.hpp>
#include <tepui/tokenize/tokenizer.hpp>
#include <tepui/train/pretrain.hpp>
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/normalise.hpp>

namespace tepui::system {

inline constexpr std::int32_t scgpt_bins = 51;

/// <cls>, then `slots` - 1 expressed genes at random, each with one of 51 bins of the cell's own levels; gene and bin have a learned
/// vector, the 52nd bin stands for a hidden one; a transformer; the embedding is that of <cls>.
/// in     front: the stages from raw counts to logged values of the genes that the model reads
template <encode::transformer_shape Shape, class Front>
[[nodiscard]] auto binned_model(Front front, std::int32_t slots) {
  namespace c = tokenize::composition;
  return compose(
      std::move(front),
      tokenizer_of(tokenize::identity::columns{}, tokenize::expression::quantile_bins<scgpt_bins>{},
                   c::in_sequence(c::random_subset<>{slots - 1}, c::first{.tokens = {"<cls>"}, .values = {0}})),
      embed::token_vectors<embed::learned<Shape.dims>, embed::categories<Shape.dims, scgpt_bins + 1>>{},
      encode::transformer<Shape>{});
}
/// Hidden bins, guessed from the gene's place in the cell and, a second time, from the cell's embedding alone.
[[nodiscard]] inline auto binned_objective() {
  return objective::together(objective::masked_values<objective::front::scgpt, channel::bin>{.rate = 0.4, .marker = scgpt_bins},
                             objective::gene_value_from_cell<channel::bin>{.rate = 0.4, .marker = scgpt_bins});
}

/// The published shape: 12 layers, 512 dims, 8 heads, 1,200 tokens, norms behind, relu, dropout of 0.2; Adam at 1e-4, batches of 32.
/// differs the rate rises over a tenth of the steps and falls by a cosine to a tenth (there: times 0.9 behind every epoch), and
///         gradients are clipped at 1; a bin's vector is a row of a table where scGPT puts its number through two layers; genes and
///         bins have no norm of their own but begin in the same spread, so that neither drowns the other; hidden bins
///         are asked about without scGPT's generative attention mask; the vocabulary is the corpus's genes; dropout of attention is
///         left out
/// source  Cui et al. 2024
[[nodiscard]] inline auto scgpt_published(std::int64_t steps) {
  train::training_options how;
  how.steps = steps;
  how.batch_cells = 32;
  how.rate = {.highest = 1e-4, .warm_up = steps / 10};
  how.update = {.weight_decay = 0, .clip = 1.0};
  return train::pretraining(binned_model<{.layers = 12,
                                          .dims = 512,
                                          .heads = 8,
                                          .hidden = 512,
                                          .norm = layer::norm_place::after,
                                          .bend = kernel::bend::relu,
                                          .pool = encode::pooled_by::first,
                                          .dropout_per_mille = 200}>(compose(transform::normalise{}, transform::log1p{}), 1200),
                            binned_objective(), how);
}

/// A small one that learns in seconds: 2 layers, 64 dims, 128 tokens of the 1,000 most variable genes, norms in front.
/// differs from the published one also in the genes: of thousands that are expressed, 127 at random say too little of a cell
[[nodiscard]] inline auto scgpt_small(std::int64_t steps = 600) {
  return train::pretraining(binned_model<{.layers = 2, .dims = 64, .heads = 4, .pool = encode::pooled_by::first}>(
                                variable_genes(small_vocabulary), 128),
                            binned_objective(), small_transformer_training(steps));
}

}  // namespace tepui::system
