#include <tepui/metric/probe/step_memory.hpp>

#include <Eigen/Core>

#include <doctest/doctest.h>

namespace tepui::tests::step_memory {
namespace {

using memory = metric::step_memory<Eigen::VectorXd>;
using guess = metric::diagonal_curvature<Eigen::VectorXd>;

TEST_CASE("along what it has seen it divides by the curvature, elsewhere by the guess in the size of the last step") {
  memory of(2);
  Eigen::VectorXd v = Eigen::Vector3d(1, 2, 3);
  of.divide(v, guess{});
  CHECK(v == Eigen::VectorXd(Eigen::Vector3d(1, 2, 3)));
  of.divide(v, guess{Eigen::Vector3d(1, 0.5, 2)});
  CHECK(v == Eigen::VectorXd(Eigen::Vector3d(1, 1, 6)));
  const auto step = [&](Eigen::Index i, double curvature) {
    of.keep(Eigen::VectorXd::Unit(3, i), curvature * Eigen::VectorXd::Unit(3, i));
  };
  step(0, 4);
  v << 4, 8, 0;
  of.divide(v, guess{});
  CHECK(v == Eigen::VectorXd(Eigen::Vector3d(1, 2, 0)));  // the size of the last step is 1 / 4
  step(1, 2);
  step(2, -1);  // shows no curvature: passed over
  v << 4, 8, 1;
  of.divide(v, guess{});
  CHECK(v == Eigen::VectorXd(Eigen::Vector3d(1, 4, 0.5)));
  step(2, 8);  // two are kept: the first is forgotten
  v << 4, 8, 8;
  of.divide(v, guess{});
  CHECK(v == Eigen::VectorXd(Eigen::Vector3d(0.5, 4, 1)));
  of.forget();
  CHECK(of.empty());
}

}  // namespace
}  // namespace tepui::tests::step_memory
