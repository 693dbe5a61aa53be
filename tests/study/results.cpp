#include <doctest/doctest.h>

#include <tepui/study/results.hpp>

#include "study/toy_study.hpp"

namespace test_study_results {
namespace {
using namespace tepui::study;

TEST_CASE("the cube has pipelines, sizes with the untrained twin first, seeds and heads") {
  const study_results r = toy_study::results();
  CHECK(r.pipelines[0].label() == "rank + mean");
  CHECK(r.pipelines[1].label() == "PCA");
  CHECK(r.sizes == std::vector<double>{0, 0.5, 1});
  CHECK(r.seeds == std::vector<std::uint64_t>{1000, 1001});
  CHECK(r.heads == std::vector<std::string>{"knn", "constant"});
  CHECK(r.missing.empty());
  CHECK(r.training_cells(2) == 100);
  const score_cube cube = scores_of(r);
  const auto accuracy = [&](std::size_t p, std::size_t z) { return cube.value[cube.at(study_metric::accuracy, 0, p, z, 1)]; };
  CHECK(accuracy(0, 0) == 0.25);
  CHECK(accuracy(0, 1) == 0.5);
  CHECK(accuracy(0, 2) == 1.0);
  CHECK(accuracy(1, 0) == 0.75);
  CHECK(cube.value[cube.at(study_metric::accuracy, 1, 0, 2, 0)] == 0.5);
}

TEST_CASE("the floor is the constant answer, the ceiling the best possible one or a reason in words") {
  study_results r = toy_study::results();
  CHECK(r.floor(study_metric::accuracy).value == 0.5);
  // Majority class T: F1 2*2/(2+4) = 2/3; B and NK have 0.
  CHECK(r.floor(study_metric::macro_f1).value == doctest::Approx(2.0 / 9));
  CHECK(r.ceiling(study_metric::macro_f1).value == 1.0);
  r.answers.best_possible.clear();
  CHECK_FALSE(r.ceiling(study_metric::accuracy).known());
  CHECK(r.ceiling(study_metric::accuracy).reason == "the best possible score is not known on real data");
  CHECK(majority_of(std::vector<std::int32_t>{2, 1, 1, 2}) == 1);
  CHECK_THROWS_AS((void)majority_of(std::vector<std::int32_t>{}), tepui::bad_data);
}

TEST_CASE("weights resample the test cells") {
  const study_results r = toy_study::results();
  const std::vector<std::int32_t> only_last{0, 0, 0, 4};
  const score_cube cube = scores_of(r, only_last);
  CHECK(cube.value[cube.at(study_metric::accuracy, 0, 1, 2, 0)] == 0.0);  // PCA misses the last cell
  CHECK(cube.value[cube.at(study_metric::accuracy, 0, 0, 2, 0)] == 1.0);
}

TEST_CASE("runs that are not there are named and left out") {
  auto experiments = toy_study::experiments();
  experiments[1].run = [](const run_request&) -> run_output { throw std::runtime_error("no"); };
  memory_store store;
  run_study(experiments, toy_study::steps(), toy_study::identity(), store);
  const study_results r = collect(experiments, toy_study::steps(), toy_study::identity(), store, toy_study::key());
  CHECK(r.missing.size() == 6);
  CHECK(r.missing[0] == "PCA, untrained, seed 1000");
  CHECK_FALSE(r.run(1, 0, 0).present);
  CHECK(scores_of(r).over_seeds(study_metric::accuracy, 0, 1, 0).empty());
  CHECK(scores_of(r).over_seeds(study_metric::accuracy, 0, 0, 0) == std::vector<double>{0.25, 0.25});
}

TEST_CASE("answers and predictions that do not fit the test cells are refused") {
  memory_store store;
  run_study(toy_study::experiments(), toy_study::steps(), toy_study::identity(), store);
  const auto with = [&](auto&& change) {
    answer_key key = toy_study::key();
    change(key);
    return collect(toy_study::experiments(), toy_study::steps(), toy_study::identity(), store, key);
  };
  CHECK_THROWS_AS((void)with([](answer_key& k) { k.truth.clear(); }), tepui::bad_data);
  CHECK_THROWS_AS((void)with([](answer_key& k) { k.truth[1] = -1; }), tepui::bad_data);
  CHECK_THROWS_AS((void)with([](answer_key& k) { k.truth[1] = 3; }), tepui::bad_data);
  CHECK_THROWS_AS((void)with([](answer_key& k) { k.majority_class = 3; }), tepui::bad_data);
  CHECK_THROWS_AS((void)with([](answer_key& k) { k.best_possible.pop_back(); }), tepui::bad_data);
  CHECK_THROWS_AS((void)with([](answer_key& k) { k.best_possible[0] = 7; }), tepui::bad_data);
  CHECK_THROWS_AS((void)with([](answer_key& k) { k.truth.push_back(0), k.best_possible.clear(); }), tepui::bad_data);
  CHECK_THROWS_AS((void)with([](answer_key& k) { k.class_names.pop_back(), k.truth[3] = 1, k.best_possible.clear(); }),
                  tepui::bad_data);

  auto experiments = toy_study::experiments();
  experiments[1].run = [run = experiments[1].run](const run_request& r) {
    run_output out = run(r);
    out.heads.pop_back();
    return out;
  };
  memory_store other;
  run_study(experiments, toy_study::steps(), toy_study::identity(), other);
  CHECK_THROWS_AS((void)collect(experiments, toy_study::steps(), toy_study::identity(), other, toy_study::key()),
                  tepui::bad_data);
}

}  // namespace
}  // namespace test_study_results
