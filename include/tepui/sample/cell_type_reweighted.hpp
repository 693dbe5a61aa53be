#pragma once
/// Keeps a share of the cells so that rare cell types are kept whole and common ones are cut to the same number.

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
#include <tepui/kernel/rng.hpp>
#include <tepui/sample/choose.hpp>
#include <tepui/sample/sampler.hpp>

namespace tepui::sample {

/// How many cells of each type to keep: water poured over the types until it stands level. Types below the level are kept
/// whole, the others give the level.
/// in     cells_of_type [types], target: cells wanted
/// out    [types] cells to keep; a target of all cells keeps all, else the sum is <= target and misses it by less than the number
///        of types that reach the level, so that these stay equal
/// cost   O(types^2) at worst                               repeat bit-equal everywhere
/// source DenAdel et al. 2026; differs: a type at the level is never lost (compat::water_filling_that_loses_ties loses it), and
///        a target of all cells is met
[[nodiscard]] inline std::vector<std::int64_t> water_filling(std::span<const std::int64_t> cells_of_type, std::int64_t target) {
  std::vector<std::int64_t> keep(cells_of_type.size(), 0);
  if (target >= std::accumulate(cells_of_type.begin(), cells_of_type.end(), std::int64_t{0}))
    return {cells_of_type.begin(), cells_of_type.end()};
  std::vector<std::size_t> live;
  for (std::size_t type = 0; type < keep.size(); ++type)
    if (cells_of_type[type] > 0) live.push_back(type);
  while (!live.empty()) {
    const std::int64_t level = target / isize(live.size());
    std::vector<std::size_t> above;
    for (const std::size_t type : live) {
      if (cells_of_type[type] >= level) {
        above.push_back(type);
      } else {
        keep[type] = cells_of_type[type];
        target -= keep[type];
      }
    }
    if (above.size() == live.size()) {
      for (const std::size_t type : live) keep[type] = level;
      break;
    }
    live = std::move(above);
  }
  return keep;
}

namespace compat {
/// The published code's own water filling, with its loss: a type with exactly as many cells as the level, in a round in which
/// some other type lies below the level, is kept by neither branch and disappears.
/// in, out, cost  as water_filling
/// errors bad_data where every type has disappeared (the published code divides by zero)
/// source DenAdel et al. 2026, celltype_reweighted_downsampling.py
[[nodiscard]] inline std::vector<std::int64_t> water_filling_that_loses_ties(std::span<const std::int64_t> cells_of_type,
                                                                             std::int64_t target) {
  std::vector<std::int64_t> keep(cells_of_type.size(), 0);
  std::vector<std::size_t> live;
  for (std::size_t type = 0; type < keep.size(); ++type)
    if (cells_of_type[type] > 0) live.push_back(type);
  if (live.empty()) return keep;
  for (;;) {
    const std::int64_t level = target / isize(live.size());
    std::vector<std::size_t> above;
    std::int64_t kept = 0;
    bool some_below = false;
    for (const std::size_t type : live) {
      if (cells_of_type[type] > level) above.push_back(type);
      if (cells_of_type[type] < level) {
        some_below = true;
        keep[type] = cells_of_type[type];
        kept += keep[type];
      }
    }
    if (!some_below) {
      for (const std::size_t type : live) keep[type] = level;
      return keep;
    }
    target -= kept;
    live = std::move(above);
    if (live.empty())
      throw bad_data("sample: the published water filling has lost every type that was left, at a level of " +
                     std::to_string(level) + " cells; use water_filling, which keeps types at the level");
  }
}
}  // namespace compat

/// Chooses about fraction * cells cells, spread over the cell types as evenly as they allow.
/// in     population with labels [cells]; cells without a label (-1) are never chosen and do not count
/// out    rows, ascending; of each type as many as water_filling says for a target of floor(fraction * cells)
/// nested for the same draws, the choice at 10 % is part of the choice at 25 %
/// ties   lower cell id
/// errors bad_option where fraction is not in (0, 1] or labels are missing; bad_data where a label is below -1
/// cost   O(cells)                                     repeat bit-equal everywhere
/// source DenAdel et al. 2026 (cell-type re-weighting); differs: a type at the level is kept, and the cells within a type are
///        another draw than pandas'
struct cell_type_reweighted {
  static constexpr std::string_view name = "cell_type_reweighted";
  double fraction = 1;
  bool published_ties = false;  ///< true: lose types at the level, as the published code does

  [[nodiscard]] std::string describe() const {
    return std::string(name) + "(" + shortest(fraction) + (published_ties ? ", published ties)" : ")");
  }

  [[nodiscard]] std::vector<std::int64_t> operator()(const population& cells, const kernel::draws& random) const {
    check_fraction(name, fraction);
    check_labels(name, cells);
    const std::vector<std::int64_t> cells_of_type = cells_of_label(cells.label);
    const std::int64_t labelled = std::accumulate(cells_of_type.begin(), cells_of_type.end(), std::int64_t{0});
    const auto target = static_cast<std::int64_t>(fraction * static_cast<double>(labelled));
    const std::vector<std::int64_t> keep =
        published_ties ? compat::water_filling_that_loses_ties(cells_of_type, target) : water_filling(cells_of_type, target);
    return smallest_lots_of_groups(
        cells.n_cells, cells_of_type, keep, random, [&](std::int64_t row) { return cells.label[usize(row)]; },
        [&](std::int64_t row) { return cells.id_of(row); });
  }
  [[nodiscard]] std::vector<std::int64_t> operator()(std::span<const std::int32_t> labels, const kernel::draws& random) const {
    return (*this)(population{.n_cells = isize(labels.size()), .label = labels}, random);
  }
};

static_assert(sampler<cell_type_reweighted>);

}  // namespace tepui::sample
