#include <doctest/doctest.h>

#include <limits>

#include <tepui/study/words.hpp>

namespace test_study_words {
namespace {
using namespace tepui::study;

TEST_CASE("numbers are written the shortest way that reads back") {
  CHECK(shortest(0.1) == "0.1");
  CHECK(shortest(3.0) == "3");
  CHECK(shortest(-0.0) == "0");
  CHECK(shortest(1.0 / 3.0) == "0.3333333333333333");
}

TEST_CASE("numbers for readers have fixed places and no negative zero") {
  CHECK(fixed_text(0.8712) == "0.871");
  CHECK(fixed_text(-0.0001, 2) == "0.00");
  CHECK(fixed_text(std::numeric_limits<double>::quiet_NaN()) == "-");
  CHECK(signed_text(0.2134) == "+0.213");
  CHECK(signed_text(-0.2134) == "-0.213");
  CHECK(thousands_text(22189056) == "22,189,056");
  CHECK(thousands_text(999) == "999");
  CHECK(thousands_text(-1000) == "-1,000");
}

TEST_CASE("names, shares, lists and durations read as a person would write them") {
  CHECK(pipeline_label("rank", "PCA") == "rank + PCA");
  CHECK(pipeline_label("none", "PCA") == "PCA");
  CHECK(fraction_text(0.07) == "7 %");
  CHECK(fraction_text(0.0) == "untrained");
  CHECK(fraction_text(0.001) == "0.1 %");
  CHECK(list_text({}).empty());
  CHECK(list_text({"a"}) == "a");
  CHECK(list_text({"a", "b", "c"}) == "a, b and c");
  CHECK(count_text(1, "class", "classes") == "1 class");
  CHECK(count_text(1200, "seed") == "1,200 seeds");
  CHECK(duration_text(38) == "0:38");
  CHECK(duration_text(3700) == "1:01:40");
  CHECK(duration_text(-1) == "0:00");
  CHECK(hex_text(255) == "00000000000000ff");
}

}  // namespace
}  // namespace test_study_words
