#pragma once
/// Linear layers with bends between them, and dropout between hidden layers alone.

#include <tepui/layer/mlp.hpp>

namespace tepui::layer {

/// The same shape without dropout.
[[nodiscard]] consteval mlp_shape without_dropout(mlp_shape shape) {
  shape.dropout_per_mille = 0;
  return shape;
}

/// Norm and bend of `Dims`, dropout, and a linear layer to the next hidden one.
template <mlp_shape Shape, int Dims, int Next>
using to_next_hidden = chain_of<typename bent_rows<without_dropout(Shape), Dims>::type, dropout<Dims, Shape.dropout_per_mille>,
                                linear<Dims, Next, bias::with, Shape.precision>>;

/// As mlp_behind, but nothing is dropped in front of the last linear layer: what gives the embedding sees all of the last
/// hidden one.
template <mlp_shape Shape, int First, int Next, int... Rest>
struct mlp_between_behind_first {
  using type = chain<to_next_hidden<Shape, First, Next>, typename mlp_between_behind_first<Shape, Next, Rest...>::type>;
};
template <mlp_shape Shape, int First, int Last>
struct mlp_between_behind_first<Shape, First, Last> {
  using type = chain<typename bent_rows<without_dropout(Shape), First>::type, linear<First, Last, bias::with, Shape.precision>>;
};
/// in     the widths of the hidden layers, and that of the last            write  mlp_between_behind<Shape, 1024, 1024, 128>
template <mlp_shape Shape, int First, int Next, int... Rest>
using mlp_between_behind = typename mlp_between_behind_first<Shape, First, Next, Rest...>::type;

/// Norm and bend of a hidden layer, and those above it.
template <mlp_shape Shape, int Hidden, int... Rest>
struct mlp_between_above {
  using type = typename bent_rows<without_dropout(Shape), Hidden>::type;
};
template <mlp_shape Shape, int Hidden, int More, int... Rest>
struct mlp_between_above<Shape, Hidden, More, Rest...> {
  using type = chain<to_next_hidden<Shape, Hidden, More>, typename mlp_between_above<Shape, More, Rest...>::type>;
};
/// As mlp_up, but nothing is dropped behind the last hidden layer.            write  mlp_between_up<Shape, 128, 1024, 1024>
template <mlp_shape Shape, int Dims, int Hidden, int... Rest>
using mlp_between_up =
    chain<linear<Dims, Hidden, bias::with, Shape.precision>, typename mlp_between_above<Shape, Hidden, Rest...>::type>;

static_assert(row_layer<mlp_between_behind<mlp_shape{.dropout_per_mille = 100}, 8, 4, 2>> &&
              row_layer<mlp_between_up<mlp_shape{}, 2, 4, 8>>);

}  // namespace tepui::layer
