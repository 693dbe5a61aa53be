#include <tepui/encode/pair.hpp>

#include "laws/golden_layers.hpp"

namespace tepui::tests::pair_of_cells {
namespace {

using namespace encode;

TEST_CASE("a pair by hand") {
  std::vector<float> out(2);
  pair_sum::forward(std::vector<float>{1, 2}, std::vector<float>{3, 6}, out);
  CHECK(out == std::vector<float>{4, 8});
  pair_mean::forward(std::vector<float>{1, 2}, std::vector<float>{3, 6}, out);
  CHECK(out == std::vector<float>{2, 4});
  const pair_concat<1> first{{1, 100}, {0.5F}};
  const pair_concat<1, pair_order::does_not_matter> both{{1, 100}, {0.5F}};
  pair_concat<1>::room room;
  pair_concat<1, pair_order::does_not_matter>::room other;
  first.forward(std::vector<float>{1, 2}, std::vector<float>{3, 6}, out, room);
  CHECK(out == std::vector<float>{301.5F, 602.5F});
  both.forward(std::vector<float>{1, 2}, std::vector<float>{3, 6}, out, other);
  CHECK(out == std::vector<float>{301.5F + 103.5F, 602.5F + 206.5F});
}

TEST_CASE("drawn weights lie within one over the root of both cells' dims") {
  pair_concat<8> layer;
  layer.draw(kernel::draws(1, "x"));
  CHECK(layer.weight.size() == 128);
  for (const float w : layer.weight) CHECK(std::abs(w) <= 0.25F);
}

TEST_CASE("HEIMDALL's four ways to reduce a pair") {
  if (!shared_is_here()) return;
  const auto a = golden("encoders/embeds");
  std::vector<float> b(a.begin() + 48, a.end());  // the cells the other way round
  b.insert(b.end(), a.begin(), a.begin() + 48);
  std::vector<float> out(a.size());
  pair_sum::forward(a, b, out);
  check_near(out, golden("pair/SumReducer/out"));
  pair_mean::forward(a, b, out);
  check_near(out, golden("pair/MeanReducer/out"));
  const std::string one = "pair/AsymmetricConcatReducer/", two = "pair/SymmetricConcatReducer/";
  const pair_concat<6> first{turned(golden(one + "param.pair_embedder.weight"), 12), golden(one + "param.pair_embedder.bias")};
  pair_concat<6>::room room;
  first.forward(a, b, out, room);
  check_near(out, golden(one + "out"));
  const pair_concat<6, pair_order::does_not_matter> both{turned(golden(two + "param.pair_embedder.weight"), 12),
                                                         golden(two + "param.pair_embedder.bias")};
  pair_concat<6, pair_order::does_not_matter>::room other;
  both.forward(a, b, out, other);
  check_near(out, golden(two + "out"));
}

}  // namespace
}  // namespace tepui::tests::pair_of_cells
