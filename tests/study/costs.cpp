#include <doctest/doctest.h>

#include <cmath>

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
  for (auto& run : results.runs) run.output.model->operations_per_cell = 0;
  const auto rows = ts::cost_texts(ts::summarise(results, {.resamples = 5}));
  REQUIRE(rows.size() == 3);
  for (const auto& row : rows) CHECK(row.size() == rows[0].size());
  CHECK(rows[1][1] == "800");
  CHECK(rows[1][2] == "–");
  CHECK(rows[1][3] == "–");
}

TEST_CASE("what a store of the first layout does not know of a model has a dash, and moves no median") {
  auto results = toy_study::results();
  results.runs[results.at(0, 2, 0)].output.model.reset();  // its other seed is known
  results.runs[results.at(1, 2, 0)].output.model.reset();
  results.runs[results.at(1, 2, 1)].output.model.reset();
  const auto summary = ts::summarise(results, {.resamples = 5});
  const auto costs = ts::costs_of(summary);
  CHECK(costs[0].parameters == 800);
  CHECK(costs[0].cells_seen == 100);
  CHECK(std::isnan(costs[1].parameters));
  CHECK(costs[1].fit_seconds == 0.25);
  const auto rows = ts::cost_texts(summary);
  CHECK(rows[1][1] == "800");
  for (const std::size_t column : {1U, 2U, 3U, 4U}) CHECK(rows[2][column] == "–");
  CHECK(rows[2][5] == "0.25");
}

TEST_CASE("a model without learned numbers has 0 parameters, which is not the same as unknown") {
  auto results = toy_study::results();
  for (auto& run : results.runs) run.output.model->parameters = 0;
  CHECK(ts::cost_texts(ts::summarise(results, {.resamples = 5}))[1][1] == "0");
}

}  // namespace
}  // namespace test_study_costs
