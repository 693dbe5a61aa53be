#pragma once
/// An encoder that looks at a cell in a few steps, and in each of them at a few genes that it chooses for this cell.

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <string_view>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/layer/gated_rows.hpp>
#include <tepui/layer/gene_mask.hpp>
#include <tepui/layer/norm_of_genes.hpp>
#include <tepui/stage/check.hpp>
#include <tepui/stage/fitting.hpp>

namespace tepui::encode {

/// The sizes of a TabNet, with the names that its paper gives beside them.
struct tabnet_shape {
  int dims = 8;         ///< of the embedding (n_d)
  int chooses = 8;      ///< numbers that the next mask is made of (n_a)
  int steps = 3;
  int shared = 2;       ///< gated layers whose weights all steps share
  int own = 2;          ///< gated layers of each step
  float gamma = 1.3F;   ///< 1: a gene is looked at once; larger: again
  float sparsity = 0;   ///< weight of the mean entropy of masks in what is learned (lambda)
  int ghost_rows = 0;   ///< cells of a ghost batch; 0: a shard
  kernel::shares_by mask = kernel::shares_by::sparsemax;
  layer::batch_norm_settings norm{0.02F, 1e-5F};
  layer::batch_norm_settings gene_norm{0.01F, 1e-5F};
};

/// The norm of the counts and the product with the first shared weights.            shapes  weight [genes, Out]
template <int Out, layer::batch_norm_settings Norm>
struct normed_genes {
  using norm_type = layer::norm_of_genes<Norm>;
  std::int64_t n_genes = 0;

  [[nodiscard]] std::string describe() const { return "genes to " + std::to_string(Out); }
  [[nodiscard]] norm_type norm() const { return {n_genes}; }
  void each_weight(auto&& visit) const {
    const double inputs = static_cast<double>(std::max<std::int64_t>(1, n_genes));
    visit("weight", layer::slice{n_genes, Out, layer::start::normal, std::sqrt(2 / std::sqrt(inputs)), true});
  }
  static void each_part(auto& self, auto&& visit) { visit("norm", self.norm()); }
};

/// What `tabnet_encoder` becomes. Training keeps the weights elsewhere and calls the functions that take `w`.
template <tabnet_shape Shape, class Takes>
struct fitted_tabnet_encoder {
  static_assert(Shape.dims > 0 && Shape.chooses > 0 && Shape.steps > 0 && Shape.shared > 0 && Shape.own >= 0 &&
                    Shape.gamma >= 1 && Shape.sparsity >= 0,
                "tepui: a TabNet needs dims, chooses, steps and shared above 0, gamma of at least 1, and a sparsity of 0 or "
                "more; write "
                "tabnet_encoder<{.dims = 16, .chooses = 16}>");
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "tabnet_encoder";
  static constexpr int dims = Shape.dims, state_dims = dims, width = Shape.dims + Shape.chooses, lines = 2 * width;
  static constexpr bool whole = true;
  using takes = Takes;
  using gives = port::embedding;
  struct blocks_type {
    static constexpr int layers = 1;
  };
  using behind_all_blocks = fitted_tabnet_encoder;

  using genes_type = normed_genes<lines, Shape.gene_norm>;
  using rows_type = layer::gated_rows<width, Shape.shared, Shape.own, Shape.ghost_rows, Shape.norm>;
  using mask_type = layer::gene_mask<Shape.chooses, Shape.ghost_rows, Shape.mask, Shape.norm>;
  using shared_type = typename rows_type::shared_layers;

  genes_type genes{};
  layer::memory<float> weights;  ///< flat: genes, shared layers, the first split, and of each step its mask and rows

