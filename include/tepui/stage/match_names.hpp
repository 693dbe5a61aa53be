#pragma once
/// Finds the genes of a matrix in somebody else's list of names: a vocabulary, medians, positions.

#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <tepui/flow/dataset.hpp>
#include <tepui/flow/error.hpp>

namespace tepui {

/// ENSG00000141510.17 -> ENSG00000141510; symbols such as RP11-34P13.7 stay as they are.
[[nodiscard]] inline std::string_view without_version(std::string_view gene) {
  return gene.starts_with("ENS") ? gene.substr(0, gene.find('.')) : gene;
}

/// What became of the genes of a matrix.
struct name_match {
  std::vector<std::int32_t> place;   ///< [genes] place in the list, or -1
  std::int32_t n_genes = 0;          ///< genes of the matrix
  std::int32_t n_matched = 0;        ///< of which the list knows
  std::int32_t n_by_id = 0;          ///< by Ensembl id; the others by symbol
  [[nodiscard]] double share() const {
    return n_genes == 0 ? 1.0 : static_cast<double>(n_matched) / static_cast<double>(n_genes);
  }
  /// "12,345 of 13,714 genes (90.0 %), 12,000 by Ensembl id"
  [[nodiscard]] std::string describe() const {
    char text[120];
    std::snprintf(text, sizeof text, "%d of %d genes (%.1f %%), %d by Ensembl id and %d by symbol", n_matched, n_genes,
                  100 * share(), n_by_id, n_matched - n_by_id);
    return text;
  }
};

/// Finds each gene by Ensembl id (version suffixes do not count), else by symbol.
/// in     genes of the matrix; names of the list, of what it is ("vocabulary"), and where it came from, for messages
/// ties   a name that stands twice in the list means its first place; a place that two genes find belongs to both
/// errors bad_data: fewer than `min_share` of the genes are found, with an example of each side and the likely cause
/// cost   O(genes + names)
[[nodiscard]] inline name_match match_names(const gene_table& genes, std::span<const std::string> names, double min_share,
                                            const std::string& what, const std::string& source) {
  std::unordered_map<std::string_view, std::int32_t> place_of;
  place_of.reserve(names.size());
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!names[i].empty()) place_of.emplace(without_version(names[i]), static_cast<std::int32_t>(i));
  name_match out;
  out.n_genes = genes.size();
  out.place.assign(usize(genes.size()), -1);
  for (std::size_t g = 0; g < out.place.size(); ++g) {
    auto hit = genes.id[g].empty() ? place_of.end() : place_of.find(without_version(genes.id[g]));
    const bool by_id = hit != place_of.end();
    if (!by_id && !genes.symbol[g].empty()) hit = place_of.find(without_version(genes.symbol[g]));
    if (hit == place_of.end()) continue;
    out.place[g] = hit->second;
    ++out.n_matched;
    if (by_id) ++out.n_by_id;
  }
  if (out.share() < min_share) {
    const std::string have = genes.size() == 0 ? "none" : genes.id[0].empty() ? genes.symbol[0] : genes.id[0] + " " + genes.symbol[0];
    std::string know = "nothing";  // a gene rather than <pad>, where there is one
    for (std::size_t i = names.size(); i-- > 0;)
      if (!names[i].empty() && names[i][0] != '<' && names[i][0] != '[') know = names[i];
    char numbers[120];
    std::snprintf(numbers, sizeof numbers, "only %d of %d genes (%.1f %%, wanted %.1f %%)", out.n_matched, out.n_genes,
                  100 * out.share(), 100 * min_share);
    throw bad_data(std::string(numbers) + " of the cells are in the " + what + (source.empty() ? "" : " " + source) +
                   ": it knows genes such as '" + know + "', the cells have '" + have +
                   "'; check the species and whether genes are named by Ensembl id or by symbol, or lower min_share");
  }
  return out;
}

}  // namespace tepui
