#pragma once
/// Cells as sentences of gene names, for language models.

#include <cstdint>
#include <string>
#include <string_view>

#include <tepui/flow/dataset.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/tokens.hpp>

namespace tepui::system {

/// How a gene's name is written.
enum class letters { as_they_are, upper_case };

/// The genes of one cell by name, in the order of its tokens, with a blank between them.
/// in     tokens whose ids are columns of `genes`            out    text; empty for a cell without tokens
/// names  the symbol, else the Ensembl id; only a ... z change to upper case
inline void append_cell_text(const tokens_like auto& tokens, std::int64_t cell, const gene_table& genes, letters how,
                             std::string& to) {
  bool first = true;
  for (const std::int32_t id : tokens.ids_of(cell)) {
    if (!first) to += ' ';
    first = false;
    const std::string& name = genes.symbol[usize(id)].empty() ? genes.id[usize(id)] : genes.symbol[usize(id)];
    for (const char c : name)
      to += how == letters::upper_case && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
}
[[nodiscard]] inline std::string cell_text(const tokens_like auto& tokens, std::int64_t cell, const gene_table& genes,
                                           letters how = letters::upper_case) {
  std::string out;
  append_cell_text(tokens, cell, genes, how, out);
  return out;
}

}  // namespace tepui::system
