#pragma once
/// How cells become questions: the tokens are copied, some of them are chosen, and what is asked about them is hidden.

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/objective/asked.hpp>

namespace tepui::objective {

/// What the labels or values of a question say; two objectives can share questions only where they mean the same.
namespace asks {
struct nothing {};
struct gene {};  ///< which gene was hidden
struct next {};  ///< which token comes next
template <class Channel>
struct beside {};  ///< what stood in that channel
}  // namespace asks

/// Which ids are genes: those of the vocabulary but the special ones and the mask.
class gene_words {
 public:
  gene_words() = default;
  explicit gene_words(const token_facts& facts) : is_(usize(facts.n_vocabulary), 1) {
    const auto strike = [&](std::int32_t id) {
      if (id >= 0 && id < facts.n_vocabulary) is_[usize(id)] = 0;
    };
    strike(facts.mask_id);
    for (const std::int32_t id : facts.special) strike(id);
    for (std::int32_t id = 0; id < facts.n_vocabulary; ++id)
      if (is_[usize(id)] != 0) gene_.push_back(id);
  }
  [[nodiscard]] bool is_gene(std::int32_t id) const { return id >= 0 && id < isize(is_.size()) && is_[usize(id)] != 0; }
  /// Whether token t of a view is a gene: a word that is one, and not marked by channel special.
  template <class View>
  [[nodiscard]] bool is_gene(const View& view, std::int64_t t) const {
    if constexpr (View::template has<channel::special>)
      if (view.template get<channel::special>()[usize(t)] != 0) return false;
    return is_gene(view.id[usize(t)]);
  }
  /// The ids of all genes, ascending.
  [[nodiscard]] const std::vector<std::int32_t>& genes() const { return gene_; }

