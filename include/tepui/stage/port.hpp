#pragma once
/// What passes between two stages, as a type: a stage names what it takes (`takes`) and what it gives (`gives`).

#include <cstdint>
#include <type_traits>

#include <tepui/flow/counts.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/flow/token_vectors.hpp>
#include <tepui/flow/tokens.hpp>

namespace tepui::port {

/// Counts of one scale.
template <class Scale>
struct counts {
  using scale = Scale;
  template <class Place>
  using buffer = tepui::counts<Scale, float, Place>;
};
/// Counts of any of these scales; only to take, never to give.
template <class... Scales>
struct counts_of {};
using any_counts = counts_of<scale::raw, scale::normalised, scale::log1p, scale::other>;

/// Tokens with at least these channels (to take) or exactly these (to give).
template <class... Channels>
struct tokens {
  using channel_list = channels<Channels...>;
  template <class Place>
  using buffer = token_batch<channel_list, Place>;
};

/// Token vectors of so many dims with at least these channels beside them (to take) or exactly these (to give).
template <std::int32_t Dims, class... Channels>
struct token_vectors {
  using channel_list = channels<Channels...>;
  static constexpr std::int32_t dims = Dims;
  template <class Place>
  using buffer = token_vector_batch<channel_list, Place>;
};
/// Token vectors of any number of dims; only to take.
template <class... Channels>
struct any_token_vectors {};

/// float [cells, dims].
struct embedding {
  template <class Place>
  using buffer = embedding_batch<Place>;
};

template <class T>
inline constexpr bool is_counts = false;
template <class S>
inline constexpr bool is_counts<counts<S>> = true;
template <class... S>
inline constexpr bool is_counts<counts_of<S...>> = true;
template <class T>
inline constexpr bool is_tokens = false;
template <class... C>
inline constexpr bool is_tokens<tokens<C...>> = true;
template <class T>
inline constexpr bool is_token_vectors = false;
template <std::int32_t D, class... C>
inline constexpr bool is_token_vectors<token_vectors<D, C...>> = true;
template <class... C>
inline constexpr bool is_token_vectors<any_token_vectors<C...>> = true;

/// Whether a stage that wants `Want` can read `Have`.
template <class Want, class Have>
inline constexpr bool accepts = std::is_same_v<Want, Have>;
template <class... Scales, class Have>
inline constexpr bool accepts<counts_of<Scales...>, counts<Have>> = (std::is_same_v<Scales, Have> || ...);
template <class... Want, class... Have>
inline constexpr bool accepts<tokens<Want...>, tokens<Have...>> = channels_within<channels<Want...>, channels<Have...>>;
template <std::int32_t D, class... Want, class... Have>
inline constexpr bool accepts<token_vectors<D, Want...>, token_vectors<D, Have...>> = channels_within<channels<Want...>, channels<Have...>>;
template <class... Want, std::int32_t D, class... Have>
inline constexpr bool accepts<any_token_vectors<Want...>, token_vectors<D, Have...>> = channels_within<channels<Want...>, channels<Have...>>;

/// Whether two ports of token vectors have the same dims; any number fits `any_token_vectors`.
template <class Want, class Have>
inline constexpr bool same_dims = true;
template <std::int32_t A, class... C, std::int32_t B, class... D>
inline constexpr bool same_dims<token_vectors<A, C...>, token_vectors<B, D...>> = A == B;

/// Whether `Want` takes counts, but only whole-number counts.
template <class Want>
inline constexpr bool wants_raw_only = std::is_same_v<Want, counts<scale::raw>> || std::is_same_v<Want, counts_of<scale::raw>>;

template <class S, class In>
struct given_by {};
template <class S, class In>
  requires requires { typename S::gives; }
struct given_by<S, In> {
  using type = typename S::gives;
};
template <class S, class In>
  requires requires { typename S::template gives_for<In>; }
struct given_by<S, In> {
  using type = typename S::template gives_for<In>;
};
/// What stage S gives when it is given `In`: `S::gives`, or `S::template gives_for<In>` where that depends on what comes in.
template <class S, class In>
using given_t = typename given_by<S, In>::type;

template <class S>
concept has_ports = requires { typename S::takes; } && (requires { typename S::gives; } || requires {
                      typename S::template gives_for<counts<scale::raw>>;
                    } || requires { typename S::template gives_for<tokens<>>; });

}  // namespace tepui::port
