#pragma once
/// Cells in the order of their ids, so that a clustering does not depend on the order in which cells lie in a file.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include <tepui/flow/covariates.hpp>
#include <tepui/flow/grouping.hpp>
#include <tepui/flow/index.hpp>

namespace tepui::metric {

/// out    row [cells]: row of the cell that comes first by id, second, ...; equal ids keep their order
template <class Covariates>
[[nodiscard]] std::vector<std::int64_t> rows_by_id(const cell_axis<Covariates>& cells, std::int64_t n) {
  std::vector<std::int64_t> row(usize(n));
  std::iota(row.begin(), row.end(), 0);
  std::sort(row.begin(), row.end(), [&](std::int64_t a, std::int64_t b) {
    return std::pair(cells.id[usize(a)], a) < std::pair(cells.id[usize(b)], b);
  });
  return row;
}

/// The same graph with its cells in another order, the neighbours of each ascending.
/// in     row [cells]: which cell comes first, second, ...                  cost   O(edges log neighbours of one)
[[nodiscard]] inline graph<> reordered(const graph<>& of, const std::vector<std::int64_t>& row) {
  std::vector<std::int32_t> place(row.size());
  for (std::size_t p = 0; p < row.size(); ++p) place[usize(row[p])] = static_cast<std::int32_t>(p);
  graph<> out;
  out.row_begin.push_back(0);
  std::vector<std::int64_t> edges;
  for (const std::int64_t cell : row) {
    edges.resize(usize(of.row_begin[usize(cell) + 1] - of.row_begin[usize(cell)]));
    std::iota(edges.begin(), edges.end(), of.row_begin[usize(cell)]);
    std::sort(edges.begin(), edges.end(), [&](std::int64_t a, std::int64_t b) {
      return place[usize(of.neighbour[usize(a)])] < place[usize(of.neighbour[usize(b)])];
    });
    for (const std::int64_t e : edges) {
      out.neighbour.push_back(place[usize(of.neighbour[usize(e)])]);
      out.weight.push_back(of.weight[usize(e)]);
    }
    out.row_begin.push_back(isize(out.neighbour.size()));
  }
  return out;
}

/// Labels of cells in the order `row`, put back into the order of the rows.
[[nodiscard]] inline partition<> in_row_order(const partition<>& of, const std::vector<std::int64_t>& row) {
  partition<> out;
  out.n_labels = of.n_labels;
  out.label.resize(row.size());
  for (std::size_t p = 0; p < row.size(); ++p) out.label[usize(row[p])] = of.label[p];
  return out;
}

}  // namespace tepui::metric
