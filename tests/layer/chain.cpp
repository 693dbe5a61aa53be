#include <tepui/layer/chain.hpp>

#include <doctest/doctest.h>

#include <tepui/layer/linear.hpp>

#include "laws/layer_laws.hpp"

namespace of_chain {
using namespace tepui;

TEST_CASE("layers one behind the other keep the laws of layers") {
  laws::of_layer(layer::chain<layer::linear<6, 5>, layer::linear<5, 3>>{});
  laws::of_layer(layer::stack<layer::linear<6, 6>, 3>{});
  laws::of_layer(layer::stack<layer::linear<6, 6>, 0>{});
}

TEST_CASE("the slices of a stack are named by the place of their layer") {
  std::vector<std::string> names;
  std::vector<std::int64_t> first;
  const std::int64_t n = layer::each_slice(layer::stack<layer::linear<2, 2>, 2>{}, "blocks.", [&](const std::string& name, const auto&, std::int64_t at) {
    names.push_back(name);
    first.push_back(at);
  });
  CHECK(names == std::vector<std::string>{"blocks.0.weight", "blocks.0.bias", "blocks.1.weight", "blocks.1.bias"});
  CHECK(first == std::vector<std::int64_t>{0, 16, 32, 48});
  CHECK(n == 64);
}

TEST_CASE("a stack encodes as it trains, and the layers below what learns get no gradient") {
  using blocks = layer::stack<layer::linear<4, 4>, 3>;
  const blocks l;
  std::vector<float> w(usize(layer::n_weights(l))), dw(w.size(), 0.0F), x(12, 0.5F), y(12), z(12), dx(12, 9.0F);
  layer::draw_weights<float>(l, kernel::draws(1, "stack"), w);
  const std::vector<std::int64_t> begin{0, 3}, id{0};
  const layer::packed at{begin, id};
  blocks::saved<float> saved;
  blocks::room<float> room;
  layer::nothing none;
  l.forward(std::span<const float>(w), at, std::span<const float>(x), std::span<float>(y), saved, room);
  l.encode(std::span<const float>(w), at, std::span<const float>(x), std::span<float>(z), none, room);
  CHECK(y == z);
  l.backward(std::span<const float>(w), at, std::span<const float>(x), std::span<const float>(y), std::span<float>(dw), std::span<float>(dx),
             saved, room, 2);
  const auto one = usize(layer::n_weights(layer::linear<4, 4>{}));
  CHECK(std::all_of(dw.begin(), dw.begin() + isize(2 * one), [](float d) { return d == 0; }));
  CHECK(std::any_of(dw.begin() + isize(2 * one), dw.end(), [](float d) { return d != 0; }));
  CHECK(dx == std::vector<float>(12, 9.0F));
}

}  // namespace of_chain
