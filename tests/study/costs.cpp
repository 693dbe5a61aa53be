#include <doctest/doctest.h>

#include <tepui/study/costs.hpp>

#include "toy_study.hpp"

namespace test_study_costs {
namespace {

namespace ts = tepui::study;

TEST_CASE("costs are medians over seeds at the largest size") {
  auto results = toy_study::results();
  results.runs[results.at(0, 2, 0)].output.fit_seconds = 1;  // beside 0.25
  results.runs[results.at(1, 2, 0)].present = false;
  results.runs[results.at(1, 2, 1)].present = false;
  const auto summary = ts::summarise(results, {.resamples = 5});
  const auto costs = ts::costs_of(summary);
  REQUIRE(costs.size() == 1);  // the other has no run there
  CHECK(costs[0].pipeline == 0);
  CHECK(costs[0].parameters == 800);
  CHECK(costs[0].operations_per_cell == 1600);
  CHECK(costs[0].cells_seen == 100);
  CHECK(costs[0].fit_seconds == 0.625);
}

TEST_CASE("what was not counted has a dash, and passes are not steps") {
  auto results = toy_study::results();
  for (auto& run : results.runs) run.output.model.operations_per_cell = 0;
  const auto rows = ts::cost_texts(ts::summarise(results, {.resamples = 5}));
  REQUIRE(rows.size() == 3);
  for (const auto& row : rows) CHECK(row.size() == rows[0].size());
  CHECK(rows[1][1] == "800");
  CHECK(rows[1][2] == "–");
  CHECK(rows[1][3] == "–");
}

}  // namespace
}  // namespace test_study_costs
