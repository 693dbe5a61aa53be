#pragma once
/// Columns that describe cells or genes: cell type, batch, donor, number of genes.

#include <algorithm>
#include <cmath>
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
  return std::visit(
      [](const auto& values) -> categorical {
        if constexpr (std::is_same_v<std::decay_t<decltype(values)>, categorical>) {
          return values;
        } else {
          using entry = std::decay_t<decltype(values[0])>;
          // Numbers are put in order as numbers, text as text, so that batch 10 stands after batch 9.
          std::map<entry, std::int32_t> seen;
          for (const auto& v : values)
            if (column_text::label_of(v)) seen.emplace(v, 0);
          categorical out;
          for (auto& [v, code] : seen) {
            code = static_cast<std::int32_t>(out.category.size());
            out.category.push_back(*column_text::label_of(v));
          }
          out.code.reserve(values.size());
          for (const auto& v : values) out.code.push_back(column_text::label_of(v) ? seen.at(v) : -1);
          return out;
        }
      },
      *found);
}

}  // namespace tepui
