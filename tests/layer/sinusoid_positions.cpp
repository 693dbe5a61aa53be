#include <tepui/layer/sinusoid_positions.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include "laws/layer_laws.hpp"

namespace of_sinusoid_positions {
using namespace tepui;

TEST_CASE("sinusoidal positions keep the laws of layers") {
  laws::of_layer(layer::sinusoid_positions<8>{});
  laws::of_layer(layer::sinusoid_positions<21>{}, {.rows = {3, 0, 30, 1}});
}

TEST_CASE("the third row of any cell is told by waves of 2 and of 2 / 100") {
  const layer::sinusoid_positions<4> l;
  const std::vector<std::int64_t> begin{0, 1, 4}, id{0, 1};
  const std::vector<double> x(16, 10.0);
  std::vector<double> y(16);
  layer::nothing none;
  layer::sinusoid_positions<4>::room<double> room;
  l.forward(std::span<const double>{}, {begin, id}, std::span<const double>(x), std::span<double>(y), none, room);
  const std::vector<double> first{0, 1, 0, 1}, third{std::sin(2), std::cos(2), std::sin(0.02), std::cos(0.02)};
  for (std::size_t d = 0; d < 4; ++d) {
    CHECK(y[d] == 10 + first[d]);
    CHECK(y[4 + d] == 10 + first[d]);
    CHECK(y[12 + d] == doctest::Approx(10 + third[d]));
  }
}

}  // namespace of_sinusoid_positions
