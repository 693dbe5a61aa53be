#pragma once
/// Writes cells with their genes in other columns; genes that come together in one are added up.

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <tepui/flow/counts.hpp>

namespace tepui::transform {

/// Memory of `move_columns`: column and place in the row, of one cell.
using moving_room = std::vector<std::pair<std::int32_t, std::size_t>>;

/// in     counts [cells, genes]; to [genes]: the new column, or -1: left out; how many columns there are then
/// out    counts [cells, n_columns]; total: the cell's own, or the sum over all its genes, so that normalising sees the
///        whole cell
/// cost   O(genes expressed log genes expressed) per cell; no allocation once `out` and `room` have grown
template <counts_like In, class Out>
void move_columns(std::span<const std::int32_t> to, std::int32_t n_columns, const In& in, Out& out, moving_room& room) {
  out.clear();
  out.n_genes = n_columns;
  for (std::int64_t c = 0; c < in.n_cells(); ++c) {
    room.clear();
    const auto genes = in.genes_of(c);
    const auto values = in.values_of(c);
    double total = 0;
    for (std::size_t i = 0; i < genes.size(); ++i) {
      total += static_cast<double>(values[i]);
      if (const std::int32_t column = to[usize(genes[i])]; column >= 0) room.emplace_back(column, i);
    }
    std::sort(room.begin(), room.end());
    out.row_begin.push_back(isize(out.gene.size()));
    for (const auto& [gene, i] : room) {
      if (isize(out.gene.size()) > out.row_begin.back() && out.gene.back() == gene) {
        out.value.back() += values[i];
      } else {
        out.gene.push_back(gene);
        out.value.push_back(values[i]);
      }
    }
    out.row_end.push_back(isize(out.gene.size()));
    out.cell_id.push_back(in.cells.id[usize(c)]);
    out.total.push_back(in.total.empty() ? total : in.total[usize(c)]);
  }
}

}  // namespace tepui::transform
