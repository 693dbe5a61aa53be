#pragma once
/// Coordinates of cells in which those are near that random walks over a graph hardly tell apart.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include <tepui/flow/grouping.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/neighbours/components.hpp>
#include <tepui/metric/neighbours/subgraph.hpp>

namespace tepui::metric {

namespace diffusion {

struct pairs {
  Eigen::VectorXd value;
  Eigen::MatrixXd vector;  // a column each
};

/// The symmetric matrix of transitions, without the density of cells: W_ij / (q_i q_j z_i z_j), q the degree, z the root of
/// the sums of W_ij / (q_i q_j).
struct transitions {
  const graph<>* g;
  std::vector<double> weight;

  explicit transitions(const graph<>& of) : g(&of), weight(of.weight.begin(), of.weight.end()) {
    for (const bool root : {false, true}) {
      std::vector<double> sum(usize(of.n_cells()), 0);
      each([&](std::size_t i, std::size_t, double& w) { sum[i] += w; });
      if (root)
        for (double& s : sum) s = std::sqrt(s);
      each([&](std::size_t i, std::size_t j, double& w) { w /= sum[i] * sum[j]; });
    }
  }
  template <class F>
  void each(F&& f) {
    for (std::size_t i = 0; i < usize(g->n_cells()); ++i)
      for (std::int64_t e = g->row_begin[i]; e < g->row_begin[i + 1]; ++e)
        f(i, usize(g->neighbour[usize(e)]), weight[usize(e)]);
  }
  [[nodiscard]] Eigen::VectorXd times(const Eigen::VectorXd& x) const {
    Eigen::VectorXd out(x.size());
    for (std::size_t i = 0; i < usize(g->n_cells()); ++i) {
      double sum = 0;
      for (std::int64_t e = g->row_begin[i]; e < g->row_begin[i + 1]; ++e)
        sum += weight[usize(e)] * x(g->neighbour[usize(e)]);
      out(static_cast<Eigen::Index>(i)) = sum;
    }
    return out;
  }
};

/// The places of the largest numbers, leaving the sign aside, largest first.
[[nodiscard]] inline std::vector<Eigen::Index> largest(const Eigen::VectorXd& value, Eigen::Index wanted) {
  std::vector<Eigen::Index> order;
  for (Eigen::Index i = 0; i < value.size(); ++i) order.push_back(i);
  std::sort(order.begin(), order.end(), [&](Eigen::Index a, Eigen::Index b) {
    const double x = std::abs(value(a)), y = std::abs(value(b));
    return x > y || (x == y && a < b);
  });
  order.resize(usize(std::min(wanted, value.size())));
  return order;
}

[[nodiscard]] inline pairs chosen(const Eigen::VectorXd& value, const Eigen::MatrixXd& vector,
                                  const std::vector<Eigen::Index>& of) {
  pairs out{Eigen::VectorXd(isize(of.size())), Eigen::MatrixXd(vector.rows(), isize(of.size()))};
  for (std::size_t j = 0; j < of.size(); ++j) {
    out.value(isize(j)) = value(of[j]);
    out.vector.col(isize(j)) = vector.col(of[j]);
  }
  return out;
}

/// The eigenvectors of largest eigenvalue, leaving the sign aside. Small matrices are solved whole, large ones by Lanczos'
/// method with every vector made orthogonal to all before.
/// source Lanczos 1950; Golub and Van Loan 2013, 10.3
/// A template only so that a program that includes this file does not compile Eigen's decompositions unless it uses them.
template <class Real = double>
[[nodiscard]] pairs leading(const transitions& a, Eigen::Index wanted) {
  using matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
  const Eigen::Index n = a.g->n_cells();
  if (n <= 500) {
    Eigen::MatrixXd whole = Eigen::MatrixXd::Zero(n, n);
    for (Eigen::Index i = 0; i < n; ++i)
      for (std::int64_t e = a.g->row_begin[usize(i)]; e < a.g->row_begin[usize(i) + 1]; ++e)
        whole(i, a.g->neighbour[usize(e)]) = a.weight[usize(e)];
    const Eigen::SelfAdjointEigenSolver<matrix> solved(whole);
    return chosen(solved.eigenvalues(), solved.eigenvectors(), largest(solved.eigenvalues(), wanted));
  }
  const kernel::draws random(1, "diffusion map");
  Eigen::MatrixXd basis(n, std::min(n, 3 * wanted));
  Eigen::VectorXd next(n), middle(n), beside(n);
  for (Eigen::Index i = 0; i < n; ++i) next(i) = random.uniform(i) - 0.5;
  next.normalize();
  for (Eigen::Index m = 1;; ++m) {
    if (m > basis.cols()) basis.conservativeResize(n, std::min(n, basis.cols() + wanted));
    basis.col(m - 1) = next;
    next = a.times(next);
    middle(m - 1) = basis.col(m - 1).dot(next);
    for (int again = 0; again < 2; ++again) next -= basis.leftCols(m) * (basis.leftCols(m).transpose() * next);
    beside(m - 1) = next.norm();
    const bool last = m == n || beside(m - 1) < 1e-12;
    if (!last) next /= beside(m - 1);
    if (!last && (m < 2 * wanted || m % 50 != 0)) continue;
    Eigen::SelfAdjointEigenSolver<matrix> solved;
    solved.computeFromTridiagonal(middle.head(m), beside.head(m - 1));
    const auto of = largest(solved.eigenvalues(), wanted);
    double off = 0;
    for (const Eigen::Index j : of) off = std::max(off, std::abs(beside(m - 1) * solved.eigenvectors()(m - 1, j)));
    if (!last && off > 1e-7) continue;
    const pairs small = chosen(solved.eigenvalues(), solved.eigenvectors(), of);
    return {small.value, basis.leftCols(m) * small.vector};
  }
}

}  // namespace diffusion

/// Diffusion coordinates: the leading eigenvectors of the walk, each times lambda / (1 - lambda), which sums its steps of
/// every length.
/// in     symmetric graph, weights > 0, no cell without edges; how many coordinates
/// out    embedding [cells, min(components, cells - 1)]; an eigenvalue of 1 (each connected piece has one) is weighed 1
/// errors none            cost   O(cells 300^2) for 100 coordinates, O(cells^3) below 500 cells
/// repeat the same for any number of threads; up to rounding between compilers
/// source Coifman et al. 2005; Haghverdi et al. 2016; as diffusion_nn of scib-metrics
template <class Real = double>
[[nodiscard]] embedding_batch<> diffusion_map(const graph<>& g, std::int64_t components = 100) {
  const std::int64_t n = g.n_cells();
  const std::vector<std::int32_t> one_label(usize(n), 0);
  const auto piece = components_within(g, one_label);
  std::vector<std::vector<std::int64_t>> rows(usize(n));
  for (std::int64_t i = 0; i < n; ++i) rows[usize(piece[usize(i)])].push_back(i);
  struct coordinate {
    double value;
    std::size_t piece;
    Eigen::Index column;
  };
  std::vector<diffusion::pairs> solved(usize(n));
  std::vector<coordinate> all;
  for (std::size_t p = 0; p < rows.size(); ++p) {
    if (rows[p].empty()) continue;
    const graph<> part = subgraph(g, rows[p]);
    solved[p] = diffusion::leading<Real>(diffusion::transitions(part), components);
    for (Eigen::Index j = 0; j < solved[p].value.size(); ++j) all.push_back({solved[p].value(j), p, j});
  }
  std::sort(all.begin(), all.end(), [](const coordinate& a, const coordinate& b) {
    const double x = std::abs(a.value), y = std::abs(b.value);
    return x != y ? x > y : a.piece != b.piece ? a.piece < b.piece : a.column < b.column;
  });
  all.resize(std::min(all.size(), usize(std::min(components, std::max<std::int64_t>(0, n - 1)))));
  embedding_batch<> out;
  out.resize(n, isize(all.size()));
  std::fill(out.value.begin(), out.value.end(), 0.0F);
  for (std::int64_t i = 0; i < n; ++i) out.cell_id[usize(i)] = i;
  for (std::size_t c = 0; c < all.size(); ++c) {
    const double value = all[c].value, times = std::abs(1 - value) < 1e-6 ? 1 : value / (1 - value);
    const auto& of = rows[all[c].piece];
    for (std::size_t i = 0; i < of.size(); ++i)
      out.row(of[i])[c] = static_cast<float>(times * solved[all[c].piece].vector(isize(i), all[c].column));
  }
  return out;
}

}  // namespace tepui::metric
