#pragma once
/// Reads a table whose first line names its columns, with tabs or commas between them.

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/io/text_file.hpp>
#include <tepui/io/utf8.hpp>

namespace tepui::io {

/// shapes  column [columns]; field [rows][columns]; line [rows]: where each row stands in the file, for messages
struct text_table {
  std::vector<std::string> column;
  std::vector<std::vector<std::string>> field;
  std::vector<std::int64_t> line;

  /// The place of the first of these columns that is there, or -1. Letter case does not count.
  [[nodiscard]] int find(std::initializer_list<std::string_view> names) const {
    for (const std::string_view name : names)
      for (std::size_t c = 0; c < column.size(); ++c)
        if (std::equal(name.begin(), name.end(), column[c].begin(), column[c].end(),
                       [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b); }))
          return static_cast<int>(c);
    return -1;
  }
};

/// in     text: a header and rows with as many fields; blanks around fields and double quotes around whole fields do not
///        count; empty lines are passed over
/// errors bad_data naming file and line: no header, a row with another number of fields, a quote inside of a field, no UTF-8
inline text_table read_text_table(std::string_view text, const std::string& path) {
  text_table out;
  lines_of lines(text);
  char separator = ',';
  for (std::string_view line; lines.next(line);) {
    if (lines.number() == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    if (line.find_first_not_of(" \t,") == std::string_view::npos) continue;
    if (!is_utf8(line) || line.find('\0') != std::string_view::npos)
      refuse(path, lines.where(), "it is no text; name a table with a header, with tabs or commas between its columns");
    if (out.column.empty()) separator = line.find('\t') != std::string_view::npos ? '\t' : ',';
    std::vector<std::string> fields;
    for (bool more = true; more;) {
      more = line.find(separator) != std::string_view::npos;
      std::string_view field = take_field(line, separator);
      field = field.substr(std::min(field.find_first_not_of(' '), field.size()));
      field = field.substr(0, field.find_last_not_of(' ') + 1);
      if (field.size() >= 2 && field.front() == '"' && field.back() == '"') field = field.substr(1, field.size() - 2);
      if (field.find('"') != std::string_view::npos)
        refuse(path, lines.where(), "there is a quote inside of a field; write fields without quotes, tabs and commas");
      fields.emplace_back(field);
    }
    if (out.column.empty()) {
      out.column = std::move(fields);
      continue;
    }
    if (fields.size() != out.column.size())
      refuse(path, lines.where(),
             "it has " + std::to_string(fields.size()) + " fields where the header has " +
                 std::to_string(out.column.size()) + "; give every row a field for each column");
    out.field.push_back(std::move(fields));
    out.line.push_back(lines.number());
  }
  if (out.field.empty()) refuse(path, "", "it holds no row under a header; give a table whose first line names its columns");
  return out;
}

}  // namespace tepui::io
