#pragma once
/// How near is near: for every cell, the distance within which another draw of its own batch would have a cell.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <tepui/coverage/batches.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::coverage {

struct own_radius_options {
  double share = 0.95;  ///< of the cells of another draw that are to be near
  std::uint64_t seed = 1;
  int threads = 1;
};

struct own_radii {
  double factor = 1;           ///< times the distance of a cell to the nearest other cell of its batch
  std::vector<double> radius;  ///< [cells]
};

/// A radius for every cell: its distance to the nearest other cell of its own batch, times one factor for all. The factor is
/// such that where a batch is cut into halves by lot, `share` of the cells of one half have a cell of the other within their
/// radius. One distance for all cells would be too far where cells lie densely, and too near where they lie thinly.
/// in     batches; apart: distances_to_batches(all, own_cell::left_out)               out    factor, radius [cells]
/// few    batches of fewer than 4 cells say nothing about the factor; a cell that is alone, or has a copy, has radius 0
/// errors bad_option where share is not in (0, 1); bad_data where no batch has 4 different cells, or the distances are of
///        other cells
/// cost   O(cells^2 dims) within each batch             repeat bit-equal for one seed where distances are
[[nodiscard]] inline own_radii own_radius(const batches& all, const batch_distances& apart,
                                          const own_radius_options& options = {}) {
  if (!(options.share > 0 && options.share < 1))
    throw bad_option("coverage::own_radius: share is " + shortest(options.share) +
                     ", but must be above 0 and below 1; 0.95 is usual");
  check_batches(all);
  if (apart.n_cells != all.cells.n_cells() || apart.n_batches != all.n_batches)
    throw bad_data("coverage::own_radius: the distances are of " + std::to_string(apart.n_cells) + " cells, and there are " +
                   std::to_string(all.cells.n_cells()) + "; give distances_to_batches of these");
  const kernel::draws lots(options.seed, "coverage: halves of a batch");
  std::vector<double> ratio;
  for (const batch_rows& b : rows_by_batch(all)) {
    if (b.row.size() < 4) continue;
    std::vector<float> half[2];
    for (std::size_t i = 0; i < b.row.size(); ++i) {
      auto& to = half[lots.bits(all.cells.cells.id[usize(b.row[i])]) >> 63];
      to.insert(to.end(), b.value.begin() + static_cast<std::ptrdiff_t>(i) * b.dims,
                b.value.begin() + static_cast<std::ptrdiff_t>(i + 1) * b.dims);
    }
    for (const int of : {0, 1}) {
      const kernel::points here{isize(half[of].size()) / b.dims, b.dims, half[of]},
          there{isize(half[1 - of].size()) / b.dims, b.dims, half[1 - of]};
      if (here.n < 2 || there.n < 1) continue;
      const auto own = nearest_other(here, options.threads), other = nearest_among(here, there, options.threads);
      for (std::size_t i = 0; i < own.size(); ++i)
        if (own[i] > 0) ratio.push_back(other[i] / own[i]);
    }
  }
  if (ratio.empty())
    throw bad_data(
        "coverage::own_radius: no batch has 4 different cells, so that halves of it could be compared; give a radius "
        "yourself");
  const auto at = static_cast<std::ptrdiff_t>(options.share * static_cast<double>(ratio.size() - 1));
  std::nth_element(ratio.begin(), ratio.begin() + at, ratio.end());
  own_radii out;
  out.factor = ratio[usize(at)];
  for (std::int64_t c = 0; c < apart.n_cells; ++c) {
    const double own = apart.to(apart.batch[usize(c)])[usize(c)];
    out.radius.push_back(std::isinf(own) ? 0 : out.factor * own);
  }
  return out;
}

}  // namespace tepui::coverage