  template <class Real>
  struct saved {
    typename genes_type::norm_type::template saved<Real> norm;
    layer::memory<std::int64_t> row;  // [cells + 1] of the counts as they were read
    layer::memory<std::int32_t> gene;
    layer::memory<Real> value, slope, offset;
    std::array<typename rows_type::template saved<Real>, usize(Shape.steps + 1)> rows;
    std::array<layer::gene_shares<Real>, usize(Shape.steps)> mask;
    std::array<layer::memory<Real>, usize(Shape.steps)> seen;    // counts behind norm and mask
    std::array<layer::memory<Real>, usize(Shape.steps)> chooses;  // [cells, chooses]
    std::array<layer::memory<Real>, usize(Shape.steps + 1)> out;  // [cells, width]
  };
  template <class Real>
  struct room {
    kernel::sparse_linear_room<Real> sparse;
    layer::room_t<rows_type, Real> rows;
    layer::room_t<mask_type, Real> mask;
    layer::memory<Real> scaled, lines, constant, d_lines, d_out, d_chooses, of_counts;
    layer::memory<double> d_slope, d_offset;
    std::array<layer::memory<Real>, usize(Shape.steps)> d_mask;
  };
  struct scratch {
    saved<float> keep;
    room<float> work;
    layer::memory<std::int64_t> begin;
    layer::memory<float> z;
  };

  [[nodiscard]] std::string describe() const {
    return "tabnet(" + genes.describe() + ", " + std::to_string(Shape.steps) + " steps, " + std::to_string(Shape.shared) +
           " shared and " + std::to_string(Shape.own) + " own layers of " + std::to_string(width) + ", embedding " +
           std::to_string(dims) + ", " + mask().describe() + ", gamma " + text(Shape.gamma) + ", sparsity " +
           text(Shape.sparsity) + (Shape.ghost_rows == 0 ? "" : ", ghost batches of " + std::to_string(Shape.ghost_rows)) +
           ")";
  }
  static void each_array(auto& self, auto&& visit) {
    visit("n_genes", self.genes.n_genes);
    visit("weights", self.weights);
  }
  static void each_part(auto& self, auto&& visit) {
    visit("genes", self.genes);
    visit("shared", shared_type{});
    visit("split", rows_type{});
    for (int s = 0; s < Shape.steps; ++s) {
      visit(("mask" + std::to_string(s)).c_str(), self.mask());
      visit(("step" + std::to_string(s)).c_str(), rows_type{});
    }
  }

  /// Multiplications and additions that embed a cell of so many expressed genes; a mask is counted as if it kept as many.
  [[nodiscard]] double operations(std::int64_t n_expressed) const {
    const double seen = 2.0 * static_cast<double>(n_expressed) * lines;
    const double rows = 2.0 * width * lines * (Shape.shared - 1 + Shape.own);
    return (Shape.steps + 1) * (seen + rows) + Shape.steps * static_cast<double>(genes.n_genes) * (2.0 * Shape.chooses + 3);
  }

  /// in     w: this stage's weights; at: a row a cell; counts: cells as they are stored, genes ascending
  /// out    z [cells, dims]
  template <class Real>
  void forward_cells(std::span<const Real> w, const layer::packed& at, const auto& counts, std::span<Real> z, saved<Real>& s,
                     room<Real>& r) const {
    const auto of = cut(w);
    const std::int64_t n = at.n_cells();
    read(counts, n, s);
    const auto slope = layer::grown(s.slope, genes.n_genes), offset = layer::grown(s.offset, genes.n_genes);
    genes.norm().forward(of.norm, at, what_was_read(n, s), slope, offset, s.norm);

    // The first split sees all genes: slope x is sparse, and the offsets come to one row that all cells share.
    const auto scaled = layer::grown(r.scaled, isize(s.gene.size())), h = layer::grown(r.lines, n * lines);
    for (std::size_t i = 0; i < s.gene.size(); ++i) scaled[i] = slope[usize(s.gene[i])] * s.value[i];
    const auto constant = layer::grown(r.constant, lines);
    std::fill(constant.begin(), constant.end(), Real{0});
    for (std::size_t g = 0; g < offset.size(); ++g)
      for (std::size_t d = 0; d < usize(lines); ++d) constant[d] += offset[g] * of.genes[g * usize(lines) + d];
    kernel::sparse_linear<Real>(with_values(n, s, std::span<const Real>(scaled)), of.genes, constant, lines, h, r.sparse);
    auto out = layer::grown(s.out[0], n * width);
    rows_type{}.template forward<Real>(of.shared, of.split, at.part(0), h, out, s.rows[0], r.rows);

    std::fill(z.begin(), z.end(), Real{0});
    for (std::size_t step = 0; step < usize(Shape.steps); ++step) {
      const auto chooses = layer::grown(s.chooses[step], n * Shape.chooses);
      for (std::int64_t c = 0; c < n; ++c)
        std::copy_n(out.begin() + c * width + dims, Shape.chooses, chooses.begin() + c * Shape.chooses);
      auto& m = s.mask[step];
      mask().template forward<Real>(of.mask[step], at, chooses,
                                    std::span<const layer::gene_shares<Real>>(s.mask.data(), step), gamma<Real>, m, r.mask);
      const auto seen = layer::grown(s.seen[step], isize(m.gene.size()));
      each_share(n, s, m, [&](std::int64_t, std::size_t i, Real, Real normed) { seen[i] = m.share[i] * normed; });
      kernel::sparse_linear<Real>(m.with(seen, genes.n_genes, 0, n), of.genes, {}, lines, h, r.sparse);
      out = layer::grown(s.out[step + 1], n * width);
      rows_type{}.template forward<Real>(of.shared, of.step[step], at.part(step + 1), h, out, s.rows[step + 1], r.rows);
      for (std::int64_t c = 0; c < n; ++c)
        for (std::int64_t d = 0; d < dims; ++d) z[usize(c * dims + d)] += std::max(Real{0}, out[usize(c * width + d)]);
    }
  }

