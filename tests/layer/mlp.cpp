#include <tepui/layer/mlp.hpp>

#include <doctest/doctest.h>

#include <type_traits>

#include <tepui/layer/of_genes.hpp>
#include <tepui/layer/to_genes.hpp>

#include "laws/layer_laws.hpp"

namespace tepui::tests::mlp_layers {
namespace {
using layer::mlp_shape;

TEST_CASE("perceptrons keep the laws of layers") {
  laws::of_layer(layer::mlp_behind<mlp_shape{.bend = kernel::bend::gelu}, 5, 4, 3>{});
  laws::of_layer(layer::mlp_up<mlp_shape{.bend = kernel::bend::gelu, .dropout_per_mille = 200}, 3, 4, 5>{}, {.training = true});
  laws::of_layer(
      layer::mlp_behind<mlp_shape{.bend = kernel::bend::silu, .batch_norm = true, .dropout_per_mille = 100}, 5, 4, 3>{},
      {.training = true, .whole_batch = true});
  laws::of_layer(layer::mlp_behind<mlp_shape{}, 5>{});
  laws::of_layer(layer::bent<4, kernel::bend::silu>{});
}

TEST_CASE("what stands between two widths: bend, linear; up: linear, bend; one width alone: nothing") {
  using relu4 = layer::bent<4, kernel::bend::relu>;
  static_assert(std::is_same_v<layer::mlp_behind<mlp_shape{}, 4, 2>, layer::chain<relu4, layer::linear<4, 2>>>);
  static_assert(std::is_same_v<layer::mlp_up<mlp_shape{}, 2, 4>, layer::chain<layer::linear<2, 4>, relu4>>);
  static_assert(std::is_same_v<layer::mlp_behind<mlp_shape{}, 4>, layer::same<4>>);
  static_assert(
      std::is_same_v<layer::mlp_behind<mlp_shape{.prelu = true}, 4, 2>, layer::chain<layer::prelu<4>, layer::linear<4, 2>>>);
}

TEST_CASE("a layer over genes and a layer to genes are one another turned around") {
  // Two cells of three genes, (0, 2, 0) and (1, 0, 3); weight [3, 2] (1, 2), (3, 4), (5, 6) and a bias of (10, 20).
  const std::vector<std::int64_t> begin{0, 1}, end{1, 3};
  const std::vector<std::int32_t> gene{1, 0, 2};
  const std::vector<float> value{2, 1, 3};
  const kernel::stored_cells<float> cells{3, begin, end, gene, value};
  layer::of_genes<2> down{3};
  REQUIRE(layer::n_weights(down) == 32);
  std::vector<float> w(32), dw(32), y(4);
  for (std::size_t i = 0; i < 6; ++i) w[i] = static_cast<float>(i + 1);
  w[16] = 10, w[17] = 20;
  layer::of_genes<2>::room<float> room;
  down.forward(std::span<const float>(w), cells, std::span(y), room);
  CHECK(y == std::vector<float>{16, 28, 26, 40});
  down.backward(cells, std::span<const float>(y), std::span(dw), room);
  CHECK(std::vector<float>(dw.begin(), dw.begin() + 6) == std::vector<float>{26, 40, 32, 56, 78, 120});
  CHECK(std::vector<float>(dw.begin() + 16, dw.begin() + 18) == std::vector<float>{42, 68});

  layer::to_genes<2> up{3};
  std::vector<float> v(32), dv(32), x{1, 2}, out(3), dx(2);
  for (std::size_t i = 0; i < 6; ++i) v[i] = static_cast<float>(i + 1);  // [2, 3]
  layer::to_genes<2>::room<float> work;
  up.forward(std::span<const float>(v), std::span<const float>(x), std::span(out), work);
  CHECK(out == std::vector<float>{9, 12, 15});
  const std::vector<float> dy{1, 0, 2};
  up.backward(std::span<const float>(v), std::span<const float>(x), std::span<const float>(dy), std::span(dv), std::span(dx),
              kernel::into::overwrite, work);
  CHECK(dx == std::vector<float>{7, 16});
  CHECK(std::vector<float>(dv.begin(), dv.begin() + 6) == std::vector<float>{1, 0, 2, 2, 0, 4});
}

}  // namespace
}  // namespace tepui::tests::mlp_layers
