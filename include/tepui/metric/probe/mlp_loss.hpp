#pragma once
/// How wrong a small network is on labelled cells, and in which direction it gets better.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <Eigen/Core>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/parallel.hpp>

namespace tepui::metric {

/// Mean cross-entropy + decay / 2 |weights|^2 of a softmax over classes of tanh(x A + a) B + b.
/// shapes  x [cells, dims]; label [cells] in [0, n_classes); parameters: A [dims + 1, hidden], then B [hidden + 1,
///         n_classes], each with its intercepts as the last row, which do not pay
/// repeat  cells are worked on 512 at a time and summed in order, within at most 64 groups of them and then over groups:
///         bit-equal for any number of threads
/// memory  64 gradients, for any number of cells
template <class Real>
struct basic_mlp_loss {
  using row_matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
  using vector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;
  using view = Eigen::Map<const matrix>;

  row_matrix x;
  std::vector<std::int32_t> label;
  std::int64_t n_classes = 0, hidden = 0;
  Real decay = 0;
  int threads = 1;

  [[nodiscard]] static std::int64_t size(std::int64_t dims, std::int64_t hidden, std::int64_t classes) {
    return (dims + 1) * hidden + (hidden + 1) * classes;
  }
  /// in     rows [cells, dims]            out    probability [cells, classes]; inner [cells, hidden]
  static void forward(const row_matrix& rows, const view& a, const view& b, row_matrix& inner, row_matrix& p) {
    inner.noalias() = rows * a.topRows(rows.cols());
    inner.rowwise() += a.row(rows.cols());
    inner = inner.array().tanh();
    p.noalias() = inner * b.topRows(inner.cols());
    p.rowwise() += b.row(inner.cols());
    for (std::int64_t c = 0; c < p.rows(); ++c) {
      auto row = p.row(c);
      row = (row.array() - row.maxCoeff()).exp();
      row /= row.sum();
    }
  }

  /// in     parameters            out    the loss; gradient, of the same shape            cost   O(cells hidden (dims +
  ///        classes))
  double operator()(const vector& parameters, vector& gradient) const {
    constexpr std::int64_t at_once = 512, most_groups = 64;
    const std::int64_t dims = x.cols(), blocks = (x.rows() + at_once - 1) / at_once, inner_size = (dims + 1) * hidden,
                       together = (blocks + most_groups - 1) / most_groups,
                       groups = blocks == 0 ? 0 : (blocks + together - 1) / together;
    const view a(parameters.data(), dims + 1, hidden), b(parameters.data() + inner_size, hidden + 1, n_classes);
    std::vector<double> loss(usize(blocks), 0);
    std::vector<vector> part(usize(groups));
    const auto add_block = [&](std::int64_t block, vector& to) {
      const std::int64_t first = block * at_once, n = std::min(at_once, x.rows() - first);
      row_matrix inner, p;
      const row_matrix rows = x.middleRows(first, n);
      forward(rows, a, b, inner, p);
      for (std::int64_t c = 0; c < n; ++c) {
        Real& own = p(c, label[usize(first + c)]);
        loss[usize(block)] -= std::log(std::max(static_cast<double>(own), 1e-300));
        own -= 1;
      }
      Eigen::Map<matrix> of_a(to.data(), dims + 1, hidden), of_b(to.data() + inner_size, hidden + 1, n_classes);
      of_b.topRows(hidden).noalias() += inner.transpose() * p;
      of_b.row(hidden) += p.colwise().sum();
      row_matrix back = p * b.topRows(hidden).transpose();
      back.array() *= 1 - inner.array().square();
      of_a.topRows(dims).noalias() += rows.transpose() * back;
      of_a.row(dims) += back.colwise().sum();
    };
    kernel::parallel_chunks(groups, threads, [&](std::int64_t g, int) {
      part[usize(g)] = vector::Zero(parameters.size());
      for (std::int64_t block = g * together; block < std::min(blocks, (g + 1) * together); ++block)
        add_block(block, part[usize(g)]);
    });
    gradient = vector::Zero(parameters.size());
    double total = 0;
    for (const double l : loss) total += l;
    for (const vector& p : part) gradient += p;
    gradient /= static_cast<Real>(x.rows());
    Eigen::Map<matrix> of_a(gradient.data(), dims + 1, hidden), of_b(gradient.data() + inner_size, hidden + 1, n_classes);
    of_a.topRows(dims) += decay * a.topRows(dims);
    of_b.topRows(hidden) += decay * b.topRows(hidden);
    return total / static_cast<double>(x.rows()) +
           0.5 * static_cast<double>(decay * (a.topRows(dims).squaredNorm() + b.topRows(hidden).squaredNorm()));
  }
};

}  // namespace tepui::metric
