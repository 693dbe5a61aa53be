#pragma once
/// Writes cells with their genes in the columns of a vocabulary, as fast as they are copied where the order is the same.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <tepui/flow/counts.hpp>

namespace tepui::corpus {

/// Memory of to_genes: a value for every column, 0 between cells, and which of them are taken.
template <class Value>
struct columns_room {
  std::vector<Value> value;
  std::vector<std::uint64_t> taken;
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

/// in     counts [cells, genes]; to [genes]: the column in the vocabulary, or -1: left out; in_order: keeps_order(to)
/// out    counts [cells, n_columns], appended to `out`; total: the cell's own, or the sum over all its genes, so that
///        normalising sees the whole cell; cell ids: first_id, first_id + 1, ...
/// ties   genes that come together in one column are added up, in the order of the row
/// cost   O(genes expressed + columns / 64) a cell; no allocation once `out` and `room` have grown
template <counts_like In, class Out>
void to_genes(std::span<const std::int32_t> to, std::int32_t n_columns, bool in_order, const In& in, std::int64_t first_id,
              Out& out, columns_room<typename In::value_type>& room) {
  out.n_genes = n_columns;
  if (!in_order) room.value.assign(usize(n_columns), 0);
  if (!in_order) room.taken.assign((usize(n_columns) + 63) / 64, 0);
  for (std::int64_t c = 0; c < in.n_cells(); ++c) {
    const auto genes = in.genes_of(c);
    const auto values = in.values_of(c);
    double total = 0;
    if (in.total.empty())
      for (const auto v : values) total += static_cast<double>(v);
    out.row_begin.push_back(isize(out.gene.size()));
    std::size_t kept = out.gene.size();
    out.gene.resize(kept + genes.size());
    out.value.resize(kept + genes.size());
    if (in_order) {
      for (std::size_t i = 0; i < genes.size(); ++i) {
        const std::int32_t column = to[usize(genes[i])];
        out.gene[kept] = column;  // what is left out is written over
        out.value[kept] = values[i];
        kept += column >= 0 ? 1 : 0;
      }
    } else {
      for (std::size_t i = 0; i < genes.size(); ++i) {
        const std::int32_t column = to[usize(genes[i])];
        if (column < 0) continue;
        room.value[usize(column)] += values[i];
        room.taken[usize(column) / 64] |= std::uint64_t{1} << (usize(column) % 64);
      }
      for (std::size_t w = 0; w < room.taken.size(); ++w)
        for (; room.taken[w] != 0; room.taken[w] &= room.taken[w] - 1) {
          const std::size_t column = 64 * w + static_cast<std::size_t>(std::countr_zero(room.taken[w]));
          out.gene[kept] = static_cast<std::int32_t>(column);
          out.value[kept++] = std::exchange(room.value[column], 0);
        }
    }
    out.gene.resize(kept);
    out.value.resize(kept);
    out.row_end.push_back(isize(out.gene.size()));
    out.cell_id.push_back(first_id + c);
    out.total.push_back(in.total.empty() ? total : in.total[usize(c)]);
  }
}

}  // namespace tepui::corpus
