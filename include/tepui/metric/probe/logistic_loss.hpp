#pragma once
/// How wrong a logistic regression is on labelled cells, and in which direction it gets better.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <Eigen/Core>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/parallel.hpp>

namespace tepui::metric {

/// Mean cross-entropy + ridge / 2 |W|^2 of a softmax over classes.
/// shapes  x [cells, dims]; label [cells] in [0, n_classes); parameters [dims + 1, n_classes], the last row the intercepts
/// repeat  cells are worked on 512 at a time and summed in order, within at most 64 groups of them and then over groups:
///         bit-equal for any number of threads
/// memory  64 gradients, for any number of cells
/// A template only so that a program that includes this file does not compile Eigen's products unless it uses them.
template <class Real>
struct basic_logistic_loss {
  using row_matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
  using vector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;
  using parameter_view = Eigen::Map<const matrix>;

  row_matrix x;
  std::vector<std::int32_t> label;
  std::int64_t n_classes = 0;
  Real ridge = 0;
  int threads = 1;

  /// in     parameters            out    the loss; gradient, of the same shape            cost   O(cells dims classes)
  double operator()(const vector& parameters, vector& gradient) const {
    constexpr std::int64_t at_once = 512, most_groups = 64;
    const std::int64_t dims = x.cols(), blocks = (x.rows() + at_once - 1) / at_once,
                       together = (blocks + most_groups - 1) / most_groups,
                       groups = blocks == 0 ? 0 : (blocks + together - 1) / together;
    const parameter_view w(parameters.data(), dims + 1, n_classes);
    std::vector<double> loss(usize(blocks), 0);
    std::vector<matrix> part(usize(groups));
    const auto add_block = [&](std::int64_t b, matrix& to) {
      const std::int64_t first = b * at_once, n = std::min(at_once, x.rows() - first);
      row_matrix p = x.middleRows(first, n) * w.topRows(dims);
      p.rowwise() += w.row(dims);
      for (std::int64_t c = 0; c < n; ++c) {
        auto row = p.row(c);
        const std::int64_t own = label[usize(first + c)];
        const Real most = row.maxCoeff(), own_score = row(own) - most;
        row = (row.array() - most).exp();
        const Real sum = row.sum();
        loss[usize(b)] += static_cast<double>(std::log(sum) - own_score);
        row /= sum;
        row(own) -= 1;
      }
      to.topRows(dims).noalias() += x.middleRows(first, n).transpose() * p;
      to.row(dims) += p.colwise().sum();
    };
    kernel::parallel_chunks(groups, threads, [&](std::int64_t g, int) {
      part[usize(g)] = matrix::Zero(dims + 1, n_classes);
      for (std::int64_t b = g * together; b < std::min(blocks, (g + 1) * together); ++b) add_block(b, part[usize(g)]);
    });
    gradient = vector::Zero(parameters.size());
    Eigen::Map<matrix> g(gradient.data(), dims + 1, n_classes);
    double total = 0;
    for (const double l : loss) total += l;
    for (const matrix& p : part) g += p;
    const auto n = static_cast<Real>(x.rows());
    g /= n;
    g.topRows(dims) += ridge * w.topRows(dims);
    return total / static_cast<double>(n) + 0.5 * static_cast<double>(ridge * w.topRows(dims).squaredNorm());
  }
};

using logistic_loss = basic_logistic_loss<double>;

}  // namespace tepui::metric
