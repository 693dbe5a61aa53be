#pragma once
/// A perceptron that is told the type of every cell: what labels can teach, as a reference for models that see none.

#include <cstdint>
#include <memory>
#include <utility>

#include <tepui/encode/cell_encoder.hpp>
#include <tepui/system/labelled.hpp>

namespace tepui::system {

inline constexpr layer::mlp_shape supervised_layers{.batch_norm = true, .dropout_per_mille = 100};

/// 256 and 64 with batch norm, relu and dropout of 0.1; the embedding is what a linear classifier reads. Widths and rate are
/// this library's own.
/// in     labels by cell id, from 0; cells without one are not asked. log1p of counts scaled to 10,000 (which it does itself)
[[nodiscard]] inline auto supervised_mlp(std::shared_ptr<const objective::labels_by_cell> label, std::int32_t n_labels,
                                         std::int64_t steps = 600) {
  return labelled_small(encode::mlp_encoder<supervised_layers, 256, 64>{}, std::move(label), n_labels, steps, 3e-3, 20);
}

}  // namespace tepui::system
