#include <tepui/encode/algebra.hpp>

#include <doctest/doctest.h>

#include <initializer_list>

namespace tepui::tests::encode_algebra {
namespace {

namespace of = encode::algebra;
using matrix = Eigen::MatrixXd;

matrix filled(Eigen::Index rows, Eigen::Index columns, std::initializer_list<double> by_row) {
  matrix out(rows, columns);
  auto v = by_row.begin();
  for (Eigen::Index i = 0; i < rows; ++i)
    for (Eigen::Index j = 0; j < columns; ++j) out(i, j) = *v++;
  return out;
}

TEST_CASE("products by pencil, of whole matrices and of some of their columns and rows") {
  const matrix a = filled(2, 3, {1, 2, 3, 4, 5, 6}), b = filled(3, 2, {1, 0, 0, 1, 2, 2});
  CHECK(of::product<double>(a, b) == filled(2, 2, {7, 8, 16, 17}));
  CHECK(of::crossed<double>(a, a.leftCols(1)) == filled(3, 1, {17, 22, 27}));
  matrix c = filled(2, 2, {1, 1, 1, 1});
  of::add_product<double>(a.rightCols(2), b.bottomRows(2), -2.0, c);
  CHECK(c == filled(2, 2, {-11, -15, -23, -33}));
  of::add_product<double>(a.leftCols(1), b.topLeftCorner(1, 1), 1.0, c.leftCols(1));  // into a part
  CHECK(c == filled(2, 2, {-10, -15, -19, -33}));
  CHECK(of::product<double>(matrix(2, 0), matrix(0, 3)) == matrix::Zero(2, 3));
}

TEST_CASE("eigenvectors of a symmetric matrix, the strongest first, from its lower half alone") {
  const auto found = of::eigen_of<double>(filled(2, 2, {2, 99, 1, 2}));
  CHECK(found.value(0) == doctest::Approx(3));
  CHECK(found.value(1) == doctest::Approx(1));
  CHECK(found.vector.col(0).norm() == doctest::Approx(1));
  CHECK(found.vector(0, 0) == doctest::Approx(found.vector(1, 0)));
  CHECK(found.vector(0, 1) == doctest::Approx(-found.vector(1, 1)));
}

TEST_CASE("orthonormal columns span what was given, and a lost direction becomes zeros") {
  const auto q = of::orthonormal<double>(filled(3, 2, {1, 1, 0, 2, 0, 0}));
  CHECK((q.transpose() * q - matrix::Identity(2, 2)).norm() < 1e-12);
  CHECK(q.row(2).norm() < 1e-12);
  CHECK((of::orthonormal<double>(filled(3, 2, {1, 1, 2, 2, 2, 2})).colwise().norm().array() > 0.5).count() == 1);
  CHECK(of::orthonormal<double>(matrix::Zero(3, 2)) == matrix::Zero(3, 2));
  CHECK(of::orthonormal<double>(matrix(3, 0)).cols() == 0);
}

}  // namespace
}  // namespace tepui::tests::encode_algebra
