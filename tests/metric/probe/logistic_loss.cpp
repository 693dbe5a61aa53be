#include <tepui/metric/probe/logistic_loss.hpp>

#include <doctest/doctest.h>

#include <tepui/kernel/rng.hpp>

namespace tepui::tests::logistic_loss {
namespace {

TEST_CASE("without weights every class is as likely, and the loss is the log of their number") {
  metric::logistic_loss loss;
  loss.x.resize(3, 2);
  loss.x << 1, 2, 3, 4, 5, 6;
  loss.label = {0, 1, 3};
  loss.n_classes = 4;
  Eigen::VectorXd gradient;
  CHECK(loss(Eigen::VectorXd::Zero(12), gradient) == doctest::Approx(std::log(4.0)));
  CHECK(gradient.size() == 12);
}

TEST_CASE("the gradient agrees with finite differences") {
  const kernel::draws random(1, "loss test");
  metric::logistic_loss loss;
  loss.x.resize(700, 3);  // more than are worked on at once
  for (Eigen::Index c = 0; c < 700; ++c) {
    loss.label.push_back(static_cast<std::int32_t>(c % 3));
    for (Eigen::Index d = 0; d < 3; ++d) loss.x(c, d) = random.normal(c, usize(d));
  }
  loss.n_classes = 3;
  loss.ridge = 0.1;
  Eigen::VectorXd at(12), gradient, other;
  for (Eigen::Index i = 0; i < 12; ++i) at(i) = random.normal(10000 + i);
  static_cast<void>(loss(at, gradient));
  for (Eigen::Index i = 0; i < 12; ++i) {
    Eigen::VectorXd up = at, down = at;
    up(i) += 1e-5;
    down(i) -= 1e-5;
    CHECK(gradient(i) == doctest::Approx((loss(up, other) - loss(down, other)) / 2e-5).epsilon(1e-7));
  }
}

}  // namespace
}  // namespace tepui::tests::logistic_loss
