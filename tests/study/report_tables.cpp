#include <doctest/doctest.h>

#include <tepui/study/report_tables.hpp>

#include "study/toy_study.hpp"

namespace test_study_report_tables {
namespace {
using namespace tepui::study;

TEST_CASE("a refused saturation point has its reason below the table") {
  const std::string table = score_table(summarise(toy_study::results(), {.resamples = 50}), study_metric::accuracy, 0);
  CHECK(table.find("not reported<sup>a</sup>") != std::string::npos);
  CHECK(table.find("<sup>a</sup> its best score is not above the untrained twin by more than the noise.") != std::string::npos);
  CHECK(table.find("rank</td>") < table.find("none</td>"));  // the best first
}

TEST_CASE("samplers stand beside the first, at every size, with the cells that they chose") {
  const std::string table =
      sampler_table(summarise(toy_study::results(toy_study::two_samplers()), {.resamples = 50}), study_metric::accuracy, 0);
  CHECK(table.find("<td>rank + mean</td><td>sketch</td><td class='num'>+0.500 [") != std::string::npos);
  CHECK(table.find("<br>100 cells") != std::string::npos);
  CHECK(table.find("<td>PCA</td><td>sketch</td>") != std::string::npos);
  const std::string scores =
      score_table(summarise(toy_study::results(toy_study::two_samplers()), {.resamples = 50}), study_metric::accuracy, 0);
  CHECK(scores.find("<th>sampler</th>") != std::string::npos);
  CHECK(scores.find("<td>mean</td><td>sketch</td>") != std::string::npos);
}

TEST_CASE("where no pipeline has a tokenizer, the table has one column of names") {
  const std::string table =
      score_table(summarise(toy_study::results(toy_study::families()), {.resamples = 50}), study_metric::accuracy, 0);
  CHECK(table.find("<th>tokenizer</th>") == std::string::npos);
  CHECK(table.find("<th>pipeline</th><th class='num'>dims</th>") != std::string::npos);
  CHECK(table.find("<tr><td class='name'>mean</td><td class='num'>8</td>") != std::string::npos);
  CHECK(table.find("<td colspan='2'>majority class (floor)</td>") != std::string::npos);
}

TEST_CASE("classes stand by their number of test cells, and one without cells or calls has no F1") {
  study_results r = toy_study::results();
  r.answers.class_names.push_back("ILC");
  const std::string table = class_table(summarise(std::move(r), {.resamples = 50}), 0);
  CHECK(table.find("<td>T</td><td class='num'>2</td>") < table.find("<td>B</td>"));
  CHECK(table.find("<td>ILC</td><td class='num'>0</td><td class='num'>\u2013</td>") != std::string::npos);
}

TEST_CASE("costs are shown where there are any") {
  study_results r = toy_study::results();
  CHECK(cost_table(summarise(r, {.resamples = 5})).find("<td class='num'>0.25</td>") != std::string::npos);
  for (auto& run : r.runs) run.output.fit_seconds = 0;
  CHECK(cost_table(summarise(r, {.resamples = 5})).empty());
}

}  // namespace
}  // namespace test_study_report_tables
