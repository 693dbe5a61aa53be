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

TEST_CASE("a guess of the curvature that gets better is asked before each step, and memory goes on to the next search") {
  struct exact_from_the_second {
    int asked = 0;
    [[nodiscard]] bool known() const { return asked > 1; }
    [[nodiscard]] bool renew(const Eigen::VectorXd&) { return ++asked == 2; }
    void divide(Eigen::VectorXd& v) const {
      if (known()) v = v.cwiseQuotient(Eigen::Vector3d(1, 10, 100));
    }
  };
  const auto bowl = [](const Eigen::VectorXd& x, Eigen::VectorXd& g) {
    g = x.cwiseProduct(Eigen::Vector3d(1, 10, 100));
    return 0.5 * x.dot(g);
  };
  Eigen::VectorXd x = Eigen::VectorXd::Ones(3);
  exact_from_the_second guess;
  metric::step_memory<Eigen::VectorXd> memory(10);
  const auto found = metric::minimise(bowl, x, {.tolerance = 1e-12}, guess, memory);
  CHECK(found.converged);
  CHECK(found.iterations <= 3);
  const auto again = metric::minimise(bowl, x, {.tolerance = 1e-12}, guess, memory);
  CHECK(again.iterations == 0);
  CHECK(!memory.empty());
}

TEST_CASE("a search in single precision ends a little below the tolerance, but above what single precision can tell") {
  CHECK(metric::in_single_precision(1e-4, 7).tolerance == doctest::Approx(9e-5));
  CHECK(metric::in_single_precision(1e-12, 7).tolerance == doctest::Approx(1e-7));
  CHECK(metric::in_single_precision(1e-4, 7).max_iterations == 7);
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
