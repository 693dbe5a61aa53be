#pragma once
/// How much of the differences between cells a covariate (the batch, the depth, the cell cycle) explains: a linear fit.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <Eigen/Dense>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/metric/cell_labels.hpp>

namespace tepui::metric {

/// Squared distances of each cell to the mean of all cells, and to what a linear fit with intercept says of it.
/// shapes both [cells]
/// invariants both sum over all columns; sum of `left` <= sum of `total` but for rounding
struct explained_squares {
  std::vector<double> total, left;

  /// 1 - left / total, within [0, 1]; NaN where all cells are the same
  [[nodiscard]] double share() const {
    double all = 0, rest = 0;
    for (std::size_t i = 0; i < total.size(); ++i) {
      all += total[i];
      rest += left[i];
    }
    return all > 0 ? std::clamp(1 - rest / all, 0.0, 1.0) : std::numeric_limits<double>::quiet_NaN();
  }
  /// What each cell adds to the share: numbers whose mean is the share, and whose spread is that of the share (infinitesimal
  /// jackknife).
  /// out    [cells]; empty where there is no share
  [[nodiscard]] std::vector<double> share_by_cell() const {
    const double value = share();
    std::vector<double> out;
    if (std::isnan(value)) return out;
    double all = 0;
    for (const double t : total) all += t;
    const double mean = all / static_cast<double>(total.size());
    for (std::size_t i = 0; i < total.size(); ++i) out.push_back(value + ((1 - value) * total[i] - left[i]) / mean);
    return out;
  }
};

/// A table of cells in double precision.                [cells, columns]
using cell_columns = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// What groups explain: the fit is the mean of the group, in closed form.
/// in     cells [cells, columns]; group [cells], checked
/// cost   O(cells columns)
/// A template only so that a program that includes this file does not compile Eigen's sums unless it uses them.
template <class Real = double>
[[nodiscard]] explained_squares explained_by(const cell_columns& cells, const cell_labels& group) {
  explained_squares out;
  if (cells.rows() == 0) return out;
  cell_columns mean = cell_columns::Zero(group.n_labels(), cells.cols());
  Eigen::RowVectorXd all = Eigen::RowVectorXd::Zero(cells.cols());
  // Distances from a cell, not from the origin, so that a cloud far from it keeps its digits.
  const Eigen::RowVectorXd origin = cells.row(0);
  for (Eigen::Index i = 0; i < cells.rows(); ++i) {
    mean.row(group.code[usize(i)]) += cells.row(i) - origin;
    all += cells.row(i) - origin;
  }
  const auto size = group.sizes();
  for (Eigen::Index g = 0; g < mean.rows(); ++g) mean.row(g) /= std::max(1.0, static_cast<double>(size[usize(g)]));
  all /= static_cast<double>(cells.rows());
  for (Eigen::Index i = 0; i < cells.rows(); ++i) {
    out.total.push_back((cells.row(i) - origin - all).squaredNorm());
    out.left.push_back((cells.row(i) - origin - mean.row(group.code[usize(i)])).squaredNorm());
  }
  return out;
}

/// What numbers of each cell explain: least squares with an intercept.
/// in     cells [cells, columns]; covariate [cells, covariates], finite. A constant covariate, or one that others add up to,
///        explains nothing more. Codes of batches are no numbers: batch 2 is not twice batch 1; give those as cell_labels
/// cost   O(cells covariates (columns + covariates))
template <class Real = double>
[[nodiscard]] explained_squares explained_by(const cell_columns& cells, const cell_columns& covariate) {
  if (covariate.rows() != cells.rows())
    throw bad_data("there are " + std::to_string(covariate.rows()) + " rows of covariates for " +
                   std::to_string(cells.rows()) + " cells; give one a cell");
  for (Eigen::Index i = 0; i < covariate.rows(); ++i)
    for (Eigen::Index q = 0; q < covariate.cols(); ++q)
      if (!std::isfinite(covariate(i, q)))
        throw bad_data("cell " + std::to_string(i) + " has the value " + std::to_string(covariate(i, q)) + " in covariate " +
                       std::to_string(q) + "; leave cells out that have none");
  explained_squares out;
  if (cells.rows() == 0) return out;
  cell_columns centred = cells.rowwise() - cells.row(0);
  centred.rowwise() -= centred.colwise().mean().eval();
  // Gram and Schmidt, twice: an orthonormal basis of the centred covariates.
  std::vector<Eigen::VectorXd> basis;
  for (Eigen::Index q = 0; q < covariate.cols(); ++q) {
    Eigen::VectorXd v = covariate.col(q).array() - covariate.col(q).mean();
    const double size = covariate.col(q).norm();
    for (int twice = 0; twice < 2; ++twice)
      for (const Eigen::VectorXd& b : basis) v -= b.dot(v) * b;
    if (v.norm() > 1e-10 * size) basis.push_back(v / v.norm());
  }
  cell_columns left = centred;
  for (const Eigen::VectorXd& b : basis) left.noalias() -= b * (b.transpose() * centred).eval();
  for (Eigen::Index i = 0; i < cells.rows(); ++i) {
    out.total.push_back(centred.row(i).squaredNorm());
    out.left.push_back(left.row(i).squaredNorm());
  }
  return out;
}

}  // namespace tepui::metric
