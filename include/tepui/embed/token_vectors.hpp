#pragma once
/// Turns the tokens of a cell into vectors: which gene, how much of it, and where in the sentence.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include <tepui/embed/combine.hpp>
#include <tepui/embed/layer.hpp>
#include <tepui/embed/position.hpp>
#include <tepui/embed/value_numbers.hpp>
#include <tepui/flow/token_vectors.hpp>
#include <tepui/stage/check.hpp>
#include <tepui/stage/fitting.hpp>

namespace tepui::embed {

template <int Dims, class In>
struct vectors_from;
template <int Dims, class... C>
struct vectors_from<Dims, port::tokens<C...>> {
  using type = port::token_vectors<Dims, C...>;
};
template <class List>
struct tokens_with;
template <class... C>
struct tokens_with<channels<C...>> {
  using type = port::tokens<C...>;
};

/// An embedder whose parts are all ready: what `token_vectors` becomes. Combine and Position are parts, not recipes.
/// weights  flat, as layer/layer.hpp cuts them: "identity.weight", "value.second.bias", ...; the stage's call reads its own
/// As a layer of tokens it is a function of weights `w` like its own, with Real = float or double:
///     select(in, out)                         the tokens that stay; every later call is about these
///     forward(w, tokens, out, room)           out [tokens, dims], overwritten
///     backward(w, tokens, d_out, dw, room)    dw like w, added to
///     table(w)                                what the identity learns, [rows, Identity::dims]: for heads that are tied to it
/// with `tokens` a token_view or token_batch that has the channels of `takes`.
/// repeat   a cell's vectors are the same bits without the cells beside it; dw is summed over the tokens as they stand
template <class Identity, class Value, class Combine, class Position>
struct fitted_token_vectors {
  using kind = tepui::kind::embedder;
  static constexpr std::string_view name = "token_vectors";
  static constexpr int dims = Combine::dims;
  using value_needs = typename Value::needs;
  using combine_needs = typename Combine::needs;
  using takes = typename tokens_with<joined_channels_t<value_needs, combine_needs>>::type;
  template <class In>
  using gives_for = typename vectors_from<dims, In>::type;

  [[no_unique_address]] Identity identity{};
  [[no_unique_address]] Value value{};
  [[no_unique_address]] Combine combine{};
  [[no_unique_address]] Position position{};
  memory<float> weights{};

  template <class Real>
  struct room {
    room_t<Identity, Real> identity_room;
    room_t<Value, Real> value_room;
    room_t<Combine, Real> combine_room;
    room_t<Position, Real> position_room;
    memory<Real> identity, value, d_identity, d_value;  // of some tokens
  };
  using scratch = room<float>;

  [[nodiscard]] std::string describe() const {
    return "token_vectors(" + identity.describe() + ", " + value.describe() + ", " + combine.describe() + ", " +
           position.describe() + ")";
  }
  static void each_part(auto& self, auto&& visit) {
    visit("identity", self.identity);
    visit("value", self.value);
    visit("combine", self.combine);
    visit("position", self.position);
  }
  static void each_array(auto& self, auto&& visit) {
    each_part(self, [&](const char* part_name, auto& p) { each_array_of(p, std::string(part_name) + ".", visit); });
    visit("weights", self.weights);
  }

  /// Numbers of the weights that are padding or running moments.
  [[nodiscard]] std::int64_t n_not_learned() const { return layer::n_not_learned(*this); }

  void operator()(const auto& in, auto& out, scratch& s, const kernel::draws&) const {
    if (isize(weights.size()) != n_weights(*this))
      throw bad_data("token_vectors holds " + std::to_string(weights.size()) + " weights, but its parts have " +
                     std::to_string(n_weights(*this)) + "; fit it, or load the file with the pipeline type that saved it");
    select(in, out);
    const auto vectors = out.room_for_vectors();
    forward(std::span<const float>(weights.data(), weights.size()), out, std::span<float>(vectors.data(), vectors.size()), s);
  }

  /// The tokens of all cells, without those that the identity leaves out; special tokens always stay.
  /// in     tokens with channels            out    a batch of tokens, or of token vectors, with some or all of the channels
  /// errors bad_data: tokens of a larger vocabulary than the identity was fitted behind
  void select(const auto& in, auto& out) const {
    if (in.n_vocabulary > identity.n_rows())
      throw bad_data("the tokens come from a vocabulary of " + std::to_string(in.n_vocabulary) +
                     ", but token_vectors has vectors for " + std::to_string(identity.n_rows()) +
                     "; fit it behind this tokenizer, or give the identity extra rows");
    if constexpr (requires { out.clear(dims); }) {
      out.clear(dims);
    } else {
      out.clear();
    }
    out.n_vocabulary = in.n_vocabulary;
    if constexpr (requires { in.cells.id; }) out.cell_id.assign(in.cells.id.begin(), in.cells.id.end());
    for (std::int64_t c = 0; c < in.n_cells(); ++c) copy_tokens(in, c, out);
  }

