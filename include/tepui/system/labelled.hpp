#pragma once
/// Models that are told the label of every cell: logged counts, an encoder, and a linear classifier on its embedding.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include <tepui/compose/pipeline.hpp>
#include <tepui/objective/cell_labels.hpp>
#include <tepui/train/pretrain.hpp>
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/normalise.hpp>

namespace tepui::system {

/// normalise to 10,000 | log1p | an encoder of logged counts, taught by labels as `how` says.
/// in     labels by cell id, from 0; cells without one are not asked
template <class Encoder>
[[nodiscard]] auto labelled_model(Encoder encoder, std::shared_ptr<const objective::labels_by_cell> label,
                                  std::int32_t n_labels, const train::training_options& how) {
  return train::pretraining(compose(transform::normalise{}, transform::log1p{}, std::move(encoder)),
                            objective::cell_labels{std::move(label), n_labels}, how);
}

/// The same in seconds: batches of 128 in two shards, the rate up to `highest` over at most `warm_up` steps and down by a cosine.
template <class Encoder>
[[nodiscard]] auto labelled_small(Encoder encoder, std::shared_ptr<const objective::labels_by_cell> label,
                                  std::int32_t n_labels, std::int64_t steps, double highest, std::int64_t warm_up) {
  train::training_options how;
  how.steps = steps;
  how.batch_cells = 128;
  how.rate = {.highest = highest, .warm_up = std::min(warm_up, steps)};
  how.cut.shards = 2;
  return labelled_model(std::move(encoder), std::move(label), n_labels, how);
}

}  // namespace tepui::system
