#include <tepui/layer/dropout.hpp>

#include <doctest/doctest.h>

#include "laws/layer_laws.hpp"

namespace of_dropout {
using namespace tepui;

TEST_CASE("dropout keeps the laws of layers, while learning and after") {
  laws::of_layer(layer::dropout<8, 100>{}, {.training = true});
  laws::of_layer(layer::dropout<20, 500>{}, {.training = true});
  laws::of_layer(layer::dropout<20, 500>{}, {.rows = {40, 0, 1, 33}, .training = true});
  laws::of_layer(layer::dropout<20, 0>{}, {.training = true});
  laws::of_layer(layer::dropout<20, 500>{});
}

TEST_CASE("after learning nothing is dropped, and which number is dropped hangs on the cell's id, not on its place") {
  const layer::dropout<4, 500> l;
  const std::vector<std::int64_t> begin{0, 9, 18, 27}, id{5, 8, 5};
  const std::vector<float> x(27 * 4, 1.0F);
  std::vector<float> y(x.size());
  layer::nothing none;
  l.forward(std::span<const float>{}, {begin, id, kernel::draws(1, "d"), false}, std::span<const float>(x), std::span<float>(y),
            none, none);
  CHECK(y == x);
  l.forward(std::span<const float>{}, {begin, id, kernel::draws(1, "d"), true}, std::span<const float>(x), std::span<float>(y),
            none, none);
  const auto first = std::vector<float>(y.begin(), y.begin() + 36), second = std::vector<float>(y.begin() + 36, y.begin() + 72),
             third = std::vector<float>(y.begin() + 72, y.end());
  CHECK(first == third);
  CHECK(first != second);
  for (const float v : y) CHECK((v == 0 || v == 2));
}

}  // namespace of_dropout
