#pragma once
/// Makes one column of several: donors within studies, drugs in cell lines, donors and batches that must not be torn apart.

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/table.hpp>
#include <tepui/split/levels.hpp>

namespace tepui::split {

/// Several columns as one: a level is a combination that occurs, such as "A549 | dexamethasone".
/// in     table [rows], columns        out    categorical [rows], -1 where one of them is missing; levels by first row
/// errors bad_data: two combinations would have one name, such as "A | B" with "C", and "A" with "B | C"
/// cost   O(rows log levels)           repeat bit-equal everywhere
/// use    donors are numbered anew in each study: held_out(joint(obs, {"study", "donor"}), "study | donor")
[[nodiscard]] inline categorical joint(const table& obs, const std::vector<std::string>& columns) {
  std::vector<categorical> each;
  for (const std::string& column : columns) each.push_back(obs.labels(column));
  categorical out;
  std::map<std::vector<std::int32_t>, std::int32_t> number_of;
  std::set<std::string> names;
  std::vector<std::int32_t> codes(each.size());
  for (std::size_t row = 0; row < obs.index.size(); ++row) {
    for (std::size_t c = 0; c < each.size(); ++c) codes[c] = each[c].code[row];
    if (std::find(codes.begin(), codes.end(), -1) != codes.end()) {
      out.code.push_back(-1);
      continue;
    }
    const auto [at, is_new] = number_of.try_emplace(codes, static_cast<std::int32_t>(out.category.size()));
    if (is_new) {
      std::string name;
      for (std::size_t c = 0; c < each.size(); ++c) name += (c == 0 ? "" : " | ") + each[c].category[usize(codes[c])];
      if (!names.insert(name).second)
        throw bad_data("split: two combinations of the columns " + few_of(columns) + " would both be named '" + name +
                       "', the second in row " + std::to_string(row) + "; write the values without ' | '");
      out.category.push_back(std::move(name));
    }
    out.code.push_back(at->second);
  }
  return out;
}

/// Several columns of which none may leak: cells that share a donor or a batch, directly or through others, form one level.
/// in     table [rows], columns
/// out    categorical [rows]; a level is named as the first, by name, of the values of the first column that it holds
/// errors bad_data: no such column, a missing value        cost   O(rows x columns)        repeat bit-equal everywhere
/// use    held_out(linked(obs, {"donor", "batch"}), "donor or batch") passes refuse_leaks(parts, obs, "donor", "batch")
[[nodiscard]] inline categorical linked(const table& obs, const std::vector<std::string>& columns) {
  std::vector<levels> each;
  std::vector<std::size_t> begin, leader;
  for (const std::string& column : columns) {
    each.push_back(levels_of(obs, column));
    begin.push_back(leader.size());
    leader.resize(leader.size() + each.back().n_levels());
  }
  std::iota(leader.begin(), leader.end(), std::size_t{0});
  const auto leader_of = [&](std::size_t i) {
    while (leader[i] != i) i = leader[i] = leader[leader[i]];
    return i;
  };
  for (std::int64_t row = 0; row < obs.n_rows(); ++row)
    for (std::size_t c = 1; c < each.size(); ++c) {
      const std::size_t a = leader_of(each[0].level_of(row)), b = leader_of(begin[c] + each[c].level_of(row));
      leader[std::max(a, b)] = std::min(a, b);
    }
  categorical out;
  if (each.empty()) return out;
  // A leader is a level of the first column, since every value of another column stands beside one of these.
  std::vector<std::int32_t> number(each[0].n_levels(), -1);
  for (std::size_t level = 0; level < each[0].n_levels(); ++level) {
    std::int32_t& group = number[leader_of(level)];
    if (group < 0) {
      group = static_cast<std::int32_t>(out.category.size());
      out.category.push_back(each[0].name(level));
    } else if (each[0].name(level) < out.category[usize(group)]) {
      out.category[usize(group)] = each[0].name(level);
    }
  }
  for (std::int64_t row = 0; row < obs.n_rows(); ++row) out.code.push_back(number[leader_of(each[0].level_of(row))]);
  return out;
}

}  // namespace tepui::split
