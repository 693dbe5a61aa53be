#pragma once
/// How far the expression of cells would have to be moved to turn predicted cells into real ones: Wasserstein distances.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/kernel/squared_distance.hpp>
#include <tepui/metric/perturbation/cell_scores.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// Wasserstein distance of two samples of numbers to the power p: the integral over u in (0, 1) of |a(u) - b(u)|^p, a and b
/// the quantile functions.
/// in     a, b ascending; p 1 or 2          empty  NaN          cost   O(n + m)
[[nodiscard]] inline double wasserstein_of_sorted(std::span<const double> a, std::span<const double> b, int p) {
  if (a.empty() || b.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto apart = [&](std::size_t i, std::size_t j) {
    const double d = std::abs(a[i] - b[j]);
    return p == 1 ? d : d * d;
  };
  double sum = 0;
  // Steps in units of 1 / (n m), so that where both samples step together is exact.
  const std::uint64_t n = a.size(), m = b.size();
  std::uint64_t at = 0;
  for (std::size_t i = 0, j = 0; i < n && j < m;) {
    const std::uint64_t end_a = (i + 1) * m, end_b = (j + 1) * n, next = std::min(end_a, end_b);
    sum += static_cast<double>(next - at) * apart(i, j);
    at = next;
    if (next == end_a) ++i;
    if (next == end_b) ++j;
  }
  return sum / static_cast<double>(n) / static_cast<double>(m);
}

/// Mean over genes of the one-dimensional Wasserstein distance (order 1) of a gene's values: marginals only, no dependence
/// of genes.
/// in     x, y [n, genes]
/// cost   O(genes n log n)
template <class Real>
[[nodiscard]] double mean_gene_wasserstein(const kernel::points_of<Real>& x, const kernel::points_of<Real>& y) {
  double sum = 0;
  std::vector<double> a(usize(x.n)), b(usize(y.n));
  for (std::int64_t g = 0; g < x.dims; ++g) {
    for (std::int64_t i = 0; i < x.n; ++i) a[usize(i)] = static_cast<double>(x.row(i)[g]);
    for (std::int64_t i = 0; i < y.n; ++i) b[usize(i)] = static_cast<double>(y.row(i)[g]);
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    sum += wasserstein_of_sorted(a, b, 1);
  }
  return sum / static_cast<double>(x.dims);
}

/// Sliced Wasserstein distance of order 2: the root of the mean, over directions drawn evenly, of the squared distance along
/// each.
/// in     x, y [n, dims]; directions, seed
/// cost   O(directions (n dims + n log n))
/// repeat bit-equal where the C library's log and cos are, for one seed
/// source Bonneel et al. 2015
template <class Real>
[[nodiscard]] double sliced_wasserstein(const kernel::points_of<Real>& x, const kernel::points_of<Real>& y,
                                        std::int64_t directions, std::uint64_t seed) {
  const kernel::draws random(seed, "metric: directions of slices");
  std::vector<double> direction(usize(x.dims)), a(usize(x.n)), b(usize(y.n));
  const auto along = [&](const kernel::points_of<Real>& of, std::vector<double>& to) {
    for (std::int64_t i = 0; i < of.n; ++i) {
      double s = 0;
      for (std::size_t d = 0; d < direction.size(); ++d) s += static_cast<double>(of.row(i)[d]) * direction[d];
      to[usize(i)] = s;
    }
    std::sort(to.begin(), to.end());
  };
  double sum = 0;
  for (std::int64_t l = 0; l < directions; ++l) {
    double length = 0;
    for (std::size_t d = 0; d < direction.size(); ++d) {
      direction[d] = random.normal(l, d);
      length += direction[d] * direction[d];
    }
    for (double& v : direction) v /= std::sqrt(length);
    along(x, a);
    along(y, b);
    sum += wasserstein_of_sorted(a, b, 2);
  }
  return std::sqrt(sum / static_cast<double>(directions));
}

/// Wasserstein distance of predicted and real cells, mean over perturbations.
/// out      wasserstein_mean_of_genes, or wasserstein_sliced, with .skill, .no_change, .train_cells (cell_scores.hpp)
/// in       directions: 0: gene by gene; else sliced along so many, the same for all; most: of larger groups so many cells
///          are drawn. Distances of samples grow as cells get fewer: compare predictions of as many cells
/// ceiling  unknown for that reason, and so the skill
struct wasserstein {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "wasserstein";
  std::int64_t directions = 0;
  std::int64_t most = 1000;

  [[nodiscard]] std::string describe() const {
    return (directions == 0 ? std::string("gene by gene") : std::to_string(directions) + " slices") + ", at most " +
           std::to_string(most) + " cells a group";
  }
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    if (directions < 0)
      throw bad_option("wasserstein: the number of directions is " + std::to_string(directions) +
                       "; it must not be negative");
    const score_form form{std::string(name) + (directions == 0 ? "_mean_of_genes" : "_sliced"), "log1p expression",
                          direction::lower_is_better, from_halves::as_it_is, "no perturbation has cells on both sides",
                          "Wasserstein distances of samples grow as cells get fewer, so halves of the cells do not say what "
                          "whole groups reach"};
    return cell_scores(of, options, form, most, [&](const gathered_cells& predicted, const gathered_cells& real) {
      return directions == 0 ? mean_gene_wasserstein(predicted.points(), real.points())
                             : sliced_wasserstein(predicted.points(), real.points(), directions, options.seed);
    });
  }
};

}  // namespace tepui::metric
