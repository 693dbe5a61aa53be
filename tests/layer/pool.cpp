#include <tepui/layer/pool.hpp>

#include <doctest/doctest.h>

#include "laws/layer_laws.hpp"

namespace of_pool {
using namespace tepui;

TEST_CASE("pools keep the laws of layers, with a row a cell") {
  laws::of_layer(layer::mean_pool<8>{}, {.pools = true});
  laws::of_layer(layer::mean_pool<20, 1>{}, {.pools = true});
  laws::of_layer(layer::first_pool<20>{}, {.pools = true});
  laws::of_layer(layer::weighted_pool<8>{}, {.pools = true});
  laws::of_layer(layer::weighted_pool<20>{}, {.rows = {17, 0, 1, 2}, .pools = true});
}

template <class Pool>
std::vector<float> pooled(std::vector<float> w = {}) {
  const Pool pool;
  const std::vector<std::int64_t> begin{0, 2, 2, 3}, id{0, 1, 2};
  const std::vector<float> x{1, 2, 5, 6, 10, 20};  // two rows, none, one row
  std::vector<float> y(6, 77.0F);
  layer::saved_t<Pool, float> saved;
  layer::nothing none;
  pool.forward(std::span<const float>(w), {begin, id}, std::span<const float>(x), std::span<float>(y), saved, none);
  return y;
}
TEST_CASE("a mean over rows, with and without the first, the first row alone, and rows weighted alike") {
  CHECK(pooled<layer::mean_pool<2>>() == std::vector<float>{3, 4, 0, 0, 10, 20});
  CHECK(pooled<layer::mean_pool<2, 1>>() == std::vector<float>{5, 6, 0, 0, 0, 0});
  CHECK(pooled<layer::first_pool<2>>() == std::vector<float>{1, 2, 0, 0, 10, 20});
  CHECK(pooled<layer::weighted_pool<2>>({0, 0}) == std::vector<float>{3, 4, 0, 0, 10, 20});
  CHECK(pooled<layer::weighted_pool<2>>({100, 100}) == std::vector<float>{5, 6, 0, 0, 10, 20});  // all weight on the larger row
}

}  // namespace of_pool
