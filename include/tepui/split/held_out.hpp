#pragma once
/// Holds out whole donors, batches, studies, tissues or cell lines, so that a model is scored on what it has never seen.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/flow/table.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/split/levels.hpp>
#include <tepui/split/parts.hpp>

namespace tepui::split {

/// Which levels of the column are held out: those that are named; or so many that they hold a share of the cells; or as many
/// as `n_…` says, chosen by the seed.
struct held_out_options {
  std::vector<std::string> test{};
  std::vector<std::string> validation{};
  std::vector<std::string> train{};  ///< levels that are never held out
  std::int64_t n_test = 1;           ///< used where `test` is empty and `share_test` is 0
  std::int64_t n_validation = 0;     ///< used where `validation` is empty and `share_validation` is 0
  double share_test = 0;             ///< of all cells, in whole levels, as near as they come: 0.2 is about a fifth
  double share_validation = 0;
  std::uint64_t seed = 0;
};

/// Refuses shares of cells that leave nothing to train on.
inline void check_held_shares(std::string_view what, double test, double validation) {
  if (!(test >= 0 && validation >= 0 && test + validation < 1))
    throw bad_option("split: shares of " + shortest(test) + " for testing and " + shortest(validation) +
                     " for validation of '" + std::string(what) +
                     "' were asked for, but must be >= 0 and together below 1; hold out less");
}

/// Puts whole levels into the test and validation parts.
/// in     levels [rows], options                       out    parts; `how` names the levels held out
/// ties   a level is drawn by its name, so the order of rows and of categories does not matter
/// cost   O(rows + levels log levels)                  repeat bit-equal everywhere
/// errors bad_data: a level that is not there (names those that are), or named for two parts; nothing left to train on;
///        bad_option: shares
[[nodiscard]] inline parts held_out(const levels& of, const held_out_options& wanted) {
  check_held_shares(of.column, wanted.share_test, wanted.share_validation);
  std::vector<part> part_of(of.n_levels(), part::train);
  std::vector<bool> named(of.n_levels(), false);
  const auto name_all = [&](const std::vector<std::string>& names, part which) {
    for (const std::string& name : names) {
      const std::size_t level = of.at(name);
      if (named[level] && part_of[level] != which)
        throw bad_data("split: " + of.column + " '" + name + "' is named for the " + name_of(part_of[level]) +
                       " and for the " + name_of(which) + " part; name it for one of them");
      part_of[level] = which;
      named[level] = true;
    }
  };
  name_all(wanted.train, part::train);
  name_all(wanted.test, part::test);
  name_all(wanted.validation, part::validation);

  std::vector<std::size_t> free;
  for (std::size_t level = 0; level < of.n_levels(); ++level)
    if (!named[level]) free.push_back(level);
  const quota test = wanted.test.empty() ? quota{wanted.n_test, wanted.share_test} : quota{};
  const quota validation = wanted.validation.empty() ? quota{wanted.n_validation, wanted.share_validation} : quota{};
  const auto asked = [](const quota& q) { return q.share > 0 ? 1 : q.n; };
  // Controls that are named for training teach no donor or drug: where levels are drawn, one that was free stays, too.
  const std::int64_t left = wanted.train.empty() || asked(test) + asked(validation) > 0 ? 1 : 0;
  if (test.n < 0 || validation.n < 0 || asked(test) + asked(validation) + left > isize(free.size()))
    throw bad_data("split: " + std::to_string(asked(test)) + " levels of column " + of.quoted() + " for testing and " +
                   std::to_string(asked(validation)) + " for validation were asked for, but only " +
                   std::to_string(free.size()) + " are free and one must be left to train on" + of.there_are() +
                   "; hold out fewer");

  const std::vector<std::size_t> order =
      in_order_of_lots(of.label.category, free, kernel::draws(wanted.seed, "split.held_out"));
  // What must stay: one level to train on, and those that the next part still needs.
  std::int64_t spare = isize(order.size()) - left - asked(validation);
  const auto draw = [&](const quota& q, part which) {
    draw_levels(
        order, of.cells, of.n_rows(), q, [&](std::size_t level) { return spare > 0 && part_of[level] == part::train; },
        [&](std::size_t level) { part_of[level] = which, --spare; });
  };
  draw(test, part::test);
  spare += asked(validation);
  draw(validation, part::validation);

  parts out = rows_of(of, part_of);
  out.seed = wanted.seed;
  out.how = "held out " + of.column + ": " + held_names(of.label.category, part_of);
  refuse_leaks(out, of.label, of.column);
  return out;
}

/// The same for labels that stand in no table, or that several columns made:
/// held_out(joint(obs, {"study", "donor"}), "study | donor").
[[nodiscard]] inline parts held_out(const categorical& labels, std::string_view what, const held_out_options& wanted = {}) {
  return held_out(levels_of(labels, what), wanted);
}
/// The same for a column of the table.
/// errors also bad_data: no such column (names those that are), a row without a value
[[nodiscard]] inline parts held_out(const table& obs, std::string_view column, const held_out_options& wanted = {}) {
  return held_out(levels_of(obs, column), wanted);
}

/// Holds out whole batches: held_out with the column "batch".
[[nodiscard]] inline parts by_batch(const table& obs, const held_out_options& wanted = {},
                                    std::string_view column = "batch") {
  return held_out(obs, column, wanted);
}
/// Holds out whole donors: held_out with the column "donor".
[[nodiscard]] inline parts by_donor(const table& obs, const held_out_options& wanted = {},
                                    std::string_view column = "donor") {
  return held_out(obs, column, wanted);
}
/// Holds out whole studies: held_out with the column "study".
[[nodiscard]] inline parts by_study(const table& obs, const held_out_options& wanted = {},
                                    std::string_view column = "study") {
  return held_out(obs, column, wanted);
}
/// Holds out whole tissues: held_out with the column "tissue".
[[nodiscard]] inline parts by_tissue(const table& obs, const held_out_options& wanted = {},
                                     std::string_view column = "tissue") {
  return held_out(obs, column, wanted);
}
/// Holds out whole cell lines: held_out with the column "cell_line".
[[nodiscard]] inline parts by_cell_line(const table& obs, const held_out_options& wanted = {},
                                        std::string_view column = "cell_line") {
  return held_out(obs, column, wanted);
}

}  // namespace tepui::split
