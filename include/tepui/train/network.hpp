#pragma once
/// Everything that learns together, as one function of one flat vector: token vectors where a model has them, an encoder, and the
/// head of an objective.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <type_traits>

#include <tepui/encode/cell_encoder.hpp>
#include <tepui/encode/token_encoder.hpp>
#include <tepui/flow/tokens.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/layer/layer.hpp>
#include <tepui/objective/asked.hpp>

namespace tepui::train {

/// Whether a head looks at the states of tokens, and at those of cells. A head that does not say looks at both.
template <class Head>
[[nodiscard]] consteval bool reads_tokens() {
  if constexpr (requires { Head::reads_tokens; }) return Head::reads_tokens;
  return true;
}
template <class Head>
[[nodiscard]] consteval bool reads_cells() {
  if constexpr (requires { Head::reads_cells; }) return Head::reads_cells;
  return true;
}
/// Whether a head compares the cells of a batch with one another, so that the batch must stay whole.
template <class Head>
[[nodiscard]] consteval bool reads_whole_batch() {
  if constexpr (requires { Head::whole; }) return Head::whole;
  return false;
}

/// Stands in the place of token vectors where an encoder reads counts: every count is a token, its gene and its value.
struct counts_as_tokens {
  using takes = port::tokens<channel::value>;
  layer::memory<float> weights{};  ///< none
  template <class Real>
  using room = layer::nothing;

  /// The counts of all cells that are not 0.            in     counts            out    a batch of tokens with channel value
  static void select(const auto& in, auto& out) {
    out.clear();
    out.n_vocabulary = in.n_genes;
    for (std::int64_t c = 0; c < in.n_cells(); ++c) {
      const auto genes = in.genes_of(c);
      const auto values = in.values_of(c);
      for (std::size_t i = 0; i < genes.size(); ++i)
        if (values[i] != 0) out.add_token(genes[i], static_cast<float>(values[i]));
      out.end_cell();
    }
  }
};

/// What was lost on some cells: sums, so that parts of a batch are added up.
struct loss_sum {
  double loss = 0;
  double floor = 0;            ///< of the best answers that look at no cell, where the objective knows them
  std::int64_t questions = 0;
  std::int64_t tokens = 0;
  loss_sum& operator+=(const loss_sum& other) {
    loss += other.loss;
    floor += other.floor;
    questions += other.questions;
    tokens += other.tokens;
    return *this;
  }
  [[nodiscard]] double mean() const { return questions == 0 ? 0 : loss / static_cast<double>(questions); }
  [[nodiscard]] double mean_floor() const { return questions == 0 ? 0 : floor / static_cast<double>(questions); }
};

/// Which of the weights learn: everything, or only what lies above block `down` of the encoder and the head.
struct trained_part {
  bool token_vectors = true;
  int down = 0;  ///< blocks below this one stay as they are (all of them: the whole encoder); above 0 needs token_vectors = false
};

/// Borrows the stages; it has no weights itself. The flat vector is the embedder's weights, then the encoder's, then the head's.
/// types   Embedder: token vectors, or counts_as_tokens for an encoder that reads counts; Needs: channels that the objective reads
///         beside those that the token vectors do
template <class Embedder, class Encoder, class Head, class Needs = channels<>>
struct network {
  const Embedder* embedder = nullptr;
  const Encoder* encoder = nullptr;
  const Head* head = nullptr;
  /// Whether the model reads all counts of a cell, which is then one row, and no tokens.
  static constexpr bool of_counts = encode::reads_counts<Encoder>;
  /// Whether the cells of a batch must stay together: for the head, or for a batch norm of the encoder.
  static constexpr bool whole = reads_whole_batch<Head>() || layer::reads_whole_batch<Encoder>();
  /// Whether cells are compared while this part learns, which takes two of them in every shard: a frozen encoder has running
  /// moments, and compares none.
  [[nodiscard]] static constexpr bool compares_cells(trained_part part) {
    return (layer::reads_whole_batch<Encoder>() && part.down < layers) || (of_counts && reads_whole_batch<Head>());
  }
  static constexpr int dims = [] {
    if constexpr (of_counts) {
      return Encoder::state_dims;
    } else {
      return Encoder::dims;
    }
  }();
  static constexpr int layers = Encoder::blocks_type::layers;
  static constexpr bool asks_counts = requires { requires Head::of_counts; };
  static_assert(
      !of_counts || !reads_tokens<Head>(),
      "tepui: this objective asks about tokens, but the model reads all counts of a cell and has none; take an objective "
      "that asks about cells (objective::masked_expression, count_elbo, cell_labels), or a transformer behind token vectors");
  static_assert(of_counts || !asks_counts,
                "tepui: this objective asks about all genes of a cell, but the model reads tokens; end the pipeline with "
                "encode::cell_encoder or mlp_encoder, or take an objective that asks about tokens");
  using channel_list = joined_channels_t<typename Embedder::takes::channel_list, Needs>;
  using tokens_type = token_batch<channel_list>;
  using asked_type = objective::asked_tokens<channel_list>;

