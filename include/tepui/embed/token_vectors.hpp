#pragma once
/// Turns the tokens of a cell into vectors: which gene, how much of it, and where in the sentence.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

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

/// An embedder whose parts are all ready: what `token_vectors` becomes. Combine and Position are layers.
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

  struct scratch {
    room_t<Identity> identity_room;
    room_t<Value> value_room;
    room_t<Combine> combine_room;
    room_t<Position> position_room;
    std::vector<float> identity, value;  // of some tokens
  };

  [[nodiscard]] std::string describe() const {
    return "token_vectors(" + identity.describe() + ", " + value.describe() + ", " + combine.describe() + ", " +
           position.describe() + ")";
  }
  static void each_array(auto& self, auto&& visit) {
    each_array_of(self.identity, "identity.", visit);
    each_array_of(self.value, "value.", visit);
    each_array_of(self.combine, "combine.", visit);
    each_array_of(self.position, "position.", visit);
  }

  void operator()(const auto& in, auto& out, scratch& s, const kernel::draws&) const {
    if (in.n_vocabulary > identity.n_rows())
      throw bad_data("the tokens come from a vocabulary of " + std::to_string(in.n_vocabulary) +
                     ", but token_vectors has vectors for " + std::to_string(identity.n_rows()) +
                     "; fit it behind this tokenizer, or give the identity extra rows");
    out.clear(dims);
    out.n_vocabulary = in.n_vocabulary;
    for (std::int64_t c = 0; c < in.n_cells(); ++c) copy_tokens(in, c, out);
    const std::span<float> vectors = out.room_for_vectors();
    for (std::int64_t c = 0; c < out.n_cells(); ++c) {
      const auto first = usize(out.cell_begin[usize(c)]), end = usize(out.cell_begin[usize(c) + 1]);
      for (std::size_t t = first; t < end; t += together) {
        const std::size_t n = std::min(together, end - t);
        const auto to = vectors.subspan(t * usize(dims), n * usize(dims));
        forward(out, t, n, to, s);
        position.add(isize(t - first), to, s.position_room);
      }
    }
  }

 private:
  static constexpr std::size_t together = 64;  // tokens whose vectors stay in the first cache between the parts

  template <class Batch>
  using channels_in = typename std::remove_cvref_t<Batch>::channel_list;

  /// The tokens of a cell, without those that the identity leaves out; special tokens always stay.
  void copy_tokens(const auto& in, std::int64_t cell, auto& out) const {
    using list = channels_in<decltype(out)>;
    const auto ids = in.ids_of(cell);
    if constexpr (requires { identity.keeps(0); }) {
      for (std::size_t t = 0; t < ids.size(); ++t) {
        bool keep = identity.keeps(ids[t]);
        if constexpr (list::template contains<channel::special>) keep = keep || in.template of<channel::special>(cell)[t] != 0;
        if (keep) append(in, cell, t, 1, out, list{});
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

  /// The vectors of n tokens from `first`, without their positions.
  void forward(const auto& tokens, std::size_t first, std::size_t n, std::span<float> to, scratch& s) const {
    s.identity.resize(n * usize(Identity::dims));
    s.value.resize(n * usize(Value::dims));
    identity.forward(std::span(tokens.id.data() + first, n), s.identity, s.identity_room);
    if constexpr (Value::dims > 0)
      with_channels(tokens, first, n, value_needs{}, [&](auto given) { value.forward(given, s.value, s.value_room); });
    with_channels(tokens, first, n, combine_needs{},
                  [&](auto... given) { combine.forward(s.identity, s.value, to, given..., s.combine_room); });
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
    return {made_ready(identity, train, context, "identity"), made_ready(value, train, context, "value"),
            made_ready(combine_layer{}, train, context, "combine"), made_ready(position_layer{}, train, context, "position")};
  }
};

}  // namespace tepui::embed
