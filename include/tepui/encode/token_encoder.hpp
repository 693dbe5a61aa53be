#pragma once
/// An encoder that learns: layers over the tokens of a cell, and a pool that makes one vector of them.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include <tepui/encode/learned_encoder.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/layer/chain.hpp>
#include <tepui/stage/check.hpp>

namespace tepui::encode {

/// Whether attention is drawn to genes by their counts.
enum class drawn_by : std::int32_t {
  nothing,
  counts,  ///< log(1 + count) is added to the score of each token that is looked at (TranscriptFormer when it embeds)
};

/// The settings of a token encoder that are no layer.
struct token_encoder_settings {
  int embed_after = 0;  ///< an embedding is made behind so many blocks; 0: all of them (Geneformer: all but one)
  drawn_by attention = drawn_by::nothing;
};

/// Layers over packed tokens with their weights: what `token_encoder` becomes. Training keeps the weights elsewhere and calls the
/// functions that take `w`.
/// types   Block: layer Dims -> Dims, Layers of them with weights of their own; Last: a norm behind them, or void; Pool: tokens -> cell
template <class Block, int Layers, class Last, class Pool, token_encoder_settings Settings>
struct fitted_token_encoder {
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "token_encoder";
  static constexpr int dims = Block::dims_out;
  static constexpr bool by_counts = Settings.attention == drawn_by::counts;
  using takes = std::conditional_t<by_counts, port::token_vectors<dims, channel::value>, port::token_vectors<dims>>;
  using gives = port::embedding;
  using blocks_type = layer::stack<Block, Layers>;
  /// The same with the embedding behind the last block: what a classifier is put on.
  using behind_all_blocks = fitted_token_encoder<Block, Layers, Last, Pool, token_encoder_settings{0, Settings.attention}>;
  static constexpr bool has_last = !std::is_void_v<Last>;
  using last_type = std::conditional_t<has_last, Last, layer::nothing>;
  static constexpr int embed_after = Settings.embed_after == 0 ? Layers : Settings.embed_after;
  static_assert(embed_after > 0 ? embed_after <= Layers : Layers == 0,
                "tepui: an embedding is made behind one of the blocks; give embed_after at most as many as there are layers");

  [[no_unique_address]] blocks_type blocks{};
  [[no_unique_address]] last_type last{};
  [[no_unique_address]] Pool pool{};
  layer::memory<float> weights;  ///< flat: blocks, last, pool

  template <class Real>
  struct saved {
    typename blocks_type::template saved<Real> blocks;
    layer::saved_t<last_type, Real> last;
    layer::saved_t<Pool, Real> pool;
    layer::memory<Real> before_last;
  };
  template <class Real>
  struct room {
    typename blocks_type::template room<Real> blocks;
    layer::room_t<last_type, Real> last;
    layer::room_t<Pool, Real> pool;
    layer::memory<Real> d_before_last, d_pooled;
    layer::memory<float> key_bias;
  };
  struct scratch {
    layer::saved_t<Block, float> block;
    layer::saved_t<last_type, float> last;
    layer::saved_t<Pool, float> pool;
    room<float> work;
    layer::memory<float> state;
    layer::memory<std::int64_t> begin;
  };

  [[nodiscard]] std::string describe() const {
    std::string text = "token_encoder(" + blocks.describe();
    if constexpr (has_last) text += "; " + last.describe();
    text += "; " + pool.describe();
    if (embed_after != Layers) text += ", embedding behind block " + std::to_string(embed_after);
    return text + (by_counts ? ", drawn by counts)" : ")");
  }
  static void each_array(auto& self, auto&& visit) { visit("weights", self.weights); }
  static void each_part(auto& self, auto&& visit) {
    visit("blocks", self.blocks);
    if constexpr (has_last) visit("last", self.last);
    visit("pool", self.pool);
  }

  /// Numbers of the weights that are padding or running moments.
  [[nodiscard]] std::int64_t n_not_learned() const { return layer::n_not_learned(*this); }
  /// Multiplications and additions that embed a cell of so many tokens.
  [[nodiscard]] double operations(std::int64_t n_tokens) const {
    double sum = layer::operations_of(pool, n_tokens);
    if constexpr (Layers > 0) sum += layer::operations_of(blocks, n_tokens) * embed_after / Layers;
    if constexpr (has_last && embed_after == Layers) sum += layer::operations_of(last, n_tokens);
    return sum;
  }

  /// The score that each token has in attention by its count alone.                              -> [tokens], or nothing
  template <class Tokens>
  [[nodiscard]] std::span<const float> key_bias(const Tokens& tokens, layer::memory<float>& keep) const {
    if constexpr (by_counts) {
      const auto count = tokens.template get<channel::value>();
      const auto out = layer::grown(keep, isize(count.size()));
      for (std::size_t t = 0; t < count.size(); ++t) out[t] = std::log1p(count[t]);
      return out;
    } else {
      return {};
    }
  }

