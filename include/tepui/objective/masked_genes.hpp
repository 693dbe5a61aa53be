#pragma once
/// Hides some genes of each cell and asks which they were.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <tepui/objective/questions.hpp>
#include <tepui/objective/unigram.hpp>
#include <tepui/objective/vocabulary_head.hpp>

namespace tepui::objective {

/// How often and how genes are hidden. What is neither masked nor replaced is kept, and asked about all the same.
struct hiding {
  double rate = 0.15;   ///< share of the genes that are asked about
  double mask = 0.8;    ///< share of these behind the mask
  double random = 0.1;  ///< share of these behind another gene, any alike
};

/// masked_genes, bound to a vocabulary and a model of Dims.
template <int Dims, class Output, template <int> class Front, kernel::precision Precision>
struct masked_genes_head {
  static constexpr std::string_view name = "masked_genes";
  static constexpr bool reads_tokens = true, reads_cells = false;
  using label_means = asks::gene;
  using value_means = asks::nothing;
  using guess_type = vocabulary_head<Dims, Output, Front, Precision>;

  hiding settings;
  token_facts facts;
  gene_words words;
  unigram seen;
  guess_type guess;

  template <class Real>
  using room = typename guess_type::template room<Real>;

  [[nodiscard]] std::string describe() const { return "masked_genes, " + guess.describe(); }
  static void each_part(auto& self, auto&& visit) { visit("guess", self.guess); }

  template <class View, class Channels>
  void ask(const View& view, const kernel::draws& random, asked_tokens<Channels>& asked) const {
    ask_together(view, random, 1, facts.n_rows, asked, *this);
  }
  template <class View, class Channels>
  void choose(const View& view, const kernel::draws& random, int passes, asked_tokens<Channels>& asked) const {
    choose_genes(view, passes, words, settings.rate, random, asked);
  }
  template <class View, class Channels>
  void hide(const View& view, const kernel::draws& random, int passes, asked_tokens<Channels>& asked) const {
    const kernel::draws how = random.sub(kernel::hash_text("how")), which = random.sub(kernel::hash_text("which"));
    each_question(view, passes, asked, [&](std::int64_t cell, std::int64_t place, std::int64_t token, std::int64_t row) {
      const std::int64_t id = view.cells.id[usize(cell)];
      const auto draw = static_cast<std::uint64_t>(place);
      const double u = how.uniform(id, draw);
      std::int32_t& to = asked.tokens.id[usize(row)];
      if (u < settings.mask) {
        to = facts.mask_id;
        mark_hidden(asked, row);
      } else if (u < settings.mask + settings.random) {
        to = words.genes()[usize(which.below(isize(words.genes().size()), id, draw))];
      }
      asked.label.push_back(view.id[usize(token)]);
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

  /// Learns how often each gene is seen.
  template <class View>
  void count(const View& view) {
    for (std::int64_t t = 0; t < isize(view.id.size()); ++t)
      if (words.is_gene(view, t)) seen.count(view.id[usize(t)]);
  }
  template <class Channels>
  [[nodiscard]] double floor(const asked_tokens<Channels>& asked) const {
    return seen.surprise(asked.label);
  }
};

/// Which genes were hidden (Geneformer: 15 %, of which 80 % masked, 10 % another gene, 10 % kept).
/// types   Output      output::tied or output::own            Front   front::none, or a layer in front (front::bert)
/// asks    each gene with a chance of `rate`, keyed by (cell id, place in the cell); special tokens never. A cell may be
///         asked nothing. Values and positions stay visible
/// loss    -log of the gene's share among all words           floor   genes as often as in training, whatever the cell
/// errors  bad_option: shares outside of [0, 1] or of a sum above 1; no token that hides a gene; output::tied with a table
///         of other dims than the model's
/// cost    as vocabulary_head, one draw a token               source  Devlin et al. 2019; Theodoris et al. 2023
template <class Output = output::tied, template <int> class Front = front::none,
          kernel::precision Precision = kernel::precision::float32>
struct masked_genes {
  static constexpr std::string_view name = "masked_genes";
  using needs = channels<>;

  double rate = 0.15;   ///< share of the genes that are asked about
  double mask = 0.8;    ///< share of these behind the mask
  double random = 0.1;  ///< share of these behind another gene; the rest is kept

  [[nodiscard]] std::string describe() const {
    return "masked_genes (" + shortest(rate) + " asked; " + shortest(mask) + " masked, " + shortest(random) + " replaced; " +
           vocabulary_head<1, Output, Front, Precision>{}.describe() + ")";
  }
  template <int Dims>
  [[nodiscard]] masked_genes_head<Dims, Output, Front, Precision> bind(const token_facts& facts) const {
    check_share(rate, "masked_genes", "rate");
    check_share(mask, "masked_genes", "share behind the mask");
    check_share(random, "masked_genes", "share behind other genes");
    check_share(mask + random, "masked_genes", "share behind the mask and other genes together");
    check_facts(facts, "masked_genes");
    if (mask > 0) check_mask(facts, "masked_genes");
    return {
        {rate, mask, random}, facts, gene_words(facts), unigram(facts.n_vocabulary), {facts.n_vocabulary, facts.n_rows, {}}};
  }
};

/// masked_genes that always puts the mask, and nothing else, in a gene's place (HEIMDALL).
[[nodiscard]] inline masked_genes<> always_mask(double rate = 0.15) { return {.rate = rate, .mask = 1, .random = 0}; }

}  // namespace tepui::objective
