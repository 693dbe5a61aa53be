#pragma once
/// Hides the expression of some genes of each cell and asks how high it was.

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <tepui/objective/questions.hpp>
#include <tepui/objective/row_head.hpp>
#include <tepui/objective/seen_values.hpp>

namespace tepui::objective {

/// masked_values, bound to a vocabulary and a model of Dims.
template <int Dims, class Channel, template <int> class Front>
struct masked_values_head {
  static constexpr std::string_view name = "masked_values";
  static constexpr bool reads_tokens = true, reads_cells = false;
  using label_means = asks::nothing;
  using value_means = asks::beside<Channel>;
  using guess_type = row_head<Dims, 1, Front>;

  double rate = 0;
  typename Channel::type marker{};
  token_facts facts;
  gene_words words;
  seen_values seen;
  guess_type guess{};

  template <class Real>
  using room = typename guess_type::template room<Real>;

  [[nodiscard]] std::string describe() const { return "masked_values, " + guess.describe(); }
  static void each_part(auto& self, auto&& visit) { visit("guess", self.guess); }

  template <class View, class Channels>
  void ask(const View& view, const kernel::draws& random, asked_tokens<Channels>& asked) const {
    ask_together(view, random, 1, facts.n_rows, asked, *this);
  }
  template <class View, class Channels>
  void choose(const View& view, const kernel::draws& random, int passes, asked_tokens<Channels>& asked) const {
    choose_genes(view, passes, words, rate, random, asked);
  }
  template <class View, class Channels>
  void hide(const View& view, const kernel::draws&, int passes, asked_tokens<Channels>& asked) const {
    hide_values<Channel>(view, passes, marker, asked);
  }

  template <class Real, class Channels>
  double loss(std::span<const Real> w, const layer::packed&, const states<Real>& have, const asked_tokens<Channels>& asked,
              room<Real>& r) const {
    return guess.template each_tile<false>(w, have, asked.row, {}, state_gradients<Real>{}, r, squares<Real>(asked, 0));
  }
  template <class Real, class Channels>
  double gradient(std::span<const Real> w, const layer::packed&, const states<Real>& have, const asked_tokens<Channels>& asked,
                  std::span<Real> dw, const state_gradients<Real>& d, room<Real>& r, double weight = 1) const {
    return guess.template each_tile<true>(w, have, asked.row, dw, d, r, squares<Real>(asked, weight));
  }

  /// Learns what each gene usually has.
  template <class View>
  void count(const View& view) {
    const auto value = view.template get<Channel>();
    for (std::int64_t t = 0; t < isize(view.id.size()); ++t)
      if (words.is_gene(view, t)) seen.count(view.id[usize(t)], static_cast<float>(value[usize(t)]));
  }
  template <class Channels>
  [[nodiscard]] double floor(const asked_tokens<Channels>& asked) const {
    return seen.squares([&](std::size_t i) { return asked.tokens.id[usize(asked.row[i])]; }, asked.value);
  }

 private:
  template <class Real>
  static auto squares(const auto& asked, double weight) {
    return [&asked, weight](std::int64_t first, std::span<const Real> y, std::span<Real> dy) {
      double sum = 0;
      for (std::size_t i = 0; i < y.size(); ++i) {
        const Real off = y[i] - static_cast<Real>(asked.value[usize(first) + i]);
        sum += static_cast<double>(off) * static_cast<double>(off);
        if (!dy.empty()) dy[i] = static_cast<Real>(2 * weight) * off;
      }
      return sum;
    };
  }
};

/// How high hidden values were (scGPT's gene expression prediction, Tahoe-x1, scFoundation).
/// types   Front       front::none (a linear guess), front::scgpt, front::bert            Channel   channel::value, or bin
///         as a number
/// asks    each gene with a chance of `rate`, keyed by (cell id, place in the cell); its value becomes `marker`, and channel
///         mask 1 where the model reads it. Which gene it is stays visible
/// loss    squared error            floor   each gene's mean over the training tokens
/// errors  bad_option: a rate outside of [0, 1]; a marker that is not finite
/// cost    as row_head, one draw a token            source  Cui et al. 2024
template <template <int> class Front = front::none, class Channel = channel::value>
struct masked_values {
  static constexpr std::string_view name = "masked_values";
  using needs = channels<Channel>;

  double rate = 0.4;                                                        ///< share of the genes whose value is hidden
  typename Channel::type marker = static_cast<typename Channel::type>(-1);  ///< what stands in its place

  [[nodiscard]] std::string describe() const {
    return "masked_values (" + shortest(rate) + " hidden behind " + shortest(static_cast<double>(marker)) + ")";
  }
  template <int Dims>
  [[nodiscard]] masked_values_head<Dims, Channel, Front> bind(const token_facts& facts) const {
    check_share(rate, "masked_values", "rate");
    check_facts(facts, "masked_values");
    if (!std::isfinite(static_cast<double>(marker)))
      throw bad_option("masked_values was given a marker that is no number; give -1");
    return {rate, marker, facts, gene_words(facts), seen_values(facts.n_vocabulary)};
  }
};

}  // namespace tepui::objective
