#pragma once
/// Cells along the directions in which they differ most, exactly: what principal component regression looks at.

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <Eigen/Dense>

#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/metric/variance/covariate.hpp>

namespace tepui::metric {

/// The first principal components of cells, or the cells themselves where all components are wanted: then no decomposition
/// is needed, since turning the axes changes no distance.
/// shape  [cells, dims] -> [cells, n_comps], or [cells, dims] where all are wanted
/// in     n_comps; 0 or at least the dims: all
/// signs  are arbitrary; what is explained does not depend on them
/// cost   all: O(cells dims). Fewer: O(cells dims^2 + dims^3), or with fewer cells than dims O(cells^2 dims + cells^3)
/// source Pearson 1901
/// A template only so that a program that includes this file does not compile Eigen's decompositions unless it uses them.
template <class Real = double>
[[nodiscard]] cell_columns principal_columns(const embedding_view<>& cells, std::int64_t n_comps) {
  using matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
  cell_columns out(cells.n_cells(), cells.n_columns);
  for (std::int64_t i = 0; i < cells.n_cells(); ++i)
    for (std::int64_t d = 0; d < cells.n_columns; ++d) out(i, d) = static_cast<double>(cells.row(i)[usize(d)]);
  const std::int64_t all = std::min(cells.n_cells(), cells.n_columns);
  if (n_comps <= 0 || n_comps >= all) return out;
  // First by a cell, so that cells that are all the same become exact zeros.
  out.rowwise() -= out.row(0).eval();
  out.rowwise() -= out.colwise().mean().eval();
  // Eigenvalues come smallest first: the last columns are wanted.
  if (cells.n_columns <= cells.n_cells()) {
    matrix products = matrix::Zero(out.cols(), out.cols());
    products.template selfadjointView<Eigen::Lower>().rankUpdate(out.transpose());
    const Eigen::SelfAdjointEigenSolver<matrix> solved(products);
    return out * solved.eigenvectors().rightCols(n_comps);
  }
  matrix products = matrix::Zero(out.rows(), out.rows());
  products.template selfadjointView<Eigen::Lower>().rankUpdate(out);
  const Eigen::SelfAdjointEigenSolver<matrix> solved(products);
  return solved.eigenvectors().rightCols(n_comps) *
         solved.eigenvalues().tail(n_comps).cwiseMax(0.0).cwiseSqrt().asDiagonal();
}

}  // namespace tepui::metric
