#pragma once
/// How well a cell's vector explains its counts, when the vector itself is uncertain: what scVI learns by.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include <tepui/flow/error.hpp>
#include <tepui/layer/mlp.hpp>
#include <tepui/objective/count_explanation.hpp>
#include <tepui/objective/labels_by_cell.hpp>
#include <tepui/objective/latent_normal.hpp>
#include <tepui/objective/library_size.hpp>
#include <tepui/objective/questions.hpp>

namespace tepui::objective {

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
  static constexpr bool infers_library = Shape.library_width > 0;
  static constexpr std::int64_t tile = 64;  // cells whose genes are guessed together

  using first_type = layer::linear<latent, Hidden>;
  using bent_type = typename layer::bent_rows<Shape.layers, Hidden>::type;
  using rest_type = layer::mlp_up<Shape.layers, Hidden, More...>;
  using decoder_type = layer::chain<bent_type, rest_type>;
  static constexpr int width = rest_type::dims_out;
  using counts_type = count_explanation<Shape.law, width>;
  static constexpr bool disperses = counts_type::disperses;
  static constexpr layer::mlp_shape library_shape{
      .batch_norm = Shape.layers.batch_norm, .norm = Shape.layers.norm, .dropout_per_mille = Shape.library_dropout_per_mille};
  using library_type = library_network<layer::above_zero(Shape.library_width), library_shape>;
  static constexpr bool whole = layer::reads_whole_batch<decoder_type>() || (infers_library && library_type::whole);

  prior_warm_up warm_up{};
  std::shared_ptr<const labels_by_cell> batch{};
  std::int32_t n_batches = 0;
  std::int64_t n_genes = 0;
  first_type first{};
  decoder_type decoder{};
  counts_type counts{};
  library_type library{};

  template <class Real>
  struct room {
    layer::room_t<first_type, Real> first;
    layer::saved_t<decoder_type, Real> decoder_saved;
    layer::room_t<decoder_type, Real> decoder;
    typename counts_type::template room<Real> counts;
    typename library_type::template room<Real> library;
    layer::memory<Real> z, dz, h, dh, t, dt, dispersion, size, d_size;
  };

  void each_weight(auto&& visit) const {
    if constexpr (disperses) visit("log_dispersion", layer::slice{1, n_genes, layer::start::normal, 1.0, false});
    if (n_batches > 0) visit("batch", batch_slice());
  }
  static void each_part(auto& self, auto&& visit) {
    visit("first", self.first);
    visit("decoder", self.decoder);
    counts_type::each_part(self.counts, visit);
    if constexpr (infers_library) library_type::each_part(self.library, visit);
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
    for (std::int64_t c = 0; c < view.n_cells(); ++c)
      library.count(n_batches > 0 ? batch_of(view.cells.id[usize(c)]) : 0, view.template of<channel::value>(c));
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

  /// The weights of every part, cut in the order of each_weight and each_part.
  template <class Real>
  struct parts {
    std::span<Real> log_dispersion, batch, first, decoder, counts, library;
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
    out.counts = all.of(counts);
    if constexpr (infers_library) out.library = all.of(library);
    return out;
  }

  template <bool Gradient, class Real>
  double all(std::span<const Real> w, const layer::packed& at, const states<Real>& have, const auto& asked, std::span<Real> dw,
             std::span<Real> d_state, room<Real>& r) const {
    using normal = latent_normal<latent>;
    const std::int64_t cells = at.n_cells();
    const auto of = cut(w);
    const auto d = cut(dw);
    const Real prior = static_cast<Real>(warm_up.weight(asked.now));
    const std::span<const float> drawn = asked.value;
    const auto z = layer::grown(r.z, cells * latent), size = layer::grown(r.size, cells);
    double sum = normal::draw(have.cell, drawn, draws_of_cell, prior, z);
    const auto drawn_size = [&](std::int64_t c) { return drawn[usize(c * draws_of_cell + latent)]; };
    const auto its_batch = [&](std::int64_t c) { return n_batches > 0 ? asked.label[usize(c)] : 0; };
    if constexpr (infers_library)
      sum += library.forward(of.library, at.part(2), asked.tokens, drawn_size, its_batch, size, r.library);
    else
      sizes_there(asked.tokens, size);

    const auto h = layer::grown(r.h, cells * Hidden), t = layer::grown(r.t, cells * width);
    layer::nothing none;
    first.forward(of.first, at, std::span<const Real>(z), h, none, r.first);
    for (std::int64_t c = 0; c < cells && n_batches > 0; ++c)
      for (std::int64_t k = 0; k < Hidden; ++k) h[usize(c * Hidden + k)] += of.batch[usize(asked.label[usize(c)] * Hidden + k)];
    decoder.forward(of.decoder, at.part(1), std::span<const Real>(h), t, r.decoder_saved, r.decoder);
    const auto dt = layer::grown(r.dt, Gradient ? cells * width : 0), d_size = layer::grown(r.d_size, Gradient ? cells : 0);
    const auto dispersion = layer::grown(r.dispersion, disperses ? n_genes : 0);
    for (std::size_t g = 0; g < dispersion.size(); ++g) dispersion[g] = std::exp(of.log_dispersion[g]);
    for (std::int64_t begin = 0; begin < cells; begin += tile) {
      const std::int64_t m = std::min(tile, cells - begin);
      const auto some = [&](auto of_all, std::int64_t each) {
        return of_all.empty() ? of_all : of_all.subspan(usize(begin * each), usize(m * each));
      };
      sum +=
          counts.template explain<Gradient, Real>(of.counts, {some(t, width), some(size, 1), dispersion}, asked.tokens, begin,
                                                  d.counts, {some(dt, width), some(d_size, 1), d.log_dispersion}, r.counts);
    }
    if constexpr (Gradient) {
      const auto dh = layer::grown(r.dh, cells * Hidden), dz = layer::grown(r.dz, cells * latent);
      decoder.backward(of.decoder, at.part(1), std::span<const Real>(h), std::span<const Real>(dt), d.decoder, dh,
                       r.decoder_saved, r.decoder);
      for (std::int64_t c = 0; c < cells && n_batches > 0; ++c)
        for (std::int64_t k = 0; k < Hidden; ++k)
          d.batch[usize(asked.label[usize(c)] * Hidden + k)] += dh[usize(c * Hidden + k)];
      first.backward(of.first, at, std::span<const Real>(z), std::span<const Real>(dh), d.first, dz, none, r.first);
      normal::backward(have.cell, drawn, draws_of_cell, prior, std::span<const Real>(dz), d_state);
      if constexpr (infers_library)
        library.backward(of.library, at.part(2), asked.tokens, drawn_size, its_batch, std::span<const Real>(d_size), d.library,
                         r.library);
    }
    return sum;
  }
  template <class Real>
  static void sizes_there(const auto& tokens, std::span<Real> size) {
    const std::span<const float> values = tokens.template get<channel::value>();
    for (std::size_t c = 0; c < size.size(); ++c) {
      const auto from = usize(tokens.cell_begin[c]), to = usize(tokens.cell_begin[c + 1]);
      size[c] = static_cast<Real>(total_of(values.subspan(from, to - from)));
    }
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
    if (n_batches > 0) text += ", " + std::to_string(n_batches) + " batches" + (batch ? " of " + text_of(*batch) : "");
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
    head.counts.of_genes(facts.n_rows);
    head.library.genes.n_genes = facts.n_rows;
    head.library.begin(std::max(1, n_batches));
    return head;
  }
};

}  // namespace tepui::objective