  template <class Real>
  void forward(std::span<const Real> w, const auto& tokens, std::span<Real> out, room<Real>& r) const {
    const auto at = cut_up(w);
    in_pieces(tokens, [&](std::size_t first, std::size_t n) {
      const auto to = rows(out, first, n, dims);
      const auto [gene, level] = apart(at, tokens, first, n, r);
      with_channels(tokens, first, n, combine_needs{},
                    [&](auto... given) { combine.forward(at.combine, gene, level, to, given..., r.combine_room); });
    });
    each_cell(tokens, [&](std::size_t first, std::size_t n) {
      position.add(at.position, 0, rows(out, first, n, dims), r.position_room);
    });
  }

  template <class Real>
  void backward(std::span<const Real> w, const auto& tokens, std::span<const Real> d_out, std::span<Real> dw,
                room<Real>& r) const {
    const auto at = cut_up(w);
    const auto d_at = cut_up(dw);
    if constexpr (learns<Position>)
      each_cell(tokens, [&](std::size_t first, std::size_t n) {
        position.backward(at.position, 0, rows(d_out, first, n, dims), d_at.position, r.position_room);
      });
    if constexpr (learns<Identity> || learns<Value> || learns<Combine>)
      in_pieces(tokens, [&](std::size_t first, std::size_t n) {
        const auto [gene, level] = apart(at, tokens, first, n, r);
        const auto d_gene = grown(r.d_identity, learns<Identity> ? isize(n) * Identity::dims : 0);
        const auto d_level = grown(r.d_value, learns<Value> ? isize(n) * Value::dims : 0);
        with_channels(tokens, first, n, combine_needs{}, [&](auto... given) {
          combine.backward(at.combine, gene, level, rows(d_out, first, n, dims), d_at.combine, d_gene, d_level, given...,
                           r.combine_room);
        });
        if constexpr (learns<Identity>)
          identity.backward(at.identity, ids_of(tokens, first, n), std::span<const Real>(d_gene), d_at.identity, r.identity_room);
        if constexpr (learns<Value>)
          with_channels(tokens, first, n, value_needs{}, [&](auto... given) {
            value.backward(at.value, given..., std::span<const Real>(d_level), d_at.value, r.value_room);
          });
      });
  }

  /// Empty where the identity learns no vector a token, or more than a table of them.
  template <class T>
  [[nodiscard]] std::span<T> table([[maybe_unused]] std::span<T> w) const {
    if constexpr (requires { identity.table(w); }) {
      return identity.table(cut_up(w).identity);
    } else {
      return {};
    }
  }

 private:
  static constexpr std::size_t together = 256;  // tokens whose vectors stay in the second cache between the parts

  template <class T>
  struct cut_weights {
    std::span<T> identity, value, combine, position;
  };
  template <class T>
  [[nodiscard]] cut_weights<T> cut_up(std::span<T> w) const {
    slices cut(w);
    cut_weights<T> out;
    out.identity = cut.of(identity);
    out.value = cut.of(value);
    out.combine = cut.of(combine);
    out.position = cut.of(position);
    return out;
  }
  template <class T>
  [[nodiscard]] static std::span<T> rows(std::span<T> x, std::size_t first, std::size_t n, int width) {
    return x.subspan(first * usize(width), n * usize(width));
  }
  [[nodiscard]] static std::span<const std::int32_t> ids_of(const auto& tokens, std::size_t first, std::size_t n) {
    return {tokens.id.data() + first, n};
  }
  static void in_pieces(const auto& tokens, const auto& call) {
    const std::size_t all = tokens.id.size();
    for (std::size_t t = 0; t < all; t += together) call(t, std::min(together, all - t));
  }
  static void each_cell(const auto& tokens, const auto& call) {
    for (std::size_t c = 1; c < tokens.cell_begin.size(); ++c)
      call(usize(tokens.cell_begin[c - 1]), usize(tokens.cell_begin[c] - tokens.cell_begin[c - 1]));
  }

