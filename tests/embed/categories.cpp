#include <tepui/embed/categories.hpp>

#include "laws/golden_layers.hpp"

namespace tepui::tests::categories_part {
namespace {

using namespace embed;

TEST_CASE("each bin has its row; a bin without one is named") {
  const categories<2, 3> table;
  const auto w = weights_of(table, {{"table", {1, 2, 3, 4, 5, 6}}});
  CHECK(vectors_of(table, w, std::vector<std::int32_t>{2, 0}) == std::vector<float>{5, 6, 1, 2});
  CHECK(gradient_of(table, w, std::vector<std::int32_t>{2, 0, 2}, {1, 2, 3, 4, 5, 6}) ==
        weights_of(table, {{"table", {3, 4, 0, 0, 6, 8}}}));
  CHECK_THROWS_WITH_AS(static_cast<void>(vectors_of(table, w, std::vector<std::int32_t>{3, 0})),
                       doctest::Contains("bin 3, but categories has vectors for bins 0 to 2"), bad_data);
}

TEST_CASE("HEIMDALL's scGPT categories: a table and a norm") {
  if (!shared_is_here()) return;
  const std::string at = "modules/category/param.";
  const categories<16, 53, normed::yes> table;
  const auto w = weights_of(table, {{"table", golden(at + "embedding.weight")},
                                    {"gain", golden(at + "enc_norm.weight")},
                                    {"shift", golden(at + "enc_norm.bias")}});
  check_near(vectors_of(table, w, whole(golden("modules/category/in"))), golden("modules/category/out"));
}

}  // namespace
}  // namespace tepui::tests::categories_part
