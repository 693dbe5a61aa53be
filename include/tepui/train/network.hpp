#pragma once
/// Everything that learns together, as one function of one flat vector: token vectors, an encoder, and the head of an objective.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

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
/// types   Needs: channels that the objective reads beside those that the token vectors do
template <class Embedder, class Encoder, class Head, class Needs = channels<>>
struct network {
  const Embedder* embedder = nullptr;
  const Encoder* encoder = nullptr;
  const Head* head = nullptr;
  static constexpr int dims = Encoder::dims, layers = Encoder::blocks_type::layers;
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
  };

  /// The loss of these cells, and its gradient.
  /// in     w: the flat weights; tokens: some cells; asks and drops: random numbers of this step
  /// out    dw, like w, is added to
  /// cost   nothing is allocated once `room` has seen the longest batch
  template <class Real, class View>
  loss_sum learn(std::span<const Real> w, const View& tokens, const kernel::draws& asks, const kernel::draws& drops,
                 std::span<Real> dw, room<Real>& r, trained_part part = {}) const {
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

  /// The loss alone, without dropout.
  template <class Real, class View>
  loss_sum loss(std::span<const Real> w, const View& tokens, const kernel::draws& asks, room<Real>& r) const {
    layer::slices cut(w);
    const auto w_embedder = cut.of(*embedder), w_encoder = cut.of(*encoder), w_head = cut.of(*head);
    const layer::packed at = see(w_embedder, w_encoder, tokens, asks, asks, false, r);
    const auto y = numbers(r.y, at.n_rows() * dims), z = numbers(r.z, reads_cells<Head>() ? at.n_cells() * dims : 0);
    loss_sum out;
    out.loss = head->loss(w_head, at, states_of<Real>(w_embedder, y, z), r.asked, r.head);
    count(out, r.asked, at.n_rows());
    return out;
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
    if constexpr (requires { head->n_questions(asked); }) out.questions = head->n_questions(asked);
    if constexpr (requires { head->floor(asked); }) out.floor = head->floor(asked);
    out.tokens = tokens;
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
