#include <tepui/embed/sinusoid.hpp>

#include <vector>

#include <doctest/doctest.h>

namespace tepui::tests::sinusoid_part {
namespace {

TEST_CASE("number 0 is 0 1 0 1, and the later dims turn slowly") {
  std::vector<float> at(4);
  embed::sinusoid(0, std::span(at));
  CHECK(at == std::vector<float>{0, 1, 0, 1});
  embed::sinusoid(1, std::span(at));
  CHECK(at[0] == doctest::Approx(std::sin(1.0)));
  CHECK(at[3] == doctest::Approx(std::cos(0.01)));
}

}  // namespace
}  // namespace tepui::tests::sinusoid_part