  static void each_part(auto& self, auto&& visit) {
    visit("embedder", *self.embedder);
    visit("encoder", *self.encoder);
    visit("head", *self.head);
  }

  template <class Real>
  struct room {
    asked_type asked;
    typename Embedder::template room<Real> embedder;
    typename Encoder::template saved<Real> saved;
    typename Encoder::template room<Real> encoder;
    layer::room_t<Head, Real> head;
    layer::memory<Real> x, y, z, dx, dy, dz;
    layer::memory<std::int64_t> cell_begin;
  };

  /// The loss of these cells, and its gradient.
  /// in     w: the flat weights; tokens: some cells; asks and drops: random numbers of this step; now: which step it is
  /// out    dw, like w, is added to
  /// cost   nothing is allocated once `room` has seen the longest batch
  template <class Real, class View>
  loss_sum learn(std::span<const Real> w, const View& tokens, const kernel::draws& asks, const kernel::draws& drops,
                 std::span<Real> dw, room<Real>& r, trained_part part = {}, objective::moment now = {}) const {
    if constexpr (of_counts) {
      return learn_cells<Real>(w, tokens, asks, drops, dw, r, part, now);
    } else {
      return learn_tokens<Real>(w, tokens, asks, drops, dw, r, part, now);
    }
  }

  /// The loss alone, without dropout.
  template <class Real, class View>
  loss_sum loss(std::span<const Real> w, const View& tokens, const kernel::draws& asks, room<Real>& r) const {
    if constexpr (of_counts) {
      return loss_of_cells<Real>(w, tokens, asks, r);
    } else {
      return loss_of_tokens<Real>(w, tokens, asks, r);
    }
  }

 private:
  template <class Real>
  static std::span<Real> numbers(layer::memory<Real>& m, std::int64_t n) {
    return layer::grown(m, n);
  }
  template <class Real>
  static std::span<Real> zeros(layer::memory<Real>& m, std::int64_t n) {
    const auto out = layer::grown(m, n);
    std::fill(out.begin(), out.end(), Real(0));
    return out;
  }
  void count(loss_sum& out, const asked_type& asked, std::int64_t tokens) const {
    out.questions = isize(asked.row.size());
    if constexpr (requires { head->floor(asked); }) out.floor = head->floor(asked);
    out.tokens = tokens;
  }
  template <class Real, class View>
  loss_sum learn_tokens(std::span<const Real> w, const View& tokens, const kernel::draws& asks, const kernel::draws& drops,
                        std::span<Real> dw, room<Real>& r, trained_part part, objective::moment now) const {
    r.asked.now = now;
    layer::slices cut(w);
    layer::slices cut_d(dw);
    const auto w_embedder = cut.of(*embedder), w_encoder = cut.of(*encoder), w_head = cut.of(*head);
    const auto dw_embedder = cut_d.of(*embedder), dw_encoder = cut_d.of(*encoder), dw_head = cut_d.of(*head);
    const layer::packed at = see(w_embedder, w_encoder, tokens, asks, drops, true, r);
    const std::int64_t n = at.n_rows(), cells = at.n_cells();
    const auto y = numbers(r.y, n * dims), z = numbers(r.z, reads_cells<Head>() ? cells * dims : 0);
    const auto dy = zeros(r.dy, n * dims), dz = zeros(r.dz, isize(z.size()));

    objective::state_gradients<Real> d{dy, dz, {}};
    if (part.token_vectors) d.table = embedder->table(dw_embedder);
    loss_sum out;
    out.loss = head->gradient(w_head, at, states_of<Real>(w_embedder, y, z), r.asked, dw_head, d, r.head);
    count(out, r.asked, n);
    if constexpr (reads_cells<Head>())
      encoder->backward_cells(w_encoder, at, std::span<const Real>(y), std::span<const Real>(dz), dw_encoder, dy, r.saved, r.encoder);
    const auto dx = numbers(r.dx, part.token_vectors ? n * dims : 0);
    encoder->backward_tokens(w_encoder, at, std::span<const Real>(numbers(r.x, n * dims)), std::span<const Real>(dy), dw_encoder, dx,
                             r.saved, r.encoder, part.down);
    if (part.token_vectors) embedder->backward(w_embedder, r.asked.tokens.view(), std::span<const Real>(dx), dw_embedder, r.embedder);
    return out;
  }
  template <class Real, class View>
  loss_sum loss_of_tokens(std::span<const Real> w, const View& tokens, const kernel::draws& asks, room<Real>& r) const {
    r.asked.now = {};
    layer::slices cut(w);
    const auto w_embedder = cut.of(*embedder), w_encoder = cut.of(*encoder), w_head = cut.of(*head);
    const layer::packed at = see(w_embedder, w_encoder, tokens, asks, asks, false, r);
    const auto y = numbers(r.y, at.n_rows() * dims), z = numbers(r.z, reads_cells<Head>() ? at.n_cells() * dims : 0);
    loss_sum out;
    out.loss = head->loss(w_head, at, states_of<Real>(w_embedder, y, z), r.asked, r.head);
    count(out, r.asked, at.n_rows());
    return out;
  }

