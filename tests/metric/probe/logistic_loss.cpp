#include <tepui/metric/probe/logistic_loss.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <tepui/kernel/rng.hpp>

namespace tepui::tests::logistic_loss {
namespace {

/// Cells in [-1, 1] with labels by lot.
struct some_cells {
  embedding_batch<> x;
  std::vector<std::int32_t> label;
  some_cells(std::int64_t n, std::int64_t dims, std::int32_t classes) {
    const kernel::draws random(1, "loss test");
    x.resize(n, dims);
    for (std::int64_t c = 0; c < n; ++c) {
      label.push_back(static_cast<std::int32_t>(random.below(classes, c, 99)));
      for (std::int64_t d = 0; d < dims; ++d) x.row(c)[usize(d)] = static_cast<float>(2 * random.uniform(c, usize(d)) - 1);
    }
  }
  [[nodiscard]] metric::cell_strips strips(std::int32_t classes) const {
    return {metric::probe_task{x.view(), label, classes, x.view()}, false};
  }
};
metric::logistic_loss loss_of(const metric::cell_strips& cells, double ridge = 0) {
  metric::logistic_loss out;
  out.cells = &cells;
  out.ridge = ridge;
  return out;
}

TEST_CASE("without weights every class is as likely, and the loss is the log of their number") {
  const some_cells few(9, 2, 4), pair(9, 2, 2);
  const auto strips = few.strips(4), of_two = pair.strips(2);
  Eigen::VectorXd gradient;
  CHECK(loss_of(strips)(Eigen::VectorXd::Zero(12), gradient) == doctest::Approx(std::log(4.0)));
  CHECK(gradient.size() == 12);
  CHECK(loss_of(of_two)(Eigen::VectorXd::Zero(3), gradient) == doctest::Approx(std::log(2.0)));
  CHECK(gradient.size() == 3);
}

TEST_CASE("the gradient agrees with finite differences, and single precision with double") {
  for (const std::int32_t classes : {2, 3}) {
    const some_cells some(700, 3, classes);
    const auto strips = some.strips(classes);
    const auto loss = loss_of(strips, 0.1);
    const kernel::draws random(2, "loss test");
    Eigen::VectorXd at(strips.n_scores() * 4), gradient, other;
    for (Eigen::Index i = 0; i < at.size(); ++i) at(i) = random.normal(i);
    const double value = loss(at, gradient);
    for (Eigen::Index i = 0; i < at.size(); ++i) {
      Eigen::VectorXd up = at, down = at;
      up(i) += 1e-5;
      down(i) -= 1e-5;
      CHECK(gradient(i) == doctest::Approx((loss(up, other) - loss(down, other)) / 2e-5).epsilon(1e-7));
    }
    CHECK(loss.rough(at, other) == doctest::Approx(value).epsilon(1e-6));
    CHECK((other - gradient).cwiseAbs().maxCoeff() < 1e-7);
  }
}

TEST_CASE("many cells: the sum over cells, and the same bits for any number of threads") {
  constexpr std::int64_t n = 65 * 16 * 64 + 100;  // more blocks than groups of them
  const some_cells many(n, 2, 2);
  const auto strips = many.strips(2);
  auto loss = loss_of(strips);
  const Eigen::VectorXd at = Eigen::Vector3d(0.5, -1, 0.25);
  Eigen::VectorXd gradient, threaded, rough;
  const double value = loss(at, gradient), in_float = loss.rough(at, rough);
  double sum = 0;
  Eigen::Vector3d slopes = Eigen::Vector3d::Zero();
  for (std::int64_t c = 0; c < n; ++c) {
    const Eigen::Vector3d x(static_cast<double>(many.x.row(c)[0]) - strips.mean[0],
                            static_cast<double>(many.x.row(c)[1]) - strips.mean[1], 1);
    const double side = many.label[usize(c)] == 1 ? 1 : -1, ahead = side * at.dot(x);
    sum += std::log1p(std::exp(-ahead));
    slopes -= side / (1 + std::exp(ahead)) * x;
  }
  CHECK(value == doctest::Approx(sum / static_cast<double>(n)).epsilon(1e-12));
  CHECK((gradient - slopes / static_cast<double>(n)).norm() < 1e-12);
  loss.threads = 3;
  CHECK(loss(at, threaded) == value);
  CHECK(gradient == threaded);
  CHECK(loss.rough(at, threaded) == in_float);
  CHECK(rough == threaded);
}

}  // namespace
}  // namespace tepui::tests::logistic_loss
