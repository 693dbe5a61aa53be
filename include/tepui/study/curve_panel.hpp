#pragma once
/// Draws score against corpus size: one line a tokenizer (or a sampler), a band over seeds, the untrained twin, floor, ceiling and
/// saturation mark.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <tepui/study/summary.hpp>
#include <tepui/study/svg.hpp>
#include <tepui/study/words.hpp>

namespace tepui::study {

/// The scores that all panels of a figure show, so that they can be compared by eye.
struct score_axis {
  double low = 0, high = 1, step = 0.2;
  bool floor_below = false;  ///< the majority class lies so far below that it is named under the axis instead
};

/// A step of 1, 2 or 5 times a power of ten that cuts the range into about `parts`.
[[nodiscard]] inline double round_step(double range, int parts) {
  const double raw = range / parts, power = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double times : {1.0, 2.0, 5.0})
    if (times * power >= raw * 0.999) return times * power;
  return 10 * power;
}

/// in     a summary, metric and head        out    an axis that shows every run, the ceiling and, where it is not far below,
/// the floor
[[nodiscard]] inline score_axis axis_of(const study_summary& s, study_metric metric, std::size_t head) {
  double low = 1, high = 0;
  const score_cube& cube = s.scored.scores;
  for (std::size_t p = 0; p < cube.n_pipelines; ++p)
    for (std::size_t z = 0; z < cube.n_sizes; ++z)
      for (const double v : cube.over_seeds(metric, head, p, z)) low = std::min(low, v), high = std::max(high, v);
  if (const measured ceiling = s.results.ceiling(metric); ceiling.known())
    high = std::max(high, ceiling.value), low = std::min(low, ceiling.value);
  const double floor = s.results.floor(metric).value;
  score_axis axis;
  high = std::max(high, low + 0.02);
  axis.floor_below = low - floor > 0.6 * (high - low);
  if (!axis.floor_below) low = std::min(low, floor), high = std::max(high, floor);
  axis.step = round_step(high - low, 5);
  axis.low = std::floor(low / axis.step + 1e-9) * axis.step;
  axis.high = std::ceil(high / axis.step - 1e-9) * axis.step;
  return axis;
}

[[nodiscard]] inline std::string tokenizer_title(const std::string& tokenizer) {
  return tokenizer.empty() || tokenizer == "none" ? "no tokenizer (counts)" : tokenizer;
}

/// What a line of the figures stands for: a tokenizer, or a sampler where the study compares samplers; "trained" where there is neither.
[[nodiscard]] inline std::string line_of(const study_results& r, const pipeline_name& p) {
  return r.compares_samplers() ? p.sampler : r.has_tokenizers() ? tokenizer_title(p.tokenizer) : "trained";
}
/// What a panel of the figures stands for: an encoder, or a whole pipeline where the study compares samplers.
[[nodiscard]] inline std::string panel_of(const study_results& r, const pipeline_name& p) {
  return r.compares_samplers() ? pipeline_label(p.tokenizer, p.encoder) : p.encoder;
}
[[nodiscard]] inline std::vector<std::string> lines_of(const study_results& r) {
  return names_in_order(r, [&](const pipeline_name& p) { return line_of(r, p); });
}
[[nodiscard]] inline std::vector<std::string> panels_of(const study_results& r) {
  return names_in_order(r, [&](const pipeline_name& p) { return panel_of(r, p); });
}

