#pragma once
/// How well a cell's vector explains its counts, when the vector itself is uncertain: what scVI learns by.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/kernel/count_likelihood.hpp>
#include <tepui/layer/mlp.hpp>
#include <tepui/layer/of_genes.hpp>
#include <tepui/layer/softmax.hpp>
#include <tepui/layer/to_genes.hpp>
#include <tepui/objective/cell_labels.hpp>
#include <tepui/objective/questions.hpp>

namespace tepui::objective {

/// How the weight of the prior grows from 0 to 1 while a model learns.
struct prior_warm_up {
  std::int64_t steps = 0;   ///< so many steps; 0: counted in epochs
  std::int64_t epochs = 0;  ///< so many times through the corpus, the first with a weight of 0; 0 as well: no warm-up

  /// 400 epochs, as published. A corpus that is seen fewer times ends with a prior that never counts in full: size and training are
  /// then not told apart.
  [[nodiscard]] static constexpr prior_warm_up published() { return {0, 400}; }
  [[nodiscard]] double weight(const moment& now) const {
    if (now.step < 0) return 1;
    if (steps > 0) return std::min(1.0, static_cast<double>(now.step) / static_cast<double>(steps));
    if (epochs > 0) return std::min(1.0, static_cast<double>(now.epoch) / static_cast<double>(epochs));
    return 1;
  }
  [[nodiscard]] std::string describe() const {
    if (steps > 0) return "prior after " + std::to_string(steps) + " steps";
    return epochs > 0 ? "prior after " + std::to_string(epochs) + " epochs" : "prior from the first step";
  }
};

/// How far a normal with this mean and variance is from one with that: the divergence of Kullback and Leibler.
template <class Real>
[[nodiscard]] Real normal_divergence(Real mean, Real variance, Real prior_mean = 0, Real prior_variance = 1) {
  const Real away = mean - prior_mean;
  return Real(0.5) * (std::log(prior_variance / variance) + (variance + away * away) / prior_variance - 1);
}

/// The compile-time shape of a decoder of counts.
struct count_decoder_shape {
  kernel::count_law law = kernel::count_law::zero_inflated_negative_binomial;
  layer::mlp_shape layers{.batch_norm = true, .norm = {0.01F, 0.001F}};
  int library_width = 0;  ///< of a network that guesses the library size from the counts; 0: the size that is there is taken
  int library_dropout_per_mille = 100;
};

/// count_elbo, bound to the genes of a model whose state is mean and log-variance of Dims / 2 dims.
template <int Dims, count_decoder_shape Shape, int Hidden, int... More>
struct count_elbo_head {
  static_assert(
      Dims % 2 == 0 && Shape.law != kernel::count_law::zero_truncated_poisson,
      "tepui: count_elbo reads a mean and a log-variance of each dim and needs a law that knows zeros; take an encoder "
      "whose layers give twice its dims (encode::scvi_encoder), and a Poisson or negative binomial law");
  static constexpr std::string_view name = "count_elbo";
  static constexpr bool reads_tokens = false, reads_cells = true, of_counts = true;
  static constexpr int latent = Dims / 2;
  static constexpr bool disperses = kernel::has_dispersion(Shape.law), drops = kernel::has_dropout(Shape.law);
  static constexpr bool infers_library = Shape.library_width > 0;
  static constexpr int library_width = layer::above_zero(Shape.library_width);
  static constexpr std::int64_t tile = 64;        // cells whose genes are guessed together
  static constexpr double least_variance = 1e-4;  // as published

  using first_type = layer::linear<latent, Hidden>;
  using bent_type = typename layer::bent_rows<Shape.layers, Hidden>::type;
  using rest_type = layer::mlp_up<Shape.layers, Hidden, More...>;
  using decoder_type = layer::chain<bent_type, rest_type>;
  static constexpr int width = rest_type::dims_out;
  static constexpr layer::mlp_shape library_shape{
      .batch_norm = Shape.layers.batch_norm, .norm = Shape.layers.norm, .dropout_per_mille = Shape.library_dropout_per_mille};
  using library_type = layer::mlp_behind<library_shape, library_width, 2>;
  static constexpr bool whole =
      layer::reads_whole_batch<decoder_type>() || (infers_library && layer::reads_whole_batch<library_type>());

