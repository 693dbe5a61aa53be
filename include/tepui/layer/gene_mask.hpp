#pragma once
/// Chooses, cell by cell, the few genes that a step of a network looks at, and leaves genes for later steps that were looked
/// at before.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/kernel/gemm.hpp>
#include <tepui/kernel/sparse_linear.hpp>
#include <tepui/kernel/sparse_shares.hpp>
#include <tepui/layer/ghost_batch_norm.hpp>

namespace tepui::layer {

/// A mask of some cells as sparse rows: genes whose share is above 0, ascending.
template <class Real>
struct gene_shares {
  memory<std::int64_t> row;   ///< [cells + 1]
  memory<std::int32_t> gene;  ///< what follows: one for each share
  memory<Real> share;
  memory<Real> score;  ///< normalised, without gain and shift
  memory<Real> prior;  ///< what the score was multiplied by
  // Of each ghost batch, [genes]:
  memory<double> mean, spread;
  memory<Real> scale;

  [[nodiscard]] std::int64_t begin(std::int64_t cell) const { return row[usize(cell)]; }
  [[nodiscard]] std::int64_t end(std::int64_t cell) const { return row[usize(cell) + 1]; }
  /// These genes of cells [first, last) with other values.
  [[nodiscard]] kernel::stored_cells<Real> with(std::span<const Real> value, std::int64_t n_genes, std::int64_t first,
                                                std::int64_t last) const {
    const std::span<const std::int64_t> rows(row.data() + first, usize(last - first + 1));
    return {n_genes, rows.first(usize(last - first)), rows.subspan(1),
            std::span<const std::int32_t>(gene.data(), gene.size()), value};
  }
  /// The share of a gene in a cell; 0 where it has none.
  [[nodiscard]] Real share_of(std::int64_t cell, std::int32_t g) const {
    const std::int64_t at = place_of(cell, g);
    return at < 0 ? Real{0} : share[usize(at)];
  }
  [[nodiscard]] std::int64_t place_of(std::int64_t cell, std::int32_t g) const {
    const auto first = gene.begin() + begin(cell), last = gene.begin() + end(cell);
    const auto at = std::lower_bound(first, last, g);
    return at != last && *at == g ? at - gene.begin() : -1;
  }
};

/// shares = sparse_shares(norm(x weight') times prior), with prior = the product of (gamma - share) over earlier masks of
/// the cell.
/// shapes  x [cells, In]; weight [genes, In] (torch's own layout); gain, shift, running moments [genes]
/// dense   scores [cells, genes] exist for one ghost batch at a time while it learns (or for the whole batch, where there
///         are
///         none), and for 64 cells else; what is kept is the shares above 0. backward makes nothing dense: the pull of a
/// batch norm
///         on all genes goes through the moments of x, [In, In]
/// starts  normal with a variance of 1 / sqrt(In)            errors  bad_data: one cell in a batch while it learns
/// cost    2 cells genes In operations forward; backward shares In, and 4 In^2 for every gene that has a share in a ghost
///         batch
/// repeat  while it learns a cell depends on its ghost batch; else on itself alone
/// source  Arik and Pfister 2021
template <int In, int GhostRows, kernel::shares_by By, batch_norm_settings Norm>
struct gene_mask {
  static_assert(In > 0, "tepui: a mask is made of at least one number; write gene_mask<64, 256, shares_by::sparsemax>");
  static constexpr bool whole = true;
  template <class Real>
  struct room {
    kernel::gemm_room<Real> product;
    kernel::sparse_linear_room<Real> sparse;
    kernel::sparse_shares_room shares;
    memory<Real> scores, row, prior, value, slope, offset, x_mean, centred, moments, pull, flat, along;
    memory<double> d_gain, d_shift;
    memory<std::int32_t> touched;
  };

  std::int64_t n_genes = 0;

  [[nodiscard]] std::string describe() const { return By == kernel::shares_by::sparsemax ? "sparsemax" : "entmax 1.5"; }
  void each_weight(auto&& visit) const {
    visit("weight", slice{n_genes, In, start::normal, 1 / std::sqrt(std::sqrt(static_cast<double>(In))), true});
    each_norm_slice(n_genes, Norm.momentum, visit);
  }

