#pragma once
/// An encoder that learns and reads all counts of a cell at once: a first layer on counts as they are stored, and layers behind it.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <tepui/encode/learned_encoder.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/layer/mlp.hpp>
#include <tepui/layer/of_genes.hpp>
#include <tepui/stage/check.hpp>

namespace tepui::encode {

/// What the first layer sees of a count.
enum class read_as : std::int32_t {
  it_stands,
  log1p,  ///< log(1 + count): for raw counts whose likelihood is asked for (scVI)
};

/// The settings of a cell encoder that are no layer.
struct cell_encoder_settings {
  read_as values = read_as::it_stands;
  int input_dropout_per_mille = 0;     ///< genes that are hidden from the first layer while it learns
  int dims = 0;                        ///< the embedding is the first so many numbers that the layers give; 0: all of them
  bool shows_embedding_alone = false;  ///< an objective sees no more than the embedding
};

/// A first layer over genes and layers behind it with their weights: what `cell_encoder` becomes. Training keeps the weights
/// elsewhere and calls the functions that take `w`.
/// types   Layers: a layer of rows, one row a cell, whose dims_in is the width of the first layer; Takes: the port of counts
template <class Layers, class Takes, cell_encoder_settings Settings>
struct fitted_cell_encoder {
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "cell_encoder";
  static constexpr int width = Layers::dims_in, given = Layers::dims_out;
  static constexpr int dims = Settings.dims == 0 ? given : Settings.dims;
  static_assert(
      dims > 0 && dims <= given && Settings.input_dropout_per_mille >= 0 && Settings.input_dropout_per_mille < 1000,
      "tepui: a cell encoder embeds by the first numbers that its layers give, and hides fewer than 1000 per mille of "
      "the genes; give dims of at most dims_out of the layers");
  /// Numbers of a cell that an objective sees; those behind the first `dims` are its own (scVI: log-variances).
  static constexpr int state_dims = Settings.shows_embedding_alone ? dims : given;
  static constexpr bool whole = layer::reads_whole_batch<Layers>();
  using takes = Takes;
  using gives = port::embedding;
  /// It learns as a whole: one block.
  struct blocks_type {
    static constexpr int layers = 1;
  };
  /// The same, showing an objective the embedding alone: what a classifier is put on.
  using behind_all_blocks =
      fitted_cell_encoder<Layers, Takes,
                          cell_encoder_settings{Settings.values, Settings.input_dropout_per_mille, Settings.dims, true}>;

  layer::of_genes<width> genes{};
  [[no_unique_address]] Layers layers{};
  layer::memory<float> weights;  ///< flat: genes, layers

  template <class Real>
  struct saved {
    layer::memory<std::int64_t> row;  // [cells + 1] of what was read
    layer::memory<std::int32_t> gene;
    layer::memory<float> value;
    layer::memory<Real> hidden;
    layer::saved_t<Layers, Real> layers;
  };
  template <class Real>
  struct room {
    typename layer::of_genes<width>::template room<Real> genes;
    layer::room_t<Layers, Real> layers;
    layer::memory<Real> given, d_given, d_hidden;
  };
  struct scratch {
    saved<float> keep;
    room<float> work;
    layer::memory<std::int64_t> begin;
    layer::memory<float> z;
  };

  [[nodiscard]] std::string describe() const {
    std::string text = "cell_encoder(" + genes.describe() + "; " + layers.describe();
    if (Settings.values == read_as::log1p) text += ", of log1p";
    if (Settings.input_dropout_per_mille > 0)
      text += ", genes dropped " + std::to_string(Settings.input_dropout_per_mille) + "/1000";
    if (dims != given) text += ", embedding in the first " + std::to_string(dims);
    return text + ")";
  }
  static void each_array(auto& self, auto&& visit) {
    visit("n_genes", self.genes.n_genes);
    visit("weights", self.weights);
  }
  static void each_part(auto& self, auto&& visit) {
    visit("genes", self.genes);
    visit("layers", self.layers);
  }

  /// Numbers of the weights that are padding or running moments.
  [[nodiscard]] std::int64_t n_not_learned() const { return layer::n_not_learned(*this); }
  /// Multiplications and additions that embed a cell of so many expressed genes.
  [[nodiscard]] double operations(std::int64_t n_expressed) const {
    return 2.0 * static_cast<double>(n_expressed) * width + layer::operations_of(layers, 1);
  }

  /// in     w: this stage's weights; at: a row a cell; counts: cells as they are stored, genes ascending
  /// out    z [cells, state_dims]
  template <class Real>
  void forward_cells(std::span<const Real> w, const layer::packed& at, const auto& counts, std::span<Real> z, saved<Real>& s,
                     room<Real>& r) const {
    const std::int64_t n = at.n_cells();
    layer::slices cut(w);
    const auto hidden = layer::grown(s.hidden, n * width);
    const auto w_genes = cut.of(genes);
    if (reads_as_it_stands(at)) {
      genes.forward(w_genes, counts, hidden, r.genes);
    } else {
      read(at, counts, s);
      genes.forward(w_genes, what_was_read(n, s), hidden, r.genes);
    }
    const auto y = state_dims == given ? z : layer::grown(r.given, n * given);
    layers.forward(cut.of(layers), at.part(1), std::span<const Real>(hidden), y, s.layers, r.layers);
    if constexpr (state_dims != given)
      for (std::int64_t c = 0; c < n; ++c)
        for (int d = 0; d < state_dims; ++d) z[usize(c * state_dims + d)] = y[usize(c * given + d)];
  }
  /// dw is added to.
  template <class Real>
  void backward_cells(std::span<const Real> w, const layer::packed& at, const auto& counts, std::span<const Real> dz,
                      std::span<Real> dw, saved<Real>& s, room<Real>& r) const {
    const std::int64_t n = at.n_cells();
    layer::slices cut(w);
    layer::slices cut_d(dw);
    (void)cut.of(genes);
    const auto dw_genes = cut_d.of(genes);
    const std::span<const Real> hidden = layer::grown(s.hidden, n * width);
    const auto d_hidden = layer::grown(r.d_hidden, n * width);
    std::span<const Real> dy = dz;
    if constexpr (state_dims != given) {
      const auto d = layer::grown(r.d_given, n * given);
      for (std::int64_t c = 0; c < n; ++c)
        for (int k = 0; k < given; ++k) d[usize(c * given + k)] = k < state_dims ? dz[usize(c * state_dims + k)] : Real(0);
      dy = d;
    }
    layers.backward(cut.of(layers), at.part(1), hidden, dy, cut_d.of(layers), d_hidden, s.layers, r.layers);
    if (reads_as_it_stands(at)) {
      genes.backward(counts, std::span<const Real>(d_hidden), dw_genes, r.genes);
    } else {
      genes.backward(what_was_read(n, s), std::span<const Real>(d_hidden), dw_genes, r.genes);
    }
  }