/// One panel with all its lines: an encoder with its tokenizers, or a pipeline with its samplers.
/// in     summary, metric, head, the panel (one of panels_of), the figure's axis        out    an inline drawing, readable alone
[[nodiscard]] inline std::string curve_panel(const study_summary& s, study_metric metric, std::size_t head,
                                             const std::string& panel, const score_axis& axis) {
  constexpr double width = 310, height = 262, left = 44, right = 12, top = 30, bottom = 62, slot = 56;
  const study_results& r = s.results;
  const double x0 = left + (r.has_untrained() ? slot : 0.0), x1 = width - right - 6, y1 = top, y0 = height - bottom;
  const std::size_t first = r.first_trained();
  const double small = std::log10(r.sizes[first]), range = std::log10(r.sizes.back()) - small;
  const auto x_of = [&](std::size_t z) {
    return range > 0 ? x0 + 12 + (std::log10(r.sizes[z]) - small) / range * (x1 - x0 - 12) : (x0 + x1) / 2;
  };
  const double strip = axis.floor_below ? 16 : 0;
  const auto y_of = [&](double v) { return y0 - strip - (v - axis.low) / (axis.high - axis.low) * (y0 - strip - y1); };
  const int places = axis.step >= 0.1 ? 1 : axis.step >= 0.01 ? 2 : 3;

  svg_drawing draw(width, height, panel + ": " + metric_title(metric) + " against corpus size, " + r.heads[head]);
  constexpr std::size_t fits = 30;  // characters behind the margin; a longer name begins at the edge, in smaller type
  if (panel.size() > fits)
    draw.text(2, 17, panel, "class='panel' style='font-size:11.5px'");
  else
    draw.text(left, 17, panel, "class='panel'");
  for (double v = axis.low; v < axis.high + axis.step / 2; v += axis.step) {
    draw.line(left, y_of(v), width - right, y_of(v), "class='grid'");
    draw.text(left - 6, y_of(v) + 3.5, fixed_text(v, places), "text-anchor='end'");
  }
  draw.line(left, y0, width - right, y0, "class='axis'");
  if (r.has_untrained()) {
    draw.line(x0 - 4, y1, x0 - 4, y0, "class='grid' stroke-dasharray='2 3'");
    draw.text(left + (slot - 8) / 2, y0 + 15, "0", "text-anchor='middle'");
    draw.text(left + (slot - 8) / 2, y0 + 28, "untrained", "text-anchor='middle' class='small'");
  }
  // Size labels from the largest down; one that would touch its neighbour is left out (its tick stays).
  double taken = width;
  for (std::size_t z = r.sizes.size(); z-- > first;) {
    draw.line(x_of(z), y0, x_of(z), y0 + 4, "class='axis'");
    const std::string share = fraction_text(r.sizes[z]), cells = thousands_text(r.training_cells(z));
    const double half = 3.1 * static_cast<double>(std::max(share.size(), cells.size())) + 2;
    const double middle = std::min(x_of(z), width - 1 - half), keep = z == first ? 0 : x_of(first) + half;
    if (middle + half > taken || (z != first && middle - half < keep)) continue;
    taken = middle - half;
    draw.text(middle, y0 + 15, share, "text-anchor='middle'");
    draw.text(middle, y0 + 28, cells, "text-anchor='middle' class='small'");
  }
  draw.text((x0 + x1) / 2, y0 + 45, "share of the corpus; training cells", "text-anchor='middle' class='small'");
  draw.text(0, 0, metric_title(metric),
            "text-anchor='middle' class='small' transform='translate(11 " + svg_drawing::at((y0 + y1) / 2) + ") rotate(-90)'");

  const double floor = r.floor(metric).value;
  const std::string floor_words = "majority class: " + fixed_text(floor);
  if (axis.floor_below)
    draw.text(width - right - 3, y0 - 5, "\u25BC majority class " + fixed_text(floor, 2), "text-anchor='end' class='small'");
  else
    draw.line(left, y_of(floor), width - right, y_of(floor), "stroke='#555' stroke-width='1.5' stroke-dasharray='1.5 3'",
              floor_words);
  if (const measured ceiling = r.ceiling(metric); ceiling.known())
    draw.line(left, y_of(ceiling.value), width - right, y_of(ceiling.value),
              "stroke='#000' stroke-width='1.3' stroke-dasharray='9 3 2 3'", "best possible: " + fixed_text(ceiling.value));

  const auto lines = lines_of(r);
  std::vector<std::size_t> shown;
  for (std::size_t p = 0; p < r.pipelines.size(); ++p)
    if (panel_of(r, r.pipelines[p]) == panel) shown.push_back(p);
  const auto style_of = [&](std::size_t p) {
    return static_cast<std::size_t>(std::find(lines.begin(), lines.end(), line_of(r, r.pipelines[p])) - lines.begin());
  };
  const auto seeds_at = [&](std::size_t p, std::size_t z) { return s.scored.scores.over_seeds(metric, head, p, z); };
  for (const std::size_t p : shown) {  // bands below all lines
    std::vector<std::pair<double, double>> band, lower;
    for (std::size_t z = first; z < r.sizes.size(); ++z)
      if (const auto v = seeds_at(p, z); !v.empty()) {
        band.emplace_back(x_of(z), y_of(*std::max_element(v.begin(), v.end())));
        lower.emplace_back(x_of(z), y_of(*std::min_element(v.begin(), v.end())));
      }
    band.insert(band.end(), lower.rbegin(), lower.rend());
    if (lower.size() > 1)
      draw.path(band, true,
                "stroke='none' fill-opacity='.18' fill='" + std::string(line_colours[style_of(p) % line_colours.size()]) + "'");
  }
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const std::size_t p = shown[i], style = style_of(p);
    const std::string colour = line_colours[style % line_colours.size()], name = r.pipelines[p].label();
    const std::string stroke = "fill='none' stroke='" + colour + "' ",
                      fill = "fill='" + colour + "' stroke='#fff' stroke-width='.8'";
    const auto words = [&](std::size_t z, const std::vector<double>& v) {
      return name + ", " + (z >= first ? fraction_text(r.sizes[z]) : "untrained") + ": mean " + fixed_text(mean_of(v)) +
             ", seeds " + fixed_text(*std::min_element(v.begin(), v.end())) + " to " +
             fixed_text(*std::max_element(v.begin(), v.end())) + " (n = " + std::to_string(v.size()) + ")";
    };
    if (const auto v = r.has_untrained() ? seeds_at(p, 0) : std::vector<double>{}; !v.empty()) {
      const double x = left + (slot - 8) / 2 + 9.0 * (static_cast<double>(i) - static_cast<double>(shown.size() - 1) / 2);
      draw.line(x, y_of(*std::min_element(v.begin(), v.end())), x, y_of(*std::max_element(v.begin(), v.end())),
                stroke + "stroke-width='1.6'");
      draw.line(x, y_of(mean_of(v)), width - right, y_of(mean_of(v)),
                stroke + "stroke-width='1.1' stroke-dasharray='5 4' stroke-opacity='.85'", words(0, v));
      draw.mark(style, x, y_of(mean_of(v)), 3.6, fill, words(0, v));
    }
    std::vector<std::pair<double, double>> line;
    for (std::size_t z = first; z < r.sizes.size(); ++z)
      if (const auto v = seeds_at(p, z); !v.empty()) line.emplace_back(x_of(z), y_of(mean_of(v)));
    draw.path(line, false, stroke + "stroke-width='2' stroke-linejoin='round'");
    const saturation& point = s.row(metric, head, p).point;
    for (std::size_t z = first; z < r.sizes.size(); ++z) {
      const auto v = seeds_at(p, z);
      if (v.empty()) continue;
      if (point.reported() && point.of_means.value == r.sizes[z])
        draw.mark(style, x_of(z), y_of(mean_of(v)), 8.5, stroke + "stroke-width='1.6'",
                  name + " saturates at " + saturation_text(r, point));
      draw.mark(style, x_of(z), y_of(mean_of(v)), 3.6, fill, words(z, v));
    }
  }
  return draw.finish();
}

}  // namespace tepui::study
