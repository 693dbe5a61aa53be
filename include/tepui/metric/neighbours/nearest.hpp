#pragma once
/// Finds the nearest cells of every cell.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/kernel/k_nearest.hpp>
#include <tepui/metric/neighbours/table.hpp>

namespace tepui::metric {

/// A table in which every cell is its own first neighbour, and the other places are free.
[[nodiscard]] inline neighbour_table table_of_selves(std::int64_t n_cells, std::int64_t k) {
  if (k < 0)
    throw bad_option("neighbours: " + std::to_string(k) +
                     " nearest cells were asked for; ask for at least 0, the cell itself counted");
  neighbour_table out;
  out.n_cells = n_cells;
  out.k = std::min(k, n_cells);
  out.neighbour.assign(usize(n_cells * out.k), -1);
  out.distance.assign(usize(n_cells * out.k), std::numeric_limits<float>::infinity());
  for (std::int64_t i = 0; i < n_cells && out.k > 0; ++i) {
    out.neighbour[usize(i * out.k)] = static_cast<std::int32_t>(i);
    out.distance[usize(i * out.k)] = 0;
  }
  return out;
}

/// The k nearest cells of each, Euclidean, itself included.
/// in     cells [cells, dims], finite; k >= 0, the cell itself counted
/// out    neighbour_table [cells, min(k, cells)]
/// ties   the cell itself first, also where others are the same; then the squared distance in double, then the lower row
/// errors bad_option: k < 0, or more than 2,147,483,647 cells
/// cost   kernel::k_nearest_others: every pair of cells once, 50,000 x 50 with k = 15 in about a second on one thread, and
///        four times that for twice the cells. Memory, k = 15: about 400 bytes a cell and 2 bytes a dim, so 1,000,000 x 50
///        takes half a GB and about 400 times the time of 50,000; approximate_neighbours is there for less patience
/// repeat bit-equal everywhere, for any number of threads
/// source scikit-learn NearestNeighbors(algorithm="brute"), whose order among equal distances is not defined
[[nodiscard]] inline neighbour_table nearest_neighbours(const embedding_view<>& cells, std::int64_t k, int threads = 1) {
  const std::int64_t n = cells.n_cells();
  kernel::check_k_places(0, n, 0, 0, 0);
  neighbour_table out = table_of_selves(n, k);
  const kernel::points all{n, cells.n_columns, cells.value};
  kernel::each_k_nearest(all, all, true, std::max<std::int64_t>(out.k - 1, 0), threads,
                         [&](std::int64_t i, std::span<const kernel::measured_neighbour> nearest) {
                           for (std::size_t c = 0; c < nearest.size(); ++c) {
                             const std::size_t at = usize(i * out.k) + 1 + c;
                             out.neighbour[at] = static_cast<std::int32_t>(nearest[c].second);
                             out.distance[at] = static_cast<float>(std::sqrt(nearest[c].first));
                           }
                         });
  return out;
}

}  // namespace tepui::metric
