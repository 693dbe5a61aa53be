#include <tepui/metric/probe/sparse_logistic.hpp>

#include <doctest/doctest.h>

#include <tepui/metric/classification/confusion.hpp>

#include "metric/probe/split_600.hpp"

namespace tepui::tests::sparse_logistic {
namespace {

TEST_CASE("a bowl with a price: what does not pay is exactly 0") {
  const auto bowl = [](const Eigen::VectorXd& x, Eigen::VectorXd& g) {
    g = x - Eigen::Vector3d(3, 0.5, -2);
    return 0.5 * g.squaredNorm();
  };
  Eigen::VectorXd x = Eigen::VectorXd::Zero(3), price = Eigen::VectorXd::Ones(3);
  price(2) = 0;
  const auto found = metric::minimise_sparse(bowl, x, price, {.tolerance = 1e-12});
  CHECK(found.converged);
  CHECK(x(0) == doctest::Approx(2));
  CHECK(x(1) == 0);
  CHECK(x(2) == doctest::Approx(-2));
}

TEST_CASE("a dim that says nothing gets no weight; settings that make no sense are refused") {
  embedding_batch<> train;
  train.resize(40, 2);
  std::vector<std::int32_t> label;
  for (std::int64_t c = 0; c < 40; ++c) {
    label.push_back(static_cast<std::int32_t>(c % 2));
    train.row(c)[0] = static_cast<float>(c % 2);
    train.row(c)[1] = static_cast<float>(c % 4 < 2 ? 1 : -1);
  }
  const metric::probe_task task{train.view(), label, 3, train.view()};
  const auto model = metric::sparse_logistic_probe{}.fit(task);
  CHECK(model.converged);
  CHECK(model.weight(0, 1) == 0);
  CHECK(model.weight(1, 0) > 0);
  const auto said = metric::sparse_logistic_probe{}.answer(task);
  CHECK(said.predicted == label);
  CHECK(said.probability[2] == 0);
  CHECK_THROWS_AS(static_cast<void>(metric::sparse_logistic_probe{.C = 0}(task)), bad_option);
}

TEST_CASE("weights and their zeros are those of scikit-learn's saga") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const split_600 cells(shared);
  const auto model = metric::sparse_logistic_probe{.C = 0.1, .tolerance = 1e-9}.fit(cells.task());
  CHECK(model.converged);
  const auto weight = laws::npy<double>(shared, "golden/metrics/cls_logreg_l1_saga_coef.npy");
  const auto intercept = laws::npy<double>(shared, "golden/metrics/cls_logreg_l1_saga_intercept.npy");
  double worst = 0;
  for (Eigen::Index c = 0; c < 5; ++c) {
    for (Eigen::Index d = 0; d < 20; ++d) {
      worst = std::max(worst, std::abs(model.weight(c, d) - weight[usize(c * 20 + d)]));
      CHECK((std::abs(model.weight(c, d)) < 1e-6) == (std::abs(weight[usize(c * 20 + d)]) < 1e-6));
    }
    worst = std::max(worst, std::abs(model.intercept(c) - intercept[usize(c)]));
  }
  CHECK(worst < 1e-4);
  CHECK(metric::confusion(cells.truth, metric::sparse_logistic_probe{.C = 0.1}(cells.task()), 5).accuracy() ==
        doctest::Approx(0.8866666666666667).epsilon(1e-12));  // embed_results.json
}

}  // namespace
}  // namespace tepui::tests::sparse_logistic
