#pragma once
/// Columns that describe cells or genes: cell type, batch, donor, number of genes.

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>

namespace tepui {

/// A column of labels.                                 code [rows] in [0, categories), -1 where missing
struct categorical {
  std::vector<std::int32_t> code;
  std::vector<std::string> category;
  bool ordered = false;

  /// The labels of chosen rows, with only the categories that these rows have, in the same order.
  /// in     rows in [0, rows)        out    categorical [rows chosen]        cost   O(rows chosen + categories)
  [[nodiscard]] categorical of_rows(std::span<const std::int64_t> rows) const {
    std::vector<std::int32_t> number(category.size(), -1);
    for (const std::int64_t row : rows)
      if (const std::int32_t c = code[usize(row)]; c >= 0) number[usize(c)] = 0;
    categorical out;
    out.ordered = ordered;
    for (std::size_t c = 0; c < number.size(); ++c) {
      if (number[c] < 0) continue;
      number[c] = static_cast<std::int32_t>(out.category.size());
      out.category.push_back(category[c]);
    }
    for (const std::int64_t row : rows) out.code.push_back(code[usize(row)] < 0 ? -1 : number[usize(code[usize(row)])]);
    return out;
  }
};

/// A column as a file holds it. Missing: NaN in a double column, -1 in a categorical, nullopt in the others.
using table_column = std::variant<categorical, std::vector<double>, std::vector<std::optional<std::int64_t>>,
                            std::vector<std::optional<bool>>, std::vector<std::optional<std::string>>>;

/// Named columns over the same rows, with a name for each row.
/// invariants  every column has as many rows as `index`; column names unique
struct table {
  std::vector<std::string> index;                      ///< row names: barcodes or gene names
  std::vector<std::pair<std::string, table_column>> columns; ///< in file order

  [[nodiscard]] std::int64_t n_rows() const { return isize(index.size()); }

  [[nodiscard]] const table_column* find(std::string_view name) const {
    for (const auto& [key, col] : columns)
      if (key == name) return &col;
    return nullptr;
  }

  /// A column as labels. Text, whole-number and boolean columns become categories in sorted order (numbers by value).
  /// errors  bad_data where there is no such column (names those there are) or it holds fractions
  /// cost    O(rows log categories)
  [[nodiscard]] categorical labels(std::string_view name) const;
};

namespace column_text {
/// The text of one value of a column as a label, or nullopt where it is missing.
inline std::optional<std::string> label_of(const std::optional<std::int64_t>& v) {
  return v ? std::optional(std::to_string(*v)) : std::nullopt;
}
inline std::optional<std::string> label_of(const std::optional<bool>& v) {
  return v ? std::optional<std::string>(*v ? "True" : "False") : std::nullopt;
}
inline std::optional<std::string> label_of(const std::optional<std::string>& v) { return v; }
inline std::optional<std::string> label_of(double v) {
  if (std::isnan(v)) return std::nullopt;
  char text[40];
  std::snprintf(text, sizeof text, "%.0f", v);
  return text;
}

/// What a label is put in order by: numbers as numbers, so that batch 10 stands after batch 9, and text as text.
struct sort_key {
  double number = 0;
  std::int64_t whole = 0;
  std::string_view text = {};
  auto operator<=>(const sort_key&) const = default;
};
inline sort_key key_of(double v) { return {.number = v}; }
inline sort_key key_of(const std::optional<std::int64_t>& v) { return {.whole = v.value_or(0)}; }
inline sort_key key_of(const std::optional<bool>& v) { return {.whole = v.value_or(false)}; }
inline sort_key key_of(const std::optional<std::string>& v) { return {.text = v ? std::string_view(*v) : std::string_view()}; }
}  // namespace column_text

inline categorical table::labels(std::string_view name) const {
  const table_column* found = find(name);
  if (found == nullptr) {
    std::string there;
    for (const auto& [key, col] : columns) there += (there.empty() ? "" : ", ") + key;
    throw bad_data("there is no column '" + std::string(name) + "'; the columns are: " + (there.empty() ? "none" : there) +
                   "; name one of them");
  }
  if (const auto* done = std::get_if<categorical>(found)) return *done;
  if (const auto* numbers = std::get_if<std::vector<double>>(found)) {
    for (std::size_t row = 0; row < numbers->size(); ++row) {
      const double v = (*numbers)[row];
      if (!std::isnan(v) && v != std::floor(v))
        throw bad_data("column '" + std::string(name) + "' holds the fraction " + std::to_string(v) + " in row " +
                       std::to_string(row) + ", so it is no column of labels; name a column of categories");
    }
  }
  // Labels are numbered as they appear, and once more in their order.
  std::map<column_text::sort_key, std::int32_t> number_of;
  std::vector<std::string> labels;
  categorical out;
  const auto add = [&](const column_text::sort_key& key, std::optional<std::string> label) {
    if (!label) return out.code.push_back(-1);
    const auto [at, is_new] = number_of.try_emplace(key, static_cast<std::int32_t>(labels.size()));
    if (is_new) labels.push_back(std::move(*label));
    out.code.push_back(at->second);
  };
  std::visit(
      [&](const auto& values) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(values)>, categorical>) {
          out.code.reserve(values.size());
          for (const auto& v : values) add(column_text::key_of(v), column_text::label_of(v));
        }
      },
      *found);
  std::vector<std::int32_t> place(labels.size());
  for (const auto& [key, number] : number_of) {
    place[usize(number)] = static_cast<std::int32_t>(out.category.size());
    out.category.push_back(std::move(labels[usize(number)]));
  }
  for (std::int32_t& code : out.code)
    if (code >= 0) code = place[usize(code)];
  return out;
}

}  // namespace tepui
