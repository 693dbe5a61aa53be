#pragma once
/// The parts of a page that every program writes: its frame, tables, figures, legends.

#include <string>
#include <tepui/study/report_html.hpp>
#include <tepui/study/svg.hpp>
#include <tepui/study/terminal_table.hpp>
#include <vector>

namespace page {
namespace st = tepui::study;

/// Up to the first heading below the title. `lead` is one sentence of plain text.
inline std::string begin(const std::string& title, const std::string& lead) {
  return "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'><meta name='viewport' "
         "content='width=device-width,initial-scale=1'><title>" +
         st::html_text(title) + "</title><style>" + std::string(st::report_style) + "</style></head>\n<body>\n<h1>" + st::html_text(title) +
         "</h1>\n<p class='lead'>" + st::html_text(lead) + "</p>\n";
}

/// A list of sentences under a heading, then the command that repeats the page.
inline std::string end(const std::vector<std::string>& sentences, const std::string& command) {
  std::string out = "<h2>How to read this</h2>\n<ul>";
  for (const auto& sentence : sentences) out += "<li>" + st::html_text(sentence) + "</li>";
  return out + "</ul>\n<h2>How to repeat it</h2>\n<pre>" + st::html_text(command) + "</pre>\n</body></html>\n";
}

/// The first row is the heading; numeric(column) says which columns stand to the right. meaning [rows], or empty: shown where
/// the pointer rests on the first cell of a row.
template <class Numeric>
std::string table(const std::vector<std::vector<std::string>>& rows, Numeric numeric, const std::vector<std::string>& meaning = {}) {
  std::string out = "<div class='scroll'><table><thead><tr>";
  for (std::size_t c = 0; c < rows[0].size(); ++c) out += (numeric(c) ? "<th class='num'>" : "<th>") + st::html_text(rows[0][c]) + "</th>";
  out += "</tr></thead><tbody>";
  for (std::size_t r = 1; r < rows.size(); ++r) {
    out += "<tr>";
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      const std::string tip = c == 0 && r < meaning.size() && !meaning[r].empty() ? " title='" + st::html_text(meaning[r]) + "'" : "";
      out += "<td" + std::string(numeric(c) ? " class='num'" : "") + tip + ">" + st::html_text(rows[r][c]) + "</td>";
    }
    out += "</tr>";
  }
  return out + "</tbody></table></div>";
}

inline std::string figure(const std::string& drawing, const std::string& words) {
  return "<figure>" + drawing + "<figcaption>" + st::html_text(words) + "</figcaption></figure>\n";
}

inline std::string colour(std::size_t i) { return st::line_colours[i % st::line_colours.size()]; }

/// A name cut to what fits, with the whole of it in a tooltip elsewhere.
inline std::string cut(const std::string& name, std::size_t most) {
  if (st::display_width(name) <= most) return name;
  std::string out;
  for (std::size_t i = 0; i < name.size() && out.size() + 1 < most; ++i) out += name[i];
  while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0U) == 0x80U) out.pop_back();
  if (!out.empty() && static_cast<unsigned char>(out.back()) >= 0xC0U) out.pop_back();
  return out + "\u2026";
}

/// Names beside the lines that they stand for.
inline std::string legend(const std::vector<std::string>& names) {
  std::string out = "<div class='legend'>";
  for (std::size_t i = 0; i < names.size(); ++i) {
    st::svg_drawing d(34, 16, names[i]);
    d.line(1, 8, 33, 8, "stroke-width='2' stroke='" + colour(i) + "'" + (i >= st::line_colours.size() ? " stroke-dasharray='5 3'" : ""));
    out += "<span>" + d.finish("aria-hidden='true'") + st::html_text(names[i]) + "</span>";
  }
  return out + "</div>";
}

}  // namespace page
