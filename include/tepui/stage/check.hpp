#pragma once
/// The sentences said when a stage, or two stages side by side, do not fit. Each misuse gives exactly one.

#include <type_traits>

#include <tepui/stage/kind.hpp>
#include <tepui/stage/port.hpp>

namespace tepui {

/// A stage whose template parameters can be wrong says so in a function of its own, so that the sentence stands alone:
///     static consteval bool check_shape() { static_assert(Slots > 0, "..."); return Slots > 0; }
template <class S>
[[nodiscard]] consteval bool shape_is_good() {
  if constexpr (requires { S::check_shape(); }) {
    return S::check_shape();
  } else {
    return true;
  }
}

/// A stage on its own: has a kind, a name, ports, and tells its settings.
/// out    true, or does not compile with one sentence
template <class S>
[[nodiscard]] consteval bool check_stage() {
  if constexpr (!has_kind<S>) {
    static_assert(has_kind<S>,
                  "tepui: this is not a stage, because it does not say what kind it is; write `using kind = "
                  "tepui::kind::transform;` (or tokenizer, embedder, encoder) in it");
  } else if constexpr (!has_name<S>) {
    static_assert(has_name<S>,
                  "tepui: this stage has no name, and reports could not say what was measured; write `static constexpr "
                  "std::string_view name = \"...\";` in it");
  } else if constexpr (!port::has_ports<S>) {
    static_assert(port::has_ports<S>,
                  "tepui: this stage does not say what it takes and gives; write `using takes = tepui::port::...;` and `using "
                  "gives = tepui::port::...;` in it");
  } else if constexpr (!std::is_empty_v<S> && !tells_settings<S>) {
    static_assert(tells_settings<S>,
                  "tepui: this stage holds settings but does not tell them, and a stored result could be mistaken for "
                  "another; write `std::string describe() const` in it");
  } else {
    return shape_is_good<S>();
  }
  return true;
}

/// A stage behind what flows out of the stages before it.
template <class Have, class S>
[[nodiscard]] consteval bool check_connection() {
  using want = typename S::takes;
  constexpr bool fits = port::accepts<want, Have>;
  if constexpr (fits) {
    return true;
  } else if constexpr (std::is_same_v<Have, port::embedding>) {
    static_assert(fits,
                  "tepui: an embedding is the end of a composition, but another stage stands behind it; put the encoder last "
                  "and give the embedding to a metric");
  } else if constexpr (port::is_counts<want> && port::is_tokens<Have>) {
    static_assert(fits,
                  "tepui: this stage reads counts, but the stage before it gives tokens; put transforms before the tokenizer, "
                  "and only one tokenizer in a composition");
  } else if constexpr (port::is_counts<want> && port::is_token_vectors<Have>) {
    static_assert(fits,
                  "tepui: this stage reads counts, but the stage before it gives token vectors; put transforms and the tokenizer "
                  "before the embedder");
  } else if constexpr (port::is_tokens<want> && port::is_token_vectors<Have>) {
    static_assert(fits,
                  "tepui: this stage reads tokens, but they have been turned into vectors already; keep only one embedder, and put "
                  "an encoder of token vectors behind it (mean_of_vectors, weighted_sum)");
  } else if constexpr (port::is_token_vectors<want> && port::is_tokens<Have>) {
    static_assert(fits,
                  "tepui: this encoder reads token vectors, but nothing turns the tokens into vectors; put "
                  "embed::token_vectors<...> between the tokenizer and this encoder");
  } else if constexpr (port::is_token_vectors<want> && port::is_counts<Have>) {
    static_assert(fits,
                  "tepui: this encoder reads token vectors, but nothing before it makes tokens; put a tokenizer and "
                  "embed::token_vectors<...> before it");
  } else if constexpr (port::is_token_vectors<want> && port::is_token_vectors<Have> && !port::same_dims<want, Have>) {
    static_assert(fits,
                  "tepui: this encoder reads token vectors of another number of dims than the embedder gives; give both the same "
                  "number");
  } else if constexpr (port::is_token_vectors<want> && port::is_token_vectors<Have>) {
    static_assert(fits,
                  "tepui: this encoder needs a channel beside the token vectors that the tokenizer does not give; choose a tokenizer "
                  "with that channel, or an encoder that does without (both are named in `using takes` and `using gives`)");
  } else if constexpr (port::is_tokens<want> && port::is_tokens<Have> && std::is_same_v<typename S::kind, kind::embedder>) {
    static_assert(fits,
                  "tepui: this embedder needs a channel that the tokenizer does not give (values for linear, two_layer and soft_bins; "
                  "bins for categories; special for chromosome; mask for masked); choose a tokenizer with that channel, or other "
                  "parts of the embedder");
  } else if constexpr (port::is_tokens<want> && port::is_counts<Have> && std::is_same_v<typename S::kind, kind::embedder>) {
    static_assert(fits, "tepui: this embedder reads tokens, but nothing before it makes tokens; put a tokenizer before it");
  } else if constexpr (port::is_tokens<want> && port::is_counts<Have>) {
    static_assert(fits, "tepui: this encoder reads tokens, but nothing before it makes tokens; put a tokenizer before it");
  } else if constexpr (port::is_tokens<want> && port::is_tokens<Have>) {
    static_assert(fits,
                  "tepui: this encoder needs a channel that the tokenizer does not give; choose a tokenizer with that channel, "
                  "or an encoder that does without (both are named in `using takes` and `using gives`)");
  } else if constexpr (port::wants_raw_only<want>) {
    static_assert(fits,
                  "tepui: this stage works on raw counts, but the counts that reach it were normalised or logged; put it "
                  "first, or take those transforms out");
  } else if constexpr (std::is_same_v<Have, port::counts<scale::log1p>>) {
    static_assert(fits,
                  "tepui: the counts that reach this stage are logged already (log1p), and it takes counts that are not; take "
                  "one of the logs out, or move this stage before it");
  } else {
    static_assert(fits,
                  "tepui: this stage does not take counts of the scale that reaches it; look at its `using takes`, and put the "
                  "transform that gives that scale (normalise, log1p) before it");
  }
  return true;
}

/// The covariates that a stage declares, against those that the cells carry.
template <class S, class Carried>
[[nodiscard]] consteval bool check_covariates() {
  constexpr bool there = covariates_within<reads_t<S>, Carried>;
  static_assert(there,
                "tepui: a stage reads a covariate that these cells do not carry; give it to the view with "
                "`.with<covariate::batch>(codes)` (or the covariate that the stage names in `using reads`)");
  return there;
}

template <class S>
concept transform_stage = has_kind<S> && has_name<S> && std::is_same_v<typename S::kind, kind::transform> && check_stage<S>();
template <class S>
concept tokenizer_stage = has_kind<S> && has_name<S> && std::is_same_v<typename S::kind, kind::tokenizer> && check_stage<S>();
template <class S>
concept embedder_stage = has_kind<S> && has_name<S> && std::is_same_v<typename S::kind, kind::embedder> && check_stage<S>();
template <class S>
concept encoder_stage = has_kind<S> && has_name<S> && std::is_same_v<typename S::kind, kind::encoder> && check_stage<S>();

/// For the last line of a stage's file: `static_assert(is_stage<my_stage>);`
template <class S>
inline constexpr bool is_stage = check_stage<S>();

}  // namespace tepui
