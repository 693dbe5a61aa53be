#pragma once
/// Cells that came in batches (files, donors, studies), and how far every cell is from the nearest cell of each batch.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/kernel/nearest.hpp>
#include <tepui/kernel/squared_distance.hpp>

namespace tepui::coverage {

/// shapes  cells [cells, dims], batch [cells] codes in [0, n_batches)
struct batches {
  embedding_view<> cells;
  std::span<const std::int32_t> batch;
  std::int32_t n_batches = 0;
};

/// errors bad_data where sizes or codes do not fit, or a batch has no cell
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

/// Distance in double between two rows, so that it does not carry the rounding to float of the search that found them.
/// repeat bit-equal everywhere, because such distances decide which cells count as near
[[nodiscard]] inline double exact_distance(std::span<const float> a, std::span<const float> b) {
  return std::sqrt(kernel::squared_distance(a.data(), b.data(), isize(a.size())));
}

namespace searching {
/// Cells [first, first + n) of a set of points.
[[nodiscard]] inline kernel::points part(const kernel::points& all, std::int64_t first, std::int64_t n) {
  return {n, all.dims, all.value.subspan(usize(first * all.dims), usize(n * all.dims))};
}
/// Lets each half of the cells look among the other, then each half by itself.
inline void halves(const kernel::points& all, std::int64_t first, std::int64_t n, std::span<float> best,
                   std::span<std::int32_t> which, std::vector<float>& far, std::vector<std::int32_t>& found, int threads) {
  if (n < 2) return;
  const std::int64_t left = n / 2, right = n - left;
  const auto look = [&](std::int64_t from, std::int64_t m, std::int64_t among, std::int64_t k) {
    kernel::nearest_distances(part(all, from, m), part(all, among, k), std::span(far).first(usize(m)),
                              std::span(found).first(usize(m)), m < 1024 ? 1 : threads);
    for (std::int64_t i = 0; i < m; ++i) {
      const float d = far[usize(i)];
      const auto other = static_cast<std::int32_t>(among + found[usize(i)]);
      const std::size_t cell = usize(from + i);
      if (which[cell] >= 0 && (best[cell] < d || (best[cell] == d && which[cell] < other))) continue;
      best[cell] = d;
      which[cell] = other;
    }
  };
  look(first, left, first + left, right);
  look(first + left, right, first, left);
  halves(all, first, left, best, which, far, found, threads);
  halves(all, first + left, right, best, which, far, found, threads);
}
}  // namespace searching

/// How far each cell is from the nearest other cell of the same set. A copy of a cell is another cell, at distance 0.
/// in     points [n, dims]                               out    distance [n]; infinity where a cell is alone
/// cost   O(n^2 dims)                                    repeat see kernel::nearest_distances; threads change nothing
[[nodiscard]] inline std::vector<double> nearest_other(const kernel::points& all, int threads = 1) {
  std::vector<float> best(usize(all.n), std::numeric_limits<float>::infinity()), far(usize(all.n));
  std::vector<std::int32_t> which(usize(all.n), -1), found(usize(all.n));
  searching::halves(all, 0, all.n, best, which, far, found, threads);
  std::vector<double> out(usize(all.n), std::numeric_limits<double>::infinity());
  const auto row = [&](std::int64_t i) { return all.value.subspan(usize(i * all.dims), usize(all.dims)); };
  for (std::int64_t i = 0; i < all.n; ++i)
    if (which[usize(i)] >= 0) out[usize(i)] = exact_distance(row(i), row(which[usize(i)]));
  return out;
}

/// How far each cell of one set is from the nearest cell of another.
/// out    distance [of.n]; infinity where `among` is empty
[[nodiscard]] inline std::vector<double> nearest_among(const kernel::points& of, const kernel::points& among,
                                                       int threads = 1) {
  std::vector<double> out(usize(of.n), std::numeric_limits<double>::infinity());
  if (of.n == 0 || among.n == 0) return out;
  std::vector<float> near(usize(of.n));
  std::vector<std::int32_t> which(usize(of.n));
  kernel::nearest_distances(of, among, near, which, threads);
  const auto row = [](const kernel::points& p, std::int64_t i) { return p.value.subspan(usize(i * p.dims), usize(p.dims)); };
  for (std::int64_t i = 0; i < of.n; ++i) out[usize(i)] = exact_distance(row(of, i), row(among, which[usize(i)]));
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
