#pragma once
/// The counts of every gene, normalised, and their product with weights: of all genes, and of the few that a mask leaves of them.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/kernel/sparse_linear.hpp>
#include <tepui/layer/gene_mask.hpp>
#include <tepui/layer/norm_of_genes.hpp>

namespace tepui::layer {

/// y = norm(counts) weight, and y = (share norm(counts)) weight for masks of the same cells. Counts stay sparse: the norm of genes is
/// a factor and an offset, the offsets of all genes come to one row that all cells share, and masked counts are sparse rows.
/// shapes  weight [genes, Out] (a row for every gene); the norm's own; y [cells, Out]
/// starts  weight normal with a variance of 2 / sqrt(genes)
/// order   forward, then forward_masked for each mask; begin_backward, backward_masked for each mask, then backward
/// keeps   the counts as they were read, and a factor and an offset of each gene
/// cost    2 counts Out operations, and 2 shares Out for a mask; backward twice that, and O(genes Out) once
/// errors  bad_data: fewer than two cells while it learns            source  Arik and Pfister 2021
template <int Out, batch_norm_settings Norm>
struct normed_genes {
  static_assert(Out > 0, "tepui: a layer over genes needs outputs; write normed_genes<64, batch_norm_settings{}>");
  using norm_type = norm_of_genes<Norm>;
  static constexpr bool whole = true;
  template <class Real>
  struct saved {
    typename norm_type::template saved<Real> norm;
    memory<std::int64_t> row;  // [cells + 1] of the counts as they were read
    memory<std::int32_t> gene;
    memory<Real> value, slope, offset;
  };
  template <class Real>
  struct room {
    kernel::sparse_linear_room<Real> product;
    memory<Real> scaled, constant, of_counts;
    memory<double> d_slope, d_offset;
  };

  std::int64_t n_genes = 0;

  [[nodiscard]] std::string describe() const { return "genes to " + std::to_string(Out); }
  [[nodiscard]] norm_type norm() const { return {n_genes}; }
  void each_weight(auto&& visit) const {
    const double inputs = static_cast<double>(std::max<std::int64_t>(1, n_genes));
    visit("weight", slice{n_genes, Out, start::normal, std::sqrt(2 / std::sqrt(inputs)), true});
  }
  static void each_part(auto& self, auto&& visit) { visit("norm", self.norm()); }

  /// in     counts: cells as they are stored, genes ascending            out    y [cells, Out]
  template <class Real>
  void forward(std::span<const Real> w, const packed& at, const auto& counts, std::span<Real> y, saved<Real>& s,
               room<Real>& r) const {
    const auto of = cut(w);
    const std::int64_t n = at.n_cells();
    read(counts, n, s);
    const auto slope = grown(s.slope, n_genes), offset = grown(s.offset, n_genes);
    norm().forward(of.norm, at, what_was_read(n, s), slope, offset, s.norm);
    const auto scaled = grown(r.scaled, isize(s.gene.size())), constant = grown(r.constant, Out);
    for (std::size_t i = 0; i < s.gene.size(); ++i) scaled[i] = slope[usize(s.gene[i])] * s.value[i];
    std::fill(constant.begin(), constant.end(), Real{0});
    for (std::size_t g = 0; g < offset.size(); ++g)
      for (std::size_t d = 0; d < usize(Out); ++d) constant[d] += offset[g] * of.weight[g * usize(Out) + d];
    kernel::sparse_linear<Real>(with_values(n, s, std::span<const Real>(scaled)), of.weight, constant, Out, y, r.product);
  }
  /// in     a mask of the cells that forward read            out    seen: the masked counts, one for each share; y [cells, Out]
  template <class Real>
  void forward_masked(std::span<const Real> w, std::int64_t n, const gene_shares<Real>& mask, memory<Real>& seen,
                      std::span<Real> y, const saved<Real>& s, room<Real>& r) const {
    const auto masked = grown(seen, isize(mask.gene.size()));
    each_share(n, s, mask, [&](std::int64_t, std::size_t i, Real, Real normed) { masked[i] = mask.share[i] * normed; });
    kernel::sparse_linear<Real>(mask.with(masked, n_genes, 0, n), cut(w).weight, {}, Out, y, r.product);
  }

