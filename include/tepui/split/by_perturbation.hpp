#pragma once
/// Holds out perturbations, so that a model is asked what a drug or a gene does that it has never seen applied.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/flow/table.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/split/by_cell.hpp>
#include <tepui/split/held_out.hpp>
#include <tepui/split/levels.hpp>
#include <tepui/split/parts.hpp>

namespace tepui::split {

/// Which cells are controls, and where they stand. They are never held out: a prediction starts from them.
struct controls {
  std::vector<std::string> level{"control"};  ///< empty where there are none
  std::optional<shares> divided{};            ///< nothing: all train; shares: divided by cell among the parts
};

/// Moves control cells from train into the parts, by their names, in the shares asked for, and says so in `how`.
/// in     parts with all controls in train, table [rows], which rows are controls [rows], shares
inline void divide_controls(parts& split, const table& obs, const std::vector<bool>& is_control, const controls& wanted) {
  if (!wanted.divided) {
    if (!wanted.level.empty()) split.how += "; controls train";
    return;
  }
  check_shares("split: controls", *wanted.divided);
  std::vector<cell_lot> lots;
  for (const cell_lot& lot : lots_of_cells(obs, kernel::draws(split.seed, "split.controls")))
    if (is_control[usize(lot.second)]) lots.push_back(lot);
  std::erase_if(split.train, [&](std::int64_t row) { return is_control[usize(row)]; });
  parts control_parts;
  const auto n = isize(lots.size());
  deal(lots, control_parts, whole_share(wanted.divided->validation, n), whole_share(wanted.divided->test, n));
  refuse_empty("split: controls", control_parts, *wanted.divided);
  for (const part p : {part::train, part::validation, part::test}) {
    auto& rows = split.of(p);
    rows.insert(rows.end(), control_parts.of(p).begin(), control_parts.of(p).end());
    std::sort(rows.begin(), rows.end());
  }
  split.how += "; controls divided by cell, validation " + shortest(wanted.divided->validation) + ", test " +
               shortest(wanted.divided->test) + ", seed " + std::to_string(split.seed);
}

/// Holds out whole perturbations. Controls are never held out: they train, or are divided among the parts.
/// in     table [rows], which perturbations (as held_out), which are controls, column
/// out    parts; `how` names the perturbations held out and what became of the controls
/// errors as held_out; also bad_data: no cells of a control level
/// cost   O(rows log rows) where controls are divided, else O(rows)        repeat bit-equal everywhere
[[nodiscard]] inline parts by_perturbation(const table& obs, held_out_options wanted = {}, const controls& control = {},
                                           std::string_view column = "perturbation") {
  const levels of = levels_of(obs, column);
  std::vector<bool> is_control(usize(of.n_rows()), false);
  for (const std::string& name : control.level) {
    if (std::find(of.label.category.begin(), of.label.category.end(), name) == of.label.category.end())
      throw bad_data("split: column " + of.quoted() + " has no cells of the control '" + name + "'" + of.there_are() +
                     "; name the control as it stands there, or no control where there is none");
    const std::size_t level = of.at(name);
    for (std::int64_t row = 0; row < of.n_rows(); ++row)
      if (of.level_of(row) == level) is_control[usize(row)] = true;
    wanted.train.push_back(name);
  }
  parts out = held_out(of, wanted);
  divide_controls(out, obs, is_control, control);
  return out;
}

}  // namespace tepui::split
