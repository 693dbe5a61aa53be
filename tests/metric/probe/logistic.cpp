#include <tepui/metric/probe/logistic.hpp>

#include <doctest/doctest.h>

#include <tepui/kernel/rng.hpp>
#include <tepui/metric/classification/confusion.hpp>

#include "laws/npy.hpp"
#include "metric/probe/split_600.hpp"

namespace tepui::tests::probe_logistic {
namespace {

using metric::logistic_probe;
using metric::probe_task;

embedding_batch<> cells(const std::vector<std::vector<float>>& rows) {
  embedding_batch<> out;
  out.resize(isize(rows.size()), isize(rows[0].size()));
  for (std::size_t r = 0; r < rows.size(); ++r) std::copy(rows[r].begin(), rows[r].end(), out.row(isize(r)).begin());
  return out;
}

TEST_CASE("cells left and right of a point get their labels, and the middle is even") {
  const auto train = cells({{-1}, {1}}), test = cells({{-3}, {3}, {0}});
  const std::vector<std::int32_t> label{0, 1};
  const probe_task task{train.view(), label, 2, test.view()};
  CHECK(logistic_probe{}(task) == std::vector<std::int32_t>{0, 1, 0});
  const auto model = logistic_probe{.tolerance = 1e-10}.fit(task);
  // Of w: 2 log(1 + exp(-w)) + w^2 / 2 is least where w (1 + exp(w)) = 2, w = 0.6748...
  CHECK(model.weight(1, 0) - model.weight(0, 0) == doctest::Approx(0.6748305879).epsilon(1e-6));
  CHECK(model.converged);
}

TEST_CASE("a class that no training cell has is never predicted; of one class nothing is learned") {
  const auto train = cells({{-1}, {1}}), test = cells({{-3}, {3}});
  const std::vector<std::int32_t> first_and_last{0, 4}, only{3, 3};
  CHECK(logistic_probe{}(probe_task{train.view(), first_and_last, 5, test.view()}) == std::vector<std::int32_t>{0, 4});
  CHECK(logistic_probe{}(probe_task{train.view(), only, 5, test.view()}) == std::vector<std::int32_t>{3, 3});
}

TEST_CASE("when standardised, the unit of a dim does not matter, and a dim that never changes is harmless") {
  const kernel::draws random(1, "logistic test");
  std::vector<std::vector<float>> plain, scaled;
  std::vector<std::int32_t> label;
  for (std::int64_t c = 0; c < 60; ++c) {
    label.push_back(static_cast<std::int32_t>(c % 3));
    const auto x = static_cast<float>(random.normal(c, 0)) + static_cast<float>(c % 3),
               y = static_cast<float>(random.normal(c, 1));
    plain.push_back({x, y, 5.0F});
    scaled.push_back({1024.0F * x, y / 512.0F, 5.0F});
  }
  const auto a = cells(plain), b = cells(scaled);
  const logistic_probe probe{.standardise = true, .tolerance = 1e-9};
  const auto one = probe.fit(probe_task{a.view(), label, 3, a.view()}).probability(a.view());
  const auto two = probe.fit(probe_task{b.view(), label, 3, b.view()}).probability(b.view());
  CHECK((one - two).cwiseAbs().maxCoeff() < 1e-6);
}

TEST_CASE("threads change no bit, and settings that make no sense are refused") {
  const kernel::draws random(2, "logistic test");
  std::vector<std::vector<float>> rows;
  std::vector<std::int32_t> label;
  for (std::int64_t c = 0; c < 1500; ++c) {
    label.push_back(static_cast<std::int32_t>(c % 4));
    rows.push_back(
        {static_cast<float>(random.normal(c, 0) + static_cast<double>(c % 4)), static_cast<float>(random.normal(c, 1))});
  }
  const auto train = cells(rows);
  probe_task task{train.view(), label, 4, train.view()};
  const auto one = logistic_probe{}.fit(task);
  task.threads = 3;
  const auto three = logistic_probe{}.fit(task);
  CHECK(one.weight == three.weight);
  CHECK(one.intercept == three.intercept);
  CHECK_THROWS_AS(static_cast<void>(logistic_probe{.C = 0}(task)), bad_option);
}

TEST_CASE("weights and probabilities are those of scikit-learn") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const split_600 cells(shared);
  const probe_task task = cells.task();
  const auto model = logistic_probe{.tolerance = 1e-9}.fit(task);
  CHECK(model.converged);
  const auto weight = laws::npy<double>(shared, "golden/metrics/cls_logreg_l2_coef.npy");
  const auto intercept = laws::npy<double>(shared, "golden/metrics/cls_logreg_l2_intercept.npy");
  const auto probability = laws::npy<double>(shared, "golden/metrics/cls_logreg_l2_proba.npy");
  const auto p = model.probability(cells.test.view());
  double worst_weight = 0, worst_probability = 0;
  for (Eigen::Index c = 0; c < 5; ++c) {
    for (Eigen::Index d = 0; d < 20; ++d)
      worst_weight = std::max(worst_weight, std::abs(model.weight(c, d) - weight[usize(c * 20 + d)]));
    worst_weight = std::max(worst_weight, std::abs(model.intercept(c) - intercept[usize(c)]));
  }
  for (Eigen::Index r = 0; r < 300; ++r)
    for (Eigen::Index c = 0; c < 5; ++c)
      worst_probability = std::max(worst_probability, std::abs(p(r, c) - probability[usize(r * 5 + c)]));
  CHECK(worst_weight < 1e-4);
  CHECK(worst_probability < 1e-5);
  const auto predicted = logistic_probe{}(task);
  CHECK(metric::confusion(cells.truth, predicted, 5).accuracy() ==
        doctest::Approx(0.89).epsilon(1e-12));  // embed_results.json
  CHECK(metric::confusion(cells.truth, predicted, 5).macro_f1() == doctest::Approx(0.8796767843221798).epsilon(1e-12));
}

}  // namespace
}  // namespace tepui::tests::probe_logistic
