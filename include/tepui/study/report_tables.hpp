#pragma once
/// The tables of a study's report as markup: scores with intervals, F1 of each class, costs, settings.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <tepui/study/costs.hpp>
#include <tepui/study/curve_panel.hpp>
#include <tepui/study/summary.hpp>
#include <tepui/study/svg.hpp>

namespace tepui::study {

/// A size by one of the rules, or a dash.
[[nodiscard]] inline std::string rule_text(const study_results& results, const saturation& point, const measured& size) {
  if (!point.reported()) return "–";
  return size.known() ? size_text(results, size.value) : "–";
}

/// All pipelines of one head and metric, the best first, with floor and ceiling.
[[nodiscard]] inline std::string score_table(const study_summary& s, study_metric metric, std::size_t head) {
  const study_results& r = s.results;
  std::string out = "<div class='scroll'><table><caption>" + html_text(r.heads[head]) + ", " + metric_title(metric) +
                    ". n = " + thousands_text(r.n_cells()) + " test cells, " + count_text(isize(r.seeds.size()), "seed") +
                    ". In brackets: " + fraction_text(s.scored.options.level) +
                    " intervals; a gain in bold: the whole interval is above "
                    "0.</caption><thead><tr>" +
                    (r.has_tokenizers() ? "<th>tokenizer</th><th>encoder</th>" : "<th>pipeline</th>") +
                    (r.compares_samplers() ? "<th>sampler</th>" : "") + "<th class='num'>dims</th><th class='num'>at " +
                    fraction_text(r.sizes.back()) +
                    "</th><th class='num'>untrained</th><th class='num'>gain</th><th class='num'>saturation: rule on means</th>"
                    "<th class='num'>published rule</th><th class='num'>rule on gain</th></tr></thead><tbody>";
  std::vector<std::string> notes;
  for (const std::size_t p : s.ranking(metric, head)) {
    const summary_row& row = s.row(metric, head, p);
    std::int64_t dims = 0;
    for (std::size_t k = 0; k < r.seeds.size(); ++k)
      if (const run_record& run = r.run(p, s.largest(), k); run.present) dims = run.output.dims;
    std::string mark;
    if (!row.point.reported()) {
      const auto known = std::find(notes.begin(), notes.end(), row.point.refused);
      const auto number = static_cast<std::size_t>(known - notes.begin());
      if (known == notes.end()) notes.push_back(row.point.refused);
      mark = "not reported<sup>" + std::string(1, static_cast<char>('a' + number % 26)) + "</sup>";
    } else {
      mark = html_text(saturation_text(r, row.point));
    }
    const auto cell = [&](const std::string& text, bool strong = false) {
      out += std::string(strong ? "<td class='num strong'>" : "<td class='num'>") + text + "</td>";
    };
    const std::string& tokenizer = r.pipelines[p].tokenizer;
    out +=
        "<tr>" +
        (r.has_tokenizers() ? "<td>" + html_text(tokenizer.empty() ? "none" : tokenizer) + "</td><td>" : "<td class='name'>") +
        html_text(r.pipelines[p].encoder) + "</td>" +
        (r.compares_samplers() ? "<td>" + html_text(r.pipelines[p].sampler) + "</td>" : "");
    cell(thousands_text(dims));
    cell(estimate_text(row.full));
    cell(estimate_text(row.untrained));
    cell(estimate_text(row.gain, true), row.gain.above_zero());
    cell(mark);
    cell(html_text(rule_text(r, row.point, row.point.published)));
    cell(html_text(rule_text(r, row.point, row.point.of_gain)));
    out += "</tr>";
  }
  const measured ceiling = r.ceiling(metric);
  const auto limit = [&](const std::string& name, const std::string& value) {
    out += "<tr class='limit'><td colspan='" +
           std::to_string(2 + (r.has_tokenizers() ? 1 : 0) + (r.compares_samplers() ? 1 : 0)) + "'>" + name +
           "</td><td class='num'>" + html_text(value) + "</td><td colspan='5'></td></tr>";
  };
  limit("majority class (floor)", fixed_text(r.floor(metric).value));
  limit("best possible (ceiling)", ceiling.known() ? fixed_text(ceiling.value) : "not known");
  out += "</tbody></table></div>";
  if (!notes.empty() || !ceiling.known()) {
    out += "<p class='note'>";
    for (std::size_t i = 0; i < notes.size(); ++i)
      out += "<sup>" + std::string(1, static_cast<char>('a' + i % 26)) + "</sup> " + html_text(notes[i]) + ". ";
    if (!ceiling.known()) out += "Ceiling: " + html_text(ceiling.reason) + ".";
    out += "</p>";
  }
  return out;
}

/// How much better each pipeline is with another sampler than with the first, at every size, paired by seed and test cell.
[[nodiscard]] inline std::string sampler_table(const study_summary& s, study_metric metric, std::size_t head) {
  const study_results& r = s.results;
  const auto samplers = names_in_order(r, &pipeline_name::sampler);
  std::string out =
      "<div class='scroll'><table><caption>" + html_text(r.heads[head]) + ", " + metric_title(metric) + ": difference from " +
      html_text(samplers.front()) + ", and in brackets its " + fraction_text(s.scored.options.level) +
      " interval; bold: the whole interval is on one side of 0; cells: what was trained on, mean over seeds.</caption>"
      "<thead><tr><th>pipeline</th><th>sampler</th>";
  for (std::size_t z = r.first_trained(); z < r.sizes.size(); ++z)
    out += "<th class='num'>" + fraction_text(r.sizes[z]) + "</th>";
  out += "</tr></thead><tbody>";
  for (std::size_t p = 0; p < r.pipelines.size(); ++p) {
    if (r.pipelines[p].sampler != samplers.front()) continue;
    for (std::size_t k = 1; k < samplers.size(); ++k) {
      const auto other = r.with_sampler(p, samplers[k]);
      if (!other) continue;
      out += "<tr><td>" + html_text(r.pipelines[p].label()) + "</td><td>" + html_text(samplers[k]) + "</td>";
      for (std::size_t z = r.first_trained(); z < r.sizes.size(); ++z) {
        const estimate lead = paired_difference(s.scored, metric, head, {*other, z}, {p, z});
        std::vector<double> cells;
        for (std::size_t seed = 0; seed < r.seeds.size(); ++seed)
          if (r.run(*other, z, seed).present)
            cells.push_back(static_cast<double>(r.run(*other, z, seed).output.training_cells));
        out += std::string(lead.above_zero() || lead.below_zero() ? "<td class='num strong'>" : "<td class='num'>") +
               estimate_text(lead, true) + (cells.empty() ? "" : "<br>" + fixed_text(mean_of(cells), 0) + " cells") + "</td>";
      }
      out += "</tr>";
    }
  }
  return out + "</tbody></table></div>";
}

/// F1 of every class at the largest size, classes by their number of test cells; a class without cells or calls has none.
[[nodiscard]] inline std::string class_table(const study_summary& s, std::size_t head) {
  const study_results& r = s.results;
  std::vector<std::pair<std::int64_t, std::size_t>> order;
  for (std::size_t c = 0; c < r.answers.class_names.size(); ++c)
    order.emplace_back(
        -static_cast<std::int64_t>(std::count(r.answers.truth.begin(), r.answers.truth.end(), static_cast<std::int32_t>(c))),
        c);
  std::sort(order.begin(), order.end());
  std::string out = "<div class='scroll'><table class='heat'><caption>" + html_text(r.heads[head]) + ": F1 of each class at " +
                    fraction_text(r.sizes.back()) +
                    ", mean over seeds; shades from 0 (light) to 1 (dark).</caption><thead><tr><th>" +
                    html_text(r.answers.label) + "</th><th class='num'>test cells</th>";
  for (const auto& p : r.pipelines) out += "<th class='num'>" + html_text(p.label()) + "</th>";
  out += "</tr></thead><tbody>";
  for (const auto& [minus, c] : order) {
    out += "<tr><td>" + html_text(r.answers.class_names[c]) + "</td><td class='num'>" + thousands_text(-minus) + "</td>";
    for (std::size_t p = 0; p < r.pipelines.size(); ++p) {
      std::vector<double> values;
      for (std::size_t k = 0; k < r.seeds.size(); ++k)
        if (const run_record& run = r.run(p, s.largest(), k); run.present)
          if (const double f1 = tally(r.answers.truth, run.output.heads[head].predicted, r.n_classes()).f1(c); !std::isnan(f1))
            values.push_back(f1);
      const double mean = mean_of(values);
      const heat_colour colour = heat_of(mean);
      out += std::isnan(mean) ? "<td class='num'>–</td>"
                              : "<td class='num' style='background:" + colour.fill + ";color:" + colour.ink + "'>" +
                                    fixed_text(mean, 2) + "</td>";
    }
    out += "</tr>";
  }
  return out + "</tbody></table></div>";
}

/// What each pipeline is and costs at the largest size. Empty where nothing was timed.
[[nodiscard]] inline std::string cost_table(const study_summary& s) {
  const auto costs = costs_of(s);
  if (std::none_of(costs.begin(), costs.end(),
                   [](const cost_row& c) { return c.fit_seconds + c.embed_seconds + c.score_seconds > 0; }))
    return {};
  std::string out =
      "<div class='scroll'><table><caption>Cost of one run at " + fraction_text(s.results.sizes.back()) +
      ": median over seeds. Operations are the multiplications and additions that embed one cell (–: none, or not counted); "
      "steps: how often weights "
      "were moved (–: fitted in whole passes); cells seen: one once for each time; memory is the process's highest so "
      "far.</caption>";
  const auto rows = cost_texts(s);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out += i == 0 ? "<thead><tr>" : "<tr>";
    for (std::size_t c = 0; c < rows[i].size(); ++c) {
      const std::string kind = i == 0 ? "th" : "td";
      out += "<" + kind + (c == 0 ? ">" : " class='num'>") + html_text(rows[i][c]) + "</" + kind + ">";
    }
    out += i == 0 ? "</tr></thead><tbody>" : "</tr>";
  }
  return out + "</tbody></table></div>";
}

}  // namespace tepui::study
