#include <tepui/embed/position.hpp>

#include "laws/golden_layers.hpp"

namespace tepui::tests::position_part {
namespace {

using namespace embed;

TEST_CASE("learned positions are added from the first token on, and end somewhere") {
  const position_table<2, 2> layer{{1, 2, 3, 4}};
  no_room none;
  std::vector<float> x{10, 10, 10, 10}, longer(6);
  layer.add(0, x, none);
  CHECK(x == std::vector<float>{11, 12, 13, 14});
  layer.add(1, std::span(x).first(2), none);
  CHECK(x == std::vector<float>{14, 16, 13, 14});
  CHECK_THROWS_WITH_AS(layer.add(0, longer, none),
                       doctest::Contains("3 tokens or more, but learned_position has vectors for 2"), bad_data);
}

TEST_CASE("HEIMDALL's waves") {
  if (!shared_is_here()) return;
  sinusoidal::layer<16> layer;
  sinusoidal::layer<16>::room room;
  const auto wanted = golden("modules/sincos/pe");
  std::vector<float> shorter(5 * 16, 0.0F), all(wanted.size(), 0.0F);
  layer.add(0, shorter, room);
  layer.add(0, std::span(all).first(7 * 16), room);
  layer.add(7, std::span(all).subspan(7 * 16), room);
  check_near(all, wanted);
  check_near(shorter, std::span(wanted).first(shorter.size()));
}

}  // namespace
}  // namespace tepui::tests::position_part
