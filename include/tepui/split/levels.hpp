#pragma once
/// The levels of a column (its donors, drugs, tissues), how many cells each has, and which of them are drawn to be held out.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/flow/table.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/split/parts.hpp>

namespace tepui::split {

/// How many of n a share is, rounded down. A share like 0.29 of 100 gives 29, although the product may be a rounding below:
/// it may be short by a part in 10^12, so that it does not matter how many cells there are.
[[nodiscard]] inline std::int64_t whole_share(double share, std::int64_t n) {
  return static_cast<std::int64_t>(std::floor(share * static_cast<double>(n) * (1 + 1e-12)));
}

/// The first twenty of some names, for a sentence.
[[nodiscard]] inline std::string few_of(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < 20; ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > 20) text += " and " + std::to_string(names.size() - 20) + " more";
  return text.empty() ? "none" : text;
}

/// The labels of a column of which none is missing, with only the levels that have cells.
struct levels {
  std::string column;               ///< what it is called in sentences
  categorical label;                ///< code [rows]
  std::vector<std::int64_t> cells;  ///< [levels], each at least 1

  [[nodiscard]] std::size_t n_levels() const { return cells.size(); }
  [[nodiscard]] std::int64_t n_rows() const { return isize(label.code.size()); }
  [[nodiscard]] const std::string& name(std::size_t level) const { return label.category[level]; }
  [[nodiscard]] std::size_t level_of(std::int64_t row) const { return usize(label.code[usize(row)]); }
  [[nodiscard]] std::string quoted() const { return "'" + column + "'"; }
  [[nodiscard]] std::string there_are() const { return "; the levels are: " + few_of(label.category); }
  /// errors  bad_data where no cell has the level: names those that there are
  [[nodiscard]] std::size_t at(std::string_view level) const {
    const auto found = std::find(label.category.begin(), label.category.end(), level);
    if (found == label.category.end())
      throw bad_data("split: column " + quoted() + " has no cells of '" + std::string(level) + "'" + there_are() +
                     "; name one of them");
    return usize(found - label.category.begin());
  }
};

/// in     labels [rows], what they are called        out    levels in the order of the categories, without empty ones
/// errors bad_data: a row without a value            cost   O(rows)
[[nodiscard]] inline levels levels_of(categorical label, std::string_view what) {
  levels out{std::string(what), std::move(label), {}};
  std::vector<std::int64_t> cells(out.label.category.size(), 0);
  for (std::size_t row = 0; row < out.label.code.size(); ++row) {
    if (out.label.code[row] < 0)
      throw bad_data("split: column " + out.quoted() + " has no value in row " + std::to_string(row) +
                     ", so its cell belongs to no side; fill it in or leave the cell out");
    ++cells[usize(out.label.code[row])];
  }
  std::vector<std::int32_t> number(cells.size(), -1);
  std::vector<std::string> with_cells;
  for (std::size_t level = 0; level < cells.size(); ++level) {
    if (cells[level] == 0) continue;
    number[level] = static_cast<std::int32_t>(with_cells.size());
    with_cells.push_back(std::move(out.label.category[level]));
    out.cells.push_back(cells[level]);
  }
  out.label.category = std::move(with_cells);
  for (std::int32_t& code : out.label.code) code = number[usize(code)];
  return out;
}
[[nodiscard]] inline levels levels_of(const table& obs, std::string_view column) {
  return levels_of(obs.labels(column), column);
}

/// Some things in the order of lots drawn by their names: another order of the categories gives the same order here.
/// in     names, which of them        out    the same, reordered        ties   by name
[[nodiscard]] inline std::vector<std::size_t> in_order_of_lots(const std::vector<std::string>& names,
                                                               const std::vector<std::size_t>& among,
                                                               const kernel::draws& random) {
  std::vector<std::tuple<std::uint64_t, std::string_view, std::size_t>> lots;
  for (const std::size_t i : among) lots.emplace_back(random.bits(0, kernel::hash_text(names[i])), names[i], i);
  std::sort(lots.begin(), lots.end());
  std::vector<std::size_t> out;
  for (const auto& lot : lots) out.push_back(std::get<2>(lot));
  return out;
}

/// How much to hold out: a number of levels, or, where the share is above 0, a share of all cells.
struct quota {
  std::int64_t n = 0;
  double share = 0;
};

/// Draws whole levels, in the order given, up to a quota.
/// in     levels in the order of their lots, cells [levels], all cells; may(level) -> whether it can be held out now, and
///        take(level) does it
/// out    the levels taken. By number: the first n that may. By share: each that brings the sum nearer to share * cells, and
///        where none does, the smallest that may: the sum misses the share by less than the largest level
/// ties   the order given
template <class May, class Take>
std::vector<std::size_t> draw_levels(const std::vector<std::size_t>& order, const std::vector<std::int64_t>& cells,
                                     std::int64_t all_cells, const quota& wanted, May&& may, Take&& take) {
  std::vector<std::size_t> taken;
  if (!(wanted.share > 0)) {
    for (const std::size_t level : order)
      if (isize(taken.size()) < wanted.n && may(level)) {
        take(level);
        taken.push_back(level);
      }
    return taken;
  }
  const std::int64_t aim = whole_share(wanted.share, all_cells);
  std::int64_t sum = 0;
  for (const std::size_t level : order) {
    // With it the sum is nearer to the aim than without it.
    if (2 * (aim - sum) <= cells[level] || !may(level)) continue;
    take(level);
    taken.push_back(level);
    sum += cells[level];
  }
  if (!taken.empty()) return taken;
  std::optional<std::size_t> smallest;
  for (const std::size_t level : order)
    if (may(level) && (!smallest || cells[level] < cells[*smallest])) smallest = level;
  if (!smallest) return {};
  take(*smallest);
  return {*smallest};
}

/// Puts the rows where their levels stand.
/// in     levels, the part of each        out    parts, without `how`
[[nodiscard]] inline parts rows_of(const levels& of, const std::vector<part>& part_of) {
  parts out;
  for (std::int64_t row = 0; row < of.n_rows(); ++row) out.of(part_of[of.level_of(row)]).push_back(row);
  return out;
}

/// "ben, cleo (validation)": the levels that are held out, test before validation, each by name, so that the text does not
/// depend on the order of the rows.
[[nodiscard]] inline std::string held_names(const std::vector<std::string>& names, const std::vector<part>& part_of) {
  std::string text;
  for (const part which : {part::test, part::validation}) {
    std::vector<std::string> held;
    for (std::size_t i = 0; i < names.size(); ++i)
      if (part_of[i] == which) held.push_back(names[i]);
    std::sort(held.begin(), held.end());
    for (const std::string& name : held)
      text += (text.empty() ? "" : ", ") + name + (which == part::validation ? " (validation)" : "");
  }
  return text.empty() ? "nothing" : text;
}

}  // namespace tepui::split
