#pragma once
/// Some cells, drawn by lot, to which all others are compared: millions need not be compared with each other.

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/sample/choose.hpp>
#include <tepui/sample/sampler.hpp>

namespace tepui::sample {

/// Cells of a population, drawn by lot, in an order that does not depend on that of the rows: by cell id.
struct reference_cells {
  static constexpr std::size_t side = 16;  ///< compared at once
  std::int64_t dims = 0;
  std::vector<std::int64_t> row;  ///< [reference]
  std::vector<float> value;       ///< [reference / side, dims, side], the last block filled up with its first cell

  /// in  population with an embedding; most: of more cells only so many are drawn
  reference_cells(const population& cells, std::int64_t most, const kernel::draws& random)
      : dims(cells.embedding.n_columns),
        row(smallest_lots(cells.n_cells, most, random, [&](std::int64_t r) { return cells.id_of(r); })) {
    std::sort(row.begin(), row.end(), [&](std::int64_t a, std::int64_t b) {
      return cells.id_of(a) != cells.id_of(b) ? cells.id_of(a) < cells.id_of(b) : a < b;
    });
    for (std::size_t begin = 0; begin < row.size(); begin += side)
      for (std::int64_t d = 0; d < dims; ++d)
        for (std::size_t j = 0; j < side; ++j)
          value.push_back(cells.embedding.row(row[begin + j < row.size() ? begin + j : begin])[usize(d)]);
  }
  [[nodiscard]] std::int64_t n() const { return isize(row.size()); }

  /// The squared distances of one cell to all of these, and to those that fill up the last block. Not the distance of
  /// kernel::squared_distance: differences are rounded to float here, and these distances are compared with no others.
  /// in     x [dims]                              out    squared [reference, rounded up to a multiple of side]
  /// cost   O(reference * dims), 0.1 ns each
  /// repeat bit-equal everywhere: differences are floats, whose squares are exact in double, so that nothing changes where
  ///        a compiler fuses them with the sum
  void squared_distances(std::span<const float> x, std::span<double> squared) const {
    for (std::size_t begin = 0; begin < row.size(); begin += side) {
      const float* of_block = value.data() + begin * usize(dims);
      std::array<double, side> sum{};
      for (std::size_t d = 0; d < usize(dims); ++d)
        for (std::size_t j = 0; j < side; ++j) {
          const float difference = x[d] - of_block[d * side + j];
          sum[j] += static_cast<double>(difference) * static_cast<double>(difference);
        }
      std::copy(sum.begin(), sum.end(), squared.begin() + isize(begin));
    }
  }
  /// How many numbers squared_distances writes.
  [[nodiscard]] std::size_t n_padded() const { return (row.size() + side - 1) / side * side; }
};

}  // namespace tepui::sample
