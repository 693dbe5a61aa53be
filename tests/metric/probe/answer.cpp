#include <tepui/metric/probe/answer.hpp>

#include <doctest/doctest.h>

#include <tepui/metric/probe/knn.hpp>
#include <tepui/metric/probe/linear_svm.hpp>

#include "metric/probe/split_600.hpp"

namespace tepui::tests::probe_answer {
namespace {

TEST_CASE("votes are shares; equal votes are the smallest class; a plain function has no probabilities") {
  const std::vector<std::int32_t> label{0, 1, 1, 2};
  const metric::probe_task task{.train = {}, .label = label, .n_classes = 4, .test = {}};
  const auto said = metric::answer_of_votes({{0, 1, 2}, {3, 0}}, task);
  CHECK(said.predicted == std::vector<std::int32_t>{1, 0});
  CHECK(said.probability[1] == doctest::Approx(2.0 / 3));
  CHECK(said.probability[6] == 0.5);
  const auto plain = metric::ask([](const metric::probe_task&) { return std::vector<std::int32_t>{3}; }, task);
  CHECK(plain.predicted == std::vector<std::int32_t>{3});
  CHECK(plain.probability.empty());
  CHECK(metric::most_likely(std::vector<double>{0.4, 0.2, 0.4, 0, 0, 1}, 3, std::vector<std::int32_t>{0, 1}) ==
        std::vector<std::int32_t>{0, 0});
}

TEST_CASE("probabilities of 5 neighbours are exactly those of scikit-learn") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const split_600 cells(shared);
  const auto said = metric::ask(metric::knn_probe{}, cells.task());
  CHECK(said.predicted == laws::npy<std::int32_t>(shared, "golden/metrics/cls_knn5_pred.npy"));
  CHECK(said.probability == laws::npy<double>(shared, "golden/metrics/cls_knn5_proba.npy"));
}

}  // namespace
}  // namespace tepui::tests::probe_answer
