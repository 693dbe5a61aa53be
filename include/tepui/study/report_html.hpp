#pragma once
/// Writes a study's report: one page that opens anywhere, without network and without scripts.

#include <string>
#include <vector>

#include <tepui/study/curve_panel.hpp>
#include <tepui/study/heat_map.hpp>
#include <tepui/study/report_tables.hpp>
#include <tepui/study/sentences.hpp>
#include <tepui/study/summary.hpp>
#include <tepui/study/svg.hpp>
#include <tepui/study/text_file.hpp>

namespace tepui::study {

inline constexpr std::string_view report_style = R"css(
:root{color-scheme:light}
body{font:15px/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif;color:#1a1a1a;background:#fff;margin:0 auto;max-width:1160px;padding:24px 20px 60px}
h1{font-size:26px;line-height:1.2;margin:0 0 4px}h2{font-size:19px;margin:36px 0 8px;border-bottom:1px solid #ccc;padding-bottom:3px}h3{font-size:16px;margin:22px 0 6px}
p{margin:6px 0;max-width:88ch}.lead{color:#444}ul{padding-left:20px;margin:8px 0}li{margin:5px 0;max-width:96ch}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(264px,100%),1fr));gap:6px 12px;align-items:start}.maps{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(460px,100%),1fr));gap:18px 24px;align-items:start}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 20px;margin:8px 0}dt{font-weight:600;padding-top:6px}dd{margin:0}dd p{max-width:96ch}
@media(max-width:640px){dl{display:block}dt{margin-top:8px}}
figure{margin:0 0 12px;break-inside:avoid}figcaption{font-size:13px;color:#444;max-width:110ch}
svg{width:100%;height:auto;display:block}svg text{font-size:11.5px;fill:#1a1a1a}svg .small{font-size:10.5px;fill:#444}svg .panel{font-size:13px;font-weight:600}svg .cell{font-size:14px;font-weight:600}
svg .grid{stroke:#e2e2e2;stroke-width:1}svg .axis{stroke:#444;stroke-width:1}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px;margin:4px 0 8px;align-items:center}.legend span{display:inline-flex;align-items:center;gap:6px}.legend svg{width:34px;height:16px;flex:none}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:13px;margin:10px 0 2px;width:100%}caption{text-align:left;font-size:13px;color:#444;padding-bottom:4px}
th{text-align:left;font-weight:600;border-bottom:1.5px solid #444;padding:4px 8px;vertical-align:bottom}td{border-bottom:1px solid #e2e2e2;padding:4px 8px;vertical-align:top}
.num{text-align:right;font-variant-numeric:tabular-nums}td.num,td.name{white-space:nowrap}.strong{font-weight:600}.limit td{color:#444;font-style:italic}sup{line-height:0}.note{font-size:13px;color:#444}
.heat th.num{font-weight:500;font-size:12px;max-width:110px}pre{background:#f4f4f4;padding:10px 12px;overflow-x:auto;font-size:13px}
.settings td:first-child{white-space:nowrap;color:#444}.settings td{overflow-wrap:anywhere}details>summary{cursor:pointer;font-weight:600;margin:10px 0}
@media print{body{max-width:none;padding:0}h2{break-after:avoid}}
)css";

/// What the marks of a figure mean; outside the drawings, so that no label can cover a line.
[[nodiscard]] inline std::string curve_legend(const study_summary& s) {
  const auto lines = lines_of(s.results);
  const auto sample = [](const svg_drawing& d) { return d.finish("aria-hidden='true'"); };
  std::string out = "<div class='legend'>";
  for (std::size_t t = 0; t < lines.size(); ++t) {
    const std::string colour = line_colours[t % line_colours.size()], name = lines[t];
    svg_drawing d(34, 16, name);
    d.rect(1, 3, 32, 10, "fill-opacity='.18' fill='" + colour + "'")
        .line(1, 8, 33, 8, "stroke-width='2' stroke='" + colour + "'")
        .mark(t, 17, 8, 3.6, "fill='" + colour + "'");
    out += "<span>" + sample(d) + html_text(name) + "</span>";
  }
  const auto line = [&](const std::string& words, std::string_view attributes) {
    svg_drawing d(34, 16, words);
    d.line(1, 8, 33, 8, attributes);
    out += "<span>" + sample(d) + html_text(words) + "</span>";
  };
  if (s.results.has_untrained())
    line("untrained twin, in its colour", "stroke='#444' stroke-width='1.1' stroke-dasharray='5 4'");
  line("majority class", "stroke='#555' stroke-width='1.5' stroke-dasharray='1.5 3'");
  if (!s.results.answers.best_possible.empty())
    line("best possible", "stroke='#000' stroke-width='1.3' stroke-dasharray='9 3 2 3'");
  svg_drawing ring(34, 16, "saturation");
  ring.mark(0, 17, 8, 7, "fill='none' stroke='#444' stroke-width='1.6'").mark(0, 17, 8, 3.4, "fill='#444'");
  return out + "<span>" + sample(ring) + "saturation point</span></div>";
}

/// One figure: a panel an encoder.
[[nodiscard]] inline std::string curve_figure(const study_summary& s, study_metric metric, std::size_t head) {
  const study_results& r = s.results;
  const score_axis axis = axis_of(s, metric, head);
  std::string out = "<figure><h3>" + html_text(r.heads[head]) + ": " + metric_title(metric) + "</h3>" + curve_legend(s) +
                    "<div class='panels'>";
  for (const std::string& panel : panels_of(r)) out += curve_panel(s, metric, head, panel, axis);
  return out + "</div><figcaption>" + (metric == study_metric::accuracy ? "Accuracy" : "Macro-F1") + " on " +
         thousands_text(r.n_cells()) + " test cells against corpus size (logarithmic), one panel " +
         (r.compares_samplers() || !r.has_tokenizers() ? "a pipeline" : "an encoder") + ", all on one scale. Points: mean of " +
         count_text(isize(r.seeds.size()), "seed") +
         "; bands and bars: lowest to highest seed. A ring marks the smallest size whose mean is above " +
         fraction_text(s.share) +
         " of the best size's; there is none where the best size is not above the untrained twin by more than noise." +
         (axis.floor_below ? " The majority class lies below the scale." : "") + "</figcaption></figure>";
}

/// The part of the page with a tokenizer x encoder map for every head and metric.
[[nodiscard]] inline std::string heat_maps(const study_summary& s) {
  const study_results& r = s.results;
  std::string out = "<h2>Tokenizer x encoder at " + fraction_text(r.sizes.back()) +
                    (r.compares_samplers() ? ", " + html_text(r.pipelines.front().sampler) : std::string()) +
                    "</h2>\n<div class='maps'>";
  for (std::size_t h = 0; h < r.heads.size(); ++h)
    for (const study_metric metric : {study_metric::macro_f1, study_metric::accuracy})
      out += "<figure><h3>" + html_text(r.heads[h]) + ": " + metric_title(metric) + "</h3>" + heat_map(s, metric, h) +
             "</figure>\n";
  return out + "</div><p class='note'>Mean of " + count_text(isize(r.seeds.size()), "seed") +
         ", n = " + thousands_text(r.n_cells()) + " test cells; gain: difference from the untrained twin, * where its whole " +
         fraction_text(s.scored.options.level) +
         " interval is above 0. Each map has its own scale of shades. Dashed: not in this study.</p>";
}

/// in     a summary, and the words that only the program knows        out    the page
[[nodiscard]] inline std::string report_html(const study_summary& s, const study_words& words) {
  const study_results& r = s.results;
  std::string out =
      "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'><meta name='viewport' "
      "content='width=device-width,initial-scale=1'><title>" +
      html_text(words.title) + "</title><style>" + std::string(report_style) + "</style></head>\n<body>\n<h1>" +
      html_text(words.title) + "</h1>\n";
  if (!words.corpus.empty()) out += "<p class='lead'>" + html_text(words.corpus) + "</p>\n";
  out += "<h2>Summary</h2>\n<dl>";
  for (const auto& [topic, sentences] : summary_in_words(s)) {
    out += "<dt>" + html_text(topic) + "</dt><dd>";
    for (const std::string& sentence : sentences) out += "<p>" + html_text(sentence) + "</p>";
    out += "</dd>\n";
  }
  out += "</dl>\n<h2>Score against corpus size</h2>\n";
  for (std::size_t h = 0; h < r.heads.size(); ++h)
    for (const study_metric metric : {study_metric::macro_f1, study_metric::accuracy}) out += curve_figure(s, metric, h) + "\n";
  if (r.compares_samplers()) {
    out += "<h2>Samplers</h2>\n";
    for (std::size_t h = 0; h < r.heads.size(); ++h)
      for (const study_metric metric : {study_metric::macro_f1, study_metric::accuracy})
        out += sampler_table(s, metric, h) + "\n";
  }
  if (r.has_tokenizers()) out += heat_maps(s) + "\n";
  out += "<h2>Table</h2>\n";
  for (std::size_t h = 0; h < r.heads.size(); ++h)
    for (const study_metric metric : {study_metric::macro_f1, study_metric::accuracy}) out += score_table(s, metric, h) + "\n";
  out += "<h2>Each class</h2>\n";
  for (std::size_t h = 0; h < r.heads.size(); ++h) out += class_table(s, h) + "\n";
  if (const std::string costs = cost_table(s); !costs.empty()) out += "<h2>Cost</h2>\n" + costs + "\n";
  if (!r.missing.empty()) {
    out += "<h2>Missing runs</h2>\n<ul>";
    for (const std::string& label : r.missing) out += "<li>" + html_text(label) + "</li>";
    out += "</ul>\n";
  }
  out +=
      "<h2>How to read this</h2>\n<ul>"
      "<li><b>Untrained twin</b>: the same pipeline with whatever it learns left at its start, having seen no cells. "
      "<b>Gain</b>: score at the largest size minus that of the "
      "twin with the same seed, on the same test cells.</li>"
      "<li><b>Saturation, rule on means</b>: the smallest size whose mean over seeds is above " +
      fraction_text(s.share) +
      " of the best size's mean; in brackets what drawing seeds "
      "and test cells again makes of it. <b>Published rule</b>: the smallest size at which any single run is above " +
      fraction_text(s.share) +
      " of the best single run, which favours small sizes when seeds differ. <b>Rule on gain</b>: the smallest size that "
      "makes " +
      fraction_text(s.share) +
      " of the way from the untrained twin to the best mean.</li>"
      "<li>Nothing below the smallest size was trained, so it reads as \u201cat most\u201d; a saturation point at the largest "
      "size means that the curve was not seen to go flat.</li>"
      "<li>A saturation point is reported only where the best size is above the untrained twin by more than noise (an interval "
      "widened for the number of sizes).</li></ul>\n";
  out += "<h2>Settings</h2>\n<div class='scroll'><table class='settings'><tbody>";
  const auto setting = [&](const std::string& name, const std::string& value) {
    out += "<tr><td>" + html_text(name) + "</td><td>" + html_text(value) + "</td></tr>";
  };
  for (const auto& [name, value] : words.settings) setting(name, value);
  std::vector<std::string> seeds;
  for (const auto seed : r.seeds) seeds.push_back(std::to_string(seed));
  setting("seeds", list_text(seeds));
  setting("bootstrap", count_text(s.scored.options.resamples, "resample") + ", seed " + std::to_string(s.scored.options.seed));
  out += "</tbody></table></div>\n";
  if (!words.repeat.empty()) out += "<h2>How to repeat it</h2>\n<pre>" + html_text(words.repeat) + "</pre>\n";
  return out + "</body></html>\n";
}

/// errors  std::runtime_error where the file cannot be written
inline void write_report_html(const study_summary& s, const study_words& words, const std::string& path) {
  write_text_file(path, report_html(s, words));
}

}  // namespace tepui::study
