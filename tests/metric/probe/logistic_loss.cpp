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

TEST_CASE("of many cells the gradient is the mean over parts of them, and the same bits for any number of threads") {
  const kernel::draws random(2, "many cells");
  constexpr Eigen::Index n = 65 * 512 + 100;  // more blocks than groups of them
  metric::logistic_loss loss, half;
  loss.n_classes = half.n_classes = 2;
  loss.x.resize(n, 2);
  half.x.resize(n / 2, 2);
  for (Eigen::Index c = 0; c < n; ++c) {
    loss.label.push_back(static_cast<std::int32_t>(random.below(2, c, 9)));
    for (Eigen::Index d = 0; d < 2; ++d) loss.x(c, d) = random.uniform(c, usize(d));
  }
  const Eigen::VectorXd at = Eigen::VectorXd::LinSpaced(6, -1, 1);
  Eigen::VectorXd gradient, threaded, part, parts = Eigen::VectorXd::Zero(6);
  const double value = loss(at, gradient);
  loss.threads = 3;
  CHECK(loss(at, threaded) == value);
  CHECK(gradient == threaded);
  double sum = 0;
  for (const Eigen::Index first : {Eigen::Index{0}, n / 2}) {
    half.x = loss.x.middleRows(first, n / 2);
    half.label.assign(loss.label.begin() + first, loss.label.begin() + first + n / 2);
    sum += half(at, part);
    parts += part;
  }
  CHECK(value == doctest::Approx(sum / 2).epsilon(1e-12));
  CHECK((gradient - parts / 2).norm() < 1e-12);
}

}  // namespace
}  // namespace tepui::tests::logistic_loss
