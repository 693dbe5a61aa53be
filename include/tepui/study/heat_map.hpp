#pragma once
/// Draws the score of every tokenizer with every encoder at the largest size, the number in each field.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/study/curve_panel.hpp>
#include <tepui/study/summary.hpp>
#include <tepui/study/svg.hpp>

namespace tepui::study {

/// Breaks words into lines of at most `limit` characters; a longer word is cut with an ellipsis, and so is the last line
/// allowed.
[[nodiscard]] inline std::vector<std::string> wrapped(std::string_view text, std::size_t limit, std::size_t lines) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word(text.substr(at, end - at));
    if (!out.empty() && out.back().size() + 1 + word.size() <= limit)
      out.back() += " " + word;
    else if (!word.empty())
      out.push_back(word);
    at = end + 1;
  }
  const auto cut = [&](std::string& line) {
    if (line.size() <= limit) return;
    std::size_t keep = limit - 1;
    while (keep > 0 && (static_cast<unsigned char>(line[keep]) & 0xC0U) == 0x80U) --keep;  // never inside a character
    line = line.substr(0, keep) + "\u2026";
  };
  if (out.size() > lines) {
    out.resize(lines);
    out.back() += std::string(limit, '.');
  }
  for (auto& line : out) cut(line);
  return out;
}

/// in     summary, metric, head        out    an inline drawing; shades span the lowest to the highest field of this map
[[nodiscard]] inline std::string heat_map(const study_summary& s, study_metric metric, std::size_t head) {
  const study_results& r = s.results;
  const auto rows = names_in_order(r, &pipeline_name::tokenizer), columns = names_in_order(r, &pipeline_name::encoder);
  constexpr double left = 118, wide = 112, high = 50, legend = 46;
  std::size_t header = 1;
  for (const auto& name : columns) header = std::max(header, wrapped(name, 18, 3).size());
  const double top = 14 + 13 * static_cast<double>(header);
  const double width = left + wide * static_cast<double>(columns.size()) + 8,
               height = top + high * static_cast<double>(rows.size()) + legend;
  svg_drawing draw(width, height, std::string(metric_title(metric)) + " of every tokenizer and encoder, " + r.heads[head]);
  double low = 1, best = 0;
  for (std::size_t p = 0; p < r.pipelines.size(); ++p)
    if (const measured& m = s.row(metric, head, p).full.mean; m.known())
      low = std::min(low, m.value), best = std::max(best, m.value);
  const auto share_of = [&](double v) { return best > low ? 0.08 + 0.92 * (v - low) / (best - low) : 0.5; };

  for (std::size_t c = 0; c < columns.size(); ++c) {
    const auto lines = wrapped(columns[c], 18, 3);
    for (std::size_t i = 0; i < lines.size(); ++i)
      draw.text(left + wide * (static_cast<double>(c) + 0.5), top - 8 - 13.0 * static_cast<double>(lines.size() - 1 - i),
                lines[i], "text-anchor='middle'");
  }
  for (std::size_t q = 0; q < rows.size(); ++q) {
    const double y = top + high * static_cast<double>(q);
    const auto lines = wrapped(tokenizer_title(rows[q]), 17, 3);
    for (std::size_t i = 0; i < lines.size(); ++i)
      draw.text(left - 8, y + high / 2 + 4 + 13.0 * (static_cast<double>(i) - static_cast<double>(lines.size() - 1) / 2),
                lines[i], "text-anchor='end'");
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const double x = left + wide * static_cast<double>(c);
      std::size_t p = 0;
      while (p < r.pipelines.size() && !(r.pipelines[p].tokenizer == rows[q] && r.pipelines[p].encoder == columns[c])) ++p;
      if (p == r.pipelines.size() || !s.row(metric, head, p).full.mean.known()) {
        draw.rect(x + 1, y + 1, wide - 2, high - 2, "fill='#fff' stroke='#ddd' stroke-dasharray='3 3'", "not in this study");
        continue;
      }
      const summary_row& row = s.row(metric, head, p);
      const heat_colour colour = heat_of(share_of(row.full.mean.value));
      draw.rect(x + 1, y + 1, wide - 2, high - 2, "rx='2' fill='" + colour.fill + "' stroke='#bbb' stroke-width='.5'",
                r.pipelines[p].label() + ": " + estimate_text(row.full) + ", seeds " + fixed_text(row.seed_low) + " to " +
                    fixed_text(row.seed_high));
      draw.text(x + wide / 2, y + high / 2 - 1, fixed_text(row.full.mean.value),
                "text-anchor='middle' class='cell' pointer-events='none' style='fill:" + colour.ink + "'");
      if (row.gain.mean.known())
        draw.text(x + wide / 2, y + high / 2 + 14,
                  "gain " + signed_text(row.gain.mean.value) + (row.gain.above_zero() ? "*" : ""),
                  "text-anchor='middle' class='small' pointer-events='none' style='fill:" + colour.ink + "'");
    }
  }
  const double y = height - legend + 14;
  for (int i = 0; i < 40; ++i)
    draw.rect(left + 4.0 * i, y, 5, 10, "shape-rendering='crispEdges' fill='" + heat_of(0.08 + 0.92 * i / 39.0).fill + "'");
  draw.text(left, y + 23, fixed_text(low), "text-anchor='start' class='small'");
  draw.text(left + 160, y + 23, fixed_text(best), "text-anchor='end' class='small'");
  return draw.finish("style='max-width:" + svg_drawing::at(width) + "px'");
}

}  // namespace tepui::study
