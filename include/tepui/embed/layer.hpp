#pragma once
/// What the parts of an embedder are: functions of weights and tokens with their gradients, and recipes that become such parts.

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include <tepui/flow/error.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/tokens.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/layer/layer.hpp>
#include <tepui/stage/fitting.hpp>

namespace tepui::embed {

using layer::grown;
using layer::memory;
using layer::n_weights;
using layer::room_t;
using layer::slice;
using layer::slices;
using layer::table_of;

/// A part that is ready says
///     static constexpr int dims               the length of the vector that it gives for a token
///     using needs = channels<...>             what it reads beside the token ids
///     std::string describe() const            its name and settings
///     each_array(self, visit)                 what it holds that is not learned, by name (nothing: leave it away)
///     each_weight(visit), each_part(self, visit), room<Real>     as layers do, see layer/layer.hpp (none: leave them away)
/// and, with Real = float or double and `w` its own weights,
///   identity   forward(w, id [tokens], out [tokens, dims], room) const           backward(w, id, d_out, dw, room) const
///              n_rows(); keeps(id), whether a token stays (all do: leave it away); table(w), the vectors that it learns, row by
///              row, where its vectors are no more than that
///   value      forward(w, one span a channel of needs..., out, room) const       backward(w, the same..., d_out, dw, room) const
///   combine, position     see combine.hpp and position.hpp
/// `out` is overwritten, `dw` (like w, beginning where w does) is added to. backward computes again what it needs of forward, and
/// holds no state of a batch; `room` is working memory, one a thread. A part without weights has no backward.
/// A part that must be bound to a vocabulary is made by a recipe: `using fitted = the part`, `dims`, `needs`, `describe()` with
/// the part's words, and `fit(train, context)`. Weights are not the part's: the embedder draws them and holds them.
template <class P>
concept part = requires(const P& p) {
  { P::dims } -> std::convertible_to<int>;
  typename P::needs;
  { p.describe() } -> std::convertible_to<std::string>;
};

/// A part that has weights, of its own or of its parts.
template <class P>
concept learns = requires(const P& p) { p.each_weight([](const char*, const slice&) {}); } ||
                 requires(const P& p) { P::each_part(p, [](const char*, const auto&) {}); };

/// The part itself where it is ready, otherwise what its fit makes of it, with random numbers of its own.
template <class Part, training_cells Cells>
[[nodiscard]] fitted_t<Part> made_ready(const Part& p, const Cells& train, const fit_context& context,
                                        std::string_view purpose) {
  if constexpr (needs_fit<Part>) {
    return p.fit(train, fit_context{context.random.sub(kernel::hash_text(purpose)), context.threads, context.extra_tokens});
  } else {
    return p;
  }
}

/// Visits the arrays of a part under names that begin with the part's own.
void each_array_of(auto& p, const std::string& prefix, auto&& visit) {
  using type = std::remove_cvref_t<decltype(p)>;
  const auto named = [&](const char* name, auto& member) { visit((prefix + name).c_str(), member); };
  if constexpr (requires { type::each_array(p, named); }) type::each_array(p, named);
}

/// Floats as numbers of another kind: themselves, or a copy in the room.            -> [n]
template <class Real>
[[nodiscard]] std::span<const Real> as_real(std::span<const float> x, [[maybe_unused]] memory<Real>& room) {
  if constexpr (std::is_same_v<Real, float>) {
    return x;
  } else {
    const auto copy = grown(room, isize(x.size()));
    for (std::size_t i = 0; i < x.size(); ++i) copy[i] = static_cast<Real>(x[i]);
    return copy;
  }
}

}  // namespace tepui::embed
