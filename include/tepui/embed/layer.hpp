#pragma once
/// What the parts of an embedder are: layers with named weights, and layers whose weights have still to be drawn.

#include <cmath>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/tokens.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/stage/fitting.hpp>

namespace tepui::embed {

/// A layer that is ready says
///     static constexpr int dims               the length of the vector that it gives for a token
///     using needs = channels<...>             what it reads beside the token ids
///     std::string describe() const            its name and settings
///     each_array(self, visit)                 its weights by name (none: leave it away)
///     forward(in..., out, room) const         spans in, span out; `room` is working memory, one a thread
/// It holds no state of a batch. A layer that must be bound to a vocabulary, or whose weights must be drawn, is made by a
/// recipe: `using fitted = the layer`, `dims`, `needs`, `describe()` with the layer's words, and `fit(train, context)`.
template <class L>
concept part = requires(const L& layer) {
  { L::dims } -> std::convertible_to<int>;
  typename L::needs;
  { layer.describe() } -> std::convertible_to<std::string>;
};

/// A layer before its weights are drawn.
/// fit    the same weights for the same random numbers, whatever the training cells are
template <class Layer>
struct fresh {
  using fitted = Layer;
  using needs = typename Layer::needs;
  static constexpr int dims = Layer::dims;
  [[nodiscard]] std::string describe() const { return Layer{}.describe(); }
  template <training_cells Cells>
  [[nodiscard]] Layer fit(const Cells&, const fit_context& context) const {
    Layer out;
    out.draw(context.random);
    return out;
  }
};

/// The part itself where it is ready, otherwise what its fit makes of it, with random numbers of its own.
template <class Part, training_cells Cells>
[[nodiscard]] fitted_t<Part> made_ready(const Part& p, const Cells& train, const fit_context& context,
                                        std::string_view purpose) {
  if constexpr (needs_fit<Part>) {
    return p.fit(train, fit_context{context.random.sub(kernel::hash_text(purpose)), context.threads});
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

struct no_room {};
template <class Part>
struct room_of {
  using type = no_room;
};
template <class Part>
  requires requires { typename Part::room; }
struct room_of<Part> {
  using type = typename Part::room;
};
template <class Part>
using room_t = typename room_of<Part>::type;

/// Weights of a table, standard normal.                                            -> [rows, dims]
[[nodiscard]] inline std::vector<float> normal_table(std::int64_t rows, std::int64_t dims, const kernel::draws& random) {
  std::vector<float> out(usize(rows * dims));
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t d = 0; d < dims; ++d)
      out[usize(r * dims + d)] = static_cast<float>(random.normal(r, static_cast<std::uint64_t>(d)));
  return out;
}

/// Weights or biases of a linear layer with n_in inputs: uniform within 1 / sqrt(n_in) of 0.            -> [rows, columns]
/// source  LeCun et al. 1998, with the bounds that torch draws by default
[[nodiscard]] inline std::vector<float> uniform_weights(std::int64_t rows, std::int64_t columns, std::int64_t n_in,
                                                        const kernel::draws& random) {
  const double bound = 1.0 / std::sqrt(static_cast<double>(n_in));
  std::vector<float> out(usize(rows * columns));
  for (std::int64_t i = 0; i < isize(out.size()); ++i) out[usize(i)] = static_cast<float>(bound * (2 * random.uniform(i) - 1));
  return out;
}

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

}  // namespace tepui::embed
