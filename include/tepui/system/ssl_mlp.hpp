#pragma once
/// A masked autoencoder over genes: half of a cell's genes are hidden, and a perceptron guesses them from the others.

#include <algorithm>
#include <cstdint>

#include <tepui/encode/cell_encoder.hpp>
#include <tepui/objective/masked_expression.hpp>
#include <tepui/system/epochs.hpp>
#include <tepui/train/pretrain.hpp>
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/normalise.hpp>

namespace tepui::system {

inline constexpr layer::mlp_shape ssl_layers{.dropout_per_mille = 100};

/// The autoencoder as DenAdel et al. train it: 512, 512, 256, 256, 64 and back, dropout of 0.1, half of the genes hidden, AdamW at
/// 1e-3 with a decay of 0.01, gradients clipped at 1, the rate times 0.9 behind every second *epoch*, batches of 16,384, at most
/// 117,000 steps, ended early after 30 epochs without a fall of the loss.
/// in     log1p of counts scaled to 10,000 (which it does itself); cells that are learned from, which decide how many steps an epoch has
/// differs the loss is a mean over each cell's hidden genes first, then over cells; any fall of the held-out loss counts (there: of
///         1e-4); bends are relu, which the study's text does not say
/// source  Richter et al. 2024; DenAdel et al. 2026
[[nodiscard]] inline auto ssl_mlp_published(std::int64_t training_cells, std::int64_t steps = 117000) {
  train::training_options how;
  const epochs_in_steps of(training_cells, 16384, how.validation_share);
  how.steps = steps;
  how.batch_cells = of.batch;
  how.rate = {.highest = 1e-3, .warm_up = 0, .end = of.steps(2), .down = train::decay::stairs, .last = 0.9};
  how.update = {.weight_decay = 0.01, .clip = 1.0};
  how.validate_every = of.steps(1);
  how.patience = 30;
  return train::pretraining(
      compose(transform::normalise{}, transform::log1p{}, encode::mlp_encoder<ssl_layers, 512, 512, 256, 256, 64>{}),
      objective::masked_expression<ssl_layers, 256, 256, 512, 512>{.rate = 0.5}, how);
}

/// A small one that learns in seconds: 128, 64 and back; steps are steps whatever the corpus.
[[nodiscard]] inline auto ssl_mlp_small(std::int64_t steps = 600, objective::hides what = objective::hides::genes) {
  train::training_options how;
  how.steps = steps;
  how.batch_cells = 128;
  how.rate = {.highest = 3e-3, .warm_up = std::min<std::int64_t>(20, steps)};
  how.cut.shards = 2;
  return train::pretraining(compose(transform::normalise{}, transform::log1p{}, encode::mlp_encoder<ssl_layers, 128, 64>{}),
                            objective::masked_expression<ssl_layers, 128>{.rate = 0.5, .what = what}, how);
}

}  // namespace tepui::system
