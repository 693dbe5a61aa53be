#include <tepui/layer/position_table.hpp>

#include <doctest/doctest.h>

#include "laws/layer_laws.hpp"

namespace of_position_table {
using namespace tepui;

TEST_CASE("a table of positions keeps the laws of layers") {
  laws::of_layer(layer::position_table<8, 6>{});
  laws::of_layer(layer::position_table<20, 30, 20>{}, {.rows = {30, 0, 1, 3}});
}

TEST_CASE("every cell begins at the first vector of the table, and a cell that is too long is refused") {
  const layer::position_table<1, 2> l;
  const std::vector<float> w{5, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, x{1, 1, 1};
  std::vector<float> y(3);
  layer::nothing none;
  const std::vector<std::int64_t> id{0, 1}, begin{0, 1, 3}, too_long{0, 0, 3};
  l.forward(std::span<const float>(w), {begin, id}, std::span<const float>(x), std::span<float>(y), none, none);
  CHECK(y == std::vector<float>{6, 6, 8});
  CHECK_THROWS_WITH_AS(
      l.forward(std::span<const float>(w), {too_long, id}, std::span<const float>(x), std::span<float>(y), none, none),
      doctest::Contains("a cell has 3 tokens, but position_table has vectors for 2"), bad_data);
}

}  // namespace of_position_table
