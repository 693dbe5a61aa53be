#pragma once
/// A token is a gene's id in a model's own vocabulary.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/vocabulary.hpp>
#include <tepui/stage/fitting.hpp>
#include <tepui/stage/match_names.hpp>

namespace tepui::tokenize::identity {

/// A vocabulary that knows the columns: what `named` becomes. Genes that it does not know give no token and do not count in bins.
struct bound_names {
  static constexpr std::string_view name = "named";
  static constexpr bool keeps_all = false;

  std::string bound_from = "hand";         ///< description of the stage that made it
  std::vector<std::int32_t> id_of_column;  ///< [genes] token id, or -1
  std::vector<std::int32_t> id_of_special; ///< [special tokens of the composition]
  std::int32_t n_ids = 0;                  ///< one more than the largest id of the vocabulary
  std::int32_t n_matched = 0;              ///< genes of the cells that the vocabulary knows
  std::vector<std::string> word;           ///< [n_ids] the names, empty where an id is not used

  [[nodiscard]] std::string describe() const { return bound_from; }
  static void each_array(auto& self, auto&& visit) {
    visit("bound_from", self.bound_from);
    visit("id_of_column", self.id_of_column);
    visit("id_of_special", self.id_of_special);
    visit("n_ids", self.n_ids);
    visit("n_matched", self.n_matched);
    visit("word", self.word);
  }
  void check(std::int32_t n_genes) const {
    if (usize(n_genes) != id_of_column.size())
      throw bad_data("the vocabulary was bound to " + std::to_string(id_of_column.size()) + " genes, but these cells have " +
                     std::to_string(n_genes) + " columns; bring them into the order of the training genes first");
  }
  [[nodiscard]] std::int32_t n_vocabulary(std::int32_t, std::int32_t) const { return n_ids; }
  [[nodiscard]] std::int32_t gene_id(std::int32_t column) const { return id_of_column[usize(column)]; }
  [[nodiscard]] std::int32_t special_id(std::int32_t number, std::int32_t) const { return id_of_special[usize(number)]; }
  [[nodiscard]] gene_table names(const gene_table& genes, std::span<const std::string>) const {
    gene_table out;
    out.id.resize(usize(n_ids));
    out.symbol = word;
    for (std::size_t g = 0; g < id_of_column.size(); ++g) {
      if (id_of_column[g] < 0) continue;
      out.id[usize(id_of_column[g])] = genes.id[g];
      if (!genes.symbol[g].empty()) out.symbol[usize(id_of_column[g])] = genes.symbol[g];
    }
    return out;
  }
};

/// Gives genes and special tokens the ids of a vocabulary. `fit` looks at the names of the genes, and at no cell.
/// fit    by Ensembl id without its version suffix, else by symbol; see match_names
/// ties   two columns of one gene both become its token
/// errors bad_option: no vocabulary; bad_data: fewer than `min_share` of the genes are known, a negative id, or a special token
///        of the composition that the vocabulary does not name
/// cost   O(genes + words)
struct named {
  static constexpr std::string_view name = "named";
  using fitted = bound_names;

  vocabulary words;
  double min_share = 0.5;

  [[nodiscard]] std::string describe() const {
    return "named(" + (words.source.empty() ? std::to_string(words.size()) + " words" : words.source) + ")";
  }

  /// in     genes of the cells; the special tokens that the composition may write
  [[nodiscard]] fitted bind(const gene_table& genes, std::span<const std::string> specials) const {
    if (words.size() == 0) throw bad_option("the vocabulary is empty; read one from the model's file of tokens");
    fitted out;
    out.bound_from = describe();
    for (std::size_t w = 0; w < words.id.size(); ++w) {
      if (words.id[w] < 0)
        throw bad_data("the vocabulary " + words.source + " gives '" + words.name[w] + "' the id " + std::to_string(words.id[w]) +
                       ", and ids begin at 0; correct the file");
      out.n_ids = std::max(out.n_ids, words.id[w] + 1);
    }
    const name_match match = match_names(genes, words.name, min_share, "vocabulary", words.source);
    out.n_matched = match.n_matched;
    for (const std::int32_t place : match.place) out.id_of_column.push_back(place < 0 ? -1 : words.id[usize(place)]);
    out.word.resize(usize(out.n_ids));
    for (std::size_t w = words.name.size(); w-- > 0;) out.word[usize(words.id[w])] = words.name[w];
    for (const std::string& special : specials) {
      const auto hit = std::find(words.name.begin(), words.name.end(), special);
      if (hit == words.name.end())
        throw bad_data("the vocabulary " + words.source + " has no token '" + special +
                       "', which the sentence needs; add it to the file, or name the model's own token");
      out.id_of_special.push_back(words.id[usize(hit - words.name.begin())]);
    }
    return out;
  }
};

}  // namespace tepui::tokenize::identity
