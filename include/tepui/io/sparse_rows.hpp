#pragma once
/// Brings sparse rows as files hold them into the one form that counts have: genes ascending, each once, no stored zeros.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <tepui/flow/counts.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/io/value_rules.hpp>

namespace tepui::io {

/// Working memory of tidy_row.
struct row_room {
  std::vector<std::pair<std::int32_t, std::int64_t>> place;  // gene, place in the file
  std::vector<float> value;
};

/// Brings what stands at [begin, end) of `gene` and `value` to `to`: genes ascending, each once, zeros dropped.
/// in     gene, value: of many cells, changed in place; to <= begin; cell: its number, for messages
/// out    where the next cell may begin
/// ties   values of one place are added in the order of the file      cost  O(values); out of order: sorted
template <class Scale>
std::int64_t tidy_row(std::span<std::int32_t> gene, std::span<float> value, std::int64_t begin, std::int64_t end,
                      std::int64_t to, std::int64_t cell, const value_rules<Scale>& rules, row_room& room) {
  bool ascending = true;
  for (std::int64_t k = begin + 1; k < end; ++k) ascending &= gene[usize(k - 1)] < gene[usize(k)];
  if (ascending) {
    for (std::int64_t k = begin; k < end; ++k) {
      if (value[usize(k)] == 0.0F) continue;
      gene[usize(to)] = gene[usize(k)];
      value[usize(to++)] = value[usize(k)];
    }
    return to;
  }
  room.place.clear();
  room.value.assign(value.begin() + begin, value.begin() + end);
  for (std::int64_t k = begin; k < end; ++k) room.place.emplace_back(gene[usize(k)], k - begin);
  std::sort(room.place.begin(), room.place.end());
  for (std::size_t k = 0; k < room.place.size();) {
    const std::int32_t here = room.place[k].first;
    double sum = 0;
    for (; k < room.place.size() && room.place[k].first == here; ++k)
      sum += static_cast<double>(room.value[usize(room.place[k].second)]);
    const float kept = rules.accept_sum(sum, {cell, here});
    if (kept == 0.0F) continue;
    gene[usize(to)] = here;
    value[usize(to++)] = kept;
  }
  return to;
}

/// Sorts the genes of every row, adds up values that stand in one place, drops zeros, and numbers the cells from `first_cell`.
/// Raw counts get the total of each cell, which stays true when genes are chosen later.
/// in     x with row_begin, gene and value filled; genes in range, values accepted       out  x, rows one after the other
/// ties   values of one place are added in the order of the file                         cost O(nonzeros), rows out of order
/// are sorted
template <class Scale>
void tidy_rows(counts<Scale>& x, const value_rules<Scale>& rules, std::int64_t first_cell = 0) {
  const std::int64_t n_cells = isize(x.row_begin.size());
  const std::int64_t n_stored = isize(x.gene.size());
  row_room room;
  x.row_end.resize(usize(n_cells));
  x.cell_id.resize(usize(n_cells));
  std::int64_t kept = 0;
  for (std::int64_t cell = 0; cell < n_cells; ++cell) {
    const std::int64_t begin = x.row_begin[usize(cell)];
    const std::int64_t end = cell + 1 < n_cells ? x.row_begin[usize(cell + 1)] : n_stored;
    x.row_begin[usize(cell)] = kept;
    kept = tidy_row<Scale>(x.gene, x.value, begin, end, kept, first_cell + cell, rules, room);
    x.row_end[usize(cell)] = kept;
    x.cell_id[usize(cell)] = first_cell + cell;
    if constexpr (std::is_same_v<Scale, scale::raw>)
      x.total.push_back(std::accumulate(x.value.begin() + x.row_begin[usize(cell)], x.value.begin() + kept, 0.0));
  }
  x.gene.resize(usize(kept));
  x.value.resize(usize(kept));
}

/// Makes rows out of single entries in any order.
/// in     cell, gene, value [entries], in range       out  as tidy_rows        cost  O(entries + cells)
template <class Scale>
counts<Scale> rows_of_entries(std::int64_t n_cells, std::int32_t n_genes, std::span<const std::int64_t> cell,
                              std::span<const std::int32_t> gene, std::span<const float> value,
                              const value_rules<Scale>& rules) {
  counts<Scale> x;
  x.n_genes = n_genes;
  x.row_begin.assign(usize(n_cells) + 1, 0);
  for (const std::int64_t c : cell) ++x.row_begin[usize(c) + 1];
  std::partial_sum(x.row_begin.begin(), x.row_begin.end(), x.row_begin.begin());
  x.gene.resize(gene.size());
  x.value.resize(gene.size());
  std::vector<std::int64_t> next(x.row_begin.begin(), x.row_begin.end());
  for (std::size_t k = 0; k < cell.size(); ++k) {
    const std::size_t to = usize(next[usize(cell[k])]++);
    x.gene[to] = gene[k];
    x.value[to] = value[k];
  }
  x.row_begin.resize(usize(n_cells));
  tidy_rows(x, rules);
  return x;
}

/// Checks the row positions of a sparse matrix: n_rows + 1 of them, from 0 up to n_stored, never decreasing.
/// errors  bad_data naming file, dataset, row, value
inline void check_positions(std::span<const std::int64_t> position, std::int64_t n_rows, std::int64_t n_stored,
                            std::string_view path, std::string_view where) {
  const auto fail = [&](const std::string& what) {
    refuse(path, in_quotes(where), what + "; the matrix is damaged: write the file again");
  };
  if (isize(position.size()) != n_rows + 1)
    fail("it holds " + std::to_string(position.size()) + " positions, and " + std::to_string(n_rows + 1) + " are needed");
  if (position.front() != 0) fail("row 0 begins at " + std::to_string(position.front()) + ", and 0 is needed");
  for (std::int64_t row = 0; row < n_rows; ++row)
    if (position[usize(row) + 1] < position[usize(row)])
      fail("row " + std::to_string(row) + " begins at " + std::to_string(position[usize(row)]) + " and ends before that, at " +
           std::to_string(position[usize(row) + 1]));
  if (position.back() != n_stored)
    fail("the last row, " + std::to_string(n_rows - 1) + ", ends at " + std::to_string(position.back()) + ", and " +
         std::to_string(n_stored) + " values are stored");
}

}  // namespace tepui::io
