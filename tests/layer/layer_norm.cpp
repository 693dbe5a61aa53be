#include <tepui/layer/layer_norm.hpp>

#include <doctest/doctest.h>

#include "laws/layer_laws.hpp"

namespace of_layer_norm {
using namespace tepui;

TEST_CASE("a layer norm keeps the laws of layers") {
  laws::of_layer(layer::layer_norm<8>{});
  laws::of_layer(layer::layer_norm<20>{});
  laws::of_layer(layer::layer_norm<67, 1e-3F>{});
}

TEST_CASE("a layer norm says an epsilon that is not the usual one") {
  CHECK(layer::layer_norm<8>{}.describe() == "layer_norm(8)");
  CHECK(layer::layer_norm<8, 1e-12F>{}.describe() == "layer_norm(8, epsilon 1e-12)");
}

TEST_CASE("a layer norm begins with a gain of 1 and a shift of 0") {
  const layer::layer_norm<3> l;
  std::vector<float> w(usize(layer::n_weights(l)), 7.0F);
  layer::draw_weights<float>(l, kernel::draws(1, "norm"), w);
  CHECK(w ==
        std::vector<float>{1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("numbers 1 and 3 stand one spread below and above their mean") {
  const layer::layer_norm<2, 0.0F> l;
  std::vector<float> w(32);
  w[0] = 1, w[1] = 10, w[16] = 0, w[17] = 5;  // gain, shift
  const std::vector<std::int64_t> begin{0, 1}, id{0};
  const std::vector<float> x{1, 3};
  std::vector<float> y(2);
  layer::layer_norm<2, 0.0F>::saved<float> saved;
  layer::nothing none;
  l.forward(std::span<const float>(w), {begin, id}, std::span<const float>(x), std::span<float>(y), saved, none);
  CHECK(y == std::vector<float>{-1, 15});
  CHECK(saved.mean[0] == 2);
  CHECK(saved.scale[0] == 1);
}

}  // namespace of_layer_norm
