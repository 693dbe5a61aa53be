#pragma once
/// What a tokenizer makes of a cell: a ragged list of token ids, and typed channels beside them.

#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <type_traits>

#include <tepui/flow/covariates.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>

namespace tepui {

/// What can stand beside a token id. A program adds its own with a struct that has a `name` and a `type`.
namespace channel {
struct value {
  using type = float;
  static constexpr const char* name = "value";
};
struct bin {
  using type = std::int32_t;
  static constexpr const char* name = "bin";
};
struct position {
  using type = std::int32_t;
  static constexpr const char* name = "position";
};
struct mask {
  using type = std::uint8_t;
  static constexpr const char* name = "mask";
};
struct program {
  using type = std::int32_t;
  static constexpr const char* name = "program";
};
/// 0 for a gene; 1 closes a chromosome, 2 + c opens chromosome c: the tokens that stand between genes in a sentence by chromosomes.
struct special {
  using type = std::int32_t;
  static constexpr const char* name = "special";
};
}  // namespace channel

/// A list of channels, at compile time.
template <class... Channels>
struct channels {
  template <class Channel>
  static constexpr bool contains = (std::is_same_v<Channel, Channels> || ...);
  /// Where a channel stands in the list; the length of the list where it is absent.
  template <class Channel>
  static constexpr std::size_t place_of = [] {
    std::size_t place = 0;
    (void)((std::is_same_v<Channel, Channels> ? false : (++place, true)) && ...);
    return place;
  }();
};

template <class Wanted, class Given>
inline constexpr bool channels_within = false;
template <class... Wanted, class Given>
inline constexpr bool channels_within<channels<Wanted...>, Given> = (Given::template contains<Wanted> && ...);

/// Two lists of channels as one, each channel once.
template <class A, class B>
struct joined_channels;
template <class... A>
struct joined_channels<channels<A...>, channels<>> {
  using type = channels<A...>;
};
template <class... A, class First, class... Rest>
struct joined_channels<channels<A...>, channels<First, Rest...>> {
  using with_first = std::conditional_t<channels<A...>::template contains<First>, channels<A...>, channels<A..., First>>;
  using type = typename joined_channels<with_first, channels<Rest...>>::type;
};
template <class A, class B>
using joined_channels_t = typename joined_channels<A, B>::type;

/// A look at the tokens of a batch of cells.
/// shapes      cell_begin [cells + 1]; id [tokens] in [0, n_vocabulary); one array [tokens] per channel
/// invariants  ragged: no padding inside; a cell without tokens is legal
template <class Channels, class Place = host, class Covariates = covariates<>>
struct token_view;

template <class... Channels, class Place, class Covariates>
struct token_view<channels<Channels...>, Place, Covariates> {
  using channel_list = channels<Channels...>;
  using place = Place;
  using covariate_list = Covariates;

  std::int32_t n_vocabulary = 0;
  std::span<const std::int64_t> cell_begin;
  std::span<const std::int32_t> id;
  std::tuple<std::span<const typename Channels::type>...> channel_spans;
  cell_axis<Covariates> cells;

  [[nodiscard]] std::int64_t n_cells() const { return cell_begin.empty() ? 0 : isize(cell_begin.size()) - 1; }
  [[nodiscard]] std::int64_t n_tokens(std::int64_t cell) const {
    return cell_begin[usize(cell) + 1] - cell_begin[usize(cell)];
  }
  /// The token ids of one cell.                                     -> [tokens of the cell]
  [[nodiscard]] std::span<const std::int32_t> ids_of(std::int64_t cell) const {
    return id.subspan(usize(cell_begin[usize(cell)]), usize(n_tokens(cell)));
  }
  template <class Channel>
  static constexpr bool has = channel_list::template contains<Channel>;
  /// One channel of all tokens.                                     -> [tokens]
  template <class Channel>
  [[nodiscard]] std::span<const typename Channel::type> get() const {
    static_assert(has<Channel>, "tepui: these tokens do not carry that channel; name it in the stage's `using takes = port::tokens<...>`");
    if constexpr (has<Channel>) {
      return std::get<channel_list::template place_of<Channel>>(channel_spans);
    } else {
      return {};
    }
  }
  /// One channel of one cell.                                       -> [tokens of the cell]
  template <class Channel>
  [[nodiscard]] std::span<const typename Channel::type> of(std::int64_t cell) const {
    return get<Channel>().subspan(usize(cell_begin[usize(cell)]), usize(n_tokens(cell)));
  }
};

/// The tokens of a batch of cells, in memory of their own, used again from batch to batch.
/// shapes, invariants  as token_view
template <class Channels = channels<>, class Place = host>
struct token_batch;

template <class... Channels, class Place>
struct token_batch<channels<Channels...>, Place> {
  using channel_list = channels<Channels...>;
  using place = Place;

  std::int32_t n_vocabulary = 0;
  buffer_in<Place, std::int64_t> cell_begin;
  buffer_in<Place, std::int32_t> id;
  std::tuple<buffer_in<Place, typename Channels::type>...> channel_buffers;
  buffer_in<Place, std::int64_t> cell_id;

  [[nodiscard]] std::int64_t n_cells() const { return cell_begin.empty() ? 0 : isize(cell_begin.size()) - 1; }

  template <class Channel>
  [[nodiscard]] auto& get() {
    static_assert(channel_list::template contains<Channel>,
                  "tepui: this token batch has no such channel; name it in the tokenizer's `using gives = port::tokens<...>`");
    return std::get<channel_list::template place_of<Channel>>(channel_buffers);
  }
  template <class Channel>
  [[nodiscard]] const auto& get() const {
    return std::get<channel_list::template place_of<Channel>>(channel_buffers);
  }
  /// Starts a batch: no cells, no tokens; the memory stays.
  void clear() {
    cell_begin.assign(1, 0);
    id.clear();
    std::apply([](auto&... channel) { (channel.clear(), ...); }, channel_buffers);
    cell_id.clear();
  }
  /// Appends a token to the cell that is being written.
  void add_token(std::int32_t token, typename Channels::type... beside) {
    id.push_back(token);
    std::apply([&](auto&... channel) { (channel.push_back(beside), ...); }, channel_buffers);
  }
  /// Appends the cells of another batch, with their ids.
  void append(const auto& other) {
    n_vocabulary = other.n_vocabulary;
    const std::int64_t before = isize(id.size());
    const auto behind = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    behind(id, other.id);
    (behind(get<Channels>(), other.template get<Channels>()), ...);
    for (std::size_t c = 1; c < other.cell_begin.size(); ++c) cell_begin.push_back(before + other.cell_begin[c]);
    behind(cell_id, other.cells.id);
  }
  /// Ends the cell that is being written.
  void end_cell() { cell_begin.push_back(isize(id.size())); }

  template <class Covariates = covariates<>>
  [[nodiscard]] token_view<channels<Channels...>, Place, Covariates> view(cell_axis<Covariates> cells) const {
    return {n_vocabulary, cell_begin, id,
            std::apply([](const auto&... c) { return std::tuple<std::span<const typename Channels::type>...>(c...); },
                       channel_buffers),
            cells};
  }
  [[nodiscard]] auto view() const { return view(cell_axis<>(cell_id)); }
};

template <class T>
inline constexpr bool is_token_view = false;
template <class C, class P, class V>
inline constexpr bool is_token_view<token_view<C, P, V>> = true;

/// A view of tokens with any channels, place and covariates.
template <class T>
concept tokens_like = is_token_view<T>;

}  // namespace tepui
