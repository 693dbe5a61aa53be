#pragma once
/// Holds out whole donors or batches, so that a model is scored on people or experiments that it has never seen.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/table.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/split/parts.hpp>

namespace tepui::split {

/// Which levels of the column are held out: those that are named, or as many as `n_…` says, chosen by the seed.
struct held_out_options {
  std::vector<std::string> test{};
  std::vector<std::string> validation{};
  std::int64_t n_test = 1;        ///< used where `test` is empty
  std::int64_t n_validation = 0;  ///< used where `validation` is empty
  std::uint64_t seed = 0;
};

/// Puts whole levels of a column of the table (batch, donor, lab …) into the test and validation parts.
/// in     table [rows], the column's name, options     out    parts; `how` names the levels held out
/// ties   lower level                                  cost   O(rows)            repeat bit-equal everywhere
/// errors bad_data: no such column; a level that is not there (names those that are); a missing value; nothing left to train on
[[nodiscard]] inline parts held_out(const table& obs, std::string_view column, const held_out_options& wanted = {}) {
  const categorical labels = obs.labels(column);
  const std::string quoted = "'" + std::string(column) + "'";
  // Levels without cells (a categorical may list them) cannot be held out.
  std::vector<std::int64_t> cells_of_level(labels.category.size(), 0);
  for (std::size_t row = 0; row < labels.code.size(); ++row) {
    if (labels.code[row] < 0)
      throw bad_data("split: column " + quoted + " has no value in row " + std::to_string(row) +
                     ", so its cell belongs to no side; fill it in or leave the cell out");
    ++cells_of_level[usize(labels.code[row])];
  }
  std::string there;
  std::int64_t n_there = 0;
  for (std::size_t level = 0; level < labels.category.size(); ++level) {
    if (cells_of_level[level] == 0) continue;
    if (++n_there <= 20) there += (there.empty() ? "" : ", ") + labels.category[level];
  }
  if (n_there > 20) there += " and " + std::to_string(n_there - 20) + " more";
  const std::string there_are = "; the levels are: " + (there.empty() ? std::string("none") : there);

  enum side : unsigned char { train, validation, test };
  std::vector<side> side_of(labels.category.size(), train);
  const auto name_level = [&](const std::string& level, side which) {
    const auto found = std::find(labels.category.begin(), labels.category.end(), level);
    const auto at = usize(found - labels.category.begin());
    if (found == labels.category.end() || cells_of_level[at] == 0)
      throw bad_data("split: column " + quoted + " has no cells of '" + level + "'" + there_are + "; name one of them");
    if (side_of[at] != train && side_of[at] != which)
      throw bad_data("split: " + std::string(column) + " '" + level +
                     "' is named for the test and for the validation part; name it for one of them");
    side_of[at] = which;
  };
  for (const std::string& level : wanted.test) name_level(level, test);
  for (const std::string& level : wanted.validation) name_level(level, validation);

  std::vector<std::pair<std::uint64_t, std::size_t>> lots;
  const kernel::draws random(wanted.seed, "split.held_out");
  for (std::size_t level = 0; level < side_of.size(); ++level)
    // Keyed by the level's name: another order of the categories holds out the same levels.
    if (cells_of_level[level] > 0 && side_of[level] == train)
      lots.emplace_back(random.bits(0, kernel::hash_text(labels.category[level])), level);
  std::sort(lots.begin(), lots.end());
  std::int64_t to_test = wanted.test.empty() ? wanted.n_test : 0;
  std::int64_t to_validation = wanted.validation.empty() ? wanted.n_validation : 0;
  if (to_test < 0 || to_validation < 0 || to_test + to_validation >= isize(lots.size()))
    throw bad_data("split: " + std::to_string(to_test) + " levels of column " + quoted + " for testing and " +
                   std::to_string(to_validation) + " for validation were asked for, but only " + std::to_string(lots.size()) +
                   " are free and one must be left to train on" + there_are + "; hold out fewer");
  for (const auto& [lot, level] : lots) {
    if (to_test > 0) {
      side_of[level] = test;
      --to_test;
    } else if (to_validation > 0) {
      side_of[level] = validation;
      --to_validation;
    }
  }

  parts out;
  for (std::size_t row = 0; row < labels.code.size(); ++row) {
    const side which = side_of[usize(labels.code[row])];
    (which == test ? out.test : which == validation ? out.validation : out.train).push_back(isize(row));
  }
  out.seed = wanted.seed;
  out.how = "held out " + std::string(column) + ":";
  for (const side which : {test, validation})
    for (std::size_t level = 0; level < side_of.size(); ++level)
      if (side_of[level] == which && cells_of_level[level] > 0)
        out.how += " " + labels.category[level] + (which == validation ? " (validation)" : "");
  refuse_leaks(out, obs, column);
  return out;
}

/// Holds out whole batches: held_out with the column "batch".
[[nodiscard]] inline parts by_batch(const table& obs, const held_out_options& wanted = {}, std::string_view column = "batch") {
  return held_out(obs, column, wanted);
}
/// Holds out whole donors: held_out with the column "donor".
[[nodiscard]] inline parts by_donor(const table& obs, const held_out_options& wanted = {}, std::string_view column = "donor") {
  return held_out(obs, column, wanted);
}

}  // namespace tepui::split
