#pragma once
/// Cells that came in batches (files, donors, studies), and how far every cell is from the nearest cell of each batch.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/kernel/nearest.hpp>

namespace tepui::coverage {

/// Refuses an embedding with a number that is none.
/// errors bad_data that names the cell, the dim and the value        cost  O(cells dims)
inline void check_finite(std::span<const float> value, std::int64_t dims) {
  const std::int64_t in_cell = std::max<std::int64_t>(dims, 1);
  for (std::size_t i = 0; i < value.size(); ++i)
    if (!std::isfinite(value[i]))
      throw bad_data("coverage: the embedding is " + shortest(value[i]) + " in cell " + std::to_string(isize(i) / in_cell) +
                     ", dim " + std::to_string(isize(i) % in_cell) +
                     "; distances need finite numbers: leave such cells out or embed them again");
}

/// All cells as points, also of a view without cell ids.
/// errors bad_data where the numbers are not cells x dims, or not finite
template <class Covariates>
[[nodiscard]] kernel::points points_of_cells(const embedding_view<host, Covariates>& cells) {
  const std::int64_t n = cells.n_columns > 0 ? isize(cells.value.size()) / cells.n_columns : 0;
  if (n * cells.n_columns != isize(cells.value.size()))
    throw bad_data("coverage: the embedding holds " + std::to_string(cells.value.size()) + " numbers in " +
                   std::to_string(cells.n_columns) + " dims; give one row of all dims a cell");
  check_finite(cells.value, cells.n_columns);
  return {n, cells.n_columns, cells.value};
}

/// shapes  cells [cells, dims], batch [cells] codes in [0, n_batches)
struct batches {
  embedding_view<> cells;
  std::span<const std::int32_t> batch;
  std::int32_t n_batches = 0;
};

/// errors bad_data where sizes or codes do not fit, a batch has no cell, or a number is not finite
inline void check_batches(const batches& all) {
  if (all.batch.size() != usize(all.cells.n_cells()) ||
      isize(all.cells.value.size()) != all.cells.n_cells() * all.cells.n_columns)
    throw bad_data("coverage: there are " + std::to_string(all.batch.size()) + " batch codes and " +
                   std::to_string(all.cells.value.size()) + " numbers of " + std::to_string(all.cells.n_columns) +
                   " dims for " + std::to_string(all.cells.n_cells()) + " cells; give one code and one row a cell");
  std::vector<char> seen(usize(std::max(0, all.n_batches)), 0);
  for (std::size_t cell = 0; cell < all.batch.size(); ++cell) {
    const std::int32_t b = all.batch[cell];
    if (b < 0 || b >= all.n_batches)
      throw bad_data("coverage: cell " + std::to_string(cell) + " has the batch code " + std::to_string(b) +
                     ", but there are " + std::to_string(all.n_batches) + " batches; leave cells without a batch out");
    seen[usize(b)] = 1;
  }
  if (const auto none = std::find(seen.begin(), seen.end(), 0); none != seen.end())
    throw bad_data("coverage: batch " + std::to_string(none - seen.begin()) + " has no cells; leave it out");
  check_finite(all.cells.value, all.cells.n_columns);
}

/// The rows of one batch, side by side.
struct batch_rows {
  std::vector<std::int64_t> row;  ///< [cells of the batch], ascending
  std::vector<float> value;       ///< [cells of the batch, dims]
  std::int64_t dims = 0;
  [[nodiscard]] kernel::points points() const { return {isize(row.size()), dims, value}; }
};
[[nodiscard]] inline std::vector<batch_rows> rows_by_batch(const batches& all) {
  std::vector<batch_rows> out(usize(all.n_batches));
  for (batch_rows& b : out) b.dims = all.cells.n_columns;
  for (std::int64_t cell = 0; cell < all.cells.n_cells(); ++cell) {
    batch_rows& b = out[usize(all.batch[usize(cell)])];
    const auto row = all.cells.row(cell);
    b.row.push_back(cell);
    b.value.insert(b.value.end(), row.begin(), row.end());
  }
  return out;
}

/// How far each cell is from the nearest other cell of the same set. A copy of a cell is another cell, at distance 0.
/// in     points [n, dims]                               out    distance [n]; infinity where a cell is alone
/// cost, repeat  as kernel::nearest_others_of
[[nodiscard]] inline std::vector<double> nearest_other(const kernel::points& all, int threads = 1) {
  std::vector<double> out(usize(all.n));
  kernel::nearest_others_of<float, double>(all, out, {}, threads);
  return out;
}

/// How far each cell of one set is from the nearest cell of another.
/// out    distance [of.n]; infinity where `among` is empty
[[nodiscard]] inline std::vector<double> nearest_among(const kernel::points& of, const kernel::points& among, int threads = 1) {
  std::vector<double> out(usize(of.n));
  kernel::nearest_distances_of<float, double>(of, among, out, {}, threads);
  return out;
}

/// Whether a cell is a neighbour of its own: counted, its batch covers it at distance 0; left out, only the other cells of
/// its batch do, which is what a second draw of the same batch would.
enum class own_cell { counts, left_out };

/// distance [batches, cells]: of every cell to the nearest cell of every batch.
struct batch_distances {
  std::int64_t n_cells = 0;
  std::int32_t n_batches = 0;
  std::vector<std::int32_t> batch;  ///< [cells]
  std::vector<double> value;        ///< [batches, cells]
  [[nodiscard]] std::span<const double> to(std::int64_t b) const {
    return std::span(value).subspan(usize(b * n_cells), usize(n_cells));
  }
};

/// in     batches; whether a cell is its own neighbour         out    distances, in double
/// errors as check_batches                                     cost   O(cells^2 dims)
/// repeat see kernel::nearest_distances; threads change nothing
[[nodiscard]] inline batch_distances distances_to_batches(const batches& all, own_cell own = own_cell::counts,
                                                          int threads = 1) {
  check_batches(all);
  const std::vector<batch_rows> by = rows_by_batch(all);
  batch_distances out;
  out.n_cells = all.cells.n_cells();
  out.n_batches = all.n_batches;
  out.batch.assign(all.batch.begin(), all.batch.end());
  out.value.assign(usize(out.n_cells) * usize(out.n_batches), 0.0);
  for (std::size_t to = 0; to < by.size(); ++to)
    for (std::size_t of = 0; of < by.size(); ++of) {
      if (of == to && own == own_cell::counts) continue;  // 0
      const std::vector<double> d =
          of == to ? nearest_other(by[of].points(), threads) : nearest_among(by[of].points(), by[to].points(), threads);
      for (std::size_t i = 0; i < d.size(); ++i) out.value[to * usize(out.n_cells) + usize(by[of].row[i])] = d[i];
    }
  return out;
}

}  // namespace tepui::coverage
