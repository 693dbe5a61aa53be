#pragma once
/// Hides the level of expression of some genes of each cell and asks which it was.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <tepui/objective/questions.hpp>
#include <tepui/objective/row_head.hpp>
#include <tepui/objective/seen_values.hpp>

namespace tepui::objective {

/// masked_bins, bound to a vocabulary and a model of Dims.
template <int Dims, std::int32_t Bins, class Channel, template <int> class Front>
struct masked_bins_head {
  static constexpr std::string_view name = "masked_bins";
  static constexpr bool reads_tokens = true, reads_cells = false;
  using label_means = asks::beside<Channel>;
  using value_means = asks::nothing;
  using guess_type = row_head<Dims, Bins, Front>;

  double rate = 0;
  typename Channel::type marker{};
  std::int32_t lowest = 0;
  token_facts facts;
  gene_words words;
  seen_bins seen;
  guess_type guess{};

  template <class Real>
  using room = typename guess_type::template room<Real>;

  [[nodiscard]] std::string describe() const { return "masked_bins, " + guess.describe(); }
  static void each_part(auto& self, auto&& visit) { visit("guess", self.guess); }

  template <class View, class Channels>
  void ask(const View& view, const kernel::draws& random, asked_tokens<Channels>& asked) const {
    ask_together(view, random, 1, facts.n_rows, asked, *this);
  }
  template <class View, class Channels>
  void choose(const View& view, const kernel::draws& random, int passes, asked_tokens<Channels>& asked) const {
    choose_genes(view, passes, words, rate, random, asked);
    if (lowest <= 0) return;
    std::size_t kept = 0;
    each_question(view, passes, asked, [&](std::int64_t cell, std::int64_t, std::int64_t token, std::int64_t row) {
      if (bin_of(view, token, cell) >= lowest) asked.row[kept++] = row;  // behind or at the question that is looked at
    });
    asked.row.resize(kept);
  }
  template <class View, class Channels>
  void hide(const View& view, const kernel::draws&, int passes, asked_tokens<Channels>& asked) const {
    each_question(view, passes, asked, [&](std::int64_t cell, std::int64_t, std::int64_t token, std::int64_t row) {
      asked.label.push_back(bin_of(view, token, cell));
      if constexpr (Channels::template contains<Channel>) asked.tokens.template get<Channel>()[usize(row)] = marker;
      mark_hidden(asked, row);
    });
  }

  template <class Real, class Channels>
  double loss(std::span<const Real> w, const layer::packed&, const states<Real>& have, const asked_tokens<Channels>& asked,
              room<Real>& r) const {
    return guess.template each_tile<false>(w, have, asked.row, {}, state_gradients<Real>{}, r, surprise<Real>(asked, 0));
  }
  template <class Real, class Channels>
  double gradient(std::span<const Real> w, const layer::packed&, const states<Real>& have, const asked_tokens<Channels>& asked,
                  std::span<Real> dw, const state_gradients<Real>& d, room<Real>& r, double weight = 1) const {
    return guess.template each_tile<true>(w, have, asked.row, dw, d, r, surprise<Real>(asked, weight));
  }

  /// Learns which levels each gene usually has, where it has one that is asked about.
  template <class View>
  void count(const View& view) {
    for (std::int64_t c = 0; c < view.n_cells(); ++c)
      for (std::int64_t t = view.cell_begin[usize(c)]; t < view.cell_begin[usize(c) + 1]; ++t)
        if (words.is_gene(view, t))
          if (const std::int32_t bin = bin_of(view, t, c); bin >= lowest) seen.count(view.id[usize(t)], bin);
  }
  template <class Channels>
  [[nodiscard]] double floor(const asked_tokens<Channels>& asked) const {
    double sum = 0;
    for (std::size_t i = 0; i < asked.label.size(); ++i)
      sum += seen.surprise(asked.tokens.id[usize(asked.row[i])], asked.label[i]);
    return sum;
  }

