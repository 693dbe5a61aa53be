#pragma once
/// A perceptron that is told the type of every cell: what labels can teach, as a reference for models that see none.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include <tepui/encode/cell_encoder.hpp>
#include <tepui/objective/cell_labels.hpp>
#include <tepui/train/pretrain.hpp>
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/normalise.hpp>

namespace tepui::system {

inline constexpr layer::mlp_shape supervised_layers{.batch_norm = true, .dropout_per_mille = 100};

/// 256 and 64 with batch norm, relu and dropout of 0.1; the embedding is what a linear classifier reads. Widths and rate are this
/// library's own.
/// in     labels by cell id, from 0; cells without one are not asked. log1p of counts scaled to 10,000 (which it does itself)
[[nodiscard]] inline auto supervised_mlp(std::shared_ptr<const objective::labels_by_cell> label, std::int32_t n_labels,
                                         std::int64_t steps = 600) {
  train::training_options how;
  how.steps = steps;
  how.batch_cells = 128;
  how.rate = {.highest = 3e-3, .warm_up = std::min<std::int64_t>(20, steps)};
  how.cut.shards = 2;
  return train::pretraining(
      compose(transform::normalise{}, transform::log1p{}, encode::mlp_encoder<supervised_layers, 256, 64>{}),
      objective::cell_labels{std::move(label), n_labels}, how);
}

}  // namespace tepui::system