  prior_warm_up warm_up{};
  std::shared_ptr<const labels_by_cell> batch{};
  std::int32_t n_batches = 0;
  std::int64_t n_genes = 0;
  first_type first{};
  decoder_type decoder{};
  layer::to_genes<width> scale{}, dropout{};
  layer::of_genes<library_width> library_genes{};
  library_type library{};
  std::vector<double> n_cells{}, library_sum{}, library_squares{};  ///< of log library sizes, by batch

  template <class Real>
  struct room {
    layer::room_t<first_type, Real> first;
    layer::saved_t<decoder_type, Real> decoder_saved;
    layer::room_t<decoder_type, Real> decoder;
    typename layer::to_genes<width>::template room<Real> out;
    typename layer::of_genes<library_width>::template room<Real> library_genes;
    layer::saved_t<library_type, Real> library_saved;
    layer::room_t<library_type, Real> library;
    kernel::count_row_room<Real> row;
    layer::memory<Real> z, dz, h, dh, t, dt, y, y_drop, d_mean, d_drop, dispersion, library_size, d_library, library_hidden,
        d_library_hidden, library_state, d_library_state, from_state;
    layer::memory<float> log_counts;
  };

  void each_weight(auto&& visit) const {
    if constexpr (disperses) visit("log_dispersion", layer::slice{1, n_genes, layer::start::normal, 1.0, false});
    if (n_batches > 0) visit("batch", batch_slice());
  }
  static void each_part(auto& self, auto&& visit) {
    visit("first", self.first);
    visit("decoder", self.decoder);
    visit("scale", self.scale);
    if constexpr (drops) visit("dropout", self.dropout);
    if constexpr (infers_library) {
      visit("library_genes", self.library_genes);
      visit("library", self.library);
    }
  }
  [[nodiscard]] std::string describe() const { return "count_elbo"; }

  /// Nothing is hidden. What is drawn of a cell: a normal number for each dim, and one for its library.
  template <class View, class Channels>
  void ask(const View& view, const kernel::draws& random, asked_tokens<Channels>& asked) const {
    asked.tokens.append(view);
    for (std::int64_t c = 0; c < view.n_cells(); ++c) {
      asked.row.push_back(c);
      for (int d = 0; d < draws_of_cell; ++d)
        asked.value.push_back(static_cast<float>(random.normal(view.cells.id[usize(c)], static_cast<std::uint64_t>(d))));
      if (n_batches > 0) asked.label.push_back(batch_of(view.cells.id[usize(c)]));
    }
  }
  /// Learns how large libraries usually are, by batch: the prior where they are inferred.
  template <class View>
  requires infers_library void count(const View& view) {
    for (std::int64_t c = 0; c < view.n_cells(); ++c) {
      const double size = std::log(total_of(view.template of<channel::value>(c)));
      const auto b = n_batches > 0 ? usize(batch_of(view.cells.id[usize(c)])) : 0;
      n_cells[b] += 1;
      library_sum[b] += size;
      library_squares[b] += size * size;
    }
  }

  template <class Real, class Channels>
  double loss(std::span<const Real> w, const layer::packed& at, const states<Real>& have, const asked_tokens<Channels>& asked,
              room<Real>& r) const {
    return all<false, Real>(w, at, have, asked, {}, {}, r);
  }
  template <class Real, class Channels>
  double gradient(std::span<const Real> w, const layer::packed& at, const states<Real>& have,
                  const asked_tokens<Channels>& asked, std::span<Real> dw, const state_gradients<Real>& d,
                  room<Real>& r) const {
    return all<true, Real>(w, at, have, asked, dw, d.cell, r);
  }

 private:
  static constexpr int draws_of_cell = latent + (infers_library ? 1 : 0);

  [[nodiscard]] layer::slice batch_slice() const {
    // As one layer over the cell's vector and a 1 for its batch begins.
    return {n_batches, Hidden, layer::start::uniform, 1.0 / std::sqrt(static_cast<double>(latent + n_batches)), true};
  }
  [[nodiscard]] std::int32_t batch_of(std::int64_t cell) const {
    const auto found = batch->find(cell);
    if (found == batch->end() || found->second < 0)
      throw bad_data("cell " + std::to_string(cell) +
                     " has no batch, but count_elbo was given batches; give every cell one, numbered from 0");
    return found->second;
  }
  [[nodiscard]] static double total_of(std::span<const float> values) {
    double sum = 0;
    for (const float v : values) sum += static_cast<double>(v);
    return sum;
  }

