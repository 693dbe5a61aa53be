#pragma once
/// Chooses cells so that no cell lies far from a chosen one: each time the cell that is covered worst so far.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/nearest.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/sample/choose.hpp>
#include <tepui/sample/sampler.hpp>

namespace tepui::sample {

/// Which cell a greedy choice begins with.
enum class first_cell { by_lot, lowest_id };

/// Cells in the order in which they were chosen, and how far the worst-covered cell lies from those chosen so far.
struct k_centers {
  std::vector<std::int64_t> row;  ///< [chosen]
  std::vector<double> radius;     ///< [chosen]
};

/// Chooses round(fraction * cells) cells; halves round to the even number.
/// in     population with an embedding [cells, dims]
/// out    rows, ascending; in_order gives them as they were chosen, with radii
/// nested for the same draws, the choice at 10 % is part of the choice at 25 %, of whose order it is the beginning
/// ties   lower cell id; copies of a chosen cell come last
/// random the first cell alone, the one of the smallest lot; the rest follows from it
/// errors bad_option where fraction is not in (0, 1] or the embedding is missing, bad_data where it is not finite
/// cost   at worst cells x chosen distances, as a rule far fewer (kernel::farthest_first); memory 24 bytes a cell (32
///        where ids are not ascending), the chosen cells once more, and at most 64 MiB
/// repeat bit-equal everywhere
/// source Gonzalez 1985 (at most twice the best radius); DeMeo and Berger 2020 (Hopper) for single cells. Outliers come
///        first: it covers, and represents neither density nor types
struct k_center {
  static constexpr std::string_view name = "k_center";
  double fraction = 1;
  first_cell first = first_cell::by_lot;
  int threads = 1;

  [[nodiscard]] std::string describe() const {
    return std::string(name) + "(" + shortest(fraction) + (first == first_cell::lowest_id ? ", lowest id first)" : ")");
  }

  [[nodiscard]] k_centers in_order(const population& cells, const kernel::draws& random) const {
    check_fraction(name, fraction);
    check_embedding(name, cells);
    check_finite(name, cells);
    k_centers out;
    out.row.resize(usize(round_half_even(fraction * static_cast<double>(cells.n_cells))));
    out.radius.resize(out.row.size());
    if (out.row.empty()) return out;
    std::vector<std::int64_t> by_id;  // empty: the rows are in the order of their ids
    if (!std::ranges::is_sorted(cells.cell_id)) {
      by_id.resize(usize(cells.n_cells));
      std::iota(by_id.begin(), by_id.end(), std::int64_t{0});
      std::ranges::sort(by_id, {}, [&](std::int64_t row) { return std::pair(cells.id_of(row), row); });
    }
    const std::int64_t begin =
        first == first_cell::lowest_id
            ? (by_id.empty() ? 0 : by_id[0])
            : smallest_lots(cells.n_cells, 1, random, [&](std::int64_t row) { return cells.id_of(row); })[0];
    kernel::farthest_first_of<float, double>({cells.n_cells, cells.embedding.n_columns, cells.embedding.value},
                                             isize(out.row.size()), begin, out.row, out.radius, threads, by_id);
    return out;
  }
  [[nodiscard]] std::vector<std::int64_t> operator()(const population& cells, const kernel::draws& random) const {
    std::vector<std::int64_t> rows = in_order(cells, random).row;
    std::ranges::sort(rows);
    return rows;
  }
};

static_assert(sampler<k_center>);

}  // namespace tepui::sample
