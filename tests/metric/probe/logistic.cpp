#include <tepui/metric/probe/logistic.hpp>

#include <cmath>

#include <doctest/doctest.h>
#include <rapidcheck.h>

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

/// The largest entry of the gradient of the objective divided by C * cells, by plain loops.
long double largest_slope(const metric::logistic_model& model, const probe_task& task, double C) {
  const std::int64_t n = task.train.n_cells(), dims = task.train.n_columns, classes = task.n_classes;
  const auto p = model.probability(task.train);
  long double most = 0;
  for (std::int64_t k = 0; k < classes; ++k)
    for (std::int64_t d = 0; d <= dims; ++d) {
      long double sum = d < dims ? static_cast<long double>(model.weight(k, d)) / C : 0;
      for (std::int64_t c = 0; c < n; ++c)
        sum += (static_cast<long double>(p(c, k)) - (task.label[usize(c)] == k ? 1 : 0)) *
               (d < dims ? static_cast<long double>(task.train.row(c)[usize(d)]) : 1);
      most = std::max(most, std::abs(sum / static_cast<long double>(n)));
    }
  return most;
}

TEST_CASE("whatever the number of cells, dims and classes, the point found is level") {
  CHECK(rc::check("level", [] {
    const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1000);
    const auto n = *rc::gen::inRange<std::int64_t>(2, 150), dims = *rc::gen::inRange<std::int64_t>(1, 9);
    const auto classes = *rc::gen::inRange<std::int32_t>(2, 6);
    const double C = *rc::gen::element(0.01, 1.0, 10.0);
    const kernel::draws random(seed, "logistic test");
    embedding_batch<> x;
    x.resize(n, dims);
    std::vector<std::int32_t> label;
    for (std::int64_t c = 0; c < n; ++c) {
      label.push_back(static_cast<std::int32_t>(c < classes ? c : random.below(classes, c, 99)));
      for (std::int64_t d = 0; d < dims; ++d)
        x.row(c)[usize(d)] = static_cast<float>(random.normal(c, usize(d)) + (d == 0 ? 0.7 * label.back() : 0));
    }
    const probe_task task{x.view(), label, std::min(classes, static_cast<std::int32_t>(n)), x.view()};
    const auto model = logistic_probe{.C = C, .tolerance = 1e-8}.fit(task);
    RC_ASSERT(model.converged);
    RC_ASSERT(largest_slope(model, task, C * (task.n_classes == 2 ? 0.5 : 1)) < 3e-8);
  }));
}

TEST_CASE("cells far from 0 and dims of uneven size are no harder than others") {
  const kernel::draws random(5, "logistic test");
  std::vector<std::vector<float>> rows;
  std::vector<std::int32_t> label;
  for (std::int64_t c = 0; c < 400; ++c) {
    label.push_back(static_cast<std::int32_t>(c % 3));
    rows.push_back({static_cast<float>(5000 + 30 * (random.normal(c, 0) + label.back())),
                    static_cast<float>(0.01 * (random.normal(c, 1) - label.back())), -700.0F});
  }
  const auto train = cells(rows);
  const auto model = logistic_probe{.tolerance = 1e-7}.fit({train.view(), label, 3, train.view()});
  CHECK(model.converged);
  CHECK(model.iterations < 200);
  CHECK(model.weight.col(2).norm() < 1e-9);
  CHECK(std::abs(model.intercept.sum()) < 1e-6);
}

TEST_CASE("out of iterations the model says so") {
  const auto train = cells({{-1}, {1}, {2}, {-3}});
  const std::vector<std::int32_t> label{0, 1, 0, 1};
  CHECK(!logistic_probe{.tolerance = 1e-12, .max_iterations = 1}.fit({train.view(), label, 2, train.view()}).converged);
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
