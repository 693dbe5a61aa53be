#pragma once
/// Asks at every token of a cell which one comes next.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <tepui/objective/questions.hpp>
#include <tepui/objective/unigram.hpp>
#include <tepui/objective/vocabulary_head.hpp>

namespace tepui::objective {

/// next_token, bound to a vocabulary and a model of Dims.
template <int Dims, class Output, template <int> class Front, kernel::precision Precision>
struct next_token_head {
  static constexpr std::string_view name = "next_token";
  static constexpr bool reads_tokens = true, reads_cells = false;
  using label_means = asks::next;
  using value_means = asks::nothing;
  using guess_type = vocabulary_head<Dims, Output, Front, Precision>;

  token_facts facts;
  unigram seen;
  guess_type guess;

  template <class Real>
  using room = typename guess_type::template room<Real>;

  [[nodiscard]] std::string describe() const { return "next_token, " + guess.describe(); }
  static void each_part(auto& self, auto&& visit) { visit("guess", self.guess); }

  template <class View, class Channels>
  void ask(const View& view, const kernel::draws& random, asked_tokens<Channels>& asked) const {
    ask_together(view, random, 1, facts.n_rows, asked, *this);
  }
  template <class View, class Channels>
  void choose(const View& view, const kernel::draws&, int passes, asked_tokens<Channels>& asked) const {
    each_token(view, passes, [&](std::int64_t cell, std::int64_t place, std::int64_t token, std::int64_t row) {
      if (place + 1 < view.n_tokens(cell) && is_word(view.id[usize(token) + 1])) asked.row.push_back(row);
    });
  }
  template <class View, class Channels>
  void hide(const View& view, const kernel::draws&, int passes, asked_tokens<Channels>& asked) const {
    each_question(view, passes, asked, [&](std::int64_t, std::int64_t, std::int64_t token, std::int64_t) {
      asked.label.push_back(view.id[usize(token) + 1]);
    });
  }

  template <class Real, class Channels>
  double loss(std::span<const Real> w, const layer::packed&, const states<Real>& have, const asked_tokens<Channels>& asked,
              room<Real>& r) const {
    return guess.loss(w, have, asked.row, asked.label, r);
  }
  template <class Real, class Channels>
  double gradient(std::span<const Real> w, const layer::packed&, const states<Real>& have, const asked_tokens<Channels>& asked,
                  std::span<Real> dw, const state_gradients<Real>& d, room<Real>& r, double weight = 1) const {
    return guess.gradient(w, have, asked.row, asked.label, dw, d, r, weight);
  }

  /// Learns how often each word comes next.
  template <class View>
  void count(const View& view) {
    for (std::int64_t c = 0; c < view.n_cells(); ++c)
      for (std::int64_t t = view.cell_begin[usize(c)] + 1; t < view.cell_begin[usize(c) + 1]; ++t)
        if (is_word(view.id[usize(t)])) seen.count(view.id[usize(t)]);
  }
  template <class Channels>
  [[nodiscard]] double floor(const asked_tokens<Channels>& asked) const {
    return seen.surprise(asked.label);
  }

 private:
  [[nodiscard]] bool is_word(std::int32_t id) const { return id >= 0 && id < facts.n_vocabulary; }
};

/// Which token comes next (MaxToki, TranscriptFormer's genes, Cell2Sentence). Nothing is hidden: the model must look back
/// only, or the answer stands before it.
/// types   as masked_genes
/// asks    every token but the last of its cell, whose next one is a word of the vocabulary, special ones too
/// loss    -log of the word's share among all            floor   words as often as in training, whatever the cell
/// errors  bad_option: output::tied with a table of other dims than the model's
/// cost    as vocabulary_head, at every token            source  Radford et al. 2018
template <class Output = output::tied, template <int> class Front = front::none,
          kernel::precision Precision = kernel::precision::float32>
struct next_token {
  static constexpr std::string_view name = "next_token";
  using needs = channels<>;

  [[nodiscard]] std::string describe() const {
    return "next_token (" + vocabulary_head<1, Output, Front, Precision>{}.describe() + ")";
  }
  template <int Dims>
  [[nodiscard]] next_token_head<Dims, Output, Front, Precision> bind(const token_facts& facts) const {
    check_facts(facts, "next_token");
    return {facts, unigram(facts.n_vocabulary), {facts.n_vocabulary, facts.n_rows, {}}};
  }
};

}  // namespace tepui::objective
