#pragma once
/// What the small transformers share, which learn in seconds: the genes that they read, and how long and how fast they are trained.

#include <algorithm>
#include <cstdint>

#include <tepui/compose/pipeline.hpp>
#include <tepui/train/loop.hpp>
#include <tepui/transform/highly_variable.hpp>
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/normalise.hpp>

namespace tepui::system {

/// Genes that small models read one by one with their values: of these a cell of some thousand counts usually expresses fewer than 128, so
/// that a sentence holds them all; of more, some at random are read.
inline constexpr std::int32_t small_vocabulary = 1000;

/// normalise to 10,000 | log1p | the genes that vary most in the corpus.
/// in     raw counts            out    logged values of `genes` genes, or of all where there are fewer
[[nodiscard]] inline auto variable_genes(std::int32_t genes) {
  return compose(transform::normalise{}, transform::log1p{}, transform::highly_variable{.genes = genes});
}

/// Batches of 32 cells; the rate rises to 0.003 in at most 50 steps and falls by a cosine. Steps are steps whatever the corpus.
[[nodiscard]] inline train::training_options small_transformer_training(std::int64_t steps) {
  train::training_options how;
  how.steps = steps;
  how.batch_cells = 32;
  how.rate = {.highest = 3e-3, .warm_up = std::min<std::int64_t>(50, steps)};
  return how;
}

}  // namespace tepui::system
