#pragma once
/// Which cells a model may learn from, which it is tuned on, and which it is scored on.

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/table.hpp>

namespace tepui::split {

/// The three parts, in the order in which they are written.
enum class part : std::int32_t { train = 0, validation = 1, test = 2 };
[[nodiscard]] constexpr const char* name_of(part p) noexcept {
  return p == part::train ? "train" : p == part::validation ? "validation" : "test";
}

/// The rows of a split, ascending in each part, and how it was made.
/// invariants  every row of the corpus stands in exactly one part
struct parts {
  std::vector<std::int64_t> train{}, validation{}, test{};
  std::uint64_t seed = 0;
  std::string how{};  ///< "by cell, validation 0.1, test 0.1, seed 0", "held out donor: donor_3"

  [[nodiscard]] std::vector<std::int64_t>& of(part p) {
    return p == part::test ? test : p == part::validation ? validation : train;
  }
  [[nodiscard]] const std::vector<std::int64_t>& of(part p) const {
    return p == part::test ? test : p == part::validation ? validation : train;
  }
};

/// Refuses a split in which some level of these labels stands in two parts.
/// in     parts, labels [rows], what they are called, levels that may stand anywhere (controls)          cost   O(rows)
/// errors bad_data: names a level, the parts, and how many cells of it each has; a row without a value, or not there
inline void refuse_leaks(const parts& split, const categorical& labels, std::string_view what,
                         const std::vector<std::string>& anywhere = {}) {
  constexpr std::array all = {part::train, part::validation, part::test};
  std::vector<std::array<std::int64_t, 3>> cells_of_level(labels.category.size(), {0, 0, 0});
  for (std::size_t p = 0; p < 3; ++p)
    for (const std::int64_t row : split.of(all[p])) {
      if (row < 0 || row >= isize(labels.code.size()))
        throw bad_data(std::string("split: the ") + name_of(all[p]) + " part names row " + std::to_string(row) +
                       ", but the table has " + std::to_string(labels.code.size()) +
                       " rows; use the table that the split was made from");
      const std::int32_t level = labels.code[usize(row)];
      if (level < 0)
        throw bad_data("split: column '" + std::string(what) + "' has no value in row " + std::to_string(row) +
                       ", so nobody can say whether it leaks; fill it in or leave the cell out");
      ++cells_of_level[usize(level)][p];
    }
  for (std::size_t level = 0; level < labels.category.size(); ++level) {
    const auto& cells = cells_of_level[level];
    if (std::find(anywhere.begin(), anywhere.end(), labels.category[level]) != anywhere.end()) continue;
    for (std::size_t a = 0; a < 3; ++a)
      for (std::size_t b = a + 1; b < 3; ++b)
        if (cells[a] > 0 && cells[b] > 0)
          throw bad_data("split: " + std::string(what) + " '" + labels.category[level] + "' stands on both sides, with " +
                         std::to_string(cells[a]) + " cells in " + name_of(all[a]) + " and " + std::to_string(cells[b]) +
                         " in " + name_of(all[b]) + "; hold out whole levels with split::held_out");
  }
}

/// Refuses a split in which some level of one of these columns (donor, batch ...) stands in two parts.
inline void refuse_leaks(const parts& split, const table& obs, const std::vector<std::string>& columns) {
  for (const std::string& column : columns) refuse_leaks(split, obs.labels(column), column);
}

/// refuse_leaks(parts, obs, "donor"), refuse_leaks(parts, obs, "donor", "batch"): the same, columns named one by one.
template <std::convertible_to<std::string_view>... Column>
requires(sizeof...(Column) > 0) void refuse_leaks(const parts& split, const table& obs, const Column&... column) {
  refuse_leaks(split, obs, std::vector<std::string>{std::string(std::string_view(column))...});
}

}  // namespace tepui::split
