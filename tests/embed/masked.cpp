#include <tepui/embed/masked.hpp>

#include <doctest/doctest.h>

namespace tepui::tests::masked_stage {
namespace {

using namespace embed;

TEST_CASE("a masked token keeps its gene, loses its value, and takes the flag") {
  const masked_layer<sum::layer<2, 2>, 2> layer{{}, {100, 200}};
  masked_layer<sum::layer<2, 2>, 2>::room room;
  const std::vector<float> gene{1, 2, 3, 4}, value{10, 20, 30, 40};
  std::vector<float> out(4), wide(8);
  layer.forward(gene, value, out, std::vector<std::uint8_t>{0, 1}, room);
  CHECK(out == std::vector<float>{11, 22, 103, 204});
  CHECK(value == std::vector<float>{10, 20, 30, 40});
  const masked_layer<concat::layer<2, 2>, 2> side{{}, {0, 0, 5, 6}};
  masked_layer<concat::layer<2, 2>, 2>::room other;
  side.forward(gene, value, wide, std::vector<std::uint8_t>{0, 1}, other);
  CHECK(wide == std::vector<float>{1, 2, 10, 20, 3, 4, 5, 6});
}

}  // namespace
}  // namespace tepui::tests::masked_stage
