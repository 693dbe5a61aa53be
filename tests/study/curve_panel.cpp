#include <doctest/doctest.h>

#include <tepui/study/curve_panel.hpp>

#include "study/toy_study.hpp"

namespace test_study_curve_panel {
namespace {
using namespace tepui::study;

TEST_CASE("axis steps are 1, 2 or 5 times a power of ten") {
  CHECK(round_step(1.0, 5) == doctest::Approx(0.2));
  CHECK(round_step(0.5, 5) == doctest::Approx(0.1));
  CHECK(round_step(0.033, 5) == doctest::Approx(0.01));
}

TEST_CASE("the axis holds all runs and the ceiling") {
  const study_summary s = summarise(toy_study::results(), {.resamples = 50});
  const score_axis axis = axis_of(s, study_metric::accuracy, 0);
  CHECK(axis.low <= 0.25);
  CHECK(axis.high >= 1.0);
  CHECK_FALSE(axis.floor_below);
}

TEST_CASE("a panel has a title, tooltips, the limits and a ring at the saturation point") {
  const study_summary s = summarise(toy_study::results(), {.resamples = 50});
  const std::string panel = curve_panel(s, study_metric::accuracy, 0, "mean", axis_of(s, study_metric::accuracy, 0));
  CHECK(panel.starts_with("<svg "));
  CHECK(panel.find("<title>mean: accuracy against corpus size, knn</title>") != std::string::npos);
  CHECK(panel.find("rank + mean, 100 %: mean 1.000, seeds 1.000 to 1.000 (n = 2)") != std::string::npos);
  CHECK(panel.find("majority class: 0.500") != std::string::npos);
  CHECK(panel.find("best possible: 1.000") != std::string::npos);
  CHECK(panel.find("rank + mean saturates at 100 %") != std::string::npos);
  CHECK(panel.find("nan") == std::string::npos);
  CHECK(curve_panel(s, study_metric::accuracy, 0, "PCA", axis_of(s, study_metric::accuracy, 0)).find("saturates") ==
        std::string::npos);
}

TEST_CASE("names stand in the order in which they first appear") {
  CHECK(names_in_order(toy_study::results(), &pipeline_name::encoder) == std::vector<std::string>{"mean", "PCA"});
  CHECK(panels_of(toy_study::results()) == std::vector<std::string>{"mean", "PCA"});
  CHECK(lines_of(toy_study::results()) == std::vector<std::string>{"rank", "no tokenizer (counts)"});
  CHECK(tokenizer_title("none") == "no tokenizer (counts)");
}

TEST_CASE("where no pipeline has a tokenizer, a panel is a pipeline and its line what was trained") {
  const study_results r = toy_study::results(toy_study::families());
  CHECK_FALSE(r.has_tokenizers());
  CHECK(toy_study::results().has_tokenizers());
  CHECK(panels_of(r) == std::vector<std::string>{"mean", "PCA"});
  CHECK(lines_of(r) == std::vector<std::string>{"trained"});
}

TEST_CASE("where samplers are compared, a panel is a pipeline and a line a sampler") {
  const study_summary s = summarise(toy_study::results(toy_study::two_samplers()), {.resamples = 20});
  CHECK(panels_of(s.results) == std::vector<std::string>{"rank + mean", "PCA"});
  CHECK(lines_of(s.results) == std::vector<std::string>{"uniform", "sketch"});
  const std::string panel = curve_panel(s, study_metric::accuracy, 0, "rank + mean", axis_of(s, study_metric::accuracy, 0));
  CHECK(panel.find("rank + mean, sketch, 50 %: mean 1.000") != std::string::npos);
  CHECK(panel.find("rank + mean, 50 %: mean 0.500") != std::string::npos);
}

}  // namespace
}  // namespace test_study_curve_panel
