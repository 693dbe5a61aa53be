#include <tepui/layer/prelu.hpp>

#include <doctest/doctest.h>

#include "laws/layer_laws.hpp"

namespace of_prelu {
using namespace tepui;

TEST_CASE("a PReLU keeps the laws of layers") {
  laws::of_layer(layer::prelu<8>{});
  laws::of_layer(layer::prelu<37>{});
  laws::of_layer(layer::prelu<37, layer::slope::each>{});
}

TEST_CASE("a PReLU begins with one slope of 1/4, or one for each dim") {
  const layer::prelu<3> shared;
  const layer::prelu<3, layer::slope::each> each;
  std::vector<float> w(16, 7.0F);
  layer::draw_weights<float>(shared, kernel::draws(1, "prelu"), w);
  CHECK(std::vector<float>(w.begin(), w.begin() + 4) == std::vector<float>{0.25F, 0, 0, 0});
  layer::draw_weights<float>(each, kernel::draws(1, "prelu"), w);
  CHECK(std::vector<float>(w.begin(), w.begin() + 4) == std::vector<float>{0.25F, 0.25F, 0.25F, 0});
}

// torch.nn.functional.prelu gives the same numbers, zero included.
TEST_CASE("below zero a slope counts, at zero too, and the slope learns from what is below alone") {
  const layer::prelu<2, layer::slope::each> l;
  std::vector<float> w(16), dw(16, 1), y(4), dx(4);
  w[0] = 0.5F, w[1] = -2;
  const std::vector<float> x{-4, 3, 0, -1}, dy{1, 1, 10, 2};
  const std::vector<std::int64_t> begin{0, 2}, id{0};
  layer::nothing none;
  layer::prelu<2, layer::slope::each>::room<float> room;
  l.forward(std::span<const float>(w), {begin, id}, std::span<const float>(x), std::span<float>(y), none, room);
  CHECK(y == std::vector<float>{-2, 3, 0, 2});
  l.backward(std::span<const float>(w), {begin, id}, std::span<const float>(x), std::span<const float>(dy),
             std::span<float>(dw), std::span<float>(dx), none, room);
  CHECK(dx == std::vector<float>{0.5F, 1, 5, -4});
  CHECK(dw[0] == 1 - 4);
  CHECK(dw[1] == 1 - 2);
}

}  // namespace of_prelu
