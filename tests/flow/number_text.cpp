#include <tepui/flow/number_text.hpp>

#include <doctest/doctest.h>

TEST_CASE("a number is told in the fewest digits that give it back") {
  CHECK(tepui::shortest(0.1) == "0.1");
  CHECK(tepui::shortest(0.25) == "0.25");
  CHECK(tepui::shortest(1) == "1");
  CHECK(tepui::shortest(1e-7) == "1e-07");
  CHECK(tepui::shortest(1.0 / 3) == "0.3333333333333333");
}
