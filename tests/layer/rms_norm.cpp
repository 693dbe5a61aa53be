#include <tepui/layer/rms_norm.hpp>

#include <doctest/doctest.h>

#include "laws/layer_laws.hpp"

namespace of_rms_norm {
using namespace tepui;

TEST_CASE("norms by the root mean square keep the laws of layers") {
  laws::of_layer(layer::rms_norm<8>{});
  laws::of_layer(layer::rms_norm<20, 1e-3F>{});
  laws::of_layer(layer::simple_rms_norm<20>{});
  laws::of_layer(layer::simple_rms_norm<35>{});
}

TEST_CASE("norms by the root mean square say an epsilon that is not the usual one") {
  CHECK(layer::rms_norm<8>{}.describe() == "rms_norm(8)");
  CHECK(layer::rms_norm<8, 1e-5F>{}.describe() == "rms_norm(8, epsilon 1e-05)");
  CHECK(layer::simple_rms_norm<8>{}.describe() == "simple_rms_norm(8)");
  CHECK(layer::simple_rms_norm<8, 0.001F>{}.describe() == "simple_rms_norm(8, epsilon 0.001)");
}

TEST_CASE("numbers 3 and 4 are divided by the root of 12.5, and the first of them is then doubled") {
  const layer::rms_norm<2, 0.0F> l;
  std::vector<double> w(16);
  w[0] = 2, w[1] = 1;
  const std::vector<std::int64_t> begin{0, 1}, id{0};
  const std::vector<double> x{3, 4};
  std::vector<double> y(2);
  layer::rms_norm<2, 0.0F>::saved<double> saved;
  layer::nothing none;
  l.forward(std::span<const double>(w), {begin, id}, std::span<const double>(x), std::span<double>(y), saved, none);
  CHECK(y[0] == doctest::Approx(6 / std::sqrt(12.5)));
  CHECK(y[1] == doctest::Approx(4 / std::sqrt(12.5)));
}

}  // namespace of_rms_norm
