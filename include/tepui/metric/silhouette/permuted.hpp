#pragma once
/// Deals labels out anew among cells: what a metric says where labels, or batches, mean nothing.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <tuple>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::metric {

/// Rows in the order of one lot a cell, group after group.
/// in     cell_id [cells]; within [cells] in [0, groups), or empty: one group
/// ties   equal lots: lower cell id, then lower row          repeat does not depend on the order of cells, unless ids repeat
[[nodiscard]] inline std::vector<std::int64_t> rows_by_lot(std::span<const std::int64_t> cell_id,
                                                           const kernel::draws& random, std::uint64_t draw,
                                                           std::span<const std::int32_t> within = {}) {
  std::vector<std::uint64_t> lot(cell_id.size());
  for (std::size_t i = 0; i < lot.size(); ++i) lot[i] = random.bits(cell_id[i], draw);
  std::vector<std::int64_t> out(cell_id.size());
  std::iota(out.begin(), out.end(), 0);
  const auto key = [&](std::int64_t r) {
    return std::tuple(within.empty() ? 0 : within[usize(r)], lot[usize(r)], cell_id[usize(r)], r);
  };
  std::sort(out.begin(), out.end(), [&](std::int64_t a, std::int64_t b) { return key(a) < key(b); });
  return out;
}

/// The same labels, each given to another cell by lot.                                          -> [cells]
/// in     code, cell_id [cells]; within [cells] or empty: labels stay within these groups       cost   O(cells log cells)
[[nodiscard]] inline std::vector<std::int32_t> permuted(std::span<const std::int32_t> code,
                                                        std::span<const std::int64_t> cell_id, const kernel::draws& random,
                                                        std::span<const std::int32_t> within = {}) {
  const auto from = rows_by_lot(cell_id, random, 0, within), to = rows_by_lot(cell_id, random, 1, within);
  std::vector<std::int32_t> out(code.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[usize(to[i])] = code[usize(from[i])];
  return out;
}

/// At most `most` cells, or so many of each group, by lot.                                      -> rows, ascending
[[nodiscard]] inline std::vector<std::int64_t> some_cells(std::span<const std::int64_t> cell_id, std::int64_t most,
                                                          const kernel::draws& random,
                                                          std::span<const std::int32_t> within = {}) {
  std::vector<std::int64_t> out;
  std::int64_t taken = 0, last = -1;
  for (const std::int64_t r : rows_by_lot(cell_id, random, 2, within)) {
    const std::int64_t group = within.empty() ? 0 : within[usize(r)];
    if (group != last) taken = 0;
    last = group;
    if (taken++ < most) out.push_back(r);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace tepui::metric
