#pragma once
/// Which cells a model may learn from, which it is tuned on, and which it is scored on.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/table.hpp>

namespace tepui::split {

/// The rows of a split, ascending in each part, and how it was made.
/// invariants  every row of the corpus stands in exactly one part
struct parts {
  std::vector<std::int64_t> train{}, validation{}, test{};
  std::uint64_t seed = 0;
  std::string how{};  ///< "by cell, validation 0.1, test 0.1, seed 0", "held out donor: donor_3"
};

/// Refuses a split in which some level of a column (a donor, a batch) stands in two parts.
/// in     parts, a table [rows] and the name of its column        cost   O(rows)
/// errors bad_data: names a level, the parts, and how many cells of it each has; also where the column is not there
inline void refuse_leaks(const parts& split, const table& obs, std::string_view column) {
  const categorical labels = obs.labels(column);
  const std::pair<const char*, const std::vector<std::int64_t>*> all[] = {
      {"train", &split.train}, {"validation", &split.validation}, {"test", &split.test}};
  std::vector<std::vector<std::int64_t>> cells_of_level(3, std::vector<std::int64_t>(labels.category.size(), 0));
  for (std::size_t part = 0; part < 3; ++part)
    for (const std::int64_t row : *all[part].second) {
      if (row < 0 || row >= isize(labels.code.size()))
        throw bad_data(std::string("split: the ") + all[part].first + " part names row " + std::to_string(row) +
                       ", but the table has " + std::to_string(labels.code.size()) +
                       " rows; use the table that the split was made from");
      const std::int32_t level = labels.code[usize(row)];
      if (level < 0)
        throw bad_data("split: column '" + std::string(column) + "' has no value in row " + std::to_string(row) +
                       ", so nobody can say whether it leaks; fill it in or leave the cell out");
      ++cells_of_level[part][usize(level)];
    }
  for (std::size_t level = 0; level < labels.category.size(); ++level)
    for (std::size_t a = 0; a < 3; ++a)
      for (std::size_t b = a + 1; b < 3; ++b)
        if (cells_of_level[a][level] > 0 && cells_of_level[b][level] > 0)
          throw bad_data("split: " + std::string(column) + " '" + labels.category[level] + "' stands on both sides, with " +
                         std::to_string(cells_of_level[a][level]) + " cells in " + all[a].first + " and " +
                         std::to_string(cells_of_level[b][level]) + " in " + all[b].first +
                         "; hold out whole levels with split::held_out");
}

}  // namespace tepui::split
