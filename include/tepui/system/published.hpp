#pragma once
/// What every published system says of itself, so that a program can go through all of them.

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/compose/pipeline.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/flow/vocabulary.hpp>
#include <tepui/tokenize/tokenizer.hpp>

namespace tepui::system {

/// What a system needs from files beside the counts. Its member of the same meaning is `words`, `usual`, `positions`,
/// `network` or `sets`.
enum class file { vocabulary, usual_levels, positions, network, gene_sets };

/// One of these files, and what it must hold.
struct need {
  file what;
  std::string_view holds;
};

/// What stands behind a cell's last token where cells lie side by side in a rectangle.
struct padding {
  std::int32_t id = 0;
  double value = 0;
  friend bool operator==(const padding&, const padding&) = default;
};

/// A published system is an aggregate of what it needs from files, with the published settings as defaults, and
///   name        as users call it, in small letters                    needs   the files, as `need`s
///   writes      channels<...> that the original has beside its ids
///   slots       tokens of a cell at most; 0: as many as there are
///   pads(n)     what the original fills the rest of a cell's slots with; n: genes that reach the tokenizer
///   stages()    the pipeline from raw counts to its tokens: `system::geneformer_v1{words, medians}.stages().fit(data)`
/// fit    looks at the names of the genes, and at no count
/// errors bad_option: a file's content was not given, or slots leave no room; bad_data: the cells and a file know too few genes
///        in common (`min_share`), or the vocabulary lacks a special token
/// empty  a cell without counts has the special tokens alone
/// repeat bit-equal everywhere, with the limits of log1p where values are logged; steps that draw do so by (seed, cell id)
template <class S>
concept published = requires(const S& s, std::int32_t n) {
  { S::name } -> std::convertible_to<std::string_view>;
  { std::span<const need>(S::needs) };
  typename S::writes;
  { s.slots } -> std::convertible_to<std::int32_t>;
  { s.pads(n) } -> std::same_as<padding>;
  s.stages();
};

/// Whether the original's sentence is text and no list of ids.
template <class S>
inline constexpr bool writes_text = requires { S::writes_text; };

/// The three axes as a tokenizer, with their types read off.
template <class Identity, class Expression, class Composition>
[[nodiscard]] auto tokenizer_of(Identity identity, Expression expression, Composition composition) {
  return tokenize::tokenizer<Identity, Expression, Composition>{std::move(identity), std::move(expression),
                                                                std::move(composition)};
}

/// The id of a word.            errors bad_data where the vocabulary does not have it
[[nodiscard]] inline std::int32_t id_of(const vocabulary& words, std::string_view word) {
  const auto hit = std::find(words.name.begin(), words.name.end(), word);
  if (hit == words.name.end())
    throw bad_data("the vocabulary " + words.source + " has no token '" + std::string(word) +
                   "', which this system needs; add it to the file, or read the system's own file");
  return words.id[usize(hit - words.name.begin())];
}
/// The vocabulary with these words too: those that it lacks get the next ids, in this order, as published programs
/// append them.
[[nodiscard]] inline vocabulary with_words(vocabulary words, std::initializer_list<std::string_view> more) {
  std::int32_t next = 0;
  for (const std::int32_t id : words.id) next = std::max(next, id + 1);
  for (const std::string_view word : more) {
    if (std::find(words.name.begin(), words.name.end(), word) != words.name.end()) continue;
    words.name.emplace_back(word);
    words.id.push_back(next++);
  }
  return words;
}
/// The words in the order of their ids: a model's list of genes.
[[nodiscard]] inline std::vector<std::string> in_order_of_ids(const vocabulary& words) {
  std::vector<std::pair<std::int32_t, std::size_t>> order;
  for (std::size_t w = 0; w < words.id.size(); ++w) order.emplace_back(words.id[w], w);
  std::sort(order.begin(), order.end());
  std::vector<std::string> out;
  for (const auto& [id, w] : order) out.push_back(words.name[w]);
  return out;
}
/// Slots that are left for genes.            errors bad_option where special tokens take all of them
[[nodiscard]] inline std::int32_t slots_beside(std::string_view system, std::int32_t slots, std::size_t n_special) {
  if (slots <= static_cast<std::int32_t>(n_special))
    throw bad_option(std::string(system) + " was given " + std::to_string(slots) +
                     " slots, of which its special tokens take " + std::to_string(n_special) + "; give at least " +
                     std::to_string(n_special + 1));
  return slots - static_cast<std::int32_t>(n_special);
}

}  // namespace tepui::system
