#pragma once
/// scVI describes a cell by ten numbers from which its counts can be expected, whatever its sequencing depth and batch.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include <tepui/encode/cell_encoder.hpp>
#include <tepui/objective/count_elbo.hpp>
#include <tepui/system/epochs.hpp>
#include <tepui/train/pretrain.hpp>

namespace tepui::system {

/// Hidden layers of scVI: batch norm, relu, and dropout in the encoder.
inline constexpr layer::mlp_shape scvi_encoder_layers{.batch_norm = true, .norm = {0.01F, 0.001F}, .dropout_per_mille = 100};
inline constexpr layer::mlp_shape scvi_decoder_layers{.batch_norm = true, .norm = {0.01F, 0.001F}};

/// What a model is asked with one hidden layer of `Hidden`.
/// types   Library: width of the network that infers the library size; 0: observed
template <kernel::count_law Law, int Hidden, int Library = 0>
using scvi_bound =
    objective::count_elbo<objective::count_decoder_shape{.law = Law, .layers = scvi_decoder_layers, .library_width = Library},
                          Hidden>;

/// scVI as DenAdel et al. train it: 128 hidden, 10 dims, negative binomial, dispersion per gene, library observed, no batch; Adam
/// at 1e-3, batches of 1,024, the prior in full after 400 *epochs*, at most `epochs` of them (the study: 4,000 / percent of the
/// corpus), ended early after 45 epochs without a better bound.
/// in     cells that are learned from, which decide how many steps an epoch has
/// differs weight decay stands beside the gradient and not in it (1e-6: nothing that could be seen); the heads of the original that a
///         negative binomial with an observed library never uses (7.5 of its 12.5 million weights at 19,331 genes) are not made
///         Ended early by at most 512 of the twentieth of the cells that is held out, with the best weights kept
/// source  Lopez et al. 2018; DenAdel et al. 2026
[[nodiscard]] inline auto scvi_published(std::int64_t training_cells, std::int64_t epochs) {
  train::training_options how;
  const epochs_in_steps of(training_cells, 1024, how.validation_share);
  how.steps = of.steps(epochs);
  how.batch_cells = of.batch;
  how.rate = {.highest = 1e-3, .warm_up = 0, .down = train::decay::none};
  how.update = {.memory = {.epsilon = 0.01}, .weight_decay = 1e-6, .clip = 0};
  how.cut.shards = 1;
  how.validate_every = of.steps(1);
  how.patience = 45;
  return train::pretraining(
      compose(encode::scvi_encoder<10, scvi_encoder_layers, 128>{}),
      scvi_bound<kernel::count_law::negative_binomial, 128>{.warm_up = objective::prior_warm_up::published()}, how);
}

/// A small scVI that learns in seconds: 64 hidden, 10 dims, negative binomial, the prior in full after half of the *steps*.
[[nodiscard]] inline auto scvi_small(std::int64_t steps = 600) {
  train::training_options how;
  how.steps = steps;
  how.batch_cells = 128;
  how.rate = {.highest = 3e-3, .warm_up = std::min<std::int64_t>(20, steps), .down = train::decay::cosine};
  how.update = {.memory = {.epsilon = 0.01}, .weight_decay = 1e-6, .clip = 0};
  how.cut.shards = 2;
  return train::pretraining(
      compose(encode::scvi_encoder<10, scvi_encoder_layers, 64>{}),
      scvi_bound<kernel::count_law::negative_binomial, 64>{.warm_up = {.steps = std::max<std::int64_t>(1, steps / 2)}}, how);
}

/// The small one with a batch for each cell, by cell id, and zero-inflated counts.
[[nodiscard]] inline auto scvi_small_with_batches(std::shared_ptr<const objective::labels_by_cell> batch,
                                                  std::int32_t n_batches, std::int64_t steps = 600) {
  auto small = scvi_small(steps);
  return train::pretraining(small.model,
                            scvi_bound<kernel::count_law::zero_inflated_negative_binomial, 64>{
                                .warm_up = small.ask.warm_up, .batch = std::move(batch), .n_batches = n_batches},
                            small.options);
}

}  // namespace tepui::system