  void begin_backward(auto& r) const {
    for (auto* sums : {&r.d_slope, &r.d_offset}) {
      const auto all = grown(*sums, n_genes);
      std::fill(all.begin(), all.end(), 0.0);
    }
  }
  /// out    d_shares, one for each share of the mask, and dw: added to
  template <class Real>
  void backward_masked(std::span<const Real> w, std::int64_t n, const gene_shares<Real>& mask, memory<Real>& seen,
                       std::span<const Real> dy, std::span<Real> dw, std::span<Real> d_shares, const saved<Real>& s,
                       room<Real>& r) const {
    const auto weight = cut(w).weight;
    kernel::sparse_gradient<Real>(mask.with(grown(seen, isize(mask.gene.size())), n_genes, 0, n), dy, Out, cut(dw).weight, {},
                                  r.product);
    each_share(n, s, mask, [&](std::int64_t c, std::size_t i, Real count, Real normed) {
      const auto g = usize(mask.gene[i]);
      const Real d = kernel::inner_by_lanes<Real>(dy.data() + c * Out, weight.data() + g * usize(Out), Out);
      d_shares[i] += d * normed;
      r.d_slope[g] += static_cast<double>(d * mask.share[i] * count);
      r.d_offset[g] += static_cast<double>(d * mask.share[i]);
    });
  }
  /// The way back of forward, and of the norm behind all masks.            out    dw is added to
  template <class Real>
  void backward(std::span<const Real> w, const packed& at, std::span<const Real> dy, std::span<Real> dw, const saved<Real>& s,
                room<Real>& r) const {
    const auto of = cut(w);
    const auto to = cut(dw);
    const std::int64_t n = at.n_cells();
    // The weights of a gene saw slope x + offset: sums of x d and of d make its gradient, and those of slope and offset.
    const auto of_counts = grown(r.of_counts, n_genes * Out), sum = grown(r.constant, Out);
    const auto d_slope = grown(r.d_slope, n_genes), d_offset = grown(r.d_offset, n_genes);
    std::fill(of_counts.begin(), of_counts.end(), Real{0});
    std::fill(sum.begin(), sum.end(), Real{0});
    kernel::sparse_gradient<Real>(what_was_read(n, s), dy, Out, of_counts, sum, r.product);
    for (std::size_t g = 0; g < usize(n_genes); ++g) {
      const Real* const x_d = of_counts.data() + g * usize(Out);
      const Real* const weight = of.weight.data() + g * usize(Out);
      Real* const add = to.weight.data() + g * usize(Out);
      const Real slope = s.slope[g], offset = s.offset[g];
      for (std::size_t d = 0; d < usize(Out); ++d) add[d] += slope * x_d[d] + offset * sum[d];
      d_slope[g] += static_cast<double>(kernel::inner_by_lanes<Real>(x_d, weight, Out));
      d_offset[g] += static_cast<double>(kernel::inner_by_lanes<Real>(sum.data(), weight, Out));
    }
    norm().template backward<Real>(of.norm, at, n, d_slope, d_offset, to.norm, s.norm);
  }

 private:
  template <class Real>
  struct parts_of {
    std::span<Real> weight, norm;
  };
  template <class Real>
  [[nodiscard]] parts_of<Real> cut(std::span<Real> w) const {
    slices all(w);
    const auto weight = all.next(n_genes * Out);
    return {weight, all.of(norm())};
  }
  template <class Real>
  static void read(const auto& counts, std::int64_t n, saved<Real>& s) {
    const auto row = grown(s.row, n + 1);
    s.gene.clear();
    s.value.clear();
    for (std::int64_t c = 0; c < n; ++c) {
      row[usize(c)] = isize(s.gene.size());
      for (std::int64_t i = counts.row_begin[usize(c)]; i < counts.row_end[usize(c)]; ++i) {
        s.gene.push_back(counts.gene[usize(i)]);
        s.value.push_back(static_cast<Real>(counts.value[usize(i)]));
      }
    }
    row[usize(n)] = isize(s.gene.size());
  }
  template <class Real>
  [[nodiscard]] kernel::stored_cells<Real> with_values(std::int64_t n, const saved<Real>& s,
                                                       std::span<const Real> value) const {
    const std::span<const std::int64_t> row(s.row.data(), usize(n + 1));
    return {n_genes, row.first(usize(n)), row.subspan(1), s.gene, value};
  }
  template <class Real>
  [[nodiscard]] kernel::stored_cells<Real> what_was_read(std::int64_t n, const saved<Real>& s) const {
    return with_values<Real>(n, s, std::span<const Real>(s.value.data(), s.value.size()));
  }
  /// visit(cell, place in the mask, count, normalised count) for every share; both lists of genes ascend.
  template <class Real>
  static void each_share(std::int64_t n, const saved<Real>& s, const gene_shares<Real>& mask, auto&& visit) {
    for (std::int64_t c = 0; c < n; ++c) {
      std::int64_t at = s.row[usize(c)];
      const std::int64_t end = s.row[usize(c) + 1];
      for (std::int64_t i = mask.begin(c); i < mask.end(c); ++i) {
        const std::int32_t gene = mask.gene[usize(i)];
        while (at < end && s.gene[usize(at)] < gene) ++at;
        const Real count = at < end && s.gene[usize(at)] == gene ? s.value[usize(at)] : Real{0};
        visit(c, usize(i), count, s.slope[usize(gene)] * count + s.offset[usize(gene)]);
      }
    }
  }
};

}  // namespace tepui::layer
