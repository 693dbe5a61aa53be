#include <tepui/metric/probe/logistic_curvature.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <tepui/kernel/rng.hpp>

namespace tepui::tests::logistic_curvature {
namespace {

TEST_CASE("heavy cells are chosen as they are, and others stand for their neighbours") {
  std::vector<float> weight(128, 0.0F);
  weight[5] = 4.0F;
  for (std::size_t i = 64; i < 128; ++i) weight[i] = 0.125F;  // 8 in all
  const auto few = metric::heaviest_and_every(weight, 9);
  REQUIRE(few.size() == 9);
  CHECK(few[0].cell == 5);
  CHECK(few[0].weight == 4);
  double light = 0;
  for (std::size_t i = 1; i < few.size(); ++i) {
    CHECK(few[i].cell >= 64);
    light += few[i].weight;
  }
  CHECK(light == doctest::Approx(8));
  CHECK(metric::heaviest_and_every(std::vector<float>(64, 0.0F), 9).empty());
  CHECK(metric::heaviest_and_every(weight, 1000).size() == 65);  // all that weigh anything
}

TEST_CASE("of all cells it is the inverse of the curvature itself; far from any doubt it is that of the ridge") {
  const kernel::draws random(4, "curvature test");
  embedding_batch<> x;
  x.resize(40, 2);
  std::vector<std::int32_t> label;
  for (std::int64_t c = 0; c < 40; ++c) {
    label.push_back(static_cast<std::int32_t>(c % 2));
    for (std::size_t d = 0; d < 2; ++d) x.row(c)[d] = static_cast<float>(random.normal(c, d));
  }
  const metric::cell_strips cells(metric::probe_task{x.view(), label, 2, x.view()}, false);
  metric::logistic_loss loss;
  loss.cells = &cells;
  loss.ridge = 0.1;
  REQUIRE(metric::basic_logistic_curvature<double>::chosen(cells) == 32);
  metric::basic_logistic_curvature<double> guess(loss);
  const Eigen::VectorXd at = Eigen::Vector3d(0.4, -0.3, 0.2);
  CHECK(guess.renew(at));
  CHECK(!guess.renew(at));  // not before every step
  Eigen::Matrix3d curvature = Eigen::Matrix3d::Zero();
  for (Eigen::Index i = 0; i < 3; ++i) {
    Eigen::VectorXd up = at, down = at, a, b;
    up(i) += 1e-5, down(i) -= 1e-5;
    static_cast<void>(loss(up, a));
    static_cast<void>(loss(down, b));
    curvature.col(i) = (a - b) / 2e-5;
  }
  for (Eigen::Index i = 0; i < 3; ++i) {  // 32 of 40 cells were chosen
    Eigen::VectorXd v = curvature.col(i);
    guess.divide(v);
    CHECK((v - Eigen::VectorXd::Unit(3, i)).norm() < 0.5);
  }
  metric::basic_logistic_curvature<double> sure(loss);
  CHECK(sure.renew(1e6 * at));
  Eigen::VectorXd v = Eigen::Vector3d(1, 1, 0);
  sure.divide(v);
  CHECK(v.allFinite());
  CHECK(v(0) == doctest::Approx(10).epsilon(0.05));
}

TEST_CASE("with many dims and few cells each entry stands for itself") {
  embedding_batch<> x;
  x.resize(4, 40);
  std::fill(x.value.begin(), x.value.end(), 0.0F);
  const std::vector<std::int32_t> label{0, 0, 0, 1};
  x.row(0)[0] = 4;
  const metric::cell_strips cells(metric::probe_task{x.view(), label, 2, x.view()}, false);
  metric::logistic_loss loss;
  loss.cells = &cells;
  loss.ridge = 0.5;
  metric::basic_logistic_curvature<double> guess(loss);
  Eigen::VectorXd v = Eigen::VectorXd::Ones(41);
  CHECK(!guess.renew(v));
  guess.divide(v);
  // The share of the first class is 3/4, so cells bend by 3/16; the first dim's mean square is (9 + 1 + 1 + 1) / 4 = 3.
  CHECK(v(0) == doctest::Approx(1 / (3.0 * 3 / 16 + 0.5)));
  CHECK(v(1) == doctest::Approx(2));
  CHECK(v(40) == doctest::Approx(16.0 / 3));
}

}  // namespace
}  // namespace tepui::tests::logistic_curvature