  /// in     x [cells, In]; earlier: masks of the same cells            out    kept, overwritten
  template <class Real>
  void forward(std::span<const Real> w, const packed& at, std::span<const Real> x,
               std::span<const gene_shares<Real>> earlier, Real gamma, gene_shares<Real>& kept, room<Real>& r) const {
    const auto of = cut(w);
    const std::int64_t n = isize(x.size()) / In,
                       parts = at.training ? ghost_batches(n, GhostRows) : (n + at_once - 1) / at_once;
    kept.gene.clear();
    kept.share.clear();
    kept.score.clear();
    kept.prior.clear();
    grown(kept.row, n + 1)[0] = 0;
    const auto slope = grown(r.slope, n_genes), offset = grown(r.offset, n_genes);
    const auto scale_all = grown(kept.scale, n_genes * (at.training ? parts : 1));
    if (!at.training) {
      kernel::running_scale<Real>(of.variance, double{Norm.epsilon}, scale_all);
      fold<Real>(of, of.mean, scale_all, slope, offset);
    }
    start_prior(isize(earlier.size()), gamma, r);
    for (std::int64_t p = 0; p < parts; ++p) {
      const std::int64_t first = at.training ? ghost_begin(n, p, parts) : p * at_once;
      const std::int64_t last = at.training ? ghost_begin(n, p + 1, parts) : std::min(n, first + at_once);
      const auto scores = grown(r.scores, (last - first) * n_genes);
      kernel::gemm<kernel::precision::float32, Real>(last - first, n_genes, In, {x.data() + first * In, In, 1},
                                                     {of.weight.data(), 1, In}, scores.data(), n_genes,
                                                     kernel::into::overwrite, r.product);
      const auto scale = at.training ? scale_all.subspan(usize(p * n_genes), usize(n_genes)) : scale_all;
      const auto middle = grown(r.row, n_genes);
      if (at.training) {
        const auto mean = grown(kept.mean, parts * n_genes).subspan(usize(p * n_genes), usize(n_genes));
        const auto spread = grown(kept.spread, parts * n_genes).subspan(usize(p * n_genes), usize(n_genes));
        kernel::batch_moments<Real>(scores, n_genes, mean, spread);
        kernel::batch_scale<Real>(last - first, spread, double{Norm.epsilon}, scale);
        for (std::size_t g = 0; g < middle.size(); ++g) middle[g] = static_cast<Real>(mean[g]);
        fold<Real>(of, middle, scale, slope, offset);
      } else {
        std::copy(of.mean.begin(), of.mean.end(), middle.begin());
      }
      for (std::int64_t c = first; c < last; ++c)
        choose<Real>(c, scores.subspan(usize((c - first) * n_genes), usize(n_genes)), middle, scale, earlier, gamma, kept,
                     r);
    }
  }

  /// in     d_shares: how the loss changes with kept.share; overwritten
  /// out    d_earlier: to these, one for each earlier mask and like its shares, is added; dw is added to; dx [cells, In]
  ///        overwritten
  template <class Real>
  void backward(std::span<const Real> w, const packed& at, std::span<const Real> x,
                std::span<const gene_shares<Real>> earlier, Real gamma, const gene_shares<Real>& kept,
                std::span<Real> d_shares, std::span<memory<Real>> d_earlier, std::span<Real> dw, std::span<Real> dx,
                room<Real>& r) const {
    const auto of = cut(w);
    const auto to = cut(dw);
    const std::int64_t n = isize(x.size()) / In, parts = at.training ? ghost_batches(n, GhostRows) : 1;
    const auto value = grown(r.value, isize(kept.gene.size()));
    for (std::int64_t c = 0; c < n; ++c) through_shares<Real>(c, of, earlier, gamma, kept, d_shares, d_earlier);
    const auto d_gain = grown(r.d_gain, n_genes), d_shift = grown(r.d_shift, n_genes);
    std::fill(d_gain.begin(), d_gain.end(), 0.0);
    std::fill(d_shift.begin(), d_shift.end(), 0.0);
    for (std::int64_t p = 0; p < parts; ++p) {
      const std::int64_t first = ghost_begin(n, p, parts), last = ghost_begin(n, p + 1, parts);
      const std::span<const Real> scale(kept.scale.data() + (at.training ? p * n_genes : 0), usize(n_genes));
      r.touched.clear();
      for (std::int64_t i = kept.row[usize(first)]; i < kept.row[usize(last)]; ++i) {
        const auto g = usize(kept.gene[usize(i)]);
        const auto d = static_cast<double>(d_shares[usize(i)]);
        d_gain[g] += d * static_cast<double>(kept.score[usize(i)]);
        d_shift[g] += d;
        value[usize(i)] = d_shares[usize(i)] * of.gain[g] * scale[g];
        r.touched.push_back(kept.gene[usize(i)]);
      }
      std::sort(r.touched.begin(), r.touched.end());
      r.touched.erase(std::unique(r.touched.begin(), r.touched.end()), r.touched.end());
      const auto these = kept.with(value, n_genes, first, last);
      const auto rows = x.subspan(usize(first * In), usize((last - first) * In));
      const auto d_rows = dx.subspan(usize(first * In), usize((last - first) * In));
      kernel::sparse_linear<Real>(these, of.weight, {}, In, d_rows, r.sparse);
      kernel::sparse_gradient<Real>(these, rows, In, to.weight, {}, r.sparse);
      if (at.training) pull_back<Real>(of, scale, rows, to.weight, d_rows, r);
      for (const std::int32_t g : r.touched) {
        to.gain[usize(g)] += static_cast<Real>(d_gain[usize(g)]);
        to.shift[usize(g)] += static_cast<Real>(d_shift[usize(g)]);
        d_gain[usize(g)] = d_shift[usize(g)] = 0;
      }
      if (!at.training) continue;
      const auto m = static_cast<double>(last - first);
      for (std::size_t g = 0; g < usize(n_genes); ++g) {
        const double away = kept.mean[usize(p * n_genes) + g] - static_cast<double>(of.mean[g]);
        to.mean[g] += static_cast<Real>(m * away);
        to.variance[g] += static_cast<Real>(kept.spread[usize(p * n_genes) + g] + m * away * away);
      }
      to.seen[0] += static_cast<Real>(last - first);
    }
  }