  /// The weights of every part, cut in the order of each_weight and each_part.
  template <class Real>
  struct parts {
    std::span<Real> log_dispersion, batch, first, decoder, scale, dropout, library_genes, library;
  };
  template <class Real>
  [[nodiscard]] parts<Real> cut(std::span<Real> w) const {
    parts<Real> out;
    if (w.empty()) return out;
    layer::slices all(w);
    if constexpr (disperses) out.log_dispersion = all.next(n_genes);
    if (n_batches > 0) out.batch = all.next(std::int64_t{n_batches} * Hidden);
    out.first = all.of(first);
    out.decoder = all.of(decoder);
    out.scale = all.of(scale);
    if constexpr (drops) out.dropout = all.of(dropout);
    if constexpr (infers_library) {
      out.library_genes = all.of(library_genes);
      out.library = all.of(library);
    }
    return out;
  }

  template <bool Gradient, class Real>
  double all(std::span<const Real> w, const layer::packed& at, const states<Real>& have, const auto& asked, std::span<Real> dw,
             std::span<Real> d_state, room<Real>& r) const {
    const std::int64_t cells = at.n_cells();
    const auto of = cut(w);
    const auto d = cut(dw);
    const double prior = warm_up.weight(asked.now);
    double sum = draw_states(cells, have.cell, asked.value, static_cast<Real>(prior), r);
    sum += sizes<Gradient, Real>(of, at, asked, r);

    const auto z = std::span<const Real>(r.z).first(usize(cells * latent));
    const auto h = layer::grown(r.h, cells * Hidden), t = layer::grown(r.t, cells * width);
    layer::nothing none;
    first.forward(of.first, at, z, h, none, r.first);
    for (std::int64_t c = 0; c < cells && n_batches > 0; ++c)
      for (std::int64_t k = 0; k < Hidden; ++k) h[usize(c * Hidden + k)] += of.batch[usize(asked.label[usize(c)] * Hidden + k)];
    decoder.forward(of.decoder, at.part(1), std::span<const Real>(h), t, r.decoder_saved, r.decoder);
    const auto dt = layer::grown(r.dt, Gradient ? cells * width : 0);
    if constexpr (disperses) {
      const auto dispersion = layer::grown(r.dispersion, n_genes);
      for (std::size_t g = 0; g < dispersion.size(); ++g) dispersion[g] = std::exp(of.log_dispersion[g]);
    }
    for (std::int64_t begin = 0; begin < cells; begin += tile)
      sum += explain<Gradient, Real>(of, d, begin, std::min(tile, cells - begin), asked.tokens, r);
    if constexpr (!Gradient) return sum;

    const auto dh = layer::grown(r.dh, cells * Hidden), dz = layer::grown(r.dz, cells * latent);
    decoder.backward(of.decoder, at.part(1), std::span<const Real>(h), std::span<const Real>(dt), d.decoder, dh,
                     r.decoder_saved, r.decoder);
    for (std::int64_t c = 0; c < cells && n_batches > 0; ++c)
      for (std::int64_t k = 0; k < Hidden; ++k) d.batch[usize(asked.label[usize(c)] * Hidden + k)] += dh[usize(c * Hidden + k)];
    first.backward(of.first, at, z, std::span<const Real>(dh), d.first, dz, none, r.first);
    lead_to_states(cells, have.cell, asked.value, static_cast<Real>(prior), r, d_state);
    if constexpr (infers_library) lead_to_library(of, d, at, asked, r);
    return sum;
  }

