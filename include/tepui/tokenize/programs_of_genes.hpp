#pragma once
/// Which programs each gene belongs to, written down gene after gene.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>

namespace tepui::tokenize {

/// in     pairs of gene in [0, n_genes) and program, any order
/// out    gene_begin [genes + 1] positions in program; program [pairs] ascending for each gene
/// cost   O(pairs log pairs + genes)
inline void list_programs_of_genes(std::vector<std::pair<std::int32_t, std::int32_t>> pairs, std::int32_t n_genes,
                                   std::vector<std::int64_t>& gene_begin, std::vector<std::int32_t>& program) {
  std::sort(pairs.begin(), pairs.end());
  gene_begin.assign(1, 0);
  program.clear();
  std::size_t at = 0;
  for (std::int32_t g = 0; g < n_genes; ++g) {
    for (; at < pairs.size() && pairs[at].first == g; ++at) program.push_back(pairs[at].second);
    gene_begin.push_back(isize(program.size()));
  }
}

/// errors bad_data: the cells have another number of genes than the programs were bound to
inline void check_programs_of_genes(std::span<const std::int64_t> gene_begin, std::int32_t n_genes) {
  if (gene_begin.size() != usize(n_genes) + 1)
    throw bad_data("the gene programs were bound to " + std::to_string(gene_begin.size() - 1) + " genes, but these cells have " +
                   std::to_string(n_genes) + " columns; bring them into the order of the training genes first");
}

}  // namespace tepui::tokenize
