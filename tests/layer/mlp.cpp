#include <tepui/layer/mlp.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
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

// A factor has 8 bits, so that it is off by 2^-9 at most, and a product of two by 2^-8; behind two linear layers and what bends
// between them results and gradients stay within 2 % of the largest. Gradients in double are exact: nothing is rounded there.
TEST_CASE("perceptrons in bf16 keep the laws of layers, as near as bf16 allows") {
  constexpr mlp_shape shape{.bend = kernel::bend::silu, .dropout_per_mille = 200, .precision = kernel::precision::bf16};
  laws::of_layer(layer::mlp_behind<shape, 20, 33, 5>{}, {.training = true, .near = 2e-2});
  laws::of_layer(layer::mlp_up<shape, 5, 33, 20>{}, {.training = true, .near = 2e-2});
}

TEST_CASE("every linear layer of a shape in bf16 says so and rounds, and none of another shape") {
  constexpr mlp_shape rough{.precision = kernel::precision::bf16};
  using down = layer::mlp_behind<rough, 4, 3, 2>;
  using up = layer::mlp_up<rough, 2, 3, 4>;
  CHECK(down{}.describe() == "relu; linear(4, 3, bf16); relu; linear(3, 2, bf16)");
  CHECK(up{}.describe() == "linear(2, 3, bf16); relu; linear(3, 4, bf16); relu");
  static_assert(layer::multiplies_in_bf16<down>() && layer::multiplies_in_bf16<up>());
  static_assert(!layer::multiplies_in_bf16<layer::mlp_behind<mlp_shape{}, 4, 3, 2>>() &&
                !layer::multiplies_in_bf16<layer::same<4>>());
  // 1 + 2^-9 has 10 bits, and is rounded to 1.
  const layer::linear<1, 1, layer::bias::with, kernel::precision::bf16> l;
  std::vector<float> w(32), x{1.001953125F}, y(1);
  w[0] = 1;
  const std::vector<std::int64_t> begin{0, 1}, id{0};
  layer::nothing none;
  decltype(l)::room<float> room;
  l.forward(std::span<const float>(w), {begin, id}, std::span<const float>(x), std::span(y), none, room);
  CHECK(y[0] == 1);
}

TEST_CASE("a layer to genes in bf16 rounds its factors and nothing else") {
  constexpr int in = 40;
  constexpr std::int64_t genes = 70, rows = 9;
  const kernel::draws random(3, "to genes");
  const auto numbers = [&](std::int64_t n, std::uint64_t at) {
    std::vector<float> v(usize(n));
    for (std::int64_t i = 0; i < n; ++i) v[usize(i)] = static_cast<float>(random.normal(i, at));
    return v;
  };
  const auto x = numbers(rows * in, 1), dy = numbers(rows * genes, 2);
  const auto result = [&]<class Layer>(Layer l) {
    l.n_genes = genes;
    std::vector<float> w(usize(layer::n_weights(l))), dw(w.size()), y(usize(rows * genes)), dx(x.size());
    layer::draw_weights<float>(l, random, w);
    typename Layer::template room<float> room;
    l.forward(std::span<const float>(w), std::span<const float>(x), std::span(y), room);
    l.backward(std::span<const float>(w), std::span<const float>(x), std::span<const float>(dy), std::span(dw), std::span(dx),
               kernel::into::overwrite, room);
    return std::array{y, dw, dx};
  };
  const layer::to_genes<in, kernel::precision::bf16> rough{genes};
  CHECK(rough.describe() == "40 to genes, bf16");
  const auto bf16 = result(rough), float32 = result(layer::to_genes<in>{});
  for (std::size_t k = 0; k < 3; ++k) {
    float largest = 0, off = 0;
    for (std::size_t i = 0; i < bf16[k].size(); ++i) {
      largest = std::max(largest, std::abs(float32[k][i]));
      off = std::max(off, std::abs(bf16[k][i] - float32[k][i]));
    }
    CHECK(off > 0);
    CHECK(off < 0.008F * largest);
  }
  // The gradient of the bias is a sum without factors.
  const auto bias_of = [](const std::vector<float>& dw) { return std::vector<float>(dw.end() - 80, dw.end()); };
  CHECK(bias_of(bf16[1]) == bias_of(float32[1]));
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
