#pragma once
/// The kinds of batch stages, and what each says of itself: what it takes, what it gives, which covariates it reads.

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>

#include <tepui/flow/covariates.hpp>

namespace tepui {

namespace kind {
struct transform {};  ///< counts -> counts
struct tokenizer {};  ///< counts -> tokens
struct embedder {};   ///< tokens -> token vectors
struct encoder {};    ///< token vectors, tokens or counts -> embedding
}  // namespace kind

/// A stage says what it is: `using kind = tepui::kind::transform;`
template <class S>
concept has_kind = requires { typename S::kind; } &&
                   (std::is_same_v<typename S::kind, kind::transform> || std::is_same_v<typename S::kind, kind::tokenizer> ||
                    std::is_same_v<typename S::kind, kind::embedder> || std::is_same_v<typename S::kind, kind::encoder>);

/// A stage has a name for reports: `static constexpr std::string_view name = "log1p";`
template <class S>
concept has_name = requires {
  { S::name } -> std::convertible_to<std::string_view>;
};

/// A stage learns from training cells when it names the stage that it becomes: `using fitted = ...;`
template <class S>
concept needs_fit = requires { typename S::fitted; };

/// A stage that holds settings tells them, because a stored result is found again by them: `std::string describe() const`.
template <class S>
concept tells_settings = requires(const S& s) {
  { s.describe() } -> std::convertible_to<std::string>;
};

template <class S>
struct reads_of {
  using type = covariates<>;
};
template <class S>
  requires requires { typename S::reads; }
struct reads_of<S> {
  using type = typename S::reads;
};
/// The covariates that a stage declares with `using reads = covariates<...>`; none otherwise.
template <class S>
using reads_t = typename reads_of<S>::type;

struct no_scratch {};
template <class S>
struct scratch_of {
  using type = no_scratch;
};
template <class S>
  requires requires { typename S::scratch; }
struct scratch_of<S> {
  using type = typename S::scratch;
};
/// The working memory of a stage, one per thread; a stage names it with a nested `struct scratch`.
template <class S>
using scratch_t = typename scratch_of<S>::type;

/// The name of a stage with its settings: "highly_variable(2000)".
template <class S>
[[nodiscard]] std::string description_of(const S& stage) {
  if constexpr (tells_settings<S>) {
    return stage.describe();
  } else {
    return std::string(std::string_view(S::name));
  }
}

}  // namespace tepui
