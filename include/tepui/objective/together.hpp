#pragma once
/// Several objectives at once, of the same cells with the same things hidden.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <tepui/objective/questions.hpp>

namespace tepui::objective {

/// All channels of some lists, each once.
template <class... Lists>
struct all_channels {
  using type = channels<>;
};
template <class... C>
struct all_channels<channels<C...>> {
  using type = channels<C...>;
};
template <class... A, class... Rest>
struct all_channels<channels<A...>, channels<>, Rest...> : all_channels<channels<A...>, Rest...> {};
template <class... A, class First, class... More, class... Rest>
struct all_channels<channels<A...>, channels<First, More...>, Rest...>
    : all_channels<std::conditional_t<channels<A...>::template contains<First>, channels<A...>, channels<A..., First>>,
                   channels<More...>, Rest...> {};

/// Whether two objectives that share questions mean the same by a label or a value, or one of them has none.
template <class A, class B>
inline constexpr bool same_answer =
    std::is_same_v<A, B> || std::is_same_v<A, asks::nothing> || std::is_same_v<B, asks::nothing>;

template <class O>
inline constexpr bool is_whole = [] {
  if constexpr (requires { O::whole; })
    return O::whole;
  else
    return false;
}();

/// Whether an objective or a head asks about all genes of a cell.
template <class O>
inline constexpr bool is_of_counts = [] {
  if constexpr (requires { O::of_counts; })
    return O::of_counts;
  else
    return false;
}();

/// Whether a head says what its labels and values mean, and so can answer questions that another one chose.
template <class Head>
concept shares_questions = requires {
  typename Head::label_means;
  typename Head::value_means;
};

template <class Head, class Channels>
concept has_floor = requires(const Head& head, const asked_tokens<Channels>& asked) { head.floor(asked); };

/// Heads of one model that answer the same questions.
template <class... Heads>
struct together_head {
  static constexpr std::string_view name = "together";
  static constexpr bool reads_tokens = (Heads::reads_tokens || ...), reads_cells = (Heads::reads_cells || ...);
  static constexpr bool whole = (is_whole<Heads> || ...);
  static constexpr bool of_counts = (is_of_counts<Heads> || ...);
  static constexpr int passes = std::max({passes_of<Heads>...});
  static constexpr std::size_t n = sizeof...(Heads);

  std::tuple<Heads...> heads;
  std::array<double, n> weight;
  std::int32_t n_rows = 0;

  template <class Real>
  struct room {
    std::tuple<layer::room_t<Heads, Real>...> each;
  };

  [[nodiscard]] std::string describe() const {
    std::string text;
    each([&](const auto& head, auto i) { text += (i == 0 ? "" : "; ") + shortest(weight[i]) + " of " + head.describe(); });
    return text;
  }
  static void each_part(auto& self, auto&& visit) {
    self.each([&](const auto& head, auto i) { visit(std::to_string(i).c_str(), head); });
  }

  template <class View, class Channels>
  void ask(const View& view, const kernel::draws& random, asked_tokens<Channels>& asked) const {
    std::apply([&](const auto&... head) { ask_together(view, random, passes, n_rows, asked, head...); }, heads);
  }

  template <class Real, class Channels>
  double loss(std::span<const Real> w, const layer::packed& at, const states<Real>& have, const asked_tokens<Channels>& asked,
              room<Real>& r) const {
    layer::slices<const Real> cut(w);
    double sum = 0;
    each([&](const auto& head, auto i) { sum += weight[i] * head.loss(cut.of(head), at, have, asked, std::get<i>(r.each)); });
    return sum;
  }
  template <class Real, class Channels>
  double gradient(std::span<const Real> w, const layer::packed& at, const states<Real>& have,
                  const asked_tokens<Channels>& asked, std::span<Real> dw, const state_gradients<Real>& d, room<Real>& r,
                  double by = 1) const {
    layer::slices<const Real> cut(w);
    layer::slices<Real> cut_d(dw);
    double sum = 0;
    each([&](const auto& head, auto i) {
      sum += weight[i] * head.gradient(cut.of(head), at, have, asked, cut_d.of(head), d, std::get<i>(r.each), by * weight[i]);
    });
    return sum;
  }

