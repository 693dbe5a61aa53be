#pragma once
/// Deals labels out anew among cells: what a metric says where labels, or batches, mean nothing.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::metric {

/// Of each cell how many earlier rows have its id.                                               -> number [cells]
/// cost   O(cells) where ids rise, else O(cells log cells)
[[nodiscard]] inline std::vector<std::int64_t> earlier_of_same_id(std::span<const std::int64_t> id) {
  std::vector<std::int64_t> out(id.size(), 0);
  if (std::adjacent_find(id.begin(), id.end(), std::greater_equal<>()) == id.end()) return out;
  std::vector<std::int64_t> row(id.size());
  std::iota(row.begin(), row.end(), 0);
  std::sort(row.begin(), row.end(),
            [&](std::int64_t a, std::int64_t b) { return std::pair(id[usize(a)], a) < std::pair(id[usize(b)], b); });
  for (std::size_t p = 1; p < row.size(); ++p)
    if (id[usize(row[p])] == id[usize(row[p - 1])]) out[usize(row[p])] = out[usize(row[p - 1])] + 1;
  return out;
}

/// Rows in the order of one lot a cell, group after group.                                      -> rows [cells]
/// in     id [cells]; random, and which draw of it; within [cells] of codes, or empty: one group
/// ids    cells of one id draw lots of their own, told apart by the order of their rows: all ids may be 0
/// ties   equal lots: lower id, then lower row            repeat does not depend on the order of cells, unless ids repeat
[[nodiscard]] inline std::vector<std::int64_t> rows_by_lot(std::span<const std::int64_t> id, const kernel::draws& random,
                                                           std::uint64_t draw, std::span<const std::int32_t> within = {}) {
  std::vector<std::uint64_t> lot(id.size());
  const std::vector<std::int64_t> earlier = earlier_of_same_id(id);
  for (std::size_t i = 0; i < lot.size(); ++i)
    lot[i] = (earlier[i] == 0 ? random : random.sub(static_cast<std::uint64_t>(earlier[i]))).bits(id[i], draw);
  std::vector<std::int64_t> out(id.size());
  std::iota(out.begin(), out.end(), 0);
  const auto key = [&](std::int64_t r) {
    return std::tuple(within.empty() ? 0 : within[usize(r)], lot[usize(r)], id[usize(r)], r);
  };
  std::sort(out.begin(), out.end(), [&](std::int64_t a, std::int64_t b) { return key(a) < key(b); });
  return out;
}

/// The cell whose label, or numbers, each cell is dealt; every cell gives its own once.         -> row [cells]
/// in     id [cells]; random; within [cells], or empty: labels stay in their group; deal: which of many, from 0
/// ties   as rows_by_lot                                  cost   O(cells log cells)
/// repeat decided by seed, purpose and ids, not by the order of the cells nor by the codes of groups
[[nodiscard]] inline std::vector<std::int64_t> dealt_rows(std::span<const std::int64_t> id, const kernel::draws& random,
                                                          std::span<const std::int32_t> within = {}, std::int64_t deal = 0) {
  const auto draw = 2 * static_cast<std::uint64_t>(deal);
  const auto from = rows_by_lot(id, random, draw, within), to = rows_by_lot(id, random, draw + 1, within);
  std::vector<std::int64_t> out(id.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[usize(to[i])] = from[i];
  return out;
}

/// The same labels, each as often (in each group), for other cells.                             -> label [cells]
/// in     label [cells]; the rest, ties, cost, repeat   as dealt_rows
[[nodiscard]] inline std::vector<std::int32_t> dealt_labels(std::span<const std::int32_t> label,
                                                            std::span<const std::int64_t> id, const kernel::draws& random,
                                                            std::span<const std::int32_t> within = {},
                                                            std::int64_t deal = 0) {
  std::vector<std::int32_t> out;
  out.reserve(label.size());
  for (const std::int64_t from : dealt_rows(id, random, within, deal)) out.push_back(label[usize(from)]);
  return out;
}

/// At most `most` cells, or so many of each group, by lot; not the lots of the first deal.       -> rows, ascending
/// in, ties, cost, repeat   as dealt_labels
[[nodiscard]] inline std::vector<std::int64_t> some_cells(std::span<const std::int64_t> id, std::int64_t most,
                                                          const kernel::draws& random,
                                                          std::span<const std::int32_t> within = {}) {
  std::vector<std::int64_t> out;
  std::int64_t taken = 0, last = -1;
  for (const std::int64_t r : rows_by_lot(id, random, 2, within)) {
    const std::int64_t group = within.empty() ? 0 : within[usize(r)];
    if (group != last) taken = 0;
    last = group;
    if (taken++ < most) out.push_back(r);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace tepui::metric
