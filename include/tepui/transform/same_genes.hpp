#pragma once
/// Writes cells with the same genes and new values: what every transform does that changes only numbers.

#include <cstdint>
#include <utility>

#include <tepui/flow/counts.hpp>

namespace tepui::transform {

/// in     counts [cells, genes]; value_of(cell, gene, value) -> double            out    the same genes, value as float
/// total  passed on where it is known            cost   O(values); no allocation once `out` has grown
template <counts_like In, class Out, class NewValue>
void same_genes(const In& in, Out& out, NewValue&& value_of) {
  std::int64_t n = 0;
  for (std::int64_t c = 0; c < in.n_cells(); ++c) n += in.n_expressed(c);
  out.clear();
  out.n_genes = in.n_genes;
  out.gene.resize(usize(n));
  out.value.resize(usize(n));
  auto* const gene_to = out.gene.data();
  auto* const value_to = out.value.data();
  std::int64_t at = 0;
  for (std::int64_t c = 0; c < in.n_cells(); ++c) {
    const auto genes = in.genes_of(c);
    const auto values = in.values_of(c);
    out.row_begin.push_back(at);
    for (std::size_t i = 0; i < genes.size(); ++i, ++at) {
      gene_to[at] = genes[i];
      value_to[at] = static_cast<float>(value_of(c, genes[i], static_cast<double>(values[i])));
    }
    out.row_end.push_back(at);
    out.cell_id.push_back(in.cells.id[usize(c)]);
    if (!in.total.empty()) out.total.push_back(in.total[usize(c)]);
  }
}

}  // namespace tepui::transform
