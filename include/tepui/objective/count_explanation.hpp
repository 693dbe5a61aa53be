#pragma once
/// How well the last layer of a decoder explains counts: a share for each gene, a law of counts, and its likelihood.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include <tepui/flow/tokens.hpp>
#include <tepui/kernel/count_likelihood.hpp>
#include <tepui/layer/layer.hpp>
#include <tepui/layer/softmax.hpp>
#include <tepui/layer/to_genes.hpp>

namespace tepui::objective {

/// A sum in 16 lanes, and these from left to right.
template <class Real>
[[nodiscard]] Real in_lanes(std::span<const Real> x) {
  std::array<Real, 16> lane{};
  std::size_t i = 0;
  for (; i + lane.size() <= x.size(); i += lane.size())
    for (std::size_t l = 0; l < lane.size(); ++l) lane[l] += x[i + l];
  for (std::size_t l = 0; i < x.size(); ++i, ++l) lane[l] += x[i];
  Real sum = 0;
  for (const Real v : lane) sum += v;
  return sum;
}

/// Counts with mean = library size x softmax(scale of the row), a dispersion for each gene and, where the law knows losses, the
/// logit of a loss by the row.
/// types   Law; Width: of a decoder's rows
template <kernel::count_law Law, int Width>
struct count_explanation {
  static constexpr bool disperses = kernel::has_dispersion(Law), drops = kernel::has_dropout(Law);

  layer::to_genes<Width> scale{}, dropout{};

  template <class Real>
  struct room {
    typename layer::to_genes<Width>::template room<Real> out;
    kernel::count_row_room<Real> row;
    layer::memory<Real> y, y_drop, mean, d_mean, d_drop;
  };

  static void each_part(auto& self, auto&& visit) {
    visit("scale", self.scale);
    if constexpr (drops) visit("dropout", self.dropout);
  }
  void of_genes(std::int64_t n) { scale.n_genes = dropout.n_genes = n; }

  /// What is above: rows, sizes and dispersions, or, where they are gradients, what is to be filled.
  template <class Real>
  struct above {
    std::span<Real> rows;        ///< [m, Width]
    std::span<Real> size;        ///< [m] library sizes; the gradient is by their logarithms
    std::span<Real> dispersion;  ///< [genes] or empty; the gradient is by their logarithms
  };

  /// Minus the log-likelihood of m cells, and its gradient by what is above.
  /// in     tokens: genes and counts of cells, of which m are taken from `begin` on
  /// out    a sum over the cells; dw and d.dispersion are added to, d.rows and d.size overwritten
  /// cost   6 Width genes operations a cell, with the gradient (with losses 12), and a likelihood of each gene
  template <bool Gradient, class Real>
  double explain(std::span<const Real> w, const above<const Real>& have, const auto& tokens, std::int64_t begin,
                 std::span<Real> dw, const above<Real>& d, room<Real>& r) const {
    const std::int64_t m = isize(have.size.size()), n_genes = scale.n_genes;
    layer::slices cut(w);
    const auto w_scale = cut.of(scale);
    std::span<const Real> w_dropout;
    if constexpr (drops) w_dropout = cut.of(dropout);
    const auto y = layer::grown(r.y, m * n_genes), y_drop = layer::grown(r.y_drop, drops ? m * n_genes : 0);
    scale.forward(w_scale, have.rows, y, r.out);
    if constexpr (drops) dropout.forward(w_dropout, have.rows, y_drop, r.out);
    const auto slope = layer::grown(r.d_mean, Gradient ? n_genes : 0),
               slope_drop = layer::grown(r.d_drop, Gradient && drops ? n_genes : 0);
    const auto mean = layer::grown(r.mean, n_genes);
    double sum = 0;
    for (std::int64_t i = 0; i < m; ++i) {
      const auto share = y.subspan(usize(i * n_genes), usize(n_genes));
      layer::to_shares<Real>(share);
      const Real size = have.size[usize(i)];
      for (std::size_t g = 0; g < share.size(); ++g) mean[g] = size * share[g];
      kernel::count_parameters<Real> expects;
      kernel::count_slopes<Real> slopes;
      expects.mean = mean;
      slopes.mean = slope;
      if constexpr (disperses) {
        expects.dispersion = have.dispersion;
        slopes.dispersion = d.dispersion;
      }
      if constexpr (drops) {
        expects.dropout_logit = y_drop.subspan(usize(i * n_genes), usize(n_genes));
        slopes.dropout_logit = slope_drop;
      }
      const auto from = usize(tokens.cell_begin[usize(begin + i)]), n = usize(tokens.cell_begin[usize(begin + i) + 1]) - from;
      sum -= kernel::count_likelihood_row<Law>(std::span<const std::int32_t>(tokens.id).subspan(from, n),
                                               std::span<const float>(tokens.template get<channel::value>()).subspan(from, n),
                                               expects, r.row, slopes, Real{-1});
      if constexpr (Gradient) {
        // A share moves all others: d score = slope - share (sum of slopes).
        const Real together = in_lanes(std::span<const Real>(slope));
        d.size[usize(i)] = together;
        for (std::size_t g = 0; g < share.size(); ++g) share[g] = slope[g] - share[g] * together;
        if constexpr (drops) std::copy(slope_drop.begin(), slope_drop.end(), y_drop.begin() + i * n_genes);
      }
    }
    if constexpr (Gradient) {
      layer::slices cut_d(dw);
      scale.backward(w_scale, have.rows, std::span<const Real>(y), cut_d.of(scale), d.rows, kernel::into::overwrite, r.out);
      if constexpr (drops)
        dropout.backward(w_dropout, have.rows, std::span<const Real>(y_drop), cut_d.of(dropout), d.rows, kernel::into::add,
                         r.out);
    }
    return sum;
  }
};

}  // namespace tepui::objective