  /// z = mean + sqrt(variance) drawn, and what the prior costs.                                   -> the sum over cells
  template <class Real>
  double draw_states(std::int64_t cells, std::span<const Real> state, const auto& drawn, Real prior, room<Real>& r) const {
    const auto z = layer::grown(r.z, cells * latent);
    double sum = 0;
    for (std::int64_t c = 0; c < cells; ++c)
      for (int k = 0; k < latent; ++k) {
        const Real mean = state[usize(c * Dims + k)],
                   variance = std::exp(state[usize(c * Dims + latent + k)]) + static_cast<Real>(least_variance);
        z[usize(c * latent + k)] = mean + std::sqrt(variance) * static_cast<Real>(drawn[usize(c * draws_of_cell + k)]);
        sum += static_cast<double>(prior * normal_divergence(mean, variance));
      }
    return sum;
  }
  template <class Real>
  void lead_to_states(std::int64_t cells, std::span<const Real> state, const auto& drawn, Real prior, room<Real>& r,
                      std::span<Real> d) const {
    if (d.empty()) return;
    for (std::int64_t c = 0; c < cells; ++c)
      for (int k = 0; k < latent; ++k) {
        const Real dz = r.dz[usize(c * latent + k)], mean = state[usize(c * Dims + k)];
        const Real grown = std::exp(state[usize(c * Dims + latent + k)]), variance = grown + static_cast<Real>(least_variance);
        d[usize(c * Dims + k)] += dz + prior * mean;
        const Real by_variance = dz * static_cast<Real>(drawn[usize(c * draws_of_cell + k)]) / (2 * std::sqrt(variance)) +
                                 prior * Real(0.5) * (1 - 1 / variance);
        d[usize(c * Dims + latent + k)] += by_variance * grown;
      }
  }

  /// The library size of every cell: what is there, or what the counts suggest.                   -> what its prior costs
  template <bool Gradient, class Real>
  double sizes(const parts<const Real>& of, const layer::packed& at, const auto& asked, room<Real>& r) const {
    const std::int64_t cells = at.n_cells();
    const auto size = layer::grown(r.library_size, cells);
    const auto& values = asked.tokens.template get<channel::value>();
    if constexpr (!infers_library) {
      for (std::int64_t c = 0; c < cells; ++c) {
        const auto from = usize(asked.tokens.cell_begin[usize(c)]), to = usize(asked.tokens.cell_begin[usize(c) + 1]);
        size[usize(c)] = static_cast<Real>(total_of(std::span<const float>(values).subspan(from, to - from)));
      }
      return 0;
    } else {
      const auto logs = layer::grown(r.log_counts, isize(values.size()));
      layer::log1p_of_counts(values, logs);
      const auto hidden = layer::grown(r.library_hidden, cells * library_width),
                 state = layer::grown(r.library_state, cells * 2);
      library_genes.forward(of.library_genes, counts_of(asked.tokens, logs), hidden, r.library_genes);
      library.forward(of.library, at.part(2), std::span<const Real>(hidden), state, r.library_saved, r.library);
      double sum = 0;
      for (std::int64_t c = 0; c < cells; ++c) {
        const Real mean = state[usize(2 * c)], variance = std::exp(state[usize(2 * c + 1)]) + static_cast<Real>(least_variance);
        size[usize(c)] =
            std::exp(mean + std::sqrt(variance) * static_cast<Real>(asked.value[usize(c * draws_of_cell + latent)]));
        const auto [usual, spread] = usual_library(n_batches > 0 ? asked.label[usize(c)] : 0);
        sum += static_cast<double>(normal_divergence(mean, variance, static_cast<Real>(usual), static_cast<Real>(spread)));
      }
      return sum;
    }
  }
  template <class Real>
  void lead_to_library(const parts<const Real>& of, const parts<Real>& d, const layer::packed& at, const auto& asked,
                       room<Real>& r) const {
    const std::int64_t cells = at.n_cells();
    const std::span<const Real> state = std::span(r.library_state).first(usize(2 * cells));
    const auto d_state = layer::grown(r.d_library_state, 2 * cells),
               d_hidden = layer::grown(r.d_library_hidden, cells * library_width);
    for (std::int64_t c = 0; c < cells; ++c) {
      const Real mean = state[usize(2 * c)], grown = std::exp(state[usize(2 * c + 1)]),
                 variance = grown + static_cast<Real>(least_variance);
      const auto [usual, spread] = usual_library(n_batches > 0 ? asked.label[usize(c)] : 0);
      const Real drawn = static_cast<Real>(asked.value[usize(c * draws_of_cell + latent)]), by_size = r.d_library[usize(c)];
      d_state[usize(2 * c)] = by_size + (mean - static_cast<Real>(usual)) / static_cast<Real>(spread);
      d_state[usize(2 * c + 1)] =
          grown * (by_size * drawn / (2 * std::sqrt(variance)) + Real(0.5) * (1 / static_cast<Real>(spread) - 1 / variance));
    }
    const std::span<const Real> hidden = std::span(r.library_hidden).first(usize(cells * library_width));
    library.backward(of.library, at.part(2), hidden, std::span<const Real>(d_state), d.library, d_hidden, r.library_saved,
                     r.library);
    library_genes.backward(counts_of(asked.tokens, std::span<const float>(r.log_counts).first(asked.tokens.id.size())),
                           std::span<const Real>(d_hidden), d.library_genes, r.library_genes);
  }
  /// Mean and variance of the log library sizes of a batch; where no cell was counted, of a standard normal.
  [[nodiscard]] std::pair<double, double> usual_library(std::int32_t b) const {
    const double n = n_cells[usize(b)];
    if (n == 0) return {0, 1};
    const double mean = library_sum[usize(b)] / n;
    return {mean, std::max(least_variance, library_squares[usize(b)] / n - mean * mean)};
  }
  [[nodiscard]] kernel::stored_cells<float> counts_of(const auto& tokens, std::span<const float> values) const {
    const std::span<const std::int64_t> begin = tokens.cell_begin;
    return {n_genes, begin.first(begin.size() - 1), begin.subspan(1), tokens.id, values};
  }

