#pragma once
/// The features of a 10x matrix: mostly genes, sometimes antibodies, guides or peaks beside them.

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/dataset.hpp>
#include <tepui/flow/index.hpp>

namespace tepui::io {

/// What 10x calls the counts of genes.
inline constexpr const char* gene_expression = "Gene Expression";

/// Leaves out every feature that is no gene, where at least one is called a gene.
/// in     type [genes], or empty where the file does not say     out  data with the kept genes, renumbered; order unchanged
inline bool wants_genes_only(const std::vector<std::string>& type) {
  return std::find(type.begin(), type.end(), gene_expression) != type.end() &&
         std::any_of(type.begin(), type.end(), [](const std::string& t) { return t != gene_expression; });
}
template <class Scale>
void keep_genes_only(dataset<Scale>& data, const std::vector<std::string>& type) {
  if (!wants_genes_only(type)) return;
  std::vector<std::int32_t> to(type.size(), -1);
  gene_table genes;
  for (std::size_t g = 0; g < type.size(); ++g) {
    if (type[g] != gene_expression) continue;
    to[g] = genes.size();
    genes.id.push_back(std::move(data.genes.id[g]));
    genes.symbol.push_back(std::move(data.genes.symbol[g]));
  }
  counts<Scale>& x = data.x;
  std::int64_t kept = 0;
  for (std::size_t cell = 0; cell < x.row_begin.size(); ++cell) {
    const std::int64_t begin = x.row_begin[cell], end = x.row_end[cell];
    x.row_begin[cell] = kept;
    for (std::int64_t k = begin; k < end; ++k) {
      const std::int32_t gene = to[usize(x.gene[usize(k)])];
      if (gene < 0) continue;
      x.gene[usize(kept)] = gene;
      x.value[usize(kept++)] = x.value[usize(k)];
    }
    x.row_end[cell] = kept;
  }
  x.gene.resize(usize(kept));
  x.value.resize(usize(kept));
  x.n_genes = genes.size();
  data.genes = std::move(genes);
}

}  // namespace tepui::io
