#include <tepui/encode/leading_eigen.hpp>

#include <doctest/doctest.h>

namespace tepui::tests::leading_eigen {
namespace {

using floats = Eigen::MatrixXf;

/// A matrix that is written down, and how often it was asked for.
struct written {
  Eigen::MatrixXd whole;
  bool takes_out = false;
  floats now = whole.cast<float>();
  int products = 0, taken = 0;
  void operator()(const floats& x, floats& y) {
    y = now * x;
    ++products;
  }
  bool take_out(const Eigen::MatrixXd& v, const Eigen::VectorXd& value) {
    if (!takes_out) return false;
    ++taken;
    now = (whole - v * value.asDiagonal() * v.transpose()).cast<float>();
    return true;
  }
};

/// Any orthonormal basis, and a matrix that stretches it by `value`.
Eigen::MatrixXd basis(std::int64_t n) {
  const kernel::draws random(2, "basis");
  Eigen::MatrixXd x(n, n);
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = 0; j < n; ++j) x(i, j) = random.normal(i, usize(j));
  return encode::algebra::orthonormal<double>(x);
}
written stretched(const Eigen::MatrixXd& q, const Eigen::VectorXd& value, bool takes_out) {
  return {q * value.asDiagonal() * q.transpose(), takes_out};
}

const kernel::draws random_start(1, "leading eigen test");

/// How far the first columns of `found` are from the same columns of q, signs aside.
double turned(const Eigen::MatrixXd& found, const Eigen::MatrixXd& q, std::int64_t dims) {
  double worst = found.allFinite() ? 0 : 1e9;
  for (std::int64_t d = 0; d < dims; ++d) worst = std::max(worst, 1 - std::abs(found.col(d).dot(q.col(d))));
  return worst;
}

TEST_CASE("values that hardly differ: the first 5 of 120, whether directions can be taken out of the matrix or not") {
  const auto q = basis(120);
  Eigen::VectorXd value(120);
  for (Eigen::Index i = 0; i < 120; ++i) value(i) = 3 * std::pow(0.97, static_cast<double>(i));
  value(0) = 100;  // so strong that the others drown unless it is taken out
  for (const bool takes_out : {false, true}) {
    auto a = stretched(q, value, takes_out);
    const auto found = encode::basic_leading_eigen<double>()(120, 5, 12, a, random_start);
    CHECK(found.cols() == 12);
    CHECK(turned(found, q, 5) < 1e-6);
    CHECK((found.transpose() * found - Eigen::MatrixXd::Identity(12, 12)).cwiseAbs().maxCoeff() < 1e-10);
    CHECK(a.products < 100);
    CHECK((a.taken > 0) == takes_out);
  }
}

TEST_CASE("equal values: the space is found, whichever its basis") {
  const auto q = basis(60);
  Eigen::VectorXd value = Eigen::VectorXd::Constant(60, 1.0);
  value.head(4).setConstant(2.0);
  auto a = stretched(q, value, true);
  const auto found = encode::basic_leading_eigen<double>()(60, 4, 10, a, random_start);
  const Eigen::MatrixXd first = q.leftCols(4);
  CHECK((found.leftCols(4) - first * (first.transpose() * found.leftCols(4))).norm() < 1e-4);
}

TEST_CASE("fewer directions than are asked for, or none at all") {
  const auto q = basis(50);
  Eigen::VectorXd value = Eigen::VectorXd::Zero(50);
  value.head(3) << 5, 4, 3;
  auto a = stretched(q, value, false);
  const auto found = encode::basic_leading_eigen<double>()(50, 6, 10, a, random_start);
  CHECK(turned(found, q, 3) < 1e-8);
  CHECK(a.products < 30);
  auto nothing = stretched(q, Eigen::VectorXd::Zero(50), false);
  CHECK(encode::basic_leading_eigen<double>()(50, 2, 4, nothing, random_start).allFinite());
}

TEST_CASE("few products: the best so far, and no more products than allowed") {
  const auto q = basis(120);
  Eigen::VectorXd value(120);
  for (Eigen::Index i = 0; i < 120; ++i) value(i) = std::pow(0.99, static_cast<double>(i));
  double before = 0;
  for (const int products : {4, 10, 40}) {
    auto a = stretched(q, value, false);
    const auto found = encode::basic_leading_eigen<double>({1e-7, products})(120, 5, 10, a, random_start);
    CHECK(a.products <= products + 1);
    const double caught = (found.leftCols(5).transpose() * a.whole * found.leftCols(5)).trace();
    CHECK(caught > before);
    before = caught;
  }
  CHECK(before == doctest::Approx(value.head(5).sum()).epsilon(1e-3));
}

TEST_CASE("followed directions may be all there are") {
  const auto q = basis(8);
  Eigen::VectorXd value(8);
  value << 8, 7, 6, 5, 4, 3, 2, 1;
  auto a = stretched(q, value, true);
  CHECK(turned(encode::basic_leading_eigen<double>()(8, 8, 20, a, random_start), q, 8) < 1e-8);
}

}  // namespace
}  // namespace tepui::tests::leading_eigen