  template <class View>
  void count(const View& view) {
    std::apply([&](auto&... head) { (count_in(head, view), ...); }, heads);
  }
  /// Where every head has one.
  template <class Channels>
    requires(has_floor<Heads, Channels> && ...)
  [[nodiscard]] double floor(const asked_tokens<Channels>& asked) const {
    double sum = 0;
    each([&](const auto& head, auto i) { sum += weight[i] * head.floor(asked); });
    return sum;
  }

 private:
  template <class Head, class View>
  static void count_in(Head& head, const View& view) {
    if constexpr (requires { head.count(view); }) head.count(view);
  }
  void each(auto&& visit) const {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (visit(std::get<I>(heads), std::integral_constant<std::size_t, I>{}), ...);
    }(std::index_sequence_for<Heads...>{});
  }
};

/// The sum of several objectives, each times its weight.
/// write   objective::together(masked_values{}, gene_value_from_cell{}).weighted({1, 0.5}); for a model that reads counts
///         objective::together(triplet{...}, masked_expression<shape, 1024>{.what = hides::nothing}).weighted({0.1, 0.9})
/// asks    the first one chooses what is asked about; every one hides what it hides at those tokens and answers there. Rates
///         of the others are not used. A cell stands in the batch as often as the one that wants it most often says
/// loss    the weighted sum; objectives that compare cells count their mean once for each question, so that weights weigh
///         means
/// floor   the weighted sum, where every objective has one
/// errors  does not compile where two of them mean different things by a label or a value, or one chooses its own questions;
///         bad_option: a weight that is below 0
template <class... Objectives>
struct together {
  static_assert(sizeof...(Objectives) > 0, "tepui: together needs at least one objective; write together(masked_genes{})");
  static constexpr std::string_view name = "together";
  static constexpr bool whole = (is_whole<Objectives> || ...);
  using needs = typename all_channels<channels<>, typename Objectives::needs...>::type;

  std::tuple<Objectives...> parts;
  std::array<double, sizeof...(Objectives)> weight;

  explicit together(const Objectives&... each) : parts(each...) { weight.fill(1); }
  [[nodiscard]] together weighted(const std::array<double, sizeof...(Objectives)>& weights) const {
    together out = *this;
    out.weight = weights;
    return out;
  }

  [[nodiscard]] std::string describe() const {
    std::string text = "together";
    std::size_t i = 0;
    std::apply(
        [&](const auto&... part) {
          ((text += (i == 0 ? ": " : "; ") + shortest(weight[i]) + " of " + part.describe(), ++i), ...);
        },
        parts);
    return text;
  }
  template <int Dims>
  [[nodiscard]] auto bind(const token_facts& facts) const {
    for (const double w : weight)
      if (!(w >= 0)) throw bad_option("together was given a weight of " + shortest(w) + "; give 0 or more");
    return std::apply(
        [&](const auto&... part) {
          constexpr bool share = (shares_questions<decltype(part.template bind<Dims>(facts))> && ...);
          static_assert(
              share,
              "tepui: an objective that chooses its own questions (cell_labels, count_elbo, triplet_and_expression) "
              "cannot learn together with others; take triplet or masked_expression in its place, or let it learn alone");
          if constexpr (share) {
            using head = together_head<decltype(part.template bind<Dims>(facts))...>;
            check<decltype(part.template bind<Dims>(facts))...>();
            return head{{part.template bind<Dims>(facts)...}, weight, facts.n_rows};
          } else {
            return 0;  // the assertion has said why
          }
        },
        parts);
  }

 private:
  template <class Head, class... Rest>
  static consteval void check() {
    static_assert(
        (same_answer<typename Head::label_means, typename Rest::label_means> && ...),
        "tepui: two objectives that learn together ask for different labels (a gene, a bin, the next token); share those that "
        "ask for the same, or for a label and a value");
    static_assert(
        (same_answer<typename Head::value_means, typename Rest::value_means> && ...),
        "tepui: two objectives that learn together ask for values of different channels; let them ask for the same channel");
    if constexpr (sizeof...(Rest) > 0) check<Rest...>();
  }
};

}  // namespace tepui::objective
