#pragma once
/// scTab, a network that tells cell types from labels: in a few steps it chooses genes for every cell, and looks at these
/// alone.

#include <cstdint>
#include <memory>
#include <utility>

#include <tepui/encode/tabnet_encoder.hpp>
#include <tepui/system/epochs.hpp>
#include <tepui/system/labelled.hpp>

namespace tepui::system {

/// The sizes of the published class: 3 steps, 128 dims, masks of 64 numbers, 3 shared and 5 own layers, ghost batches of
/// 256.
inline constexpr encode::tabnet_shape sctab_layers{
    .dims = 128, .chooses = 64, .steps = 3, .shared = 3, .own = 5, .gamma = 1.3F, .sparsity = 1e-5F, .ghost_rows = 256};
/// The same as the published program calls it: one step, and masks by 1.5-entmax.
inline constexpr encode::tabnet_shape sctab_program{.dims = 128,
                                                    .chooses = 64,
                                                    .steps = 1,
                                                    .shared = 3,
                                                    .own = 5,
                                                    .gamma = 1.3F,
                                                    .sparsity = 1e-5F,
                                                    .ghost_rows = 256,
                                                    .mask = kernel::shares_by::entmax15};
inline constexpr encode::tabnet_shape small_sctab_layers{.dims = 32,
                                                         .chooses = 16,
                                                         .steps = 2,
                                                         .shared = 1,
                                                         .own = 1,
                                                         .gamma = 1.3F,
                                                         .sparsity = 1e-5F,
                                                         .mask = kernel::shares_by::entmax15,
                                                         .norm = {0.1F, 1e-5F},
                                                         .gene_norm = {0.1F, 1e-5F}};

/// normalise to 10,000 | log1p | TabNet, with AdamW at 0.005, a decay of 0.05, gradients clipped at 1, batches of 2,048, and
/// the rate times 0.9 behind every *epoch*.
/// in     labels by cell id, from 0; cells without one are not asked. Cells that are learned from, which decide how many
///        steps an epoch has; steps. write  sctab_published<sctab_program>(labels, 164, cells, steps) for one step and
///        1.5-entmax
/// differs  no weights by class, no types that count as right because they are subtypes, and no cells moved by the
///          differences of donors; docs/families/sctab.md has the rest            source  Fischer et al. 2024
template <encode::tabnet_shape Shape = sctab_layers>
[[nodiscard]] auto sctab_published(std::shared_ptr<const objective::labels_by_cell> label, std::int32_t n_labels,
                                   std::int64_t training_cells, std::int64_t steps) {
  train::training_options how;
  const epochs_in_steps of(training_cells, 2048, how.validation_share);
  how.steps = steps;
  how.batch_cells = of.batch;
  how.rate = {.highest = 5e-3, .warm_up = 0, .end = of.steps(1), .down = train::decay::stairs, .last = 0.9};
  how.update = {.weight_decay = 0.05, .clip = 1.0};
  how.cut.shards = 1;
  return labelled_model(encode::tabnet_encoder<Shape>{}, std::move(label), n_labels, how);
}

/// A small one that learns in seconds: 2 steps, 32 dims, masks of 16 numbers by 1.5-entmax; its norms follow batches faster,
/// because there are few.
[[nodiscard]] inline auto sctab_small(std::shared_ptr<const objective::labels_by_cell> label, std::int32_t n_labels,
                                      std::int64_t steps = 600) {
  return labelled_small(encode::tabnet_encoder<small_sctab_layers>{}, std::move(label), n_labels, steps, 2e-2, 10);
}

}  // namespace tepui::system
