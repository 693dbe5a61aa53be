#include <tepui/metric/probe/minimise.hpp>

#include <doctest/doctest.h>

namespace tepui::tests::minimise {
namespace {

TEST_CASE("the lowest point of a stretched bowl is found") {
  const auto bowl = [](const Eigen::VectorXd& x, Eigen::VectorXd& g) {
    g.resize(2);
    g << 2 * (x(0) - 3), 2000 * (x(1) + 1);
    return (x(0) - 3) * (x(0) - 3) + 1000 * (x(1) + 1) * (x(1) + 1);
  };
  Eigen::VectorXd x = Eigen::VectorXd::Zero(2);
  const auto found = metric::minimise(bowl, x, {.tolerance = 1e-10});
  CHECK(found.converged);
  CHECK(x(0) == doctest::Approx(3));
  CHECK(x(1) == doctest::Approx(-1));
}

TEST_CASE("the bent valley of Rosenbrock is followed to its end") {
  const auto valley = [](const Eigen::VectorXd& x, Eigen::VectorXd& g) {
    const double a = 1 - x(0), b = x(1) - x(0) * x(0);
    g.resize(2);
    g << -2 * a - 400 * x(0) * b, 200 * b;
    return a * a + 100 * b * b;
  };
  Eigen::VectorXd x(2);
  x << -1.2, 1;
  const auto found = metric::minimise(valley, x, {.tolerance = 1e-8});
  CHECK(found.converged);
  CHECK(found.iterations < 100);
  CHECK((x - Eigen::VectorXd::Ones(2)).norm() < 1e-7);
}

TEST_CASE("out of iterations it says so, and at the lowest point it does nothing") {
  const auto bowl = [](const Eigen::VectorXd& x, Eigen::VectorXd& g) {
    g = x.cwiseProduct(Eigen::Vector3d(1, 10, 100));
    return 0.5 * x.dot(g);
  };
  Eigen::VectorXd x = Eigen::VectorXd::Ones(3);
  CHECK(!metric::minimise(bowl, x, {.tolerance = 1e-12, .max_iterations = 2}).converged);
  x.setZero();
  const auto still = metric::minimise(bowl, x);
  CHECK(still.converged);
  CHECK(still.iterations == 0);
}

}  // namespace
}  // namespace tepui::tests::minimise
