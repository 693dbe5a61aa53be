#pragma once
/// SCimilarity learns, from labelled cells of many studies, an embedding in which cells of one kind lie close wherever
/// they come from.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include <tepui/compose/pipeline.hpp>
#include <tepui/encode/sphere_encoder.hpp>
#include <tepui/objective/triplet_and_expression.hpp>
#include <tepui/train/pretrain.hpp>
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/normalise.hpp>

namespace tepui::system {

/// normalise to 10,000 | log1p | a perceptron over all genes, 1024, 1024, 1024, 128 wide | the unit sphere.
/// write   train::pretrain(scimilarity(), scimilarity_objective(objective::studied(...)), atlas, {.batch_cells = 1000,
///         .cut = {.shards = 1}})
/// out     a pipeline from raw counts to an embedding [cells, dims] of length 1
/// notes   published: batches of 1,000 cells that hold every study, AdamW with a rate of 0.005 and a decay of 0.01, and
///         an L1 penalty on the first layer, which there is none of here            source  Heimberg et al. 2025; its
///         shape in the study of DenAdel et al. 2026
[[nodiscard]] inline auto scimilarity() {
  return compose(transform::normalise{}, transform::log1p{},
                 encode::sphere_encoder<encode::scimilarity_layers, 400, 1024, 1024, 1024, 128>{});
}
/// 0.001 of the triplets and 0.999 of the squared error, with a decoder that mirrors the encoder.
[[nodiscard]] inline auto scimilarity_objective(std::shared_ptr<const objective::studied_cells> cells) {
  using decoder = layer::mlp_between_up<encode::scimilarity_layers, 128, 1024, 1024, 1024>;
  return objective::triplet_and_expression<decoder>{.pulls = {.cells = std::move(cells), .margin = 0.05}, .share = 0.001};
}

/// As DenAdel et al. train it: 500 rounds of 100 batches of 1,000 cells, AdamW at 0.005 with a decay of 0.01, down by a cosine to 0.
/// differs a batch holds cells as the corpus is shuffled, not some of every study; no L1 penalty on the first layer
[[nodiscard]] inline auto scimilarity_published(std::shared_ptr<const objective::studied_cells> cells, std::int64_t steps = 50000) {
  train::training_options how;
  how.steps = steps;
  how.batch_cells = 1000;
  how.rate = {.highest = 5e-3, .warm_up = 0, .down = train::decay::cosine, .last = 0};
  how.update = {.weight_decay = 0.01, .clip = 0};
  how.cut.shards = 1;  // triplets are looked for among all cells of a batch
  return train::pretraining(scimilarity(), scimilarity_objective(std::move(cells)), how);
}

/// The same in small, which learns in seconds: two hidden layers of 64, 16 dims, and a tenth dropped.
inline constexpr layer::mlp_shape small_scimilarity_layers{.prelu = true, .batch_norm = true, .dropout_per_mille = 100};
[[nodiscard]] inline auto small_scimilarity() {
  return compose(transform::normalise{}, transform::log1p{},
                 encode::sphere_encoder<small_scimilarity_layers, 100, 64, 64, 16>{});
}
/// With a share of 0.1: of so few genes the squared error alone would outweigh the triplets.
[[nodiscard]] inline auto small_scimilarity_objective(std::shared_ptr<const objective::studied_cells> cells) {
  using decoder = layer::mlp_between_up<small_scimilarity_layers, 16, 64, 64>;
  return objective::triplet_and_expression<decoder>{.pulls = {.cells = std::move(cells), .margin = 0.2}, .share = 0.1};
}

/// The small one, trained: batches of 256, the rate up over 20 steps and down a cosine.
[[nodiscard]] inline auto scimilarity_small(std::shared_ptr<const objective::studied_cells> cells, std::int64_t steps = 600) {
  train::training_options how;
  how.steps = steps;
  how.batch_cells = 256;
  how.rate = {.highest = 3e-3, .warm_up = std::min<std::int64_t>(20, steps)};
  how.cut.shards = 1;
  return train::pretraining(small_scimilarity(), small_scimilarity_objective(std::move(cells)), how);
}

}  // namespace tepui::system
