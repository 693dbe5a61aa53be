#include <tepui/layer/linear.hpp>

#include <doctest/doctest.h>

#include "laws/layer_laws.hpp"

namespace of_linear {
using namespace tepui;

TEST_CASE("a linear layer keeps the laws of layers") {
  laws::of_layer(layer::linear<8, 4>{});
  laws::of_layer(layer::linear<3, 40, layer::bias::without>{});
}

TEST_CASE("a linear layer adds up what comes in, weighted, and a bias") {
  layer::linear<2, 1> l;
  std::vector<float> w(usize(layer::n_weights(l)));
  w[0] = 2, w[1] = -1, w[16] = 0.5F;  // weight, then bias at the next multiple of 16
  const std::vector<std::int64_t> begin{0, 1}, id{0};
  const std::vector<float> x{3, 4};
  std::vector<float> y(1);
  layer::nothing none;
  layer::linear<2, 1>::room<float> room;
  l.forward(std::span<const float>(w), {begin, id}, std::span<const float>(x), std::span<float>(y), none, room);
  CHECK(y[0] == 2.5F);
}

}  // namespace of_linear