  /// dw is added to; with a sparsity above 0 so is what the entropy of masks adds, which no loss that is reported counts.
  template <class Real>
  void backward_cells(std::span<const Real> w, const layer::packed& at, const auto&, std::span<const Real> dz,
                      std::span<Real> dw, saved<Real>& s, room<Real>& r) const {
    const auto of = cut(w);
    const auto to = cut(dw);
    const std::int64_t n = at.n_cells(), n_genes = genes.n_genes;
    const auto d_slope = layer::grown(r.d_slope, n_genes), d_offset = layer::grown(r.d_offset, n_genes);
    std::fill(d_slope.begin(), d_slope.end(), 0.0);
    std::fill(d_offset.begin(), d_offset.end(), 0.0);
    const auto d_out = layer::grown(r.d_out, n * width), h = layer::grown(r.d_lines, n * lines);
    const auto d_chooses = layer::grown(r.d_chooses, n * Shape.chooses);
    std::fill(d_chooses.begin(), d_chooses.end(), Real{0});
    for (std::size_t step = 0; step < usize(Shape.steps); ++step) {
      const auto d = layer::grown(r.d_mask[step], isize(s.mask[step].gene.size()));
      for (std::size_t i = 0; i < d.size(); ++i)
        d[i] = Shape.sparsity > 0 ? static_cast<Real>(Shape.sparsity) / Shape.steps * -(std::log(s.mask[step].share[i]) + 1)
                                  : Real{0};
    }
    for (std::size_t step = usize(Shape.steps); step-- > 0;) {
      const std::span<const Real> out = layer::grown(s.out[step + 1], n * width);
      for (std::int64_t c = 0; c < n; ++c) {
        for (std::int64_t d = 0; d < dims; ++d)
          d_out[usize(c * width + d)] = out[usize(c * width + d)] > 0 ? dz[usize(c * dims + d)] : Real{0};
        std::copy_n(d_chooses.begin() + c * Shape.chooses, Shape.chooses, d_out.begin() + c * width + dims);
      }
      rows_type{}.template backward<Real>(of.shared, of.step[step], at.part(step + 1), d_out, to.shared, to.step[step], h,
                                          s.rows[step + 1], r.rows);
      auto& m = s.mask[step];
      const auto d_mask = layer::grown(r.d_mask[step], isize(m.gene.size()));
      kernel::sparse_gradient<Real>(m.with(layer::grown(s.seen[step], isize(m.gene.size())), n_genes, 0, n), h, lines,
                                    to.genes, {}, r.sparse);
      each_share(n, s, m, [&](std::int64_t c, std::size_t i, Real count, Real normed) {
        const auto g = usize(m.gene[i]);
        const Real d = kernel::inner_by_lanes<Real>(h.data() + c * lines, of.genes.data() + g * usize(lines), lines);
        d_mask[i] += d * normed;
        d_slope[g] += static_cast<double>(d * m.share[i] * count);
        d_offset[g] += static_cast<double>(d * m.share[i]);
      });
      mask().template backward<Real>(
          of.mask[step], at, std::span<const Real>(layer::grown(s.chooses[step], n * Shape.chooses)),
          std::span<const layer::gene_shares<Real>>(s.mask.data(), step), gamma<Real>, m, d_mask,
          std::span<layer::memory<Real>>(r.d_mask.data(), step), to.mask[step], d_chooses, r.mask);
    }
    for (std::int64_t c = 0; c < n; ++c) {
      std::fill_n(d_out.begin() + c * width, dims, Real{0});
      std::copy_n(d_chooses.begin() + c * Shape.chooses, Shape.chooses, d_out.begin() + c * width + dims);
    }
    rows_type{}.template backward<Real>(of.shared, of.split, at.part(0), d_out, to.shared, to.split, h, s.rows[0], r.rows);

    // The weights of a gene saw slope x + offset: sums of x d and of d make its gradient, and those of slope and offset.
    const auto of_counts = layer::grown(r.of_counts, n_genes * lines), sum = layer::grown(r.constant, lines);
    std::fill(of_counts.begin(), of_counts.end(), Real{0});
    std::fill(sum.begin(), sum.end(), Real{0});
    kernel::sparse_gradient<Real>(what_was_read(n, s), h, lines, of_counts, sum, r.sparse);
    for (std::size_t g = 0; g < usize(n_genes); ++g) {
      const Real* const x_d = of_counts.data() + g * usize(lines);
      const Real* const weight = of.genes.data() + g * usize(lines);
      Real* const add = to.genes.data() + g * usize(lines);
      const Real slope = s.slope[g], offset = s.offset[g];
      for (std::size_t d = 0; d < usize(lines); ++d) add[d] += slope * x_d[d] + offset * sum[d];
      d_slope[g] += static_cast<double>(kernel::inner_by_lanes<Real>(x_d, weight, lines));
      d_offset[g] += static_cast<double>(kernel::inner_by_lanes<Real>(sum.data(), weight, lines));
    }
    genes.norm().template backward<Real>(of.norm, at, n, d_slope, d_offset, to.norm, s.norm);
  }

