#pragma once
/// scBERT-like models to train from the beginning: a performer reads all genes of a list with their bins, expressed or not, and guesses
/// hidden bins.

#include <cstdint>
#include <utility>

#include <tepui/compose/pipeline.hpp>
#include <tepui/embed/categories.hpp>
#include <tepui/embed/learned.hpp>
#include <tepui/embed/token_vectors.hpp>
#include <tepui/encode/token_encoder.hpp>
#include <tepui/layer/chain.hpp>
#include <tepui/layer/feed_forward.hpp>
#include <tepui/layer/layer_norm.hpp>
#include <tepui/layer/performer.hpp>
#include <tepui/layer/pool.hpp>
#include <tepui/layer/residual.hpp>
#include <tepui/objective/masked_bins.hpp>
#include <tepui/system/published.hpp>
#include <tepui/system/small_transformer.hpp>
#include <tepui/tokenize/composition/cut.hpp>
#include <tepui/tokenize/composition/special.hpp>
#include <tepui/tokenize/expression/mapped.hpp>
#include <tepui/tokenize/identity/columns.hpp>
#include <tepui/tokenize/tokenizer.hpp>
#include <tepui/train/pretrain.hpp>
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/normalise.hpp>

namespace tepui::system {

/// scBERT's bins: the whole part of a logged value, 0 to 5.
inline constexpr std::int32_t scbert_bins = 6;

/// Blocks of a performer and of feed-forward layers 4 times as wide, each behind a norm; a norm behind them; the mean over all tokens.
template <layer::performer_settings Shape, int Layers>
using performer_encoder = encode::token_encoder<
    layer::chain<layer::residual<layer::layer_norm<Shape.dims>, layer::performer<Shape>>,
                 layer::residual<layer::layer_norm<Shape.dims>, layer::feed_forward<Shape.dims, 4 * Shape.dims>>>,
    Layers, layer::layer_norm<Shape.dims>, layer::mean_pool<Shape.dims>>;

/// Every gene that `front` leaves, always in the same place, with one of 6 bins, and a token <end> behind them; gene and bin have a
/// learned vector, the 7th bin stands for a hidden one; a performer; the embedding is the mean over the tokens.
/// in     front: the stages from raw counts to logged values of the genes that the model reads
/// cost   in step with the genes, expressed or not
template <layer::performer_settings Shape, int Layers, class Front>
[[nodiscard]] auto listed_model(Front front) {
  namespace c = tokenize::composition;
  return compose(std::move(front),
                 tokenizer_of(tokenize::identity::columns{}, tokenize::expression::floor_bins<scbert_bins - 1>{},
                              c::in_sequence(c::all_genes{}, c::last({"<end>"}))),
                 embed::token_vectors<embed::learned<Shape.dims>, embed::categories<Shape.dims, scbert_bins + 1>>{},
                 performer_encoder<Shape, Layers>{});
}

/// The published shape: 6 layers, 200 dims, 10 heads, all genes, bins of log2(1 + x), 15 % of the expressed genes hidden; Adam at 1e-4,
/// batches of 180, gradients clipped at 100.
/// differs gene vectors are learned, where scBERT has gene2vec's, which do not change; a head is 20 numbers wide (dims / heads) and not
///         64, so that attention has 161,000 weights a layer and not 512,000; random features are drawn once, not every 1,000 steps; a gene
///         that is asked about is always hidden (there: 9 times of 10), and each is asked by chance; one rise over a twentieth of the
///         steps and one cosine to a hundredth (there: over 5 of the first 15 epochs, in cosines of 15, 30, 60 ... epochs); the
///         list of genes is the corpus's. Weights that learn, without gene vectors: 2.90 million (there: 5.01)
/// source  Yang et al. 2022
[[nodiscard]] inline auto scbert_published(std::int64_t steps) {
  train::training_options how;
  how.steps = steps;
  how.batch_cells = 180;
  how.rate = {.highest = 1e-4, .warm_up = steps / 20, .last = 0.01};
  how.update = {.weight_decay = 0, .clip = 100};
  return train::pretraining(listed_model<{.dims = 200, .heads = 10}, 6>(compose(transform::normalise{}, transform::log2_1p{})),
                            objective::masked_bins<scbert_bins>{.rate = 0.15, .lowest = 1}, how);
}

/// A small one that learns in seconds: 2 layers, 64 dims, the 128 most variable genes.
/// differs from the published one also in bins of the natural logarithm, which variable genes are chosen by
[[nodiscard]] inline auto scbert_small(std::int64_t steps = 600) {
  return train::pretraining(listed_model<{.dims = 64, .heads = 4}, 2>(variable_genes(128)),
                            objective::masked_bins<scbert_bins>{.rate = 0.15, .lowest = 1}, small_transformer_training(steps));
}

}  // namespace tepui::system