  /// A sum in 16 lanes, and these from left to right.
  template <class Real>
  [[nodiscard]] static Real in_lanes(std::span<const Real> x) {
    std::array<Real, 16> lane{};
    std::size_t i = 0;
    for (; i + lane.size() <= x.size(); i += lane.size())
      for (std::size_t l = 0; l < lane.size(); ++l) lane[l] += x[i + l];
    for (std::size_t l = 0; i < x.size(); ++i, ++l) lane[l] += x[i];
    Real sum = 0;
    for (const Real v : lane) sum += v;
    return sum;
  }

  /// Minus the log-likelihood of some cells' counts, and its gradient by what stands below.
  template <bool Gradient, class Real>
  double explain(const parts<const Real>& of, const parts<Real>& d, std::int64_t begin, std::int64_t m, const auto& tokens,
                 room<Real>& r) const {
    const auto rows = [&](layer::memory<Real>& of_all) {
      return std::span<Real>(of_all).subspan(usize(begin * width), usize(m * width));
    };
    const std::span<const Real> t = rows(r.t);
    const auto y = layer::grown(r.y, m * n_genes), y_drop = layer::grown(r.y_drop, drops ? m * n_genes : 0);
    scale.forward(of.scale, t, y, r.out);
    if constexpr (drops) dropout.forward(of.dropout, t, y_drop, r.out);
    const auto slope = layer::grown(r.d_mean, Gradient ? n_genes : 0),
               slope_drop = layer::grown(r.d_drop, Gradient && drops ? n_genes : 0);
    const auto mean = layer::grown(r.from_state, n_genes);
    const auto d_library = layer::grown(r.d_library, begin + m);
    double sum = 0;
    for (std::int64_t i = 0; i < m; ++i) {
      const auto share = y.subspan(usize(i * n_genes), usize(n_genes));
      layer::to_shares<Real>(share);
      const Real size = r.library_size[usize(begin + i)];
      for (std::size_t g = 0; g < share.size(); ++g) mean[g] = size * share[g];
      kernel::count_parameters<Real> expects;
      kernel::count_slopes<Real> slopes;
      expects.mean = mean;
      slopes.mean = slope;
      if constexpr (disperses) {
        expects.dispersion = std::span<const Real>(r.dispersion).first(usize(n_genes));
        slopes.dispersion = d.log_dispersion;
      }
      if constexpr (drops) {
        expects.dropout_logit = y_drop.subspan(usize(i * n_genes), usize(n_genes));
        slopes.dropout_logit = slope_drop;
      }
      const auto from = usize(tokens.cell_begin[usize(begin + i)]), n = usize(tokens.cell_begin[usize(begin + i) + 1]) - from;
      sum -= kernel::count_likelihood_row<Shape.law>(
          std::span<const std::int32_t>(tokens.id).subspan(from, n),
          std::span<const float>(tokens.template get<channel::value>()).subspan(from, n), expects, r.row, slopes, Real{-1});
      if constexpr (Gradient) {
        // A share moves all others: d score = slope - share (sum of slopes).
        const Real together = in_lanes(std::span<const Real>(slope));
        d_library[usize(begin + i)] = together;
        for (std::size_t g = 0; g < share.size(); ++g) share[g] = slope[g] - share[g] * together;
        if constexpr (drops) std::copy(slope_drop.begin(), slope_drop.end(), y_drop.begin() + i * n_genes);
      }
    }
    if constexpr (Gradient) {
      scale.backward(of.scale, t, std::span<const Real>(y), d.scale, rows(r.dt), kernel::into::overwrite, r.out);
      if constexpr (drops)
        dropout.backward(of.dropout, t, std::span<const Real>(y_drop), d.dropout, rows(r.dt), kernel::into::add, r.out);
    }
    return sum;
  }
};

/// The evidence lower bound of a cell's raw counts: how probable they are from a vector drawn around its mean, less how far that
/// normal is from the standard one. Counts come about by a law with mean = library size x softmax(decoder(vector)), a dispersion
/// for each gene and, zero-inflated, logits of losses.
/// types   Shape: law, norm and bend of the decoder, inferred library; Hidden, More: widths of its hidden layers
/// in      raw counts; an encoder whose layers give mean and log-variance (encode::scvi_encoder). The variance is exp(.) + 1e-4
/// batch   labels by cell id, from 0: a vector for each in the decoder's first layer. An embedding does not ask for it
/// library what is there (the sum of the counts); inferred: a normal guess of its logarithm by a network of its own, whose prior
///         is mean and variance over the training cells of the batch
/// loss    minus the bound, the mean over cells; in a validation the prior counts in full
/// repeat  normal numbers are keyed by (cell id, dim) and step
/// errors  bad_option: batches below 1 or a negative warm-up; bad_data: a cell without a batch
/// cost    6 width genes operations a cell (zero-inflated: 12), and a likelihood of each gene
/// source  Lopez et al. 2018; differs: kernel::count_likelihood adds no 1e-8
template <count_decoder_shape Shape = count_decoder_shape{}, int Hidden = 128, int... More>
struct count_elbo {
  static constexpr std::string_view name = "count_elbo";
  static constexpr bool of_counts = true;
  using needs = channels<channel::value>;
  using scale = tepui::scale::raw;

