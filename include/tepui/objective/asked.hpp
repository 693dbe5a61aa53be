#pragma once
/// What a model is asked while it learns: the cells with something hidden, and the questions about what was hidden.

#include <cstdint>
#include <span>
#include <vector>

#include <tepui/flow/dataset.hpp>
#include <tepui/flow/tokens.hpp>
#include <tepui/layer/layer.hpp>

namespace tepui::objective {

/// What an objective must know of the tokens: their words and the special ones among them.
struct token_facts {
  std::int32_t n_vocabulary = 0;  ///< ids of the tokenizer's own words are below this
  std::int32_t n_rows = 0;        ///< rows of the table of token vectors: the vocabulary, and rows for words that a tokenizer does not know
  std::int32_t mask_id = -1;      ///< the token that hides a gene: the word "<mask>" of the vocabulary, or a row behind it
  std::vector<std::int32_t> special{};  ///< words that are no genes (<cls>, <eos>): never hidden, and never put in a gene's place
  const gene_table* words = nullptr;    ///< their names, while a head is bound; null where nobody knows
};

/// When cells are asked: for objectives whose weights change while a model learns.
struct moment {
  std::int64_t step = -1;  ///< steps done before this one; -1 in a validation, which asks as at the end of all changes
  std::int64_t epoch = 0;  ///< times that all cells were given before
};

/// Cells as the model sees them, and what it is asked about them.
/// shapes  row, label, value [questions]; row ascending, in [0, tokens); label or value, or both, as the objective needs.
///         Where a model reads all counts of a cell, tokens are its counts (id: gene, channel value: count), and row a cell
///         in [0, cells); whole: what the cells have where the model does not see all of it, else empty; hidden [cells,
///         genes]: 1 for genes that are asked about, else empty
template <class Channels>
struct asked_tokens {
  token_batch<Channels> tokens;
  layer::memory<std::int64_t> row;
  layer::memory<std::int32_t> label;
  layer::memory<float> value;
  token_batch<Channels> whole;
  layer::memory<std::uint8_t> hidden;
  moment now{};

  void clear() {
    tokens.clear();
    whole.clear();
    hidden.clear();
    row.clear();
    label.clear();
    value.clear();
  }
};

/// What a model has made of the cells.
/// shapes  token [tokens, dims]; cell [cells, dims]; table [n_rows, table_dims], the learned vectors of the identities (empty
///         where there is no learned table)
template <class Real>
struct states {
  std::span<const Real> token, cell, table;
};
/// Where the gradient of the loss goes: each is added to, and as large as its state; an empty one is not wanted.
template <class Real>
struct state_gradients {
  std::span<Real> token, cell, table;
};

/// An objective is a plain struct with settings:
///     static constexpr std::string_view name;   std::string describe() const
///     using needs = channels<...>               what must stand beside the tokens
///     static constexpr std::int64_t whole       (optional, true) where its loss compares the cells of a batch with one another,
///                                               so that a batch must not be cut
///     static constexpr bool of_counts           (optional, true) where it asks about all genes of a cell, and so needs a model
///                                               that reads counts; using scale = scale::raw: which counts it needs (optional)
///     bind<Dims>(token_facts) const             the head: the objective bound to a model of so many dims
///     errors: bad_option where the settings are not good
/// A head is a layer in that it has weights (each_weight, each_part, room), and
///     ask(view, random, asked)                  hides and asks: view is a token_view with channels, asked arrives cleared; random
///                                               numbers are keyed by the ids of the cells (view.cells.id), so that a cell is asked
///                                               the same whatever cells stand beside it
///     loss(w, at, have, asked, room) const -> double                        the sum over all questions
///     gradient(w, at, have, asked, dw, d, room) const -> double             the same, and adds the gradient of the sum
/// Losses are sums, in double; whoever trains divides by the number of questions of the whole batch.
/// A head whose loss has a floor that needs no model says floor(asked) -> double, the sum over all questions of the loss of the best
/// answer that looks at no cell (learned from training tokens by count(view)).

}  // namespace tepui::objective
