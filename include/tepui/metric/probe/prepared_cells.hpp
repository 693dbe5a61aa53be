#pragma once
/// Training cells as support vector machines and networks learn from them: centred, in equal units if wanted, their classes
/// numbered without gaps.

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <tepui/flow/index.hpp>
#include <tepui/metric/probe/numbered_classes.hpp>
#include <tepui/metric/probe/task.hpp>

namespace tepui::metric {

/// shapes  x [training cells, dims]; label [training cells] in [0, present); mean, unit [dims]
/// cost    O(cells dims)
/// A template only so that a program that includes this file does not compile Eigen's sums unless it uses them.
template <class Real>
struct prepared_cells {
  using row_matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using row_vector = Eigen::Matrix<Real, 1, Eigen::Dynamic>;

  row_matrix x;
  std::vector<std::int32_t> label;
  std::vector<std::int32_t> present;  ///< classes that the training cells have, ascending
  row_vector mean, unit;              ///< what was taken off and then divided by; a dim that never changes has the unit 1

  /// in     the task, checked; standardise: divide every dim by its standard deviation
  prepared_cells(const probe_task& task, bool standardise) : x(task.train.n_cells(), task.train.n_columns) {
    numbered_classes classes(task.label, task.n_classes);
    label = std::move(classes.label);
    present = std::move(classes.present);
    for (std::int64_t c = 0; c < x.rows(); ++c)
      for (std::int64_t d = 0; d < x.cols(); ++d) x(c, d) = static_cast<Real>(task.train.row(c)[usize(d)]);
    mean = x.colwise().mean();
    x.rowwise() -= mean;
    unit = row_vector::Ones(x.cols());
    if (standardise) {
      unit = (x.colwise().squaredNorm() / static_cast<Real>(x.rows())).cwiseSqrt();
      unit = (unit.array() > 0).select(unit, Real(1));
      x.array().rowwise() /= unit.array();
    }
  }
  [[nodiscard]] std::int64_t n_classes() const { return isize(present.size()); }
  /// A row as the training cells are.                                                      -> [dims]
  void prepare(std::span<const float> row, row_vector& to) const {
    to.resize(x.cols());
    for (std::int64_t d = 0; d < x.cols(); ++d) to(d) = (static_cast<Real>(row[usize(d)]) - mean(d)) / unit(d);
  }
};

}  // namespace tepui::metric
