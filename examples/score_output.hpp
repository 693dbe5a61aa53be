#pragma once
/// Scores as JSON and as a table.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <tepui/flow/score.hpp>
#include <vector>

namespace score_output {
namespace tp = tepui;
using json = nlohmann::ordered_json;

/// name, value, floor, ceiling, low, high, n; `reason` where one of them is null.
inline json as_json(const tp::score& s) {
  json out{{"name", s.name}};
  std::string reason;
  std::vector<std::string> said;
  const auto put = [&](const char* field, const tp::measured& m) {
    out[field] = m.known() ? json(m.value) : json();
    if (m.known() || std::find(said.begin(), said.end(), m.reason) != said.end()) return;
    said.push_back(m.reason);
    reason += (reason.empty() ? "" : "; ") + std::string(field) + ": " + m.reason;
  };
  put("value", s.value);
  put("floor", s.floor);
  put("ceiling", s.ceiling);
  put("low", s.low);
  put("high", s.high);
  out["n"] = s.n;
  if (!reason.empty()) out["reason"] = reason;
  return out;
}

/// Aligned columns on standard output.
inline void print(const std::vector<tp::score>& scores) {
  std::size_t width = 5;
  for (const auto& s : scores) width = std::max(width, s.name.size());
  const auto number = [](const tp::measured& m) { return m.known() ? fmt::format("{:.3f}", m.value) : std::string("-"); };
  fmt::print("{:<{}}  {:>6}  {:>14}  {:>6}  {:>8}\n", "score", width, "value", "95 % interval", "floor", "cells");
  for (const auto& s : scores) {
    fmt::print("{:<{}}  {:>6}  {:>14}  {:>6}  {:>8}", s.name, width, number(s.value), s.low.known() ? number(s.low) + " - " + number(s.high) : "-", number(s.floor), s.n);
    fmt::print("{}\n", s.value.known() ? "" : "  " + s.value.reason);
  }
  if (!scores.empty()) fmt::print("no ceiling: {}\n", scores[0].ceiling.reason);
}
}  // namespace score_output