 private:
  static constexpr std::int64_t at_once =
      64;  // cells whose scores of all genes stand side by side, where nothing learns

  template <class Real>
  struct parts_of : norm_slices<Real> {
    std::span<Real> weight;
  };
  template <class Real>
  [[nodiscard]] parts_of<Real> cut(std::span<Real> w) const {
    slices all(w);
    const auto weight = all.next(n_genes * In);
    return {norm_slices<Real>::next(all, n_genes), weight};
  }
  template <class Real>
  static void fold(const parts_of<const Real>& of, std::span<const Real> mean, std::span<const Real> scale,
                   std::span<Real> slope, std::span<Real> offset) {
    for (std::size_t g = 0; g < slope.size(); ++g) {
      slope[g] = of.gain[g] * scale[g];
      offset[g] = of.shift[g] - mean[g] * slope[g];
    }
  }
  /// The prior of genes that no earlier mask of the cell has.
  template <class Real>
  [[nodiscard]] static Real untouched(std::int64_t n_earlier, Real gamma) {
    Real out = 1;
    for (std::int64_t e = 0; e < n_earlier; ++e) out *= gamma;
    return out;
  }
  template <class Real>
  void start_prior(std::int64_t n_earlier, Real gamma, room<Real>& r) const {
    const auto prior = grown(r.prior, n_genes);
    std::fill(prior.begin(), prior.end(), untouched<Real>(n_earlier, gamma));
  }
  /// The product of (gamma - share) over all earlier masks but one (-1: over all).
  template <class Real>
  [[nodiscard]] static Real prior_of(std::int64_t cell, std::int32_t gene, std::span<const gene_shares<Real>> earlier,
                                     Real gamma, std::int64_t but) {
    Real out = 1;
    for (std::int64_t e = 0; e < isize(earlier.size()); ++e)
      if (e != but) out *= gamma - earlier[usize(e)].share_of(cell, gene);
    return out;
  }

  /// The shares of one cell. score [genes] is overwritten.
  template <class Real>
  void choose(std::int64_t c, std::span<Real> score, std::span<const Real> middle, std::span<const Real> scale,
              std::span<const gene_shares<Real>> earlier, Real gamma, gene_shares<Real>& kept, room<Real>& r) const {
    Real* const prior = r.prior.data();
    for (const auto& mask : earlier)
      for (std::int64_t i = mask.begin(c); i < mask.end(c); ++i)
        prior[mask.gene[usize(i)]] = prior_of<Real>(c, mask.gene[usize(i)], earlier, gamma, -1);
    const auto row = grown(r.along, n_genes);
    const Real *const slope = r.slope.data(), *const offset = r.offset.data();
    for (std::size_t g = 0; g < row.size(); ++g) row[g] = (score[g] * slope[g] + offset[g]) * prior[g];
    const std::int64_t before = isize(kept.gene.size());
    kernel::sparse_shares<By, Real>(row, kept.gene, kept.share, r.shares);
    for (std::int64_t i = before; i < isize(kept.gene.size()); ++i) {
      const auto g = usize(kept.gene[usize(i)]);
      kept.score.push_back((score[g] - middle[g]) * scale[g]);
      kept.prior.push_back(prior[g]);
    }
    kept.row[usize(c) + 1] = isize(kept.gene.size());
    const Real rest = untouched(isize(earlier.size()), gamma);
    for (const auto& mask : earlier)
      for (std::int64_t i = mask.begin(c); i < mask.end(c); ++i) prior[mask.gene[usize(i)]] = rest;
  }

