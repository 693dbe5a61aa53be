#include <tepui/embed/position.hpp>

#include <cmath>

#include "laws/golden_layers.hpp"

namespace tepui::tests::position_part {
namespace {

using namespace embed;

TEST_CASE("learned positions are added from the first token on, and end somewhere") {
  const learned_position<2>::layer<2> table;
  const auto w = weights_of(table, {{"table", {1, 2, 3, 4}}});
  layer::nothing none;
  std::vector<float> x{10, 10, 10, 10}, longer(6), dw(w.size(), 0.0F);
  const std::span<const float> weights(w), dx(x);
  table.add(weights, 0, std::span(x), none);
  CHECK(x == std::vector<float>{11, 12, 13, 14});
  table.add(weights, 1, std::span(x).first(2), none);
  CHECK(x == std::vector<float>{14, 16, 13, 14});
  table.backward(weights, 0, dx, std::span(dw), none);
  table.backward(weights, 1, dx.first(2), std::span(dw), none);
  CHECK(dw == weights_of(table, {{"table", {14, 16, 27, 30}}}));
  CHECK_THROWS_WITH_AS(table.add(weights, 0, std::span(longer), none),
                       doctest::Contains("3 tokens or more, but learned_position has vectors for 2"), bad_data);
}

TEST_CASE("positions may begin as small as those of BERT") {
  const learned_position<512, 0.02>::layer<8> table;
  std::vector<float> w(usize(n_weights(table)));
  layer::draw_weights(table, kernel::draws(1, "x"), std::span(w));
  double squares = 0;
  for (const float v : w) squares += static_cast<double>(v) * static_cast<double>(v);
  CHECK(std::sqrt(squares / 4096) == doctest::Approx(0.02).epsilon(0.1));
  CHECK(table.describe() == "learned positions to 512, spread 0.02");
}

TEST_CASE("HEIMDALL's waves") {
  if (!shared_is_here()) return;
  const sinusoidal::layer<16> waves;
  sinusoidal::layer<16>::room<float> room;
  const std::span<const float> no_weights;
  const auto wanted = golden("modules/sincos/pe");
  std::vector<float> shorter(5 * 16, 0.0F), all(wanted.size(), 0.0F);
  waves.add(no_weights, 0, std::span(shorter), room);
  waves.add(no_weights, 0, std::span(all).first(7 * 16), room);
  waves.add(no_weights, 7, std::span(all).subspan(7 * 16), room);
  check_near(all, wanted);
  check_near(shorter, std::span(wanted).first(shorter.size()));
}

}  // namespace
}  // namespace tepui::tests::position_part
