#include <tepui/layer/gated.hpp>

#include <doctest/doctest.h>

#include "laws/layer_laws.hpp"

namespace of_gated {
using namespace tepui;
using kernel::bend;

TEST_CASE("gated layers keep the laws of layers") {
  laws::of_layer(layer::gated<8, 16>{});
  laws::of_layer(layer::gated<20, 33, bend::gelu, layer::bias::with>{});
  laws::of_layer(layer::gated<20, 5, bend::none>{});
}

TEST_CASE("without a bend, one half is multiplied by the other") {
  const layer::gated<1, 1, bend::none> l;
  std::vector<float> w(usize(layer::n_weights(l)));
  w[0] = 2, w[1] = 5;  // Wu, Wv
  w[16] = 10;          // Wo
  const std::vector<std::int64_t> begin{0, 1}, id{0};
  const std::vector<float> x{3};
  std::vector<float> y(1);
  layer::gated<1, 1, bend::none>::saved<float> saved;
  layer::gated<1, 1, bend::none>::room<float> room;
  l.forward(std::span<const float>(w), {begin, id}, std::span<const float>(x), std::span<float>(y), saved, room);
  CHECK(y[0] == 900);  // (3 * 2) * (3 * 5) * 10
}

}  // namespace of_gated
