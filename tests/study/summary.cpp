#include <doctest/doctest.h>

#include <tepui/study/sentences.hpp>
#include <tepui/study/summary.hpp>

#include "study/toy_study.hpp"

namespace test_study_summary {
namespace {
using namespace tepui::study;

study_summary toy() { return summarise(toy_study::results(), {.resamples = 200}); }

TEST_CASE("a summary ranks pipelines by their mean at the largest size") {
  const study_summary s = toy();
  CHECK(s.ranking(study_metric::accuracy, 0) == std::vector<std::size_t>{0, 1});
  CHECK(s.ranking(study_metric::accuracy, 1) == std::vector<std::size_t>{0, 1});  // a tie: the earlier first
  const summary_row& row = s.row(study_metric::accuracy, 0, 0);
  CHECK(row.full.mean.value == 1.0);
  CHECK(row.untrained.mean.value == 0.25);
  CHECK(row.gain.mean.value == 0.75);
  CHECK(row.seed_low == 1.0);
  CHECK(s.row(study_metric::macro_f1, 1, 1).pipeline == 1);
}

TEST_CASE("estimates and sizes are written with what is known of them") {
  const study_summary s = toy();
  CHECK(estimate_text({0.5, {0.25, 0.75}, 3}) == "0.500 [0.250, 0.750]");
  CHECK(estimate_text({0.5, {0.25, 0.75}, 3}, true) == "+0.500 [+0.250, +0.750]");
  CHECK(estimate_text({0.5, {}, 1}) == "0.500");
  CHECK(estimate_text({}) == "-");
  CHECK(size_text(s.results, 0.5) == "\u2264 50 %");
  CHECK(size_text(s.results, 1.0) == "100 %");
  CHECK(saturation_text(s.results, s.row(study_metric::accuracy, 0, 1).point) == "not reported");
}

TEST_CASE("a study without a finished run has nothing to report") {
  memory_store store;
  CHECK_THROWS_AS(
      (void)summarise(collect(toy_study::experiments(), toy_study::steps(), toy_study::identity(), store, toy_study::key())),
      tepui::bad_data);
}

TEST_CASE("a study with missing runs, one seed or no twin is summarised all the same") {
  ladder steps = toy_study::steps();
  steps.seeds = 1;
  steps.untrained = false;
  auto experiments = toy_study::experiments();
  experiments[1].run = [](const run_request&) -> run_output { throw std::runtime_error("no"); };
  memory_store store;
  run_study(experiments, steps, toy_study::identity(), store);
  const study_summary s =
      summarise(collect(experiments, steps, toy_study::identity(), store, toy_study::key()), {.resamples = 50});
  CHECK(s.ranking(study_metric::accuracy, 0) == std::vector<std::size_t>{0});
  CHECK_FALSE(s.row(study_metric::accuracy, 0, 0).gain.mean.known());
  CHECK_FALSE(s.row(study_metric::accuracy, 0, 1).full.mean.known());
  CHECK(s.row(study_metric::accuracy, 0, 1).point.refused == "no run of this pipeline is there");
  CHECK(sentence_of_runs(s).find("2 runs of 4 are missing, the first of them: PCA, 50 %, seed 1000.") != std::string::npos);
  CHECK(sentence_of_gain(s, study_metric::accuracy, 0).find("not known") != std::string::npos);
}

}  // namespace
}  // namespace test_study_summary
