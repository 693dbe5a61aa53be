#include <tepui/embed/value_numbers.hpp>

#include "laws/golden_layers.hpp"

namespace tepui::tests::value_numbers {
namespace {

using namespace embed;

TEST_CASE("a line and a small network of the value, by hand") {
  no_room none;
  linear_layer<2> line{{2, -1}, {0.5F, 0}};
  std::vector<float> out(4);
  line.forward(std::vector<float>{0, 3}, out, none);
  CHECK(out == std::vector<float>{0.5F, 0, 6.5F, -3});
  // hidden: relu(x, -x); out: hidden, summed and twice the second
  two_layer_net<2, bend::relu> net{{1, -1}, {0, 0}, {1, 0, 1, 2}, {0, 10}};
  two_layer_net<2, bend::relu>::room room;
  net.forward(std::vector<float>{3, -4}, out, room);
  CHECK(out == std::vector<float>{3, 10, 4, 18});
}

TEST_CASE("weights are drawn within one over the root of the inputs, and depend on the seed alone") {
  two_layer_net<16, bend::gelu> a, b, c;
  a.draw(kernel::draws(1, "x"));
  b.draw(kernel::draws(1, "x"));
  c.draw(kernel::draws(2, "x"));
  CHECK(a.weight2 == b.weight2);
  CHECK(a.weight2 != c.weight2);
  float top = 0;
  for (const float w : a.weight2) top = std::max(top, std::abs(w));
  CHECK(top <= 0.25F);
  CHECK(top > 0.2F);
}

TEST_CASE("HEIMDALL's line, two layers and zeros") {
  if (!shared_is_here()) return;
  const auto x = golden("modules/expr_in");
  std::vector<float> out(x.size() * 16);
  no_room none;
  linear_layer<16>{golden("modules/linear/param.weight"), golden("modules/linear/param.bias")}.forward(x, out, none);
  check_near(out, golden("modules/linear/out"));
  const std::string at = "modules/two_layer/param.linear";
  const two_layer_net<16, bend::relu> net{golden(at + "1.weight"), golden(at + "1.bias"), turned(golden(at + "2.weight"), 16),
                                          golden(at + "2.bias")};
  two_layer_net<16, bend::relu>::room room;
  net.forward(x, out, room);
  check_near(out, golden("modules/two_layer/out"));
  for (const float z : golden("modules/zero/out")) CHECK(z == 0);  // ours leaves these away
}

}  // namespace
}  // namespace tepui::tests::value_numbers
