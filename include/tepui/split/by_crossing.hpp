#pragma once
/// Holds out combinations of columns, such as a drug in a cell line, where the drug and the line are each seen elsewhere.

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/table.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/split/held_out.hpp>
#include <tepui/split/joint.hpp>
#include <tepui/split/levels.hpp>
#include <tepui/split/parts.hpp>

namespace tepui::split {

/// Which combinations are held out: those that are named, one level a column; or a share of the cells; or as many as `n_…`
/// says.
struct crossing_options {
  std::vector<std::vector<std::string>> test{};  ///< {{"A549", "dexamethasone"}}
  std::vector<std::vector<std::string>> validation{};
  std::vector<std::string> train{};  ///< levels of any column whose combinations all train: "control"
  std::int64_t n_test = 1;           ///< used where `test` is empty and `share_test` is 0
  std::int64_t n_validation = 0;
  double share_test = 0;  ///< of all cells, in whole combinations, as near as they come
  double share_validation = 0;
  std::uint64_t seed = 0;
};

/// Puts whole combinations of levels into the test and validation parts, and keeps each of their levels in train in
/// another combination.
/// in     table [rows], two or more columns, options        out    parts; `how` names the combinations held out
/// ties   a combination is drawn by its name, so the order of rows and of categories does not matter
/// cost   O(rows log combinations)                          repeat bit-equal everywhere
/// errors bad_data: no such column or combination, a missing value, a named combination that holds the last cells of one of
///        its levels, fewer combinations that can be held out than were asked for; bad_option: fewer than 2 columns, shares
[[nodiscard]] inline parts by_crossing(const table& obs, const std::vector<std::string>& columns,
                                       const crossing_options& wanted = {}) {
  if (columns.size() < 2)
    throw bad_option("split::by_crossing: " + std::to_string(columns.size()) +
                     " columns were given, but combinations need two or more; for one column use split::held_out");
  std::string what;
  for (const std::string& column : columns) what += (what.empty() ? "" : " | ") + column;
  check_held_shares(what, wanted.share_test, wanted.share_validation);
  std::vector<levels> each;
  for (const std::string& column : columns) each.push_back(levels_of(obs, column));
  const levels crossed = levels_of(joint(obs, columns), what);

  // The levels that each combination is made of, and in how many training combinations each level stands.
  std::vector<std::vector<std::size_t>> made_of(crossed.n_levels(), std::vector<std::size_t>(columns.size()));
  for (std::int64_t row = 0; row < obs.n_rows(); ++row)
    for (std::size_t c = 0; c < columns.size(); ++c) made_of[crossed.level_of(row)][c] = each[c].level_of(row);
  std::vector<std::vector<std::int64_t>> seen_in(columns.size());
  for (std::size_t c = 0; c < columns.size(); ++c) seen_in[c].resize(each[c].n_levels());
  for (const auto& levels_here : made_of)
    for (std::size_t c = 0; c < columns.size(); ++c) ++seen_in[c][levels_here[c]];

  std::vector<part> part_of(crossed.n_levels(), part::train);
  std::vector<bool> fixed(crossed.n_levels(), false);
  for (const std::string& level : wanted.train) {
    bool found = false;
    for (std::size_t c = 0; c < columns.size(); ++c)
      for (std::size_t i = 0; i < crossed.n_levels(); ++i)
        if (each[c].name(made_of[i][c]) == level) fixed[i] = found = true;
    if (!found)
      throw bad_data("split: no column of " + crossed.quoted() + " has cells of '" + level +
                     "', which is to train; name a level of one of them");
  }
  const auto last_of = [&](std::size_t i) -> std::string {
    for (std::size_t c = 0; c < columns.size(); ++c)
      if (seen_in[c][made_of[i][c]] < 2) return columns[c] + " '" + each[c].name(made_of[i][c]) + "'";
    return {};
  };
  const auto hold_out = [&](std::size_t i, part which) {
    part_of[i] = which;
    for (std::size_t c = 0; c < columns.size(); ++c) --seen_in[c][made_of[i][c]];
  };
  const auto name_all = [&](const std::vector<std::vector<std::string>>& names, part which) {
    for (const auto& levels_here : names) {
      std::string name;
      for (const std::string& level : levels_here) name += (name.empty() ? "" : " | ") + level;
      const std::size_t i = crossed.at(name);
      for (std::size_t c = 0; c < columns.size(); ++c)
        if (levels_here.size() != columns.size() || each[c].name(made_of[i][c]) != levels_here[c])
          throw bad_data("split: a combination of " + what + " was named by " + std::to_string(levels_here.size()) +
                         " levels, which read '" + name + "' together but are not the levels of that combination; name " +
                         "one level a column, as it stands there");
      if (part_of[i] == which) continue;
      if (part_of[i] != part::train || fixed[i])
        throw bad_data("split: " + what + " '" + name + "' is named for the " + name_of(part_of[i]) + " and for the " +
                       name_of(which) + " part; name it for one of them");
      if (const std::string last = last_of(i); !last.empty())
        throw bad_data("split: without '" + name + "' no cell of " + last +
                       " is left to train on; hold out another combination, or the " + "whole level with split::held_out");
      hold_out(i, which);
    }
  };
  name_all(wanted.test, part::test);
  name_all(wanted.validation, part::validation);

  std::vector<std::size_t> free;
  for (std::size_t i = 0; i < crossed.n_levels(); ++i)
    if (!fixed[i] && part_of[i] == part::train) free.push_back(i);
  const auto order = in_order_of_lots(crossed.label.category, free, kernel::draws(wanted.seed, "split.by_crossing"));
  const auto draw = [&](const quota& q, part which) {
    if (q.n < 0)
      throw bad_option("split::by_crossing: " + std::to_string(q.n) + " combinations were asked for; give 0 or more");
    const auto taken = draw_levels(
        order, crossed.cells, crossed.n_rows(), q,
        [&](std::size_t i) { return part_of[i] == part::train && last_of(i).empty(); },
        [&](std::size_t i) { hold_out(i, which); });
    if (const std::int64_t asked = q.share > 0 ? 1 : q.n; isize(taken.size()) < asked)
      throw bad_data("split: " + std::to_string(asked) + " combinations of " + crossed.quoted() + " were asked for the " +
                     name_of(which) + " part, but with each of its levels still seen in train only " +
                     std::to_string(taken.size()) + " can be held out; hold out fewer" + crossed.there_are());
  };
  draw(wanted.test.empty() ? quota{wanted.n_test, wanted.share_test} : quota{}, part::test);
  draw(wanted.validation.empty() ? quota{wanted.n_validation, wanted.share_validation} : quota{}, part::validation);

  parts out = rows_of(crossed, part_of);
  out.seed = wanted.seed;
  out.how = "held out " + what + ": " + held_names(crossed.label.category, part_of);
  refuse_leaks(out, crossed.label, what);
  return out;
}

}  // namespace tepui::split
