#include <tepui/layer/unit_sphere.hpp>

#include <doctest/doctest.h>

#include "laws/layer_laws.hpp"

namespace of_unit_sphere {
using namespace tepui;

TEST_CASE("the unit sphere keeps the laws of layers") {
  laws::of_layer(layer::unit_sphere<8>{});
  laws::of_layer(layer::unit_sphere<37>{});
}

TEST_CASE("a row keeps its direction and nothing else; a gradient along it is lost") {
  const layer::unit_sphere<2> l;
  layer::unit_sphere<2>::saved<double> saved;
  layer::nothing none;
  const std::vector<double> x{3, 4, 0, -2, 0, 0}, dy{6, 8, 5, 7, 1, 2};
  std::vector<double> y(6), dx(6);
  const std::vector<std::int64_t> begin{0, 3}, id{0};
  l.forward(std::span<const double>(), {begin, id}, std::span<const double>(x), std::span<double>(y), saved, none);
  const std::vector<double> want_y{0.6, 0.8, 0, -1, 0, 0};
  for (std::size_t i = 0; i < 6; ++i) CHECK(y[i] == doctest::Approx(want_y[i]));
  l.backward(std::span<const double>(), {begin, id}, std::span<const double>(x), std::span<const double>(dy),
             std::span<double>(), std::span<double>(dx), saved, none);
  const std::vector<double> want{0, 0, 2.5, 0, 1e12, 2e12};  // a cell at the origin: as torch.nn.functional.normalize
  for (std::size_t i = 0; i < 6; ++i) CHECK(dx[i] == doctest::Approx(want[i]).epsilon(1e-12));
}

}  // namespace of_unit_sphere
