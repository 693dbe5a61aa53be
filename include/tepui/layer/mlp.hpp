#pragma once
/// Linear layers with bends between them: the networks that read a cell as one long row of genes.

#include <cstdint>
#include <type_traits>

#include <tepui/layer/batch_norm.hpp>
#include <tepui/layer/bent.hpp>
#include <tepui/layer/chain.hpp>
#include <tepui/layer/dropout.hpp>
#include <tepui/layer/linear.hpp>
#include <tepui/layer/prelu.hpp>

namespace tepui::layer {

/// What stands behind each hidden linear layer: a batch norm where wanted, a bend, and dropout.
struct mlp_shape {
  kernel::bend bend = kernel::bend::relu;
  bool prelu = false;  ///< a bend whose lower slope is learned, in place of `bend`
  bool batch_norm = false;
  batch_norm_settings norm{};
  int dropout_per_mille = 0;
  kernel::precision precision = kernel::precision::float32;  ///< of the factors of products between layers; sums are float32
};

/// Norm, bend and dropout of `Dims`.
template <mlp_shape Shape, int Dims>
struct bent_rows {
  using bend = std::conditional_t<Shape.prelu, prelu<Dims>, bent<Dims, Shape.bend>>;
  using dropped = std::conditional_t<Shape.dropout_per_mille == 0, bend, chain<bend, dropout<Dims, Shape.dropout_per_mille>>>;
  using type = std::conditional_t<Shape.batch_norm, chain<batch_norm<Dims, Shape.norm>, dropped>, dropped>;
};

/// From the numbers of a first layer to the last: bent(First), linear(First, Next), bent(Next), ..., linear(.., Last). One width
/// alone: nothing.
template <mlp_shape Shape, int First, int... Rest>
struct mlp_behind_first {
  using type = same<First>;
};
template <mlp_shape Shape, int First, int Last>
struct mlp_behind_first<Shape, First, Last> {
  using type = chain<typename bent_rows<Shape, First>::type, linear<First, Last, bias::with, Shape.precision>>;
};
template <mlp_shape Shape, int First, int Next, int Another, int... Rest>
struct mlp_behind_first<Shape, First, Next, Another, Rest...> {
  using type =
      chain<typename bent_rows<Shape, First>::type, chain<linear<First, Next, bias::with, Shape.precision>,
                                                          typename mlp_behind_first<Shape, Next, Another, Rest...>::type>>;
};
template <mlp_shape Shape, int First, int... Rest>
using mlp_behind = typename mlp_behind_first<Shape, First, Rest...>::type;

/// From a cell's vector up to the last hidden layer: linear(Dims, Hidden), bent(Hidden), linear(..), bent(..). No hidden layer:
/// nothing.
template <mlp_shape Shape, int Dims, int... Hidden>
struct mlp_up_to_hidden {
  using type = same<Dims>;
};
template <mlp_shape Shape, int Dims, int Hidden>
struct mlp_up_to_hidden<Shape, Dims, Hidden> {
  using type = chain<linear<Dims, Hidden, bias::with, Shape.precision>, typename bent_rows<Shape, Hidden>::type>;
};
template <mlp_shape Shape, int Dims, int Hidden, int More, int... Rest>
struct mlp_up_to_hidden<Shape, Dims, Hidden, More, Rest...> {
  using type =
      chain<linear<Dims, Hidden, bias::with, Shape.precision>,
            chain<typename bent_rows<Shape, Hidden>::type, typename mlp_up_to_hidden<Shape, Hidden, More, Rest...>::type>>;
};
template <mlp_shape Shape, int Dims, int... Hidden>
using mlp_up = typename mlp_up_to_hidden<Shape, Dims, Hidden...>::type;

static_assert(row_layer<mlp_behind<mlp_shape{.batch_norm = true}, 8, 4, 2>> && row_layer<mlp_up<mlp_shape{}, 2, 4, 8>>);

}  // namespace tepui::layer
