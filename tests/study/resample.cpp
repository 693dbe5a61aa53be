#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <numeric>

#include <tepui/study/resample.hpp>

#include "study/toy_study.hpp"

namespace test_study_resample {
namespace {
using namespace tepui::study;

TEST_CASE("a quantile lies between its neighbours in proportion, as numpy's default") {
  CHECK(quantile({3, 1, 2}, 0.5) == 2);
  CHECK(quantile({1, 2, 3, 4}, 0.25) == doctest::Approx(1.75));
  CHECK(quantile({5}, 0.975) == 5);
  CHECK(quantile({1, 2}, 1.0) == 2);
}

TEST_CASE("a resample draws as many cells as there are") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange(1, 200);
    std::vector<std::int32_t> weight(static_cast<std::size_t>(n), -5);
    resample_cells(*rc::gen::inRange(0, 1000), 1, weight);
    RC_ASSERT(std::accumulate(weight.begin(), weight.end(), 0) == n);
    RC_ASSERT(*std::min_element(weight.begin(), weight.end()) >= 0);
  }));
}

TEST_CASE("intervals are the same for any number of threads and differ with the seed") {
  const study_results r = toy_study::results();
  const auto values = [&](int threads, std::uint64_t seed) {
    std::vector<double> all;
    for (const score_cube& cube : resample_scores(r, {.resamples = 40, .seed = seed, .threads = threads}))
      all.insert(all.end(), cube.value.begin(), cube.value.end());
    return all;
  };
  CHECK(values(1, 1) == values(3, 1));
  CHECK(values(1, 1) != values(1, 2));
}

TEST_CASE("the interval of a proportion has the width that theory gives") {
  // 400 cells, 300 right: standard error sqrt(.75 * .25 / 400) = .02165, so 95 % is .75 +- .0424.
  study_results r;
  r.pipelines = {{"none", "PCA"}};
  r.sizes = {1.0};
  r.seeds = {1};
  r.heads = {"knn"};
  r.answers.class_names = {"a", "b"};
  r.answers.truth.assign(400, 0);
  run_record run;
  run.present = true;
  run.output.heads = {{"knn", std::vector<std::int32_t>(400, 0)}};
  for (std::size_t i = 0; i < 100; ++i) run.output.heads[0].predicted[i] = 1;
  r.runs = {run};
  const estimate e = mean_score(scored_study(r, {.resamples = 4000}), study_metric::accuracy, 0, 0, 0);
  CHECK(e.mean.value == 0.75);
  CHECK(e.range.low.value == doctest::Approx(0.7076).epsilon(0.01));
  CHECK(e.range.high.value == doctest::Approx(0.7924).epsilon(0.01));
}

TEST_CASE("differences are paired: a lead that is the same on every cell has no noise from cells they share") {
  const study_results r = toy_study::results();
  const scored_study study(r, {.resamples = 500});
  const estimate gain = gain_over_untrained(r, study, study_metric::accuracy, 0, 0, 2);
  CHECK(gain.mean.value == 0.75);
  CHECK(gain.seeds == 2);
  CHECK(gain.range.low.value >= 0);
  CHECK(gain.range.high.value == 1.0);
  const estimate none = gain_over_untrained(r, study, study_metric::accuracy, 0, 1, 2);
  CHECK(none.mean.value == 0);
  CHECK(none.range.low.value == 0);
  CHECK(none.range.high.value == 0);
  CHECK_FALSE(none.above_zero());
}

TEST_CASE("where the noise is not known, the interval says so") {
  const estimate one = estimate_mean({0.5}, [](std::int64_t) { return std::vector<double>{0.5}; }, false, {});
  CHECK(one.mean.value == 0.5);
  CHECK_FALSE(one.range.low.known());
  CHECK_FALSE(one.range.low.reason.empty());
  const estimate empty = estimate_mean({}, [](std::int64_t) { return std::vector<double>{}; }, true, {});
  CHECK_FALSE(empty.mean.known());
}

TEST_CASE("options that make no interval are refused") {
  const study_results r = toy_study::results();
  CHECK_THROWS_AS((void)resample_scores(r, {.resamples = 0}), tepui::bad_option);
  CHECK_THROWS_AS((void)resample_scores(r, {.level = 1.0}), tepui::bad_option);
  CHECK_THROWS_AS((void)resample_scores(r, {.threads = 0}), tepui::bad_option);
}

}  // namespace
}  // namespace test_study_resample
