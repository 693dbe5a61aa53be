#include <doctest/doctest.h>

#include <tepui/study/heat_map.hpp>

#include "study/toy_study.hpp"

namespace test_study_heat_map {
namespace {
using namespace tepui::study;

TEST_CASE("long names are broken into lines, and cut where they do not fit") {
  CHECK(wrapped("mean of learned gene vectors", 18, 3) == std::vector<std::string>{"mean of learned", "gene vectors"});
  CHECK(wrapped("incomprehensibilities", 10, 2) == std::vector<std::string>{"incompreh\u2026"});
  CHECK(wrapped("a b c", 1, 2).size() == 2);
  CHECK(wrapped("", 5, 2).empty());
  CHECK(wrapped("\u03B1\u03B1\u03B1\u03B1\u03B1", 6, 1)[0] == "\u03B1\u03B1\u2026");  // never half a letter
}

TEST_CASE("every pair of the study has its number and gain, every other pair a dashed field") {
  const std::string map = heat_map(summarise(toy_study::results(), {.resamples = 50}), study_metric::accuracy, 0);
  CHECK(map.find(">1.000</text>") != std::string::npos);
  CHECK(map.find(">0.750</text>") != std::string::npos);
  CHECK(map.find(">gain +0.750") != std::string::npos);
  std::size_t dashed = 0;
  for (std::size_t at = map.find("not in this study"); at != std::string::npos; at = map.find("not in this study", at + 1))
    ++dashed;
  CHECK(dashed == 2);
}

}  // namespace
}  // namespace test_study_heat_map
