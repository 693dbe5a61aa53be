#include <tepui/tokenize/slots.hpp>

#include <doctest/doctest.h>

namespace tepui::tests::slots {
namespace {

TEST_CASE("slots that came at run time must be above 0, and the refusal names stage and number") {
  CHECK_NOTHROW(tokenize::check_slots("rank", 1));
  CHECK_THROWS_WITH_AS(tokenize::check_slots("rank", 0),
                       "rank was given 0 slots, and a cell needs room for at least 1 token; 2048 is usual", bad_option);
  CHECK_THROWS_AS(tokenize::check_slots("rank", -3), bad_option);
}

}  // namespace
}  // namespace tepui::tests::slots