 private:
  template <class View>
  static std::int32_t bin_of(const View& view, std::int64_t token, std::int64_t cell) {
    const auto level = view.template get<Channel>()[usize(token)];
    const double as_number = static_cast<double>(level);
    const auto bin = as_number >= 0 && as_number < Bins ? static_cast<std::int32_t>(level) : -1;
    if (bin < 0 || static_cast<double>(bin) != as_number)
      throw bad_data("a token of cell " + std::to_string(view.cells.id[usize(cell)]) + " has " + Channel::name + " " +
                     shortest(as_number) + ", but masked_bins guesses whole levels from 0 to " + std::to_string(Bins - 1) +
                     "; give it as many bins as the tokenizer makes");
    return bin;
  }
  template <class Real>
  static auto surprise(const auto& asked, double weight) {
    return [&asked, weight](std::int64_t first, std::span<const Real> y, std::span<Real> dy) {
      const auto label = std::span<const std::int32_t>(asked.label).subspan(usize(first), y.size() / usize(Bins));
      return label_surprise<Real>(y, Bins, label, dy, static_cast<Real>(weight));
    };
  }
};

/// Which bin a hidden level was in.
/// types   Bins        levels lie in [0, Bins)            Front   front::none, front::bert, ...
///         Channel     channel::bin, or a channel of whole values
/// asks    each gene with a chance of `rate`, keyed by (cell id, place in the cell); its bin becomes `marker`, for which the
///         model's table needs a row (embed::categories<Dims, Bins + 1>), and channel mask 1 where the model reads it
/// loss    -log of the bin's share            floor   each gene's bins as often as in the training tokens
/// lowest  1 with floor bins: only genes that are expressed are asked about (scBERT)
/// errors  bad_option: a rate outside of [0, 1], or a lowest level that is not in [0, Bins); bad_data: a level that is not whole or
///         not below Bins
/// cost    as row_head, Bins exponentials a question            source  Yang et al. 2022 (scBERT)
template <std::int32_t Bins, template <int> class Front = front::none, class Channel = channel::bin>
struct masked_bins {
  static_assert(Bins >= 2, "tepui: there is nothing to guess with fewer than two bins; write masked_bins<51>");
  static constexpr std::string_view name = "masked_bins";
  using needs = channels<Channel>;

  double rate = 0.15;                                                         ///< share of the genes whose level is hidden
  typename Channel::type marker = static_cast<typename Channel::type>(Bins);  ///< what stands in its place
  std::int32_t lowest = 0;                                                    ///< genes in lower bins are never hidden

  [[nodiscard]] std::string describe() const {
    return "masked_bins<" + std::to_string(Bins) + "> (" + shortest(rate) + " hidden behind " +
           shortest(static_cast<double>(marker)) + (lowest == 0 ? ")" : ", from bin " + std::to_string(lowest) + ")");
  }
  template <int Dims>
  [[nodiscard]] masked_bins_head<Dims, Bins, Channel, Front> bind(const token_facts& facts) const {
    check_share(rate, "masked_bins", "rate");
    check_facts(facts, "masked_bins");
    if (lowest < 0 || lowest >= Bins)
      throw bad_option("masked_bins was told to ask about bins from " + std::to_string(lowest) + ", but there are bins 0 to " +
                       std::to_string(Bins - 1) + "; give 0, or 1 to leave out genes that are not expressed");
    return {rate, marker, lowest, facts, gene_words(facts), seen_bins(facts.n_vocabulary, Bins)};
  }
};

/// Which rank a gene had within its cell, ranks being levels; give marker = 101 for GREmLN's own ids.
/// source  Zhang et al. 2025 (GREmLN): 100 ranks, 15 % hidden
template <std::int32_t Ranks = 100>
using rank_cross_entropy = masked_bins<Ranks, front::gremln>;

}  // namespace tepui::objective
