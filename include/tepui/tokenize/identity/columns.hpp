#pragma once
/// A token is a gene's column in the matrix.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <tepui/flow/dataset.hpp>

namespace tepui::tokenize::identity {

/// Gene g is token g; the special tokens of the composition follow behind the last gene.
/// cost   none            source "random" identity of HEIMDALL, whose padding and mask ids are also n_genes and n_genes + 1
struct columns {
  static constexpr std::string_view name = "columns";
  static constexpr bool keeps_all = true;

  [[nodiscard]] std::string describe() const { return std::string(name); }
  void check(std::int32_t) const {}
  [[nodiscard]] std::int32_t n_vocabulary(std::int32_t n_genes, std::int32_t n_special) const { return n_genes + n_special; }
  [[nodiscard]] std::int32_t gene_id(std::int32_t column) const { return column; }
  [[nodiscard]] std::int32_t special_id(std::int32_t number, std::int32_t n_genes) const { return n_genes + number; }
  /// The names of the tokens, in the order of their ids.
  [[nodiscard]] gene_table names(const gene_table& genes, std::span<const std::string> specials) const {
    gene_table out = genes;
    for (const std::string& special : specials) {
      out.id.emplace_back();
      out.symbol.push_back(special);
    }
    return out;
  }
};

}  // namespace tepui::tokenize::identity
