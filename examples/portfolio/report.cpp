#include "report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <tepui/study/words.hpp>

#include "../page.hpp"
#include "../score_output.hpp"

namespace portfolio {
namespace {
namespace st = tepui::study;
using json = nlohmann::ordered_json;
using page::colour;
using page::cut;
using page::figure;
using page::legend;

std::string percent(const tp::measured& share, int places = 1) {
  return share.known() ? st::fixed_text(100 * share.value, places) + " %" : "-";
}
std::string between(const tp::score& s) {
  return s.low.known()
             ? fmt::format("{} to {} %", st::fixed_text(100 * s.low.value, 1), st::fixed_text(100 * s.high.value, 1))
             : "-";
}
std::string number(const tp::measured& m, int places) { return m.known() ? st::fixed_text(m.value, places) : "-"; }
const char* word_of(cover::paying p) {
  return p == cover::paying::yes ? "yes" : p == cover::paying::no ? "no" : "not clear";
}
const std::string& name_of(const cell_pool& pool, const purchase& p) { return pool.candidates[tp::usize(p.candidate)].name; }

/// Of many types, the first few and how many more.
std::string few(const std::vector<std::string>& types, std::size_t most) {
  if (types.empty()) return "none";
  std::vector<std::string> some(types.begin(), types.begin() + static_cast<std::ptrdiff_t>(std::min(most, types.size())));
  if (types.size() > most) some.push_back(st::count_text(tp::isize(types.size() - most), "more", "more"));
  return st::list_text(some);
}

std::vector<std::vector<std::string>> table_rows(const cell_pool& pool, const findings& f, std::size_t types) {
  std::vector<std::vector<std::string>> rows{{"buy", pool.one, "cells", "adds", "95 % interval", "of the first",
                                              "covered then", "at random", "near duplicates", "new boxes", "Vendi then",
                                              "radius then", "pays", "new types"}};
  for (std::size_t s = 0; s < f.order.size(); ++s) {
    const purchase& p = f.order[s];
    const candidate& c = pool.candidates[tp::usize(p.candidate)];
    rows.push_back({std::to_string(s + 1), c.name,
                    c.looked_at == c.cells ? st::thousands_text(c.cells)
                                           : st::thousands_text(c.looked_at) + " of " + st::thousands_text(c.cells),
                    percent(p.step.gain.value), between(p.step.gain), percent(p.step.of_first.value),
                    percent(p.step.covered.value), percent(p.step.covered.floor), percent(p.detail.near.share.value),
                    number(p.detail.boxes.gain, 0), number(p.detail.vendi.after.value, 2),
                    number(p.detail.covering_radius.after.value, 2), word_of(p.pays), few(p.types, types)});
  }
  return rows;
}

std::vector<std::string> explanations(const cell_pool& pool, const findings& f) {
  std::vector<std::string> out{
      fmt::format("Space: {}.", pool.made),
      fmt::format("Adds: share of the cells of all {0}s, each {0} weighing the same, that have a cell of this {0} near and "
                  "of none before it. Near is: {1}.",
                  pool.one, f.near),
      fmt::format("Order: the {0} that adds most comes next; {1}. At random: what as many {0}s in random order cover.",
                  pool.one, f.bound),
      fmt::format("Interval: cells are drawn again within each {0}; the {0}s stay, and cells of one donor count as "
                  "independent, so it is too narrow for a claim about other donors.",
                  pool.one),
      fmt::format("Near duplicates: cells nearer to one bought before than the median cell of the {0} to the nearest other "
                  "one of it; about a half where those before hold the same biology as densely.",
                  pool.one),
      fmt::format("New boxes: boxes of side {} in the first {} dims that no cell lay in before. Radius then: from the "
                  "farthest of all cells to the nearest bought.",
                  st::fixed_text(f.unit, 2), f.box_dims)};
  out.insert(out.end(), pool.notes.begin(), pool.notes.end());
  const auto order_of = [&](const cover::gain_order& o) {
    std::vector<std::string> names;
    for (const auto& step : o.step) names.push_back(pool.candidates[tp::usize(step.batch)].name);
    return st::list_text(names);
  };
  out.push_back("Other measures would buy: by new boxes " + order_of(f.by_boxes) + "; by Vendi score " +
                order_of(f.by_vendi) + " (without a bound: it is not submodular).");
  return out;
}

// Drawings

/// A drawing with two axes.
struct axes {
  double width, height, left = 56, right = 14, top = 14, bottom = 46, x_low = 0, x_high = 1, y_low = 0, y_high = 1;
  bool log_x = false;
  [[nodiscard]] double x(double v) const {
    const double a = log_x ? std::log10(std::max(v, x_low)) : v, low = log_x ? std::log10(x_low) : x_low,
                 high = log_x ? std::log10(x_high) : x_high;
    return left + (a - low) / std::max(high - low, 1e-12) * (width - left - right);
  }
  [[nodiscard]] double y(double v) const {
    return height - bottom - (v - y_low) / std::max(y_high - y_low, 1e-12) * (height - top - bottom);
  }
  void draw(st::svg_drawing& d, const std::string& y_title, const std::string& x_title, const std::string& y_unit) const {
    const double step = st::round_step(y_high - y_low, 5);
    for (double v = y_low; v <= y_high + 1e-9 * step; v += step) {
      d.line(left, y(v), width - right, y(v), "class='grid'");
      d.text(left - 6, y(v) + 4, st::shortest(std::round(v * 1e6) / 1e6) + y_unit, "text-anchor='end'");
    }
    d.line(left, height - bottom, width - right, height - bottom, "class='axis'");
    d.text((left + width - right) / 2, height - 8, x_title, "text-anchor='middle' class='small'");
    d.text(0, 0, y_title,
           "text-anchor='middle' class='small' transform='translate(12 " + st::svg_drawing::at((top + height - bottom) / 2) +
               ") rotate(-90)'");
  }
};

/// How much is covered after each purchase, beside random order; bars: what each adds.
std::string coverage_curve(const cell_pool& pool, const findings& f) {
  const auto n = f.order.size();
  axes a{.width = std::max(420.0, 90.0 + 64.0 * static_cast<double>(n)),
         .height = 330,
         .x_low = 0.4,
         .x_high = static_cast<double>(n) + 0.6,
         .y_high = 100};
  const bool slanted = n > 3;
  a.bottom = slanted ? 96 : 58;
  st::svg_drawing d(a.width, a.height, "Share of all cells covered after each file");
  a.draw(d, "share of all cells", "", " %");
  std::vector<std::pair<double, double>> line, chance, band, lower;
  for (std::size_t s = 0; s < n; ++s) {
    const purchase& p = f.order[s];
    const double x = a.x(static_cast<double>(s + 1)), half = 17;
    const bool pays = p.pays == cover::paying::yes;
    d.rect(x - half, a.y(100 * p.step.gain.value.value), 2 * half, a.y(0) - a.y(100 * p.step.gain.value.value),
           fmt::format("fill='{}' fill-opacity='{}'", colour(0),
                       pays                          ? ".55"
                       : p.pays == cover::paying::no ? ".18"
                                                     : ".35"),
           fmt::format("{} adds {} ({}); pays: {}", name_of(pool, p), percent(p.step.gain.value), between(p.step.gain),
                       word_of(p.pays)));
    if (p.step.gain.low.known())
      d.line(x, a.y(100 * p.step.gain.low.value), x, a.y(100 * p.step.gain.high.value), "stroke='#222' stroke-width='1.4'");
    line.emplace_back(x, a.y(100 * p.step.covered.value.value));
    chance.emplace_back(x, a.y(100 * p.step.covered.floor.value));
    const std::string name = cut(name_of(pool, p), slanted ? 16 : 22);
    if (slanted)
      d.text(0, 0, name,
             fmt::format("text-anchor='end' transform='translate({} {}) rotate(-38)'", st::svg_drawing::at(x + 5),
                         st::svg_drawing::at(a.height - a.bottom + 15)));
    else
      d.text(x, a.height - a.bottom + 16, name, "text-anchor='middle'");
    if (!slanted)
      d.text(x, a.height - a.bottom + 30, fmt::format("pays: {}", word_of(p.pays)), "text-anchor='middle' class='small'");
  }
  const double limit = 100 * f.order[0].step.gain.value.value * f.stop;
  d.line(a.left, a.y(limit), a.width - a.right, a.y(limit),
         fmt::format("stroke='{}' stroke-width='1.4' stroke-dasharray='6 4'", colour(1)),
         fmt::format("limit: {} % of the first gain", st::shortest(100 * f.stop)));
  d.path(chance, false, "fill='none' stroke='#555' stroke-width='1.4' stroke-dasharray='1.5 3'",
         "as many files in random order");
  d.path(line, false, fmt::format("fill='none' stroke='{}' stroke-width='2'", colour(0)));
  for (std::size_t s = 0; s < n; ++s)
    d.mark(0, line[s].first, line[s].second, 4, fmt::format("fill='{}' stroke='#fff'", colour(0)),
           fmt::format("after {}: {} covered ({}), in random order {}", name_of(pool, f.order[s]),
                       percent(f.order[s].step.covered.value), between(f.order[s].step.covered),
                       percent(f.order[s].step.covered.floor)));
  return d.finish(fmt::format("style='max-width:{}px'", static_cast<int>(a.width * 1.25)));
}

/// Which file holds what of which other.
std::string overlap_map(const cell_pool& pool, const findings& f) {
  const std::size_t n = f.order.size();
  const double side = n > 8 ? 40 : 58, left = 150, top = 96;
  st::svg_drawing d(left + side * static_cast<double>(n) + 96, top + side * static_cast<double>(n) + 8,
                    "Share of the cells of one file that have a cell of another near");
  for (std::size_t r = 0; r < n; ++r) {
    const auto of = tp::usize(f.order[r].candidate);
    d.text(left - 8, top + side * (static_cast<double>(r) + 0.5) + 4, cut(pool.candidates[of].name, 20),
           "text-anchor='end'");
    d.text(0, 0, cut(pool.candidates[of].name, 16),
           fmt::format("transform='translate({} {}) rotate(-38)'",
                       st::svg_drawing::at(left + side * (static_cast<double>(r) + 0.5)), st::svg_drawing::at(top - 8)));
    for (std::size_t c = 0; c < n; ++c) {
      const auto by = tp::usize(f.order[c].candidate);
      const double share = f.overlap[of][by];
      const auto shade = st::heat_of(share);
      d.rect(left + side * static_cast<double>(c) + 1, top + side * static_cast<double>(r) + 1, side - 2, side - 2,
             fmt::format("fill='{}'", shade.fill),
             fmt::format("{} of the cells of {} have a cell of {} near; near duplicates: {}", percent(share),
                         pool.candidates[of].name, pool.candidates[by].name,
                         f.duplicate[of][by] < 0 ? "-" : percent(f.duplicate[of][by])));
      d.text(left + side * (static_cast<double>(c) + 0.5), top + side * (static_cast<double>(r) + 0.5) + 4,
             st::fixed_text(100 * share, 0), fmt::format("text-anchor='middle' style='fill:{}'", shade.ink));
    }
  }
  return d.finish(
      fmt::format("style='max-width:{}px'", static_cast<int>(1.2 * (left + side * static_cast<double>(n) + 96))));
}

/// Expected types against cells (or donors).
std::string rarefaction_curves(const std::vector<curve>& curves, const std::string& x_title, bool log_x) {
  axes a{.width = 520, .height = 300, .x_low = 1, .log_x = log_x};
  a.y_high = 1;
  a.x_high = 2;
  for (const curve& c : curves)
    for (const auto& p : c.points) {
      a.x_high = std::max(a.x_high, static_cast<double>(p.cells));
      a.y_high = std::max(a.y_high, p.types.high.value);
    }
  const double step = st::round_step(a.y_high, 5);
  a.y_high = std::ceil(a.y_high / step) * step;
  st::svg_drawing d(a.width, a.height, "Types expected in " + x_title);
  a.draw(d, "types", x_title, "");
  for (double v = 1; v <= a.x_high; v = log_x ? v * 10 : v + std::max(1.0, st::round_step(a.x_high, 8))) {
    d.line(a.x(v), a.height - a.bottom, a.x(v), a.height - a.bottom + 4, "class='axis'");
    d.text(a.x(v), a.height - a.bottom + 16, st::thousands_text(static_cast<std::int64_t>(v)), "text-anchor='middle'");
  }
  for (std::size_t i = curves.size(); i-- > 0;) {
    std::vector<std::pair<double, double>> line, band, lower;
    for (const auto& p : curves[i].points) {
      const double x = a.x(static_cast<double>(p.cells));
      line.emplace_back(x, a.y(p.types.value.value));
      band.emplace_back(x, a.y(p.types.high.value));
      lower.emplace_back(x, a.y(p.types.low.value));
    }
    band.insert(band.end(), lower.rbegin(), lower.rend());
    d.path(band, true, fmt::format("stroke='none' fill-opacity='.12' fill='{}'", colour(i)));
    d.path(line, false,
           fmt::format("fill='none' stroke-width='2' stroke='{}'{}", colour(i),
                       i >= st::line_colours.size() ? " stroke-dasharray='5 3'" : ""),
           fmt::format("{}: {} types in {}", curves[i].name, st::fixed_text(curves[i].points.back().types.value.value, 0),
                       st::thousands_text(curves[i].points.back().cells)));
  }
  return d.finish("style='max-width:640px'");
}

/// The two leading dimensions, one panel a purchase: what it adds, and what was there.
std::string maps(const cell_pool& pool, const findings& f) {
  const auto dims = tp::usize(pool.cells.n_columns);
  if (dims < 2) return "";
  const auto at = [&](std::size_t c, std::size_t d) { return static_cast<double>(pool.cells.value[c * dims + d]); };
  double low[2], high[2];
  for (std::size_t d = 0; d < 2; ++d) {
    // A few cells far out must not press the others together.
    std::vector<double> v;
    for (std::size_t c = 0; c < pool.batch.size(); ++c) v.push_back(at(c, d));
    std::sort(v.begin(), v.end());
    low[d] = v[v.size() / 500], high[d] = v[v.size() - 1 - v.size() / 500];
    const double room = 0.04 * std::max(high[d] - low[d], 1e-9);
    low[d] -= room, high[d] += room;
  }
  const std::size_t every = std::max<std::size_t>(1, pool.batch.size() / 3000);
  std::string out = "<div class='panels'>";
  for (std::size_t s = 0; s < std::min<std::size_t>(f.order.size(), 12); ++s) {
    const purchase& p = f.order[s];
    st::svg_drawing d(270, 262, fmt::format("{}: the cells it covers first", name_of(pool, p)));
    d.text(4, 14, fmt::format("{}. {}", s + 1, cut(name_of(pool, p), 30)), "class='panel'");
    d.rect(1, 22, 268, 238, "fill='none' class='grid'");
    for (const int layer : {0, 1, 2})
      for (std::size_t c = 0; c < pool.batch.size(); c += every) {
        const bool own = pool.batch[c] == p.candidate, fresh = f.covered_at[c] == static_cast<std::int32_t>(s);
        if ((fresh ? 2 : own ? 1 : 0) != layer) continue;
        const double x = 1 + 268 * (std::clamp(at(c, 0), low[0], high[0]) - low[0]) / (high[0] - low[0]),
                     y = 260 - 238 * (std::clamp(at(c, 1), low[1], high[1]) - low[1]) / (high[1] - low[1]);
        d.shape("circle", fmt::format("cx='{}' cy='{}' r='{}' fill='{}'", st::svg_drawing::at(x), st::svg_drawing::at(y),
                                      layer == 0 ? "1.1" : "1.6",
                                      layer == 2   ? colour(1)
                                      : layer == 1 ? colour(0)
                                                   : "#d5d5d5"));
      }
    out += d.finish();
  }
  return out + "</div>";
}

}  // namespace

std::string as_text(const cell_pool& pool, const findings& f) {
  auto rows = table_rows(pool, f, 3);
  std::string out = fmt::format("{} cells of {} {}; {}\n\n", st::thousands_text(tp::isize(pool.batch.size())),
                                pool.candidates.size(), pool.one + "s", pool.made);
  out += st::aligned(rows) + "\n";
  for (const auto& sentence : f.verdict) out += sentence + "\n";
  out += "\n";
  for (const auto& sentence : explanations(pool, f)) out += "- " + sentence + "\n";
  return out;
}

std::string as_document(const cell_pool& pool, const findings& f) {
  json out{{"embedding", pool.made}, {"near", f.near}, {"median_radius", f.radius}, {"box_side", f.unit},
           {"box_dims", f.box_dims}, {"stop", f.stop}, {"bound", f.bound}};
  out["order"] = json::array();
  for (std::size_t s = 0; s < f.order.size(); ++s) {
    const purchase& p = f.order[s];
    const candidate& c = pool.candidates[tp::usize(p.candidate)];
    json one{
        {"buy", s + 1},        {"name", c.name}, {"n_cells", c.cells}, {"looked_at", c.looked_at}, {"pays", word_of(p.pays)},
        {"new_types", p.types}};
    one["scores"] = json::array();
    for (const tp::score* score :
         {&p.step.gain, &p.step.covered, &p.step.of_first, &p.detail.covering_radius.after, &p.detail.mean_distance.after,
          &p.detail.vendi.after, &p.detail.boxes.after, &p.detail.near.share, &p.detail.near.copies})
      one["scores"].push_back(score_output::as_json(*score));
    out["order"].push_back(std::move(one));
  }
  const auto names = [&](const cover::gain_order& o) {
    auto all = json::array();
    for (const auto& step : o.step) all.push_back(pool.candidates[tp::usize(step.batch)].name);
    return all;
  };
  out["order_by_boxes"] = names(f.by_boxes);
  out["order_by_vendi"] = names(f.by_vendi);
  out["overlap"] = json::array();
  for (std::size_t of = 0; of < pool.candidates.size(); ++of)
    for (std::size_t by = 0; by < pool.candidates.size(); ++by)
      if (of != by)
        out["overlap"].push_back({{"of", pool.candidates[of].name},
                                  {"by", pool.candidates[by].name},
                                  {"share_within", f.overlap[of][by]},
                                  {"near_duplicates", f.duplicate[of][by] < 0 ? json() : json(f.duplicate[of][by])}});
  const auto points = [](const std::vector<cover::rarefied>& curve) {
    auto all = json::array();
    for (const auto& p : curve)
      all.push_back(
          {{"n", p.cells}, {"types", p.types.value.value}, {"low", p.types.low.value}, {"high", p.types.high.value}});
    return all;
  };
  out["types_in_cells"] = json::object();
  for (const curve& c : f.types_in_cells) out["types_in_cells"][c.name] = points(c.points);
  out["types_in_donors"] = points(f.types_in_donors);
  out["verdict"] = f.verdict;
  out["notes"] = explanations(pool, f);
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string as_page(const cell_pool& pool, const findings& f, const std::string& command) {
  std::string out = page::begin("What each " + pool.one + " adds", fmt::format("{} cells of {} {}s; {}.", st::thousands_text(tp::isize(pool.batch.size())),
                                                                               pool.candidates.size(), pool.one, pool.made)) +
                    "<h2>Summary</h2>\n";
  for (const auto& sentence : f.verdict) out += "<p>" + st::html_text(sentence) + "</p>\n";
  out += page::table(table_rows(pool, f, 12), [](std::size_t c) { return c >= 2 && c <= 11; }) + "\n<h2>Coverage in the order to buy</h2>\n";
  out += figure(coverage_curve(pool, f),
                fmt::format("Line: share of all cells, each file weighing the same, that have a cell bought near. Dots: as "
                            "many files in random order. Bars: what each file adds, with its 95 % interval; "
                            "dark pays, pale does not. Dashed: the limit, {} % of the first gain.",
                            st::shortest(100 * f.stop)));
  out += "<h2>Who holds what of whom</h2>\n" +
         figure(overlap_map(pool, f),
                "Percent of the cells of the row's file that have a cell of the column's file near. A file covers itself "
                "whole; a second draw of it would cover 95 %.");
  if (const std::string panels = maps(pool, f); !panels.empty())
    out += "<h2>Where the new cells lie</h2>\n" +
           figure(panels,
                  "The two leading dimensions of the space. Orange: cells that are covered for the first time by this file; "
                  "blue: its other cells; grey: cells of the other files. At most about 3,000 cells are drawn; those far "
                  "out stand at the edge.");
  if (!f.types_in_cells.empty()) {
    std::vector<std::string> names;
    for (const curve& c : f.types_in_cells) names.push_back(c.name);
    out += "<h2>Types against cells</h2>\n" + legend(names) +
           figure(rarefaction_curves(f.types_in_cells, "cells", true),
                  "Rarefaction: types expected in so many cells drawn without replacement from those looked at; band: 95 % "
                  "of draws. A curve that still rises has types that more cells would show. "
                  "Types are told apart by their names as the files write them.");
  }
  if (!f.types_in_donors.empty())
    out += "<h2>Types against donors</h2>\n" +
           figure(rarefaction_curves({{"donors", f.types_in_donors}}, "donors", false),
                  "Types expected in so many of the donors, drawn without replacement; band: 95 % of draws.");
  return out + page::end(explanations(pool, f), command);
}

}  // namespace portfolio
