#pragma once
/// The summary of a study as aligned text for a terminal.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/study/costs.hpp>
#include <tepui/study/summary.hpp>

namespace tepui::study {

/// How many columns a terminal gives a UTF-8 text: combining marks take none, East Asian wide signs and emoji two, bytes that
/// are not UTF-8 one each.
[[nodiscard]] inline std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    std::size_t more = lead >= 0xF0 && lead < 0xF8 ? 3 : lead >= 0xE0 && lead < 0xF0 ? 2 : lead >= 0xC2 && lead < 0xE0 ? 1 : 0;
    std::uint32_t code = more == 3 ? lead & 0x07U : more == 2 ? lead & 0x0FU : more == 1 ? lead & 0x1FU : lead;
    for (std::size_t k = 1; k <= more; ++k) {
      const unsigned char next = i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0;
      if ((next & 0xC0U) != 0x80U) {
        more = 0;
        code = '?';
        break;
      }
      code = (code << 6) | (next & 0x3FU);
    }
    i += more + 1;
    const bool none =
        (code >= 0x300 && code <= 0x36F) || code == 0x200B || code == 0x200D || (code >= 0xFE00 && code <= 0xFE0F);
    const bool two =
        (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) || (code >= 0xAC00 && code <= 0xD7A3) ||
        (code >= 0xF900 && code <= 0xFAFF) || (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
        (code >= 0xFFE0 && code <= 0xFFE6) || (code >= 0x1F300 && code <= 0x1FAFF) || (code >= 0x20000 && code <= 0x3FFFD);
    width += none ? 0 : two ? 2 : 1;
  }
  return width;
}

/// Aligned columns, two spaces apart, the first row underlined. Every row has as many cells as the first.
[[nodiscard]] inline std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  if (rows.empty()) return {};
  std::vector<std::size_t> width(rows.front().size(), 0);
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c) width[c] = std::max(width[c], display_width(row[c]));
  std::string out;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line, under;
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      line += rows[r][c] + std::string(width[c] - display_width(rows[r][c]) + 2, ' ');
      under += std::string(width[c], '-') + "  ";
    }
    const auto trimmed = [](std::string text) { return text.erase(text.find_last_not_of(' ') + 1) + "\n"; };
    out += trimmed(line);
    if (r == 0) out += trimmed(under);
  }
  return out;
}

/// One block a head and metric, the best pipeline first, the floor and the ceiling below; then what each pipeline is and costs.
[[nodiscard]] inline std::string terminal_table(const study_summary& s) {
  std::string out;
  for (std::size_t h = 0; h < s.results.heads.size(); ++h)
    for (const study_metric metric : study_metrics) {
      out += (out.empty() ? "" : "\n") + s.results.heads[h] + ", " + metric_title(metric) +
             " (n = " + thousands_text(s.results.n_cells()) + " test cells, " +
             count_text(isize(s.results.seeds.size()), "seed") + ")\n";
      std::vector<std::vector<std::string>> rows{
          {"pipeline", "at " + fraction_text(s.results.sizes.back()), "untrained", "gain", "saturation"}};
      for (const std::size_t p : s.ranking(metric, h)) {
        const summary_row& row = s.row(metric, h, p);
        rows.push_back({s.results.pipelines[p].label(), estimate_text(row.full), fixed_text(row.untrained.mean.value),
                        estimate_text(row.gain, true), saturation_text(s.results, row.point)});
      }
      rows.push_back({"majority class (floor)", fixed_text(s.results.floor(metric).value), "", "", ""});
      const measured ceiling = s.results.ceiling(metric);
      rows.push_back({"best possible (ceiling)", ceiling.known() ? fixed_text(ceiling.value) : "not known", "", "", ""});
      out += aligned(rows);
    }
  out += "\nCost of one run at " + fraction_text(s.results.sizes.back()) + ", median over seeds\n" + aligned(cost_texts(s)) +
         "operations: multiplications and additions that embed a cell; memory: the highest of the whole process so far\n";
  return out;
}

}  // namespace tepui::study
