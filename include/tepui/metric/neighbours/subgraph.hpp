#pragma once
/// Chosen cells of a graph and the edges between them.

#include <cstdint>
#include <span>
#include <vector>

#include <tepui/flow/grouping.hpp>
#include <tepui/flow/index.hpp>

namespace tepui::metric {

/// in     graph [cells]; rows, ascending            out    graph [rows chosen], numbered anew; neighbours stay in order
/// cost   O(cells + edges of the rows)
[[nodiscard]] inline graph<> subgraph(const graph<>& g, std::span<const std::int64_t> rows) {
  std::vector<std::int32_t> number(usize(g.n_cells()), -1);
  for (std::size_t i = 0; i < rows.size(); ++i) number[usize(rows[i])] = static_cast<std::int32_t>(i);
  graph<> out;
  out.row_begin.push_back(0);
  for (const std::int64_t row : rows) {
    for (std::int64_t e = g.row_begin[usize(row)]; e < g.row_begin[usize(row) + 1]; ++e) {
      const std::int32_t to = number[usize(g.neighbour[usize(e)])];
      if (to < 0) continue;
      out.neighbour.push_back(to);
      out.weight.push_back(g.weight[usize(e)]);
    }
    out.row_begin.push_back(isize(out.neighbour.size()));
  }
  return out;
}

}  // namespace tepui::metric
