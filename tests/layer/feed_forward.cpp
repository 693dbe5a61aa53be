#include <tepui/layer/feed_forward.hpp>

#include <doctest/doctest.h>

#include "laws/layer_laws.hpp"

namespace of_feed_forward {
using namespace tepui;
using kernel::bend;

TEST_CASE("feed-forward layers keep the laws of layers") {
  laws::of_layer(layer::feed_forward<8, 16>{});
  laws::of_layer(layer::feed_forward<20, 33, bend::silu>{});
  laws::of_layer(layer::feed_forward<20, 7, bend::gelu_tanh, kernel::precision::float32, layer::bias::without>{});
  laws::of_layer(layer::feed_forward<5, 19, bend::leaky_relu, kernel::precision::float32, layer::bias::with, 3>{});
  laws::of_layer(layer::feed_forward<8, 12, bend::relu>{}, {.near = 2e-5});
}

TEST_CASE("a feed-forward layer in bf16 is near that in float32") {
  laws::of_layer(layer::feed_forward<20, 40, bend::gelu, kernel::precision::bf16>{}, {.near = 2e-2});
}

TEST_CASE("a hidden number below 0 says nothing through a relu") {
  const layer::feed_forward<1, 2, bend::relu> l;
  std::vector<float> w(usize(layer::n_weights(l)));
  w[0] = 1, w[1] = -1;    // x and -x
  w[16] = 0, w[17] = 0;   // biases
  w[32] = 10, w[33] = 3;  // of the two hidden numbers
  w[48] = 0.5F;
  const std::vector<std::int64_t> begin{0, 2}, id{0};
  const std::vector<float> x{2, -2};
  std::vector<float> y(2);
  layer::feed_forward<1, 2, bend::relu>::saved<float> saved;
  layer::feed_forward<1, 2, bend::relu>::room<float> room;
  l.forward(std::span<const float>(w), {begin, id}, std::span<const float>(x), std::span<float>(y), saved, room);
  CHECK(y == std::vector<float>{20.5F, 6.5F});
}

}  // namespace of_feed_forward
