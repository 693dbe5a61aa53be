#pragma once
/// Gives a cell the label that most of its nearest labelled neighbours have.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/rounded.hpp>
#include <tepui/metric/probe_task.hpp>

namespace tepui::metric {

/// Majority vote of the k nearest training cells, Euclidean, each with one voice.
/// in     probe_task                                   out    predicted [test cells]
/// ties   equal distance: lower training row; equal votes: smallest class         few    k is at most the training cells
/// errors bad_option: k < 1; bad_data: see probe_task
/// cost   O(test train dims), by float matrix products; whoever could be among the k is measured again in float64
/// repeat the neighbours are those of exact distances, bit-equal for any number of threads and on every machine
/// source scikit-learn KNeighborsClassifier, whose choice among equal distances depends on its algorithm
/// A template only so that a program that includes this file does not compile Eigen's products unless it uses them.
template <class Real>
struct basic_knn_probe {
  static constexpr std::string_view name = "knn";
  int k = 5;

  [[nodiscard]] std::string describe() const { return "knn(" + std::to_string(k) + ")"; }

  [[nodiscard]] std::vector<std::int32_t> operator()(const probe_task& task) const {
    std::vector<std::int32_t> out(usize(task.test.n_cells()));
    each_cell(task, [&](std::int64_t cell, const std::vector<std::int64_t>& neighbour) {
      std::vector<std::int32_t> vote(usize(task.n_classes), 0);
      for (const std::int64_t n : neighbour) ++vote[usize(task.label[usize(n)])];
      out[usize(cell)] = static_cast<std::int32_t>(std::max_element(vote.begin(), vote.end()) - vote.begin());
    });
    return out;
  }

  /// The neighbours themselves.                       -> [test cells, min(k, training cells)], nearest first
  [[nodiscard]] std::vector<std::vector<std::int64_t>> neighbours(const probe_task& task) const {
    std::vector<std::vector<std::int64_t>> out(usize(task.test.n_cells()));
    each_cell(task, [&](std::int64_t cell, const std::vector<std::int64_t>& neighbour) { out[usize(cell)] = neighbour; });
    return out;
  }

 private:
  using rows = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using column = Eigen::Matrix<Real, Eigen::Dynamic, 1>;

  /// Rows with the training mean taken off, because that keeps the float products exact enough to leave few candidates.
  static rows centred(const embedding_view<>& view, const std::vector<double>& mean) {
    rows out(view.n_cells(), view.n_columns);
    for (std::int64_t c = 0; c < view.n_cells(); ++c)
      for (std::int64_t d = 0; d < view.n_columns; ++d)
        out(c, d) = static_cast<Real>(static_cast<double>(view.row(c)[usize(d)]) - mean[usize(d)]);
    return out;
  }

  static double distance(std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (std::size_t d = 0; d < a.size(); ++d) {
      const double difference = static_cast<double>(a[d]) - static_cast<double>(b[d]);
      sum += kernel::rounded(difference * difference);
    }
    return sum;
  }

  template <class Visit>
  void each_cell(const probe_task& task, const Visit& visit) const {
    if (k < 1) throw bad_option("knn: k is " + std::to_string(k) + ", but must be at least 1");
    task.check("knn");
    const std::int64_t n = task.train.n_cells(), dims = task.train.n_columns;
    const auto wanted = usize(std::min<std::int64_t>(k, n));
    std::vector<double> mean(usize(dims), 0.0);
    for (std::int64_t c = 0; c < n; ++c)
      for (std::int64_t d = 0; d < dims; ++d) mean[usize(d)] += static_cast<double>(task.train.row(c)[usize(d)]) / static_cast<double>(n);
    const rows train = centred(task.train, mean), test = centred(task.test, mean);
    const column length = train.rowwise().norm(), square = train.rowwise().squaredNorm();

    constexpr std::int64_t cells_at_once = 64;
    struct room {
      rows product;
      std::vector<Real> below, least;
      std::vector<std::pair<double, std::int64_t>> candidate;
      std::vector<std::int64_t> neighbour;
    };
    std::vector<room> worker_room(usize(std::max(1, task.threads)));
    const std::int64_t blocks = (test.rows() + cells_at_once - 1) / cells_at_once;
    // What float products of this many dims may be wrong by, as a share of (|a| + |b|)^2; twice the textbook bound.
    const Real doubt = static_cast<Real>(dims + 8) * 2 * std::numeric_limits<Real>::epsilon();
    kernel::parallel_chunks(blocks, task.threads, [&](std::int64_t block, int worker) {
      room& r = worker_room[usize(worker)];
      const std::int64_t first = block * cells_at_once, cells = std::min(cells_at_once, test.rows() - first);
      r.product.noalias() = test.middleRows(first, cells) * train.transpose();
      r.below.resize(usize(n));
      for (std::int64_t c = 0; c < cells; ++c) {
        const Real own_length = test.row(first + c).norm(), own_square = own_length * own_length;
        const Real* const product = r.product.data() + c * n;
        // The k-th smallest upper bound of a distance: whose lower bound lies above it is no neighbour.
        r.least.assign(wanted, std::numeric_limits<Real>::infinity());
        for (std::int64_t t = 0; t < n; ++t) {
          const Real both = own_length + length(t), error = doubt * both * both;
          const Real approximate = own_square + square(t) - 2 * product[t];
          r.below[usize(t)] = approximate - error;
          if (const Real upper = approximate + error; upper < r.least.back()) {
            std::size_t at = wanted - 1;
            for (; at > 0 && upper < r.least[at - 1]; --at) r.least[at] = r.least[at - 1];
            r.least[at] = upper;
          }
        }
        const Real limit = r.least.back();
        r.candidate.clear();
        for (std::int64_t t = 0; t < n; ++t)
          if (!(r.below[usize(t)] > limit)) r.candidate.emplace_back(distance(task.test.row(first + c), task.train.row(t)), t);
        std::partial_sort(r.candidate.begin(), r.candidate.begin() + isize(wanted), r.candidate.end());
        r.neighbour.clear();
        for (std::size_t i = 0; i < wanted; ++i) r.neighbour.push_back(r.candidate[i].second);
        visit(first + c, r.neighbour);
      }
    });
  }
};

using knn_probe = basic_knn_probe<float>;

}  // namespace tepui::metric