  /// The entropy of the masks of a forward: the mean over steps, summed over cells.
  template <class Real>
  [[nodiscard]] static double entropy(std::int64_t n, const saved<Real>& s) {
    double sum = 0;
    for (const auto& m : s.mask)
      for (std::int64_t i = 0; i < m.end(n - 1); ++i) {
        const auto share = static_cast<double>(m.share[usize(i)]);
        sum -= share * std::log(share);
      }
    return sum / Shape.steps;
  }

  void operator()(const auto& in, auto& out, scratch& s, const kernel::draws&) const {
    if (isize(weights.size()) != layer::n_weights(*this) || std::int64_t{in.n_genes} != genes.n_genes)
      throw bad_data("a tabnet_encoder with " + std::to_string(weights.size()) + " weights for " +
                     std::to_string(genes.n_genes) + " genes was given cells of " + std::to_string(in.n_genes) +
                     " genes; fit or pretrain it on these genes, or load its weights first");
    const std::int64_t n = in.n_cells();
    out.resize(n, dims);
    for (std::int64_t first = 0; first < n; first += together) {
      const std::int64_t m = std::min(together, n - first);
      const auto begin = layer::grown(s.begin, m + 1);
      std::iota(begin.begin(), begin.end(), std::int64_t{0});
      const auto z = layer::grown(s.z, m * dims);
      forward_cells<float>(weights, layer::packed{begin, {}, {}, false}, in.part(first, m), z, s.keep, s.work);
      std::copy(z.begin(), z.end(), out.value.begin() + first * dims);
    }
  }

 private:
  static constexpr std::int64_t together = 256;  // cells
  template <class Real>
  static constexpr Real gamma = static_cast<Real>(Shape.gamma);

  [[nodiscard]] mask_type mask() const { return {genes.n_genes}; }
  /// As it was written: 1.3, and not the double that is nearest to the float 1.3.
  [[nodiscard]] static std::string text(float x) {
    char digits[32];
    return {digits, std::to_chars(digits, digits + sizeof digits, x).ptr};
  }

