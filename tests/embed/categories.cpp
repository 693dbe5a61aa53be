#include <tepui/embed/categories.hpp>

#include "laws/golden_layers.hpp"

namespace tepui::tests::categories_part {
namespace {

using namespace embed;

TEST_CASE("each bin has its row; a bin without one is named") {
  const category_table<2, 3, normed::no> layer{{1, 2, 3, 4, 5, 6}, {}, {}};
  no_room none;
  std::vector<float> out(4);
  layer.forward(std::vector<std::int32_t>{2, 0}, out, none);
  CHECK(out == std::vector<float>{5, 6, 1, 2});
  CHECK_THROWS_WITH_AS(layer.forward(std::vector<std::int32_t>{3, 0}, out, none),
                       doctest::Contains("bin 3, but categories has vectors for bins 0 to 2"), bad_data);
}

TEST_CASE("HEIMDALL's scGPT categories: a table and a norm") {
  if (!shared_is_here()) return;
  const std::string at = "modules/category/param.";
  const category_table<16, 53, normed::yes> layer{golden(at + "embedding.weight"), golden(at + "enc_norm.weight"),
                                                  golden(at + "enc_norm.bias")};
  no_room none;
  const auto bins = whole(golden("modules/category/in"));
  std::vector<float> out(bins.size() * 16);
  layer.forward(bins, out, none);
  check_near(out, golden("modules/category/out"));
}

}  // namespace
}  // namespace tepui::tests::categories_part
