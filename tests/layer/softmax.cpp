#include <tepui/layer/softmax.hpp>

#include <doctest/doctest.h>

#include "laws/layer_laws.hpp"

namespace tepui::tests::softmax_layer {
namespace {

TEST_CASE("a softmax keeps the laws of layers, hot and cold") {
  laws::of_layer(layer::softmax<5>{});
  laws::of_layer(layer::softmax<7, 0.5F>{});
  laws::of_layer(layer::softmax<3, 2.0F>{});
}

TEST_CASE("scores 0 and log 3 have shares of a quarter and three, at half the temperature of a tenth and nine") {
  const std::vector<double> x{0, std::log(3.0)};
  const std::vector<std::int64_t> begin{0, 1}, id{1};
  const layer::packed at{begin, id, {}, false};
  std::vector<double> y(2);
  layer::nothing none;
  layer::softmax<2>::saved<double> saved;
  layer::softmax<2>{}.forward({}, at, std::span<const double>(x), std::span(y), saved, none);
  CHECK(y[0] == doctest::Approx(0.25));
  layer::softmax<2, 0.5F>::saved<double> cold;
  layer::softmax<2, 0.5F>{}.forward({}, at, std::span<const double>(x), std::span(y), cold, none);
  CHECK(y[1] == doctest::Approx(0.9));
}

}  // namespace
}  // namespace tepui::tests::softmax_layer