 private:
  std::vector<std::uint8_t> is_;
  std::vector<std::int32_t> gene_;
};

/// How many times a batch holds each cell, side by side: once, or twice where two looks at a cell are compared.
template <class Head>
inline constexpr int passes_of = [] {
  if constexpr (requires { Head::passes; })
    return Head::passes;
  else
    return 1;
}();

/// Visits the channels of a list: visit(std::type_identity<Channel>{}).
template <class... C>
void each_channel(const channels<C...>&, [[maybe_unused]] auto&& visit) {
  (visit(std::type_identity<C>{}), ...);
}

/// Copies the tokens of a view, each cell `passes` times side by side.
/// out    asked.tokens with the channels of its type: those of the view, and channel mask (0 everywhere) where the view has
///        none. Cell ids: id of the first copy, ~id (-1 - id) of the second, so that random numbers of a model differ
///        between the two
template <class View, class Channels>
void copy_tokens(const View& view, std::int32_t n_rows, int passes, asked_tokens<Channels>& asked) {
  auto& to = asked.tokens;
  to.n_vocabulary = n_rows;
  for (std::int64_t c = 0; c < view.n_cells(); ++c)
    for (int pass = 0; pass < passes; ++pass) {
      const auto first = view.cell_begin[usize(c)], last = view.cell_begin[usize(c) + 1];
      const auto append = [&](auto& buffer, const auto& from) {
        buffer.insert(buffer.end(), from.begin() + first, from.begin() + last);
      };
      append(to.id, view.id);
      each_channel(Channels{}, [&]<class Channel>(std::type_identity<Channel>) {
        if constexpr (View::template has<Channel>) {
          append(to.template get<Channel>(), view.template get<Channel>());
        } else {
          static_assert(std::is_same_v<Channel, channel::mask>,
                        "tepui: the cells that a model is asked about need a channel that the tokens do not carry; use a "
                        "tokenizer that gives it");
          to.template get<Channel>().insert(to.template get<Channel>().end(), usize(last - first), {});
        }
      });
      to.cell_id.push_back(pass == 0 ? view.cells.id[usize(c)] : ~view.cells.id[usize(c)]);
      to.end_cell();
    }
}

/// Visits the tokens of all copies: visit(cell of the view, place in the cell, token of the view, row of the copy), rows
/// ascending.
template <class View>
void each_token(const View& view, int passes, auto&& visit) {
  std::int64_t row = 0;
  for (std::int64_t c = 0; c < view.n_cells(); ++c)
    for (int pass = 0; pass < passes; ++pass)
      for (std::int64_t place = 0; place < view.n_tokens(c); ++place) visit(c, place, view.cell_begin[usize(c)] + place, row++);
}
/// Visits the tokens that were chosen: visit(cell of the view, place in the cell, token of the view, row of the copy).
template <class View, class Channels>
void each_question(const View& view, int passes, const asked_tokens<Channels>& asked, auto&& visit) {
  std::size_t i = 0;
  each_token(view, passes, [&](std::int64_t cell, std::int64_t place, std::int64_t token, std::int64_t row) {
    if (i == asked.row.size() || asked.row[i] != row) return;
    visit(cell, place, token, row);
    ++i;
  });
}

/// Chooses genes with a chance of `rate` each; a token that is no gene never.
/// repeat a cell's choice depends on its id and its tokens alone: bit-equal everywhere
template <class View, class Channels>
void choose_genes(const View& view, int passes, const gene_words& words, double rate, const kernel::draws& random,
                  asked_tokens<Channels>& asked) {
  each_token(view, passes, [&](std::int64_t cell, std::int64_t place, std::int64_t token, std::int64_t row) {
    if (words.is_gene(view, token) && random.uniform(view.cells.id[usize(cell)], static_cast<std::uint64_t>(place)) < rate)
      asked.row.push_back(row);
  });
}

/// Marks a token as hidden where the model reads channel mask.
template <class Channels>
void mark_hidden(asked_tokens<Channels>& asked, std::int64_t row) {
  if constexpr (Channels::template contains<channel::mask>) asked.tokens.template get<channel::mask>()[usize(row)] = 1;
}

/// The three steps of ask(): copy the tokens; the first head chooses; every head hides and labels what was chosen.
template <class View, class Channels, class First, class... Rest>
void ask_together(const View& view, const kernel::draws& random, int passes, std::int32_t n_rows, asked_tokens<Channels>& asked,
                  const First& first, const Rest&... rest) {
  if (asked.tokens.cell_begin.empty()) asked.clear();
  copy_tokens(view, n_rows, passes, asked);
  first.choose(view, random, passes, asked);
  first.hide(view, random, passes, asked);
  (rest.hide(view, random, passes, asked), ...);
}

/// Hides the values of what was chosen: each becomes `marker` in `Channel` where the model reads it, and is what the answer
/// should be.
template <class Channel, class View, class Channels>
void hide_values(const View& view, int passes, typename Channel::type marker, asked_tokens<Channels>& asked) {
  const bool answered = asked.value.size() == asked.row.size();
  each_question(view, passes, asked, [&](std::int64_t, std::int64_t, std::int64_t token, std::int64_t row) {
    if (!answered) asked.value.push_back(static_cast<float>(view.template get<Channel>()[usize(token)]));
    if constexpr (Channels::template contains<Channel>) asked.tokens.template get<Channel>()[usize(row)] = marker;
    mark_hidden(asked, row);
  });
}

/// Refuses a chance that is none.
inline void check_share(double share, const char* objective, const char* what) {
  if (!(share >= 0 && share <= 1 + 1e-9))  // a sum of shares may be rounded
    throw bad_option(std::string(objective) + " was given a " + what + " of " + shortest(share) + "; give 0 to 1");
}
inline void check_facts(const token_facts& facts, const char* objective) {
  if (facts.n_vocabulary < 1 || facts.n_rows < facts.n_vocabulary)
    throw bad_option(std::string(objective) + " was told of " + std::to_string(facts.n_vocabulary) + " words and a table of " +
                     std::to_string(facts.n_rows) + " rows; give at least one word, and a row for each");
}
inline void check_mask(const token_facts& facts, const char* objective) {
  if (facts.mask_id < 0 || facts.mask_id >= facts.n_rows)
    throw bad_option(std::string(objective) + " hides genes behind token " + std::to_string(facts.mask_id) +
                     ", but the table of token vectors has rows 0 to " + std::to_string(facts.n_rows - 1) +
                     "; give the table one extra row, or the vocabulary a word <mask>");
}

}  // namespace tepui::objective