  void operator()(const auto& in, auto& out, scratch& s, const kernel::draws&) const { embed_counts(*this, in, out, s); }

 private:
  [[nodiscard]] static bool reads_as_it_stands(const layer::packed& at) {
    return Settings.values == read_as::it_stands && (Settings.input_dropout_per_mille == 0 || !at.training);
  }
  /// The counts as the first layer sees them.
  template <class Real>
  static void read(const layer::packed& at, const auto& counts, saved<Real>& s) {
    constexpr double rate = Settings.input_dropout_per_mille / 1000.0;
    const auto row = layer::grown(s.row, at.n_cells() + 1);
    s.gene.clear();
    s.value.clear();
    const kernel::draws random = at.random.sub(0);
    for (std::int64_t c = 0; c < at.n_cells(); ++c) {
      const auto from = counts.row_begin[usize(c)], to = counts.row_end[usize(c)];
      const auto first = row[usize(c)] = isize(s.gene.size());
      s.gene.insert(s.gene.end(), counts.gene.begin() + from, counts.gene.begin() + to);
      s.value.insert(s.value.end(), counts.value.begin() + from, counts.value.begin() + to);
      if constexpr (Settings.values == read_as::log1p) {
        const auto values = std::span<float>(s.value).subspan(usize(first));
        layer::log1p_of_counts(values, values);
      }
      if (rate == 0 || !at.training) continue;
      auto kept = usize(first);
      for (auto i = usize(first); i < s.gene.size(); ++i) {
        if (random.uniform(at.cell_id[usize(c)], static_cast<std::uint64_t>(s.gene[i])) < rate) continue;
        s.gene[kept] = s.gene[i];
        s.value[kept++] = s.value[i] * static_cast<float>(1 / (1 - rate));
      }
      s.gene.resize(kept);
      s.value.resize(kept);
    }
    row[usize(at.n_cells())] = isize(s.gene.size());
  }
  template <class Real>
  [[nodiscard]] kernel::stored_cells<float> what_was_read(std::int64_t n, const saved<Real>& s) const {
    const std::span<const std::int64_t> row(s.row.data(), usize(n + 1));
    return {genes.n_genes, row.first(usize(n)), row.subspan(1), s.gene, s.value};
  }
};

/// Whether an encoder reads all counts of a cell, and no tokens.
template <class Encoder>
concept reads_counts = requires {
  Encoder::state_dims;
};

/// A first layer on sparse counts and layers behind it; `mlp_encoder` is the one that most need.
/// in     counts [cells, genes] of the scales that Takes names            out    embedding [cells, dims]
/// empty  a cell without counts: what the layers make of the first bias
/// fit    draws the weights, as each layer begins, and looks at no cell: an untrained encoder. `train::pretrain` lets it learn
/// twin   itself, untrained            cost   2 counts width operations a cell, and those of its layers
/// repeat bit-equal for any number of threads and any batch size
template <class Layers, class Takes = port::any_counts, cell_encoder_settings Settings = cell_encoder_settings{}>
struct cell_encoder : learned_encoder<fitted_cell_encoder<Layers, Takes, Settings>> {};

/// A perceptron over genes: the widths of its layers, the last being the embedding.
/// write   mlp_encoder<layer::mlp_shape{.dropout_per_mille = 100}, 512, 512, 256, 256, 64>{}
/// in      log1p of normalised counts, or any others; nothing but the first layer touches genes
/// others  as cell_encoder
template <layer::mlp_shape Shape, int First, int... Widths>
using mlp_encoder = cell_encoder<layer::mlp_behind<Shape, First, Widths...>>;

/// scVI's encoder: raw counts, seen as log1p, to mean and log-variance of `Latent` dims; the mean is the embedding.
/// write   scvi_encoder<10, layer::mlp_shape{.batch_norm = true, .norm = {0.01F, 0.001F}, .dropout_per_mille = 100}, 128>{}
/// source  Lopez et al. 2018            others  as cell_encoder
template <int Latent, layer::mlp_shape Shape, int First, int... Hidden>
using scvi_encoder = cell_encoder<layer::mlp_behind<Shape, First, Hidden..., 2 * Latent>, port::counts<scale::raw>,
                                  cell_encoder_settings{.values = read_as::log1p, .dims = Latent}>;

static_assert(is_stage<mlp_encoder<layer::mlp_shape{}, 16, 8>>);

}  // namespace tepui::encode
