#pragma once
/// Holds out the highest or lowest doses, so that a model is asked to go beyond what it has seen.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/flow/table.hpp>
#include <tepui/split/levels.hpp>
#include <tepui/split/parts.hpp>

namespace tepui::split {

/// Which doses are held out.
struct dose_options {
  std::int64_t n_highest = 1;           ///< so many of the highest doses are tested
  std::int64_t n_lowest = 0;            ///< and so many of the lowest
  std::int64_t n_validation = 0;        ///< so many of the next doses inwards, at each end that is tested
  std::optional<double> control = 0.0;  ///< the dose of untreated cells, which always train; nothing: there is none
  std::string within{};                 ///< a column (the drug): the doses of each of its levels are ordered by themselves
};

/// A column as numbers.
/// in     table [rows], a column of numbers, or of text and categories that are numbers        out    [rows]
/// errors bad_data: no such column (names those that are), a missing value, text that is no number, a value not finite
[[nodiscard]] inline std::vector<double> numbers_of(const table& obs, std::string_view column) {
  const auto refuse = [&](std::size_t row, const std::string& what) {
    throw bad_data("split: column '" + std::string(column) + "' has " + what + " in row " + std::to_string(row) +
                   ", but doses are finite numbers; give every cell a number, and untreated cells 0");
  };
  const table_column* found = obs.find(column);
  const auto* fractions = found == nullptr ? nullptr : std::get_if<std::vector<double>>(found);
  std::vector<double> out;
  if (fractions != nullptr) {
    out = *fractions;
  } else {
    const categorical labels = obs.labels(column);
    std::vector<std::optional<double>> value(labels.category.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
      const std::string& text = labels.category[i];
      double number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error == std::errc() && end == text.data() + text.size()) value[i] = number;
    }
    for (std::size_t row = 0; row < labels.code.size(); ++row) {
      if (labels.code[row] < 0) refuse(row, "no value");
      const auto level = usize(labels.code[row]);
      if (!value[level]) refuse(row, "'" + labels.category[level] + "'");
      out.push_back(*value[level]);
    }
  }
  for (std::size_t row = 0; row < out.size(); ++row)
    if (!std::isfinite(out[row])) refuse(row, std::isnan(out[row]) ? "no value" : shortest(out[row]));
  return out;
}

/// Puts the highest or lowest doses into the test part, the next ones into validation, trains on the rest and the controls.
/// in     table [rows], options, column of doses       out    parts; `how` names the doses held out; nothing is drawn
/// ties   doses are the same where their numbers are   cost   O(rows log rows)            repeat bit-equal everywhere
/// errors bad_data: as numbers_of; too few doses to leave one to train on, in the whole column or for a level of `within`
[[nodiscard]] inline parts by_dose(const table& obs, const dose_options& wanted = {}, std::string_view column = "dose") {
  if (wanted.n_highest < 0 || wanted.n_lowest < 0 || wanted.n_validation < 0 || wanted.n_highest + wanted.n_lowest == 0)
    throw bad_option("split::by_dose: " + std::to_string(wanted.n_highest) + " highest and " +
                     std::to_string(wanted.n_lowest) + " lowest doses for testing and " +
                     std::to_string(wanted.n_validation) +
                     " for validation were asked for; give numbers >= 0, and test at least one dose");
  const std::vector<double> dose = numbers_of(obs, column);
  levels groups;
  if (wanted.within.empty()) {
    groups = levels_of({std::vector<std::int32_t>(dose.size(), 0), {""}}, column);
  } else {
    groups = levels_of(obs, wanted.within);
  }
  const auto is_control = [&](double d) { return wanted.control && d == *wanted.control; };
  std::vector<std::vector<double>> ladder(groups.n_levels());
  for (std::size_t row = 0; row < dose.size(); ++row)
    if (!is_control(dose[row])) ladder[groups.level_of(isize(row))].push_back(dose[row]);

  const std::int64_t above = wanted.n_highest, below = wanted.n_lowest;
  const std::int64_t next_above = above > 0 ? wanted.n_validation : 0, next_below = below > 0 ? wanted.n_validation : 0;
  const auto part_of_step = [&](std::int64_t step, std::int64_t steps) {
    if (step >= steps - above || step < below) return part::test;
    if (step >= steps - above - next_above || step < below + next_below) return part::validation;
    return part::train;
  };
  std::string test, validation;
  bool any = false;
  for (std::size_t g = 0; g < ladder.size(); ++g) {
    auto& steps = ladder[g];
    std::sort(steps.begin(), steps.end());
    steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
    const std::string of = wanted.within.empty() ? "" : groups.name(g) + " ";
    if (steps.empty() && !wanted.within.empty()) continue;  // a level of controls alone
    any = true;
    if (isize(steps.size()) <= above + below + next_above + next_below)
      throw bad_data("split: column '" + std::string(column) + "' has " + std::to_string(steps.size()) + " doses" +
                     (of.empty() ? "" : " for " + wanted.within + " '" + groups.name(g) + "'") +
                     " beside the control, and " + std::to_string(above + below + next_above + next_below) +
                     " are to be held out with one left to train on; hold out fewer, or leave those cells out");
    for (std::int64_t s = 0; s < isize(steps.size()); ++s) {
      const part where = part_of_step(s, isize(steps.size()));
      if (where == part::test) test += (test.empty() ? "" : ", ") + of + shortest(steps[usize(s)]);
      if (where == part::validation) validation += ", " + of + shortest(steps[usize(s)]) + " (validation)";
    }
  }
  if (!any)
    throw bad_data("split: column '" + std::string(column) +
                   "' has no doses beside the control; name a column of doses, or another control");
  parts out;
  for (std::size_t row = 0; row < dose.size(); ++row) {
    const auto& steps = ladder[groups.level_of(isize(row))];
    const auto step = std::lower_bound(steps.begin(), steps.end(), dose[row]) - steps.begin();
    out.of(is_control(dose[row]) ? part::train : part_of_step(step, isize(steps.size()))).push_back(isize(row));
  }
  out.how = "held out " + std::string(column) + (wanted.within.empty() ? "" : " within " + wanted.within) + ": " + test +
            validation;
  return out;
}

}  // namespace tepui::split