  void copy_tokens(const auto& in, std::int64_t cell, auto& out) const {
    using list = typename std::remove_cvref_t<decltype(out)>::channel_list;
    const auto ids = in.ids_of(cell);
    if constexpr (requires { identity.keeps(0); }) {
      using given = typename std::remove_cvref_t<decltype(in)>::channel_list;
      const auto stays = [&](std::size_t t) {
        if constexpr (given::template contains<channel::special>)
          if (in.template of<channel::special>(cell)[t] != 0) return true;
        return identity.keeps(ids[t]);
      };
      for (std::size_t t = 0; t < ids.size();) {
        const std::size_t first = t;
        while (t < ids.size() && stays(t)) ++t;
        append(in, cell, first, t - first, out, list{});
        if (t < ids.size()) ++t;
      }
    } else {
      append(in, cell, 0, ids.size(), out, list{});
    }
    out.end_cell();
  }
  /// Tokens [first, first + n) of a cell, with their channels.
  template <class... C>
  static void append(const auto& in, std::int64_t cell, std::size_t first, std::size_t n, auto& out, channels<C...>) {
    const auto one = [&](auto& to, const auto& from) {
      const auto part = from.subspan(first, n);
      to.insert(to.end(), part.begin(), part.end());
    };
    one(out.id, in.ids_of(cell));
    (one(out.template get<C>(), in.template of<C>(cell)), ...);
  }

  template <class Real>
  struct two_vectors {
    std::span<const Real> identity, value;
  };
  /// What is known of n tokens from `first`, before it is put together.            -> [n, Identity::dims], [n, Value::dims]
  template <class Real>
  [[nodiscard]] two_vectors<Real> apart(const cut_weights<const Real>& at, const auto& tokens, std::size_t first, std::size_t n,
                                        room<Real>& r) const {
    const auto gene = grown(r.identity, isize(n) * Identity::dims), level = grown(r.value, isize(n) * Value::dims);
    identity.forward(at.identity, ids_of(tokens, first, n), gene, r.identity_room);
    if constexpr (Value::dims > 0)
      with_channels(tokens, first, n, value_needs{},
                    [&](auto... given) { value.forward(at.value, given..., level, r.value_room); });
    return {gene, level};
  }
  template <class... C>
  static void with_channels(const auto& tokens, [[maybe_unused]] std::size_t first, [[maybe_unused]] std::size_t n,
                            channels<C...>, const auto& call) {
    call(std::span<const typename C::type>(tokens.template get<C>().data() + first, n)...);
  }
};

/// Turns tokens into vectors. Stands between a tokenizer and an encoder of token vectors.
/// in     tokens, ragged, with the channels that the parts need
/// out    token vectors, ragged [tokens, dims]; ids and all channels of the tokens stay beside them
/// parts  Identity  learned, frozen, adapted, several, neighbours_of, genomic_position
///        Value     no_value, value_itself, linear, two_layer, soft_bins, categories
///        Combine   identity_only, sum, concat, scaled, chromosome, chromosome_sum, masked
///        Position  no_position, learned_position, sinusoidal
/// fit    binds the identity to the words of the tokenizer and draws the weights; looks at no cell
/// twin   vectors from outside become random ones; everything else is untrained as it is
/// empty  a cell without tokens has no vectors
/// errors does not compile, with one sentence, where dims or channels do not fit; bad_data from the parts
/// cost   4 dims bytes a token, and what the parts cost
/// repeat bit-equal for any number of threads and any batch size
/// write  token_vectors<learned<128>, two_layer<128>>{}, token_vectors<frozen<200>, no_value, sum, sinusoidal>{{vectors}}
/// source the parts of Haber et al. 2025 (HEIMDALL) and of the systems that they name
template <class Identity, class Value = no_value, class Combine = sum, class Position = no_position>
struct token_vectors {
  using kind = tepui::kind::embedder;
  static constexpr std::string_view name = "token_vectors";
  static consteval bool check_shape() { return Combine::template check<Identity::dims, Value::dims>(); }
  using combine_layer = typename Combine::template layer<Identity::dims, Value::dims>;
  using position_layer = typename Position::template layer<combine_layer::dims>;
  using fitted = fitted_token_vectors<fitted_t<Identity>, fitted_t<Value>, fitted_t<combine_layer>, fitted_t<position_layer>>;
  static constexpr int dims = fitted::dims;
  using takes = typename fitted::takes;
  template <class In>
  using gives_for = typename fitted::template gives_for<In>;

  [[no_unique_address]] Identity identity{};
  [[no_unique_address]] Value value{};

  [[nodiscard]] std::string describe() const {
    return "token_vectors(" + identity.describe() + ", " + value.describe() + ", " + combine_layer{}.describe() + ", " +
           position_layer{}.describe() + ")";
  }
  [[nodiscard]] auto untrained() const {
    return token_vectors<decltype(untrained_twin(identity)), Value, Combine, Position>{untrained_twin(identity), value};
  }
  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context& context) const {
    fitted out{made_ready(identity, train, context, "identity"), made_ready(value, train, context, "value"),
               made_ready(combine_layer{}, train, context, "combine"),
               made_ready(position_layer{}, train, context, "position"), {}};
    out.weights.resize(usize(n_weights(out)));
    layer::draw_weights(out, context.random, std::span<float>(out.weights.data(), out.weights.size()));
    return out;
  }
};

}  // namespace tepui::embed
