#pragma once
/// Products, bases and eigenvectors of dense matrices. Every matrix goes through the same few functions, because Eigen writes a program
/// anew for each form of product that it meets, and these take longer to compile than all else in an encoder.

#include <cmath>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

namespace tepui::encode::algebra {

template <class Real>
using matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
/// A matrix, or some of its columns, rows or both; any other expression is worked out first.
template <class Real>
using view = Eigen::Ref<const matrix<Real>>;

/// c += by a b.            in    a [n, k], b [k, m], c [n, m], which is none of the two            cost   n k m multiply-adds
template <class Real>
[[gnu::noinline]] void add_product(const view<Real>& a, const view<Real>& b, Real by, Eigen::Ref<matrix<Real>> c) {
  c.noalias() += by * a * b;
}
/// a b.                    in    a [n, k], b [k, m]            out   [n, m]            cost   n k m multiply-adds
template <class Real>
[[nodiscard]] matrix<Real> product(const view<Real>& a, const view<Real>& b) {
  matrix<Real> c = matrix<Real>::Zero(a.rows(), b.cols());
  add_product<Real>(a, b, Real(1), c);
  return c;
}
/// a' b.                   in    a [k, n], b [k, m]            out   [n, m]            cost   n k m multiply-adds
template <class Real>
[[nodiscard]] [[gnu::noinline]] matrix<Real> crossed(const view<Real>& a, const view<Real>& b) {
  matrix<Real> c = matrix<Real>::Zero(a.cols(), b.cols());
  c.noalias() += a.transpose() * b;
  return c;
}

/// Eigenvectors of a symmetric matrix, the strongest first.
template <class Real>
struct eigen_pairs {
  matrix<Real> vector;  ///< a column each
  Eigen::Matrix<Real, Eigen::Dynamic, 1> value;
};
/// in     h [n, n] symmetric; only its lower half is read            cost   O(n^3)
template <class Real>
[[nodiscard]] [[gnu::noinline]] eigen_pairs<Real> eigen_of(const matrix<Real>& h) {
  if (h.rows() == 0) return {};
  const Eigen::SelfAdjointEigenSolver<matrix<Real>> of(h);
  return {of.eigenvectors().rowwise().reverse(), of.eigenvalues().reverse()};
}

/// An orthonormal basis of the columns; a direction that is lost in rounding becomes a zero column.
template <class Real>
[[nodiscard]] matrix<Real> orthonormal(const matrix<Real>& z) {
  eigen_pairs<Real> eigen = eigen_of<Real>(crossed<Real>(z, z));
  const double largest = z.cols() == 0 ? 0.0 : static_cast<double>(eigen.value(0));
  for (Eigen::Index d = 0; d < z.cols(); ++d)
    eigen.vector.col(d) *= eigen.value(d) > 1e-14 * largest && largest > 0 ? 1 / std::sqrt(eigen.value(d)) : Real(0);
  return product<Real>(z, eigen.vector);
}

}  // namespace tepui::encode::algebra
