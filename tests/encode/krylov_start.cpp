#include <tepui/encode/krylov_start.hpp>

#include <doctest/doctest.h>

#include <cmath>

namespace tepui::tests::krylov_start {
namespace {

using floats = Eigen::MatrixXf;

/// A diagonal matrix, turned by reflections so that no direction lies along an axis; values 100, 50, 25 ... and a slope below 1.
struct turned {
  std::int64_t n, strong;
  [[nodiscard]] double value(std::int64_t d) const {
    const auto at = static_cast<double>(d);
    return d < strong ? 100 * std::pow(0.5, at) : 0.9 * (1 - at / static_cast<double>(n));
  }
  [[nodiscard]] Eigen::MatrixXd vectors() const {
    const Eigen::VectorXd v = Eigen::VectorXd::LinSpaced(n, 1, 2).normalized();
    return Eigen::MatrixXd::Identity(n, n) - 2 * v * v.transpose();
  }
  [[nodiscard]] floats matrix() const {
    Eigen::VectorXd values(n);
    for (std::int64_t d = 0; d < n; ++d) values(d) = value(d);
    const Eigen::MatrixXd u = vectors();
    return (u * values.asDiagonal() * u.transpose()).cast<float>();
  }
};

floats start_of(const turned& of, std::int64_t wanted, int* columns = nullptr) {
  const floats a = of.matrix();
  const auto product = [&](const floats& x, floats& y) {
    if (columns != nullptr) *columns += static_cast<int>(x.cols());
    y = a * x;
  };
  return encode::krylov_start<double>(of.n, wanted, product, kernel::draws(3, "start"));
}

TEST_CASE("a guess of the strongest directions: nearly orthonormal, in their order, with small residuals") {
  const turned of{300, 5};
  int columns = 0;
  const floats x = start_of(of, 16, &columns);
  REQUIRE(x.cols() == 16);
  CHECK(columns == 84);  // 12 that are drawn, and 6 blocks of 12 that follow: 4.5 times 16
  CHECK((x.transpose() * x - floats::Identity(16, 16)).cwiseAbs().maxCoeff() < 1e-4F);
  const Eigen::MatrixXd u = of.vectors();
  for (Eigen::Index d = 0; d < 5; ++d) CHECK(std::abs(x.col(d).cast<double>().dot(u.col(d))) > 1 - 1e-6);
  const floats a = of.matrix();
  for (Eigen::Index d = 0; d < 5; ++d) {
    const auto value = static_cast<float>(of.value(d));
    CHECK((a * x.col(d) - value * x.col(d)).norm() < 1e-3F * value);
  }
}

TEST_CASE("the same draws give the same guess, and a small matrix is looked through whole") {
  const turned of{60, 3};
  const floats x = start_of(of, 20);
  CHECK(x == start_of(of, 20));
  REQUIRE(x.cols() == 20);
  const Eigen::MatrixXd u = of.vectors();
  // All 60 dims have been seen, so that weak directions are there as well.
  for (Eigen::Index d = 0; d < 20; ++d) CHECK(std::abs(x.col(d).cast<double>().dot(u.col(d))) > 0.999);
}

}  // namespace
}  // namespace tepui::tests::krylov_start