  /// in     w: this stage's weights; x [tokens, dims]            out    y [tokens, dims]: the states of the tokens
  template <class Real>
  void forward_tokens(std::span<const Real> w, const layer::packed& at, std::span<const Real> x, std::span<Real> y, saved<Real>& s,
                      room<Real>& r) const {
    layer::slices cut(w);
    const auto w_blocks = cut.of(blocks);
    if constexpr (has_last) {
      const auto before = layer::grown(s.before_last, isize(x.size()));
      blocks.forward(w_blocks, at, x, before, s.blocks, r.blocks);
      last.forward(cut.of(last), at, std::span<const Real>(before), y, s.last, r.last);
    } else {
      blocks.forward(w_blocks, at, x, y, s.blocks, r.blocks);
    }
  }
  /// down    the lowest block whose weights learn; dx is written only where that is 0
  template <class Real>
  void backward_tokens(std::span<const Real> w, const layer::packed& at, std::span<const Real> x, std::span<const Real> dy,
                       std::span<Real> dw, std::span<Real> dx, saved<Real>& s, room<Real>& r, int down = 0) const {
    layer::slices cut(w);
    layer::slices cut_d(dw);
    const auto w_blocks = cut.of(blocks);
    const auto dw_blocks = cut_d.of(blocks);
    if constexpr (has_last) {
      const std::span<const Real> before = layer::grown(s.before_last, isize(x.size()));
      const auto d_before = layer::grown(r.d_before_last, isize(x.size()));
      last.backward(cut.of(last), at, before, dy, cut_d.of(last), d_before, s.last, r.last);
      blocks.backward(w_blocks, at, x, std::span<const Real>(d_before), dw_blocks, dx, s.blocks, r.blocks, down);
    } else {
      blocks.backward(w_blocks, at, x, dy, dw_blocks, dx, s.blocks, r.blocks, down);
    }
  }
  /// in     y [tokens, dims]            out    z [cells, dims]
  template <class Real>
  void forward_cells(std::span<const Real> w, const layer::packed& at, std::span<const Real> y, std::span<Real> z, saved<Real>& s,
                     room<Real>& r) const {
    pool.forward(of_pool(w), at, y, z, s.pool, r.pool);
  }
  /// d_y is added to.
  template <class Real>
  void backward_cells(std::span<const Real> w, const layer::packed& at, std::span<const Real> y, std::span<const Real> dz,
                      std::span<Real> dw, std::span<Real> d_y, saved<Real>& s, room<Real>& r) const {
    const auto d = layer::grown(r.d_pooled, isize(y.size()));
    pool.backward(of_pool(w), at, y, dz, of_pool(dw), d, s.pool, r.pool);
    for (std::size_t i = 0; i < d.size(); ++i) d_y[i] += d[i];
  }

  void operator()(const auto& in, auto& out, scratch& s, const kernel::draws&) const {
    if (isize(weights.size()) != layer::n_weights(*this))
      throw bad_data("a token_encoder has " + std::to_string(weights.size()) + " weights where " +
                     std::to_string(layer::n_weights(*this)) + " are needed; fit or pretrain it, or load its weights first");
    out.resize(in.n_cells(), dims);
    const std::span<const float> w(weights);
    // Some cells at a time, so that what lies between two layers stays in the cache.
    for (std::int64_t first = 0; first < in.n_cells();) {
      const std::int64_t begin = in.cell_begin[usize(first)];
      std::int64_t end = first + 1;
      while (end < in.n_cells() && in.cell_begin[usize(end) + 1] - begin <= together) ++end;
      const auto cells = layer::grown(s.begin, end - first + 1);
      for (std::int64_t c = first; c <= end; ++c) cells[usize(c - first)] = in.cell_begin[usize(c)] - begin;
      const std::int64_t tokens = cells.back();
      layer::packed at{cells, {}, {}, false};
      at.key_bias = key_bias(in, s.work.key_bias);
      if (!at.key_bias.empty()) at.key_bias = at.key_bias.subspan(usize(begin), usize(tokens));
      const auto x = in.vector.subspan(usize(begin * dims), usize(tokens * dims));
      const auto y = layer::grown(s.state, 2 * tokens * dims);
      const auto states = y.first(usize(tokens * dims)), normed = y.last(usize(tokens * dims));
      layer::slices cut(w);
      blocks.encode(cut.of(blocks), at, x, states, s.block, s.work.blocks, embed_after);
      std::span<const float> behind = states;
      if constexpr (has_last) {
        if (embed_after == Layers) {
          last.forward(cut.of(last), at, std::span<const float>(states), normed, s.last, s.work.last);
          behind = normed;
        }
      }
      pool.forward(of_pool(w), at, behind, std::span<float>(out.value).subspan(usize(first * dims), usize((end - first) * dims)),
                   s.pool, s.work.pool);
      first = end;
    }
  }

 private:
  static constexpr std::int64_t together = 1024;  // tokens

  template <class Real>
  [[nodiscard]] std::span<Real> of_pool(std::span<Real> w) const {
    return w.last(usize(layer::n_weights(pool)));
  }
};

/// Layers over the tokens of a cell, and a pool; `transformer` is the one that most need.
/// in     token vectors, ragged [tokens, dims]            out    embedding [cells, dims]            empty  what the pool gives
/// fit    draws the weights, as each layer begins, and looks at no cell: an untrained encoder. `train::pretrain` lets it learn
/// twin   itself, untrained            cost   that of its layers; memory of about 1,024 tokens (or the longest cell) a thread
/// repeat bit-equal for any number of threads and any batch size
template <class Block, int Layers, class Last, class Pool, token_encoder_settings Settings = token_encoder_settings{}>
struct token_encoder : learned_encoder<fitted_token_encoder<Block, Layers, Last, Pool, Settings>> {};

}  // namespace tepui::encode
