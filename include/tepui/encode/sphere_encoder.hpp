#pragma once
/// A perceptron over all genes of a cell whose embedding lies on the unit sphere, so that cells are compared by direction.

#include <tepui/encode/cell_encoder.hpp>
#include <tepui/layer/mlp_between.hpp>
#include <tepui/layer/unit_sphere.hpp>

namespace tepui::encode {

/// The last number of a list.
template <int First, int... Rest>
inline constexpr int last_width = [] {
  int last = First;
  ((last = Rest), ...);
  return last;
}();

/// Norm, a bend that learns, and dropout between hidden layers, as SCimilarity has them.
inline constexpr layer::mlp_shape scimilarity_layers{.prelu = true, .batch_norm = true, .dropout_per_mille = 500};

/// Hidden layers, a linear one, and the unit sphere: the widths, the last being the embedding.
/// write   sphere_encoder<scimilarity_layers, 400, 1024, 1024, 1024, 128>{}
/// types   HiddenGenes: per mille of a cell's genes that are hidden from the first layer while it learns
/// in      log1p of normalised counts, or any others            source  Heimberg et al. 2025 (SCimilarity)
/// others  as cell_encoder
template <layer::mlp_shape Shape, int HiddenGenes, int First, int Next, int... Rest>
using sphere_encoder = cell_encoder<
    layer::chain<layer::mlp_between_behind<Shape, First, Next, Rest...>, layer::unit_sphere<last_width<First, Next, Rest...>>>,
    port::any_counts, cell_encoder_settings{.input_dropout_per_mille = HiddenGenes}>;

static_assert(is_stage<sphere_encoder<layer::mlp_shape{}, 0, 8, 4>>);

}  // namespace tepui::encode
