#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <tepui/study/saturation.hpp>

#include "study/toy_study.hpp"

namespace test_study_saturation {
namespace {
using namespace tepui::study;

TEST_CASE("the published rule takes the smallest size at which any run is above the share of the best run") {
  const learning_curve curve{{0.01, 0.1, 1.0}, {{0.5, 0.96}, {0.9, 0.9}, {1.0, 0.9}}, {}};
  CHECK(saturation_published(curve).value == 0.01);
  CHECK(saturation_of_means(curve).value == 1.0);  // means .73 .90 .95, and .90 is below .95 * .95
}

TEST_CASE("the threshold itself does not pass") {
  const learning_curve exact{{1, 10, 100}, {{0.5}, {0.75}, {1.0}}, {}};
  CHECK(saturation_published(exact, 0.5).value == 10);
  CHECK(saturation_of_means(exact, 0.5).value == 10);
}

TEST_CASE("a best score that is not positive has no saturation point, and says why") {
  const learning_curve negative{{1, 10}, {{-0.5}, {-0.2}}, {}};
  CHECK_FALSE(saturation_published(negative).known());
  CHECK_FALSE(saturation_of_means(negative).known());
  CHECK_FALSE(saturation_of_means(negative).reason.empty());
}

TEST_CASE("the rule on gain measures from the untrained twin") {
  // From .80 to .90: 95 % of the way is .895. The rule on means is content with .86.
  const learning_curve curve{{1, 10, 100}, {{0.86}, {0.89}, {0.90}}, {0.80}};
  CHECK(saturation_of_means(curve).value == 1);
  CHECK(saturation_of_gain(curve).value == 100);
  CHECK_FALSE(saturation_of_gain({{1}, {{0.5}}, {}}).known());
  CHECK_FALSE(saturation_of_gain({{1}, {{0.5}}, {0.5}}).known());
}

TEST_CASE("a clear rise is reported with an interval on the ladder") {
  const learning_curve curve{{0.01, 0.1, 0.5, 1.0},
                             {{0.50, 0.52, 0.51}, {0.80, 0.81, 0.79}, {0.90, 0.91, 0.92}, {0.91, 0.92, 0.90}},
                             {0.30, 0.31, 0.29}};
  const saturation found = find_saturation(curve);
  CHECK(found.reported());
  CHECK(found.of_means.value == 0.5);
  CHECK(found.of_means_range.low.value == 0.5);
  CHECK(found.of_means_range.high.value == 0.5);
  CHECK(found.best.value == doctest::Approx(0.91));
  CHECK(found.best_size == 0.5);
  CHECK(found.above_untrained.mean.value == doctest::Approx(0.61));
  CHECK(found.above_untrained.above_zero());
}

TEST_CASE("seed noise widens the interval") {
  const learning_curve noisy{{0.1, 0.5, 1.0}, {{0.90, 0.80, 0.85}, {0.88, 0.92, 0.84}, {0.93, 0.85, 0.92}}, {0.3, 0.3, 0.3}};
  const saturation found = find_saturation(noisy);
  CHECK(found.reported());
  CHECK(found.of_means_range.low.value == 0.1);
  CHECK(found.of_means_range.high.value > 0.1);
}

TEST_CASE("no saturation point is reported where training cannot be told from no training") {
  const learning_curve floor{{0.1, 1.0}, {{0.82, 0.83, 0.81}, {0.83, 0.82, 0.82}}, {0.82, 0.84, 0.81}};
  const saturation found = find_saturation(floor);
  CHECK_FALSE(found.reported());
  CHECK(found.refused == "its best score is not above the untrained twin by more than the noise");
  CHECK(found.published.value == 0.1);  // the rule itself would have called it saturated
  CHECK_FALSE(find_saturation(learning_curve{{0.1, 1.0}, {{0.1, 0.2}, {0.8, 0.9}}, {}}).reported());
  CHECK_FALSE(find_saturation(learning_curve{{0.1, 1.0}, {{0.1}, {0.8}}, {0.0}}).reported());
  CHECK_FALSE(find_saturation(learning_curve{{0.1}, {{}}, {0.0}}).reported());
  CHECK_THROWS_AS((void)find_saturation(learning_curve{}), tepui::bad_option);
}

TEST_CASE("published runs of a real study: the published rule says 1 %, the floor says nothing was learned") {
  // DenAdel et al. 2026, SCimilarity, homoharringtonine, "R2" of five seeds a size: 0 %, 1 %, 10 %, 25 %, 50 %, 75 %, 100 %.
  const learning_curve curve{{1, 10, 25, 50, 75, 100},
                             {{0.7241, 0.7308, 0.7401, 0.7269, 0.7162},
                              {0.7133, 0.7104, 0.7211, 0.7277, 0.7279},
                              {0.7429, 0.7383, 0.7444, 0.7234, 0.7224},
                              {0.7363, 0.7352, 0.7350, 0.7125, 0.7331},
                              {0.7384, 0.7113, 0.7363, 0.7246, 0.7197},
                              {0.7147, 0.7339, 0.7246, 0.7431, 0.7317}},
                             {0.7235, 0.7290, 0.7134, 0.7336, 0.7330}};
  const saturation found = find_saturation(curve);
  CHECK(found.published.value == 1);
  CHECK(found.of_means.value == 1);
  CHECK_FALSE(found.reported());
}

TEST_CASE("scaling all scores changes no rule") {
  CHECK(rc::check([] {
    learning_curve curve{{1, 10, 100}, {}, {}}, doubled = curve;
    for (std::size_t z = 0; z < 3; ++z) {
      curve.score.emplace_back();
      doubled.score.emplace_back();
      for (int s = 0; s < 3; ++s) {
        const int v = *rc::gen::inRange(1, 1000);
        curve.score[z].push_back(v);
        doubled.score[z].push_back(2.0 * v);
      }
    }
    RC_ASSERT(saturation_published(curve).value == saturation_published(doubled).value);
    RC_ASSERT(saturation_of_means(curve).value == saturation_of_means(doubled).value);
    RC_ASSERT(saturation_published(curve).value <= 100);
  }));
}

TEST_CASE("a study's curve is found out of the cube") {
  const study_results r = toy_study::results();
  const scored_study study(r, {.resamples = 200});
  const learning_curve curve = curve_of(r, study.scores, study_metric::accuracy, 0, 0);
  CHECK(curve.size == std::vector<double>{0.5, 1.0});
  CHECK(curve.score == std::vector<std::vector<double>>{{0.5, 0.5}, {1.0, 1.0}});
  CHECK(curve.untrained == std::vector<double>{0.25, 0.25});
  CHECK(find_saturation(r, study, study_metric::accuracy, 0, 0).of_means.value == 1.0);
  CHECK_FALSE(find_saturation(r, study, study_metric::accuracy, 0, 1).reported());
}

std::vector<std::vector<std::string>> read_csv(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(in, line);) {
    std::stringstream fields(line + ",");
    rows.emplace_back();
    for (std::string field; std::getline(fields, field, ',');) rows.back().push_back(field);
  }
  return rows;
}

TEST_CASE("both rules give the expected sizes on the shared runs") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const std::string folder = shared + "/golden/metrics/";
  std::map<std::string, std::map<double, std::vector<double>>> runs;
  const auto rows = read_csv(folder + "lsp_runs.csv");
  for (std::size_t i = 1; i < rows.size(); ++i)
    if (const auto& row = rows[i]; row.size() == 5 && !row[4].empty() && row[2] != "0")
      runs[row[0] + "," + row[1]][std::stod(row[2])].push_back(std::stod(row[4]));
  std::map<std::string, learning_curve> curves;
  for (const auto& [name, sizes] : runs)
    for (const auto& [size, scores] : sizes) curves[name].size.push_back(size), curves[name].score.push_back(scores);
  int checked = 0;
  const auto check = [&](const std::string& file, auto&& rule) {
    const auto expected = read_csv(folder + file);
    for (std::size_t i = 1; i < expected.size(); ++i) {
      const std::string name = expected[i][0] + "," + expected[i][1];
      CAPTURE(name);
      const tepui::measured found = rule(curves.at(name));
      const bool none = expected[i].size() < 4 || expected[i][3].empty();
      CHECK(found.known() == !none);
      if (!none) CHECK(found.value == std::stod(expected[i][3]));
      ++checked;
    }
  };
  check("lsp_expected_denadel.csv", [](const learning_curve& c) { return saturation_published(c); });
  check("lsp_expected_meanofseeds.csv", [](const learning_curve& c) { return saturation_of_means(c); });
  CHECK(checked >= 30);
}

}  // namespace
}  // namespace test_study_saturation
