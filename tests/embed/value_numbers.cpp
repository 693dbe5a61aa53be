#include <tepui/embed/value_numbers.hpp>

#include <algorithm>
#include <cmath>

#include "laws/golden_layers.hpp"

namespace tepui::tests::value_numbers {
namespace {

using namespace embed;

TEST_CASE("a line and a small network of the value, by hand") {
  const linear<2> line;
  const auto w = weights_of(line, {{"weight", {2, -1}}, {"bias", {0.5F, 0}}});
  CHECK(vectors_of(line, w, std::vector<float>{0, 3}) == std::vector<float>{0.5F, 0, 6.5F, -3});
  CHECK(gradient_of(line, w, std::vector<float>{2, 3}, {1, 10, 100, 0}) ==
        weights_of(line, {{"weight", {302, 20}}, {"bias", {101, 10}}}));
  // hidden: relu(x, -x); out: hidden, summed and twice the second
  const two_layer<2> net;
  const auto v = weights_of(net, {{"first.weight", {1, -1}}, {"second.weight", {1, 0, 1, 2}}, {"second.bias", {0, 10}}});
  CHECK(vectors_of(net, v, std::vector<float>{3, -4}) == std::vector<float>{3, 10, 4, 18});
  // Of x = 3 the first hidden number is awake, 3 above 0; what asks for more of the first output asks for more of it.
  CHECK(gradient_of(net, v, std::vector<float>{3}, {1, 0}) ==
        weights_of(net, {{"first.weight", {3, 0}},
                         {"first.bias", {1, 0}},
                         {"second.weight", {3, 0, 0, 0}},
                         {"second.bias", {1, 0}}}));
}

TEST_CASE("weights are drawn within one over the root of the inputs, and depend on the seed alone") {
  const two_layer<16, bend::gelu> net;
  const auto drawn = [&](std::uint64_t seed) {
    std::vector<float> w(usize(n_weights(net)));
    layer::draw_weights(net, kernel::draws(seed, "x"), std::span(w));
    return w;
  };
  CHECK(drawn(1) == drawn(1));
  CHECK(drawn(1) != drawn(2));
  float top = 0;
  const auto w = drawn(1);
  for (const float v : slices(std::span(w).subspan(32)).next(256)) top = std::max(top, std::abs(v));
  CHECK(top <= 0.25F);
  CHECK(top > 0.2F);
}

TEST_CASE("HEIMDALL's line, two layers and zeros") {
  if (!shared_is_here()) return;
  const auto x = golden("modules/expr_in");
  const linear<16> line;
  const auto w = weights_of(line, {{"weight", golden("modules/linear/param.weight")},
                                   {"bias", golden("modules/linear/param.bias")}});
  check_near(vectors_of(line, w, x), golden("modules/linear/out"));
  const std::string at = "modules/two_layer/param.linear";
  const two_layer<16> net;
  const auto v = weights_of(net, {{"first.weight", golden(at + "1.weight")},
                                  {"first.bias", golden(at + "1.bias")},
                                  {"second.weight", turned(golden(at + "2.weight"), 16)},
                                  {"second.bias", golden(at + "2.bias")}});
  check_near(vectors_of(net, v, x), golden("modules/two_layer/out"));
  for (const float z : golden("modules/zero/out")) CHECK(z == 0);  // ours leaves these away
}

}  // namespace
}  // namespace tepui::tests::value_numbers
