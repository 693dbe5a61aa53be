#include <doctest/doctest.h>

#include <string>
#include <tepui/flow/error.hpp>

namespace test_flow_error {
TEST_CASE("an error is its sentence, and data and settings can be told apart") {
  CHECK(std::string(tepui::bad_data("row 3 holds -1").what()) == "row 3 holds -1");
  CHECK_THROWS_AS(throw tepui::bad_data("x"), std::runtime_error);
  CHECK_THROWS_AS(throw tepui::bad_option("x"), std::invalid_argument);
}
}  // namespace test_flow_error