  /// The same for a model that reads counts: a row a cell.
  template <class Real, class View>
  loss_sum learn_cells(std::span<const Real> w, const View& tokens, const kernel::draws& asks, const kernel::draws& drops,
                       std::span<Real> dw, room<Real>& r, trained_part part, objective::moment now) const {
    layer::slices cut(w);
    layer::slices cut_d(dw);
    const auto w_encoder = cut.of(*encoder), w_head = cut.of(*head);
    const auto dw_encoder = cut_d.of(*encoder), dw_head = cut_d.of(*head);
    const bool encoder_learns = part.down < layers;
    const auto seen = ask_cells(tokens, asks, now, r);
    const layer::packed at = rows_of(seen, drops, encoder_learns, r), behind = for_head(at, true);
    const auto z = numbers(r.z, at.n_cells() * dims), dz = zeros(r.dz, encoder_learns ? at.n_cells() * dims : 0);
    encoder->forward_cells(w_encoder, at, stored(seen), z, r.saved, r.encoder);
    loss_sum out;
    out.loss = head->gradient(w_head, behind, objective::states<Real>{{}, z, {}}, r.asked, dw_head,
                              objective::state_gradients<Real>{{}, dz, {}}, r.head);
    count(out, r.asked, isize(seen.id.size()));
    const auto back = [&](auto... questions_per_cell) {
      encoder->backward_cells(w_encoder, at, stored(seen), std::span<const Real>(dz), dw_encoder, r.saved, r.encoder,
                              questions_per_cell...);
    };
    if constexpr (requires { requires Encoder::has_loss_of_its_own; }) {
      const std::int64_t cells = std::max<std::int64_t>(1, at.n_cells());
      if (encoder_learns) back(static_cast<double>(out.questions) / static_cast<double>(cells));
    } else if (encoder_learns) {
      back();
    }
    return out;
  }
  template <class Real, class View>
  loss_sum loss_of_cells(std::span<const Real> w, const View& tokens, const kernel::draws& asks, room<Real>& r) const {
    layer::slices cut(w);
    const auto w_encoder = cut.of(*encoder), w_head = cut.of(*head);
    const auto seen = ask_cells(tokens, asks, {}, r);
    const layer::packed at = rows_of(seen, asks, false, r);
    const auto z = numbers(r.z, at.n_cells() * dims);
    encoder->forward_cells(w_encoder, at, stored(seen), z, r.saved, r.encoder);
    loss_sum out;
    out.loss = head->loss(w_head, for_head(at, false), objective::states<Real>{{}, z, {}}, r.asked, r.head);
    count(out, r.asked, isize(seen.id.size()));
    return out;
  }
  template <class Real, class View>
  auto ask_cells(const View& tokens, const kernel::draws& asks, objective::moment now, room<Real>& r) const {
    r.asked.clear();
    r.asked.now = now;
    r.asked.tokens.n_vocabulary = tokens.n_vocabulary;
    head->ask(tokens, asks, r.asked);
    return r.asked.tokens.view();
  }
  template <class Real>
  static layer::packed rows_of(const auto& seen, const kernel::draws& drops, bool training, room<Real>& r) {
    const auto begin = layer::grown(r.cell_begin, seen.n_cells() + 1);
    std::iota(begin.begin(), begin.end(), std::int64_t{0});
    return {begin, seen.cells.id, drops, training, {}};
  }
  /// What a head drops is not what the encoder does.
  static layer::packed for_head(const layer::packed& at, bool training) {
    return {at.cell_begin, at.cell_id, at.random.sub(kernel::hash_text("head")), training, {}};
  }
  static kernel::stored_cells<float> stored(const auto& seen) {
    const auto begin = seen.cell_begin;
    return {seen.n_vocabulary, begin.first(usize(seen.n_cells())), begin.last(usize(seen.n_cells())), seen.id,
            seen.template get<channel::value>()};
  }
  template <class Real>
  objective::states<Real> states_of(std::span<const Real> w_embedder, std::span<const Real> y, std::span<const Real> z) const {
    return {y, z, embedder->table(w_embedder)};
  }

  /// Asks, and lets the model see what is left.
  template <class Real, class View>
  layer::packed see(std::span<const Real> w_embedder, std::span<const Real> w_encoder, const View& tokens,
                    const kernel::draws& asks, const kernel::draws& drops, bool training, room<Real>& r) const {
    r.asked.clear();
    head->ask(tokens, asks, r.asked);
    const auto seen = r.asked.tokens.view();
    const std::int64_t n = isize(seen.id.size());
    const auto x = numbers(r.x, n * dims), y = numbers(r.y, n * dims);
    embedder->forward(w_embedder, seen, x, r.embedder);
    layer::packed at{seen.cell_begin, seen.cells.id, drops, training};
    at.key_bias = encoder->key_bias(seen, r.encoder.key_bias);
    encoder->forward_tokens(w_encoder, at, std::span<const Real>(x), y, r.saved, r.encoder);
    if constexpr (reads_cells<Head>())
      encoder->forward_cells(w_encoder, at, std::span<const Real>(y), numbers(r.z, at.n_cells() * dims), r.saved, r.encoder);
    return at;
  }
};

}  // namespace tepui::train
