#pragma once
/// Writes cells with their genes in other columns; genes that come together in one are added up.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <tepui/flow/counts.hpp>

namespace tepui::transform {

/// Memory for moving columns: which columns a cell has (none between cells), and where each stands in its row.
struct moving_room {
  std::vector<std::uint64_t> taken;
  std::vector<std::size_t> place;
};

/// Whether genes that are kept keep their order, so that no row has to be put in order.
[[nodiscard]] inline bool keeps_order(std::span<const std::int32_t> to) {
  std::int32_t last = -1;
  for (const std::int32_t column : to) {
    if (column >= 0 && column <= last) return false;
    if (column >= 0) last = column;
  }
  return true;
}

/// The total of a cell whose source gives none.
template <class Value>
[[nodiscard]] double sum_of(std::span<const Value> values) {
  double total = 0;
  for (const Value v : values) total += static_cast<double>(v);
  return total;
}

/// Appends cells to `out`, whose n_genes says how many columns there are.
/// in     counts [cells, genes]; to [genes]: the new column, or -1: left out; in_order: keeps_order(to)
/// out    counts [cells, out.n_genes]; total: the cell's own, or the sum over all its genes, so that normalising sees the
///        whole cell; cell_id: those of the cells
/// ties   genes that come together in one column are added up, in the order of the row
/// cost   O(genes expressed + columns / 64) a cell, a copy where the order is kept; no allocation once `out` and `room`
///        have grown
template <counts_like In, class Out>
void append_moved(std::span<const std::int32_t> to, bool in_order, const In& in, Out& out, moving_room& room) {
  if (!in_order) {
    room.taken.assign((usize(out.n_genes) + 63) / 64, 0);
    room.place.resize(usize(out.n_genes));
  }
  for (std::int64_t c = 0; c < in.n_cells(); ++c) {
    const auto genes = in.genes_of(c);
    const auto values = in.values_of(c);
    const std::size_t begin = out.gene.size();
    std::size_t kept = begin;
    out.gene.resize(begin + genes.size());
    out.value.resize(begin + genes.size());
    if (in_order) {
      for (std::size_t i = 0; i < genes.size(); ++i) {
        const std::int32_t column = to[usize(genes[i])];
        out.gene[kept] = column;  // what is left out is written over
        out.value[kept] = values[i];
        kept += column >= 0 ? 1 : 0;
      }
    } else {
      for (const std::int32_t gene : genes)
        if (const std::int32_t column = to[usize(gene)]; column >= 0)
          room.taken[usize(column) / 64] |= std::uint64_t{1} << (usize(column) % 64);
      for (std::size_t w = 0; w < room.taken.size(); ++w)
        for (; room.taken[w] != 0; room.taken[w] &= room.taken[w] - 1) {
          const std::size_t column = 64 * w + static_cast<std::size_t>(std::countr_zero(room.taken[w]));
          room.place[column] = kept;
          out.gene[kept] = static_cast<std::int32_t>(column);
          out.value[kept++] = 0;
        }
      for (std::size_t i = 0; i < genes.size(); ++i)
        if (const std::int32_t column = to[usize(genes[i])]; column >= 0) out.value[room.place[usize(column)]] += values[i];
    }
    out.gene.resize(kept);
    out.value.resize(kept);
    out.row_begin.push_back(isize(begin));
    out.row_end.push_back(isize(kept));
    out.cell_id.push_back(in.cells.id[usize(c)]);
    out.total.push_back(in.total.empty() ? sum_of(values) : in.total[usize(c)]);
  }
}

/// As append_moved, with what `out` held before forgotten.                out    counts [cells, n_columns]
template <counts_like In, class Out>
void move_columns(std::span<const std::int32_t> to, std::int32_t n_columns, const In& in, Out& out, moving_room& room) {
  out.clear();
  out.n_genes = n_columns;
  append_moved(to, keeps_order(to), in, out, room);
}

}  // namespace tepui::transform