  prior_warm_up warm_up{.steps = 1000};
  std::shared_ptr<const labels_by_cell> batch{};
  std::int32_t n_batches = 0;

  [[nodiscard]] std::string describe() const {
    std::string text = "count_elbo (" + std::string(kernel::name_of(Shape.law)) + ", " + std::to_string(Hidden);
    ((text += ", " + std::to_string(More)), ...);
    text += Shape.library_width > 0 ? ", library inferred" : ", library observed";
    if (n_batches > 0) text += ", " + std::to_string(n_batches) + " batches";
    return text + ", " + warm_up.describe() + ")";
  }
  template <int Dims>
  [[nodiscard]] count_elbo_head<Dims, Shape, Hidden, More...> bind(const token_facts& facts) const {
    if (warm_up.steps < 0 || warm_up.epochs < 0)
      throw bad_option("count_elbo cannot warm up for " + std::to_string(warm_up.steps) + " steps or " +
                       std::to_string(warm_up.epochs) + " epochs; give 0 or more");
    if (n_batches < 0 || (n_batches > 0) != static_cast<bool>(batch))
      throw bad_option("count_elbo was given " + std::to_string(n_batches) + " batches" + (batch ? " and" : ", but no") +
                       " batches of cells; give both .batch and .n_batches, or neither");
    if (batch)
      for (const auto& [cell, b] : *batch)
        if (b >= n_batches)
          throw bad_option("cell " + std::to_string(cell) + " is of batch " + std::to_string(b) +
                           ", but count_elbo was told of " + std::to_string(n_batches) + "; number them from 0");
    count_elbo_head<Dims, Shape, Hidden, More...> head{warm_up, batch, n_batches, facts.n_rows};
    head.scale.n_genes = head.dropout.n_genes = head.library_genes.n_genes = facts.n_rows;
    const auto kinds = usize(std::max(1, n_batches));
    head.n_cells.assign(kinds, 0);
    head.library_sum.assign(kinds, 0);
    head.library_squares.assign(kinds, 0);
    return head;
  }
};

}  // namespace tepui::objective
