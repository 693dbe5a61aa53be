#pragma once
/// An encoder that looks at a cell in a few steps, and in each of them at a few genes that it chooses for this cell.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <tepui/encode/learned_encoder.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/layer/gated_rows.hpp>
#include <tepui/layer/gene_mask.hpp>
#include <tepui/layer/normed_genes.hpp>
#include <tepui/stage/check.hpp>

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
  /// The entropy of masks, whose gradient backward_cells adds to that of an objective.
  static constexpr bool has_loss_of_its_own = Shape.sparsity > 0;
  using takes = Takes;
  using gives = port::embedding;
  struct blocks_type {
    static constexpr int layers = 1;
  };
  using behind_all_blocks = fitted_tabnet_encoder;

  using genes_type = layer::normed_genes<lines, Shape.gene_norm>;
  using rows_type = layer::gated_rows<width, Shape.shared, Shape.own, Shape.ghost_rows, Shape.norm>;
  using mask_type = layer::gene_mask<Shape.chooses, Shape.ghost_rows, Shape.mask, Shape.norm>;
  using shared_type = typename rows_type::shared_layers;

  genes_type genes{};
  layer::memory<float> weights;  ///< flat: genes, shared layers, the first split, and of each step its mask and rows

  template <class Real>
  struct saved {
    typename genes_type::template saved<Real> genes;
    std::array<typename rows_type::template saved<Real>, usize(Shape.steps + 1)> rows;
    std::array<layer::gene_shares<Real>, usize(Shape.steps)> mask;
    std::array<layer::memory<Real>, usize(Shape.steps)> seen;    // counts behind norm and mask
    std::array<layer::memory<Real>, usize(Shape.steps)> chooses;  // [cells, chooses]
    std::array<layer::memory<Real>, usize(Shape.steps + 1)> out;  // [cells, width]
  };
  template <class Real>
  struct room {
    typename genes_type::template room<Real> genes;
    layer::room_t<rows_type, Real> rows;
    layer::room_t<mask_type, Real> mask;
    layer::memory<Real> lines, d_lines, d_out, d_chooses;
    std::array<layer::memory<Real>, usize(Shape.steps)> d_mask;
  };
  struct scratch {
    saved<float> keep;
    room<float> work;
    layer::memory<std::int64_t> begin;
    layer::memory<float> z;
  };

  [[nodiscard]] std::string describe() const {
    const std::string norm = layer::unusual(Shape.norm, tabnet_shape{}.norm),
                      gene_norm = layer::unusual(Shape.gene_norm, tabnet_shape{}.gene_norm);
    return "tabnet(" + genes.describe() + ", " + std::to_string(Shape.steps) + " steps, " + std::to_string(Shape.shared) +
           " shared and " + std::to_string(Shape.own) + " own layers of " + std::to_string(width) + ", embedding " +
           std::to_string(dims) + ", " + mask().describe() + ", gamma " + shortest_of_float(Shape.gamma) + ", sparsity " +
           shortest_of_float(Shape.sparsity) +
           (Shape.ghost_rows == 0 ? "" : ", ghost batches of " + std::to_string(Shape.ghost_rows)) +
           (norm.empty() ? "" : ", norms of " + norm) + (gene_norm.empty() ? "" : ", norm of genes of " + gene_norm) + ")";
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

  /// Numbers of the weights that are padding or running moments.
  [[nodiscard]] std::int64_t n_not_learned() const { return layer::n_not_learned(*this); }
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
    const auto h = layer::grown(r.lines, n * lines);
    genes.forward(of.genes, at, counts, h, s.genes, r.genes);
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
      genes.forward_masked(of.genes, n, m, s.seen[step], h, s.genes, r.genes);
      out = layer::grown(s.out[step + 1], n * width);
      rows_type{}.template forward<Real>(of.shared, of.step[step], at.part(step + 1), h, out, s.rows[step + 1], r.rows);
      for (std::int64_t c = 0; c < n; ++c)
        for (std::int64_t d = 0; d < dims; ++d) z[usize(c * dims + d)] += std::max(Real{0}, out[usize(c * width + d)]);
    }
  }

  /// dw is added to; with a sparsity above 0 so is what the entropy of masks adds, which no loss that is reported counts.
  /// in     questions_per_cell: of these cells. Losses are sums over questions, and are divided by their number; a mean over cells
  ///        stands beside them where each of its cells weighs as many questions as a cell has
  template <class Real>
  void backward_cells(std::span<const Real> w, const layer::packed& at, const auto&, std::span<const Real> dz,
                      std::span<Real> dw, saved<Real>& s, room<Real>& r, double questions_per_cell = 1) const {
    const auto of = cut(w);
    const auto to = cut(dw);
    const std::int64_t n = at.n_cells();
    genes.begin_backward(r.genes);
    const auto d_out = layer::grown(r.d_out, n * width), h = layer::grown(r.d_lines, n * lines);
    const auto d_chooses = layer::grown(r.d_chooses, n * Shape.chooses);
    std::fill(d_chooses.begin(), d_chooses.end(), Real{0});
    for (std::size_t step = 0; step < usize(Shape.steps); ++step) {
      const auto d = layer::grown(r.d_mask[step], isize(s.mask[step].gene.size()));
      const Real pull = static_cast<Real>(Shape.sparsity) / Shape.steps * static_cast<Real>(questions_per_cell);
      for (std::size_t i = 0; i < d.size(); ++i)
        d[i] = Shape.sparsity > 0 ? pull * -(std::log(s.mask[step].share[i]) + 1) : Real{0};
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
      genes.backward_masked(of.genes, n, m, s.seen[step], std::span<const Real>(h), to.genes, d_mask, s.genes, r.genes);
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
    genes.backward(of.genes, at, std::span<const Real>(h), to.genes, s.genes, r.genes);
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

  void operator()(const auto& in, auto& out, scratch& s, const kernel::draws&) const { embed_counts(*this, in, out, s); }

 private:
  template <class Real>
  static constexpr Real gamma = static_cast<Real>(Shape.gamma);

  [[nodiscard]] mask_type mask() const { return {genes.n_genes}; }

  template <class Real>
  struct parts_of {
    std::span<Real> genes, shared, split;
    std::array<std::span<Real>, usize(Shape.steps)> mask, step;
  };
  template <class Real>
  [[nodiscard]] parts_of<Real> cut(std::span<Real> w) const {
    layer::slices all(w);
    parts_of<Real> out;
    out.genes = all.of(genes);
    out.shared = all.of(shared_type{});
    out.split = all.of(rows_type{});
    for (std::size_t s = 0; s < usize(Shape.steps); ++s) {
      out.mask[s] = all.of(mask());
      out.step[s] = all.of(rows_type{});
    }
    return out;
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
/// learns the entropy of masks, times `sparsity` / steps, is part of the gradient: its mean over all cells of a shard, those without
///        a label too, and shards weigh as much as their questions. It is part of no loss that is reported: that of the objective
///        stays comparable with other models'
/// fit    draws the weights, and looks at no cell: an untrained encoder. `train::pretrain` lets it learn; its batch norms
///        need two cells
///        a shard, and ghost batches are cut within a shard
/// cost   2 genes chooses operations a cell and step for masks, and 4 width^2 a gated layer; backward about twice the latter
///        alone
/// repeat bit-equal for any number of threads and any batch size            source Arik and Pfister 2021; of cells: Fischer
///        et al. 2024
template <tabnet_shape Shape, class Takes = port::any_counts>
struct tabnet_encoder : learned_encoder<fitted_tabnet_encoder<Shape, Takes>> {};

static_assert(is_stage<tabnet_encoder<tabnet_shape{}>>);

}  // namespace tepui::encode
