#include <tepui/metric/probe/mlp.hpp>

#include <doctest/doctest.h>

#include <tepui/metric/classification/confusion.hpp>

#include "metric/probe/split_600.hpp"

namespace tepui::tests::mlp {
namespace {

TEST_CASE("the gradient agrees with finite differences") {
  const kernel::draws random(1, "mlp test");
  metric::basic_mlp_loss<double> loss;
  loss.x.resize(600, 3);  // more than are worked on at once
  for (Eigen::Index c = 0; c < 600; ++c) {
    loss.label.push_back(static_cast<std::int32_t>(c % 3));
    for (Eigen::Index d = 0; d < 3; ++d) loss.x(c, d) = random.normal(c, usize(d));
  }
  loss.n_classes = 3;
  loss.hidden = 4;
  loss.decay = 0.1;
  const auto size = metric::basic_mlp_loss<double>::size(3, 4, 3);
  CHECK(size == 4 * 4 + 5 * 3);
  Eigen::VectorXd at(size), gradient, other;
  for (Eigen::Index i = 0; i < size; ++i) at(i) = random.normal(10000 + i);
  static_cast<void>(loss(at, gradient));
  for (Eigen::Index i = 0; i < size; ++i) {
    Eigen::VectorXd up = at, down = at;
    up(i) += 1e-5;
    down(i) -= 1e-5;
    CHECK(gradient(i) == doctest::Approx((loss(up, other) - loss(down, other)) / 2e-5).epsilon(1e-6));
  }
  auto threaded = loss;
  threaded.threads = 2;
  CHECK(threaded(at, other) == loss(at, gradient));
  CHECK(other == gradient);
}

TEST_CASE("what no plane divides is learned: cells of one type in two opposite corners") {
  embedding_batch<> train;
  train.resize(80, 2);
  std::vector<std::int32_t> label;
  const kernel::draws random(2, "corners");
  for (std::int64_t c = 0; c < 80; ++c) {
    const double x = c % 2 == 0 ? 1 : -1, y = c % 4 < 2 ? 1 : -1;
    train.row(c)[0] = static_cast<float>(x + 0.2 * random.normal(c, 0));
    train.row(c)[1] = static_cast<float>(y + 0.2 * random.normal(c, 1));
    label.push_back(x * y > 0 ? 0 : 2);
  }
  metric::probe_task task{train.view(), label, 3, train.view()};
  const metric::mlp_probe probe{.hidden = 8, .steps = 60};
  const auto said = probe.answer(task);
  CHECK(said.predicted == label);
  for (std::size_t c = 0; c < 80; ++c) CHECK(said.probability[3 * c + 1] == 0);
  task.threads = 3;
  CHECK(probe.answer(task).probability == said.probability);
  CHECK_THROWS_AS(static_cast<void>(metric::mlp_probe{.hidden = 0}(task)), bad_option);
}

TEST_CASE("on the golden cells it is as good as the linear probes") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const split_600 cells(shared);
  CHECK(metric::confusion(cells.truth, metric::mlp_probe{.decay = 0.02}(cells.task()), 5).accuracy() > 0.86);
}

}  // namespace
}  // namespace tepui::tests::mlp
