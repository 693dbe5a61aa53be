#pragma once
/// Of very many cells, which ones have their silhouette measured: some of each label, by lot, each against all cells.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/dealt_labels.hpp>

namespace tepui::metric {

/// Up to how many cells each one is measured, and how many where there are more.
struct silhouette_lots {
  std::int64_t each_up_to = 200'000;  ///< cells; all pairs of so many take half a minute, of a million a quarter of an hour
  std::int64_t drawn = 50'000;        ///< above: so many, from each label as many (all cells of a smaller label)
  std::uint64_t seed = 1;             ///< decides which

  /// errors  bad_option: fewer than two cells on either side
  void check() const {
    if (each_up_to < 2 || drawn < 2)
      throw bad_option("silhouettes of each of up to " + std::to_string(each_up_to) + " cells, and of " +
                       std::to_string(drawn) + " where there are more, were asked for; give at least 2 of both");
  }
};

/// row [measured], ascending; label [measured]; weight [measured]: how many cells of its label each stands for
struct measured_cells {
  std::vector<std::int64_t> row;
  std::vector<std::int32_t> label;
  std::vector<double> weight;
  std::int64_t among = 0;  ///< all cells

  [[nodiscard]] bool every_cell() const { return isize(row.size()) == among; }
  /// What a score says of itself: "share", or "share, of 50000 of 1000000 cells by lot, each measured against all"
  [[nodiscard]] std::string unit() const { return unit_of(isize(row.size()), among); }
  [[nodiscard]] static std::string unit_of(std::int64_t measured, std::int64_t among) {
    if (measured >= among) return "share";
    return "share, of " + std::to_string(measured) + " of " + std::to_string(among) +
           " cells by lot, each measured against all";
  }
};

/// Means over measured cells are unbiased: over all cells with the weights, over the cells of a label without.
/// in     id, label [cells], labels in [0, n_labels); lots
/// out    every cell up to each_up_to, each with weight 1
/// ties   equal lots: lower id                     errors  bad_option: lots of fewer than two cells
/// cost   O(cells log cells)                       repeat  decided by seed and ids, not by the order of the cells
[[nodiscard]] inline measured_cells cells_to_measure(std::span<const std::int64_t> id, std::span<const std::int32_t> label,
                                                     std::int32_t n_labels, const silhouette_lots& lots) {
  lots.check();
  measured_cells out;
  out.among = isize(label.size());
  std::vector<std::int64_t> size(usize(n_labels), 0), taken(usize(n_labels), 0);
  for (const std::int32_t l : label) ++size[usize(l)];
  if (out.among <= lots.each_up_to) {
    out.row.resize(label.size());
    for (std::size_t i = 0; i < label.size(); ++i) out.row[i] = isize(i);
  } else {
    const std::int64_t labels = std::count_if(size.begin(), size.end(), [](std::int64_t s) { return s > 0; });
    out.row = some_cells(id, std::max<std::int64_t>(2, lots.drawn / std::max<std::int64_t>(1, labels)),
                         kernel::draws(lots.seed, "metric: cells whose silhouettes are measured"), label);
  }
  for (const std::int64_t r : out.row) {
    out.label.push_back(label[usize(r)]);
    ++taken[usize(label[usize(r)])];
  }
  for (const std::int32_t l : out.label)
    out.weight.push_back(static_cast<double>(size[usize(l)]) / static_cast<double>(taken[usize(l)]));
  return out;
}

}  // namespace tepui::metric
