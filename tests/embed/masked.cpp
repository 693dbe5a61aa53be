#include <tepui/embed/masked.hpp>

#include <doctest/doctest.h>

#include "laws/golden_layers.hpp"

namespace tepui::tests::masked_stage {
namespace {

using namespace embed;

TEST_CASE("a masked token keeps its gene, loses its value, and takes the flag") {
  const masked<>::layer<2, 2> added;
  const std::vector<float> gene{1, 2, 3, 4}, value{10, 20, 30, 40};
  const std::vector<std::uint8_t> mask{0, 1};
  const auto w = weights_of(added, {{"flag", {100, 200}}});
  CHECK(combined_by(added, w, gene, value, 2, mask) == std::vector<float>{11, 22, 103, 204});
  CHECK(value == std::vector<float>{10, 20, 30, 40});
  const masked<concat>::layer<2, 2> side;
  CHECK(combined_by(side, weights_of(side, {{"flag", {0, 0, 5, 6}}}), gene, value, 2, mask) ==
        std::vector<float>{1, 2, 10, 20, 3, 4, 5, 6});

  using floats = std::span<const float>;
  masked<>::layer<2, 2>::room<float> room;
  const std::vector<float> d_out{1, 2, 3, 4};
  std::vector<float> dw(w.size(), 0.0F), d_gene(4), d_value(4);
  added.backward(floats(w), floats(gene), floats(value), floats(d_out), std::span<float>(dw), std::span<float>(d_gene),
                 std::span<float>(d_value), std::span<const std::uint8_t>(mask), room);
  CHECK(dw == weights_of(added, {{"flag", {3, 4}}}));
  CHECK(d_gene == d_out);
  CHECK(d_value == std::vector<float>{1, 2, 0, 0});
}

}  // namespace
}  // namespace tepui::tests::masked_stage