  template <class Real>
  struct parts_of {
    std::span<Real> genes, norm, shared, split;
    std::array<std::span<Real>, usize(Shape.steps)> mask, step;
  };
  template <class Real>
  [[nodiscard]] parts_of<Real> cut(std::span<Real> w) const {
    layer::slices all(w);
    parts_of<Real> out;
    out.genes = all.next(genes.n_genes * lines);
    out.norm = all.of(genes.norm());
    out.shared = all.of(shared_type{});
    out.split = all.of(rows_type{});
    for (std::size_t s = 0; s < usize(Shape.steps); ++s) {
      out.mask[s] = all.of(mask());
      out.step[s] = all.of(rows_type{});
    }
    return out;
  }
  template <class Real>
  static void read(const auto& counts, std::int64_t n, saved<Real>& s) {
    const auto row = layer::grown(s.row, n + 1);
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
    return {genes.n_genes, row.first(usize(n)), row.subspan(1), s.gene, value};
  }
  template <class Real>
  [[nodiscard]] kernel::stored_cells<Real> what_was_read(std::int64_t n, const saved<Real>& s) const {
    return with_values<Real>(n, s, std::span<const Real>(s.value.data(), s.value.size()));
  }
  /// visit(cell, place in the mask, count, normalised count) for every share; both lists of genes ascend.
  template <class Real>
  static void each_share(std::int64_t n, const saved<Real>& s, const layer::gene_shares<Real>& m, auto&& visit) {
    for (std::int64_t c = 0; c < n; ++c) {
      std::int64_t at = s.row[usize(c)];
      const std::int64_t end = s.row[usize(c) + 1];
      for (std::int64_t i = m.begin(c); i < m.end(c); ++i) {
        const std::int32_t gene = m.gene[usize(i)];
        while (at < end && s.gene[usize(at)] < gene) ++at;
        const Real count = at < end && s.gene[usize(at)] == gene ? s.value[usize(at)] : Real{0};
        visit(c, usize(i), count, s.slope[usize(gene)] * count + s.offset[usize(gene)]);
      }
    }
  }
};

/// TabNet on sparse counts: `steps` masks over genes, one behind the other, and gated layers behind each; the embedding is
/// the sum
/// of what the steps give, above 0.
/// write  tabnet_encoder<tabnet_shape{.dims = 16, .chooses = 16, .sparsity = 1e-5F, .ghost_rows = 64}>{}
/// in     counts [cells, genes] of the scales that Takes names (TabNet: log1p of normalised)            out    embedding
///        [cells, dims]
/// empty  a cell without counts: what the masks make of the offsets of the norm
/// sparse counts stay sparse: the norm of genes is a factor and an offset, masked counts are sparse rows. Scores of masks
///        are dense
///        for some cells at a time (layer::gene_mask)
/// learns the entropy of masks, times `sparsity` / steps, is part of the gradient of every cell that passes, and of no loss
///        that is
///        reported: that of the objective stays comparable with other models'
/// fit    draws the weights, and looks at no cell: an untrained encoder. `train::pretrain` lets it learn; its batch norms
///        need two cells
///        a shard, and ghost batches are cut within a shard
/// cost   2 genes chooses operations a cell and step for masks, and 4 width^2 a gated layer; backward about twice the latter
///        alone
/// repeat bit-equal for any number of threads and any batch size            source Arik and Pfister 2021; of cells: Fischer
///        et al. 2024
template <tabnet_shape Shape, class Takes = port::any_counts>
struct tabnet_encoder {
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "tabnet_encoder";
  using fitted = fitted_tabnet_encoder<Shape, Takes>;
  static constexpr int dims = fitted::dims;
  using takes = Takes;
  using gives = port::embedding;

  [[nodiscard]] std::string describe() const { return fitted{}.describe(); }
  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context& context) const {
    fitted out;
    out.genes.n_genes = std::int64_t{train.genes().size()};
    out.weights.resize(usize(layer::n_weights(out)));
    layer::draw_weights<float>(out, context.random, out.weights);
    return out;
  }
};

static_assert(is_stage<tabnet_encoder<tabnet_shape{}>>);

}  // namespace tepui::encode
