#pragma once
/// Finds Ensembl ids and gene symbols among the columns that describe genes, whatever their writer called them.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/dataset.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/table.hpp>

namespace tepui::io {

/// An Ensembl gene id without its version (ENSG00000142676.5 -> ENSG00000142676), or nothing where text is none.
[[nodiscard]] inline std::string ensembl_id(std::string_view text) {
  if (!text.starts_with("ENS")) return {};
  std::size_t i = 3;
  while (i < text.size() && i < 10 && text[i] >= 'A' && text[i] <= 'Z') ++i;
  const std::size_t digits = i;
  while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
  if (i - digits < 6) return {};
  std::string id(text.substr(0, i));
  if (i < text.size() && text[i] == '.') {
    ++i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
  }
  if (text.substr(i) == "_PAR_Y") return id + "_PAR_Y";  // the copy on Y of a gene that X has too: another gene
  return i == text.size() ? id : std::string();
}

/// The text of every row of a text or categorical column, empty where missing; nothing for columns of numbers.
[[nodiscard]] inline std::optional<std::vector<std::string>> column_texts(const table_column& col) {
  std::vector<std::string> out;
  if (const auto* labels = std::get_if<categorical>(&col)) {
    out.reserve(labels->code.size());
    for (const std::int32_t code : labels->code) out.push_back(code < 0 ? std::string() : labels->category[usize(code)]);
    return out;
  }
  if (const auto* texts = std::get_if<std::vector<std::optional<std::string>>>(&col)) {
    out.reserve(texts->size());
    for (const auto& text : *texts) out.push_back(text.value_or(""));
    return out;
  }
  return std::nullopt;
}

/// True where more than half of the texts that are not empty are Ensembl ids.
[[nodiscard]] inline bool look_like_ensembl(const std::vector<std::string>& texts) {
  std::size_t some = 0, ids = 0;
  for (const std::string& text : texts) {
    some += text.empty() ? 0 : 1;
    ids += ensembl_id(text).empty() ? 0 : 1;
  }
  return some > 0 && 2 * ids > some;
}

/// Adds a gene as 10x files name it: an id and a name, either of which may be empty or repeat the other.
inline void add_gene(gene_table& genes, std::string_view id, std::string_view name) {
  genes.id.push_back(ensembl_id(id));
  std::string symbol(name.empty() ? id : name);
  if (!genes.id.back().empty() && !ensembl_id(symbol).empty()) symbol.clear();
  if (genes.id.back().empty() && symbol.empty()) symbol = "gene_" + std::to_string(genes.id.size() - 1);
  genes.symbol.push_back(std::move(symbol));
}

/// The genes of a var table.
/// id      from the index or, in this order, ensembl_id, gene_ids, gene_id, feature_id, ensembl, Accession: where they look
/// like ENS... symbol  from gene_symbol, gene_symbols, feature_name, gene_name, gene_names, symbol, gene_short_name, where the
/// index holds ids; else the index empty   a gene without either keeps its index as symbol; without that too it is called
/// gene_<row>
[[nodiscard]] inline gene_table genes_of(const table& var) {
  const std::size_t n = var.index.size();
  const auto first_of = [&](const auto& names, auto wanted) -> std::vector<std::string> {
    for (const char* name : names) {
      const table_column* col = var.find(name);
      if (col == nullptr) continue;
      auto texts = column_texts(*col);
      if (texts && texts->size() == n && wanted(*texts)) return std::move(*texts);
    }
    return std::vector<std::string>(n);
  };
  constexpr std::array id_columns{"ensembl_id", "gene_ids", "gene_id", "feature_id", "ensembl", "ensembl_gene_id", "Accession"};
  constexpr std::array symbol_columns{"gene_symbol", "gene_symbols", "feature_name",   "gene_name",
                                      "gene_names",  "symbol",       "gene_short_name"};
  const bool index_holds_ids = look_like_ensembl(var.index);
  const std::vector<std::string> ids = index_holds_ids ? var.index : first_of(id_columns, look_like_ensembl);
  const bool index_is_numbered = n > 0 && var.index.front() == "0" && var.index.back() == std::to_string(n - 1);
  const auto anything = [](const std::vector<std::string>& texts) {
    for (const std::string& text : texts)
      if (!text.empty()) return true;
    return false;
  };
  std::vector<std::string> symbols = index_holds_ids || index_is_numbered ? first_of(symbol_columns, anything) : var.index;
  gene_table out;
  out.id.reserve(n);
  out.symbol.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    out.id.push_back(ensembl_id(ids[i]));
    if (symbols[i].empty() && out.id.back().empty())
      symbols[i] = var.index[i].empty() ? "gene_" + std::to_string(i) : var.index[i];
    if (!out.id.back().empty() && !ensembl_id(symbols[i]).empty())
      symbols[i].clear();  // CELLxGENE repeats the id where there is no symbol
    out.symbol.push_back(std::move(symbols[i]));
  }
  return out;
}

}  // namespace tepui::io
