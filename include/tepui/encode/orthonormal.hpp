#pragma once
/// An orthonormal basis of some columns.

#include <cmath>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

namespace tepui::encode {

/// An orthonormal basis of the columns; a direction that is lost in rounding becomes a zero column.
template <class Real>
[[nodiscard]] Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic> orthonormal(
    const Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>& z) {
  using matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
  matrix g = matrix::Zero(z.cols(), z.cols());
  g.template selfadjointView<Eigen::Lower>().rankUpdate(z.transpose());
  const Eigen::SelfAdjointEigenSolver<matrix> eigen(g);
  matrix turn = matrix::Zero(z.cols(), z.cols());
  const double largest = eigen.eigenvalues()(z.cols() - 1);
  for (Eigen::Index d = 0; d < z.cols(); ++d)
    if (eigen.eigenvalues()(d) > 1e-14 * largest && largest > 0)
      turn.col(d) = eigen.eigenvectors().col(d) / std::sqrt(eigen.eigenvalues()(d));
  return z * turn;
}

}  // namespace tepui::encode
