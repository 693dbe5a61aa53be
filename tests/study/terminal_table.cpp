#include <doctest/doctest.h>

#include <sstream>

#include <tepui/study/terminal_table.hpp>

#include "study/toy_study.hpp"

namespace test_study_terminal_table {
namespace {
using namespace tepui::study;

TEST_CASE("width counts what a terminal shows, not bytes") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("\u03B1\u03B2") == 2);
  CHECK(display_width("e\u0301") == 1);
  CHECK(display_width("\u7D30\u80DE") == 4);
  CHECK(display_width("\xFF\xC3") == 2);
  CHECK(display_width("") == 0);
}

TEST_CASE("columns stand below each other whatever the letters") {
  CHECK(aligned({{"type", "n"}, {"\u03B1\u03B2 T", "1"}, {"B", "20"}}) == "type  n\n----  --\n\u03B1\u03B2 T  1\nB     20\n");
  CHECK(aligned({}).empty());
}

TEST_CASE("the table holds every pipeline, the floor and the ceiling, for every head and metric") {
  const std::string table = terminal_table(summarise(toy_study::results(), {.resamples = 100}));
  CHECK(table.find("knn, accuracy (n = 4 test cells, 2 seeds)\n") == 0);
  CHECK(table.find("\nconstant, macro-F1 (n = 4") != std::string::npos);
  CHECK(table.find("rank + mean              1.000 [1.000, 1.000]  0.250") != std::string::npos);
  CHECK(table.find("majority class (floor)   0.500") != std::string::npos);
  CHECK(table.find("best possible (ceiling)  1.000") != std::string::npos);
  CHECK(table.find("\noperations: multiplications and additions that embed a cell") != std::string::npos);
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) CHECK((line.empty() || line.back() != ' '));
}

}  // namespace
}  // namespace test_study_terminal_table