  /// From shares to normalised scores with gain and shift, which replace d, and to earlier masks.
  template <class Real>
  static void through_shares(std::int64_t c, const parts_of<const Real>& of, std::span<const gene_shares<Real>> earlier,
                             Real gamma, const gene_shares<Real>& kept, std::span<Real> d,
                             std::span<memory<Real>> d_earlier) {
    const auto first = usize(kept.begin(c)), n = usize(kept.end(c)) - first;
    kernel::sparse_shares_backward<By, Real>(std::span<const Real>(kept.share.data() + first, n), d.subspan(first, n));
    for (std::size_t i = first; i < first + n; ++i) {
      const auto g = usize(kept.gene[i]);
      const Real score = kept.score[i] * of.gain[g] + of.shift[g];
      for (std::size_t e = 0; e < earlier.size(); ++e)
        if (const std::int64_t at = earlier[e].place_of(c, kept.gene[i]); at >= 0)
          d_earlier[e][usize(at)] -= d[i] * score * prior_of(c, kept.gene[i], earlier, gamma, isize(e));
      d[i] *= kept.prior[i];
    }
  }

  /// What moving mean and spread of a ghost batch adds, without a matrix [cells, genes]: with x^ = scale (x - its mean)
  /// weight', the
  /// sums over cells or genes of r and q x^ are products with [In, In].
  template <class Real>
  void pull_back(const parts_of<const Real>& of, std::span<const Real> scale, std::span<const Real> x,
                 std::span<Real> d_weight, std::span<Real> dx, room<Real>& r) const {
    const std::int64_t n = isize(x.size()) / In;
    const auto centred = grown(r.centred, n * In), mean = grown(r.x_mean, In);
    std::array<double, usize(In)> sum{};
    for (std::int64_t i = 0; i < n; ++i)
      for (std::size_t k = 0; k < usize(In); ++k) sum[k] += static_cast<double>(x[usize(i * In) + k]);
    for (std::size_t k = 0; k < usize(In); ++k) mean[k] = static_cast<Real>(sum[k] / static_cast<double>(n));
    for (std::int64_t i = 0; i < n; ++i)
      for (std::size_t k = 0; k < usize(In); ++k) centred[usize(i * In) + k] = x[usize(i * In) + k] - mean[k];
    const auto moments = grown(r.moments, In * In), pull = grown(r.pull, In * In), flat = grown(r.flat, In),
               along = grown(r.along, In);
    kernel::gemm<kernel::precision::float32, Real>(In, In, n, {centred.data(), 1, In}, {centred.data(), In, 1},
                                                   moments.data(), In, kernel::into::overwrite, r.product);
    std::fill(pull.begin(), pull.end(), Real{0});
    std::fill(flat.begin(), flat.end(), Real{0});
    const auto rows = static_cast<double>(n);
    for (const std::int32_t gene : r.touched) {
      const auto g = usize(gene);
      const auto steep = static_cast<double>(of.gain[g]) * static_cast<double>(scale[g]);
      const auto by_mean = static_cast<Real>(steep * r.d_shift[g] / rows);
      const auto by_spread = static_cast<Real>(steep * r.d_gain[g] / rows * static_cast<double>(scale[g]));
      const Real* const weight = of.weight.data() + g * usize(In);
      Real* const to = d_weight.data() + g * usize(In);
      std::fill(along.begin(), along.end(), Real{0});
      for (std::size_t k = 0; k < usize(In); ++k) {
        flat[k] += by_mean * weight[k];
        const Real left = by_spread * weight[k];
        for (std::size_t l = 0; l < usize(In); ++l) {
          pull[k * usize(In) + l] += left * weight[l];
          along[l] += left * moments[k * usize(In) + l];
        }
      }
      for (std::size_t k = 0; k < usize(In); ++k) to[k] -= static_cast<Real>(rows) * mean[k] * by_mean + along[k];
    }
    const auto d = grown(r.row, n * In);
    kernel::gemm<kernel::precision::float32, Real>(n, In, In, {centred.data(), In, 1}, {pull.data(), In, 1}, d.data(), In,
                                                   kernel::into::overwrite, r.product);
    for (std::int64_t i = 0; i < n; ++i)
      for (std::size_t k = 0; k < usize(In); ++k) dx[usize(i * In) + k] -= flat[k] + d[usize(i * In) + k];
  }
};

}  // namespace tepui::layer
