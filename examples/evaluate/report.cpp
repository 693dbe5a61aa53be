#include "report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <tepui/study/words.hpp>

#include "../page.hpp"
#include "../score_output.hpp"
#include "glossary.hpp"

namespace evaluate {
namespace {
namespace st = tepui::study;
using drawing = st::svg_drawing;

std::string number(const tp::measured& m) { return m.known() ? st::fixed_text(m.value, 3) : std::string("-"); }
std::string between(const tp::score& s) {
  return s.low.known() && s.high.known() ? number(s.low) + " to " + number(s.high) : "-";
}
std::string shown_name(const scored_embedding& e) { return e.competitor ? e.name + " (simple)" : e.name; }

/// The score of the same name of another embedding.
const tp::score* same(const scored_embedding& e, const std::string& name) {
  for (const section& s : e.sections)
    for (const tp::score& one : s.scores)
      if (one.name == name) return &one;
  return nullptr;
}

/// What a difference to the best simple embedding is called, behind the name of the score.
constexpr std::string_view over_simple = " over the best simple embedding";
bool is_difference(const tp::score& s) { return s.name.ends_with(over_simple); }

/// Of many scores of one probe, those that say the same once more.
constexpr std::string_view seldom_read[] = {".weighted_f1", ".kappa", ".weighted_auroc", ".micro_auprc",
                                            ".balanced_accuracy"};
bool seldom(const tp::score& s) {
  return std::any_of(std::begin(seldom_read), std::end(seldom_read),
                     [&](std::string_view name) { return s.name.ends_with(name); });
}

/// Scores of single types are many; the page has the confusion matrix for them.
bool of_one_type(const tp::score& s) { return s.name.find('[') != std::string::npos; }

/// A table, and what the score of each row measures.
struct score_table {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> meaning;  ///< [rows], of the heading: nothing
};

/// One row a score: its value in every embedding, the floor and the ceiling of the first.
score_table rows_of(const std::vector<scored_embedding>& all, const section& of, bool short_form) {
  score_table out{{{"score"}}, {""}};
  auto& rows = out.rows;
  const bool differences = !of.scores.empty() && is_difference(of.scores[0]);
  const auto left_out = [&](const scored_embedding& e) { return differences && e.competitor; };
  for (const auto& e : all) {
    if (left_out(e)) continue;
    rows[0].push_back(shown_name(e));
    rows[0].push_back("95 % interval");
  }
  rows[0].insert(rows[0].end(), {"floor", "ceiling"});
  for (const tp::score& s : of.scores) {
    if (short_form && of_one_type(s)) continue;
    std::string name = differences ? s.name.substr(0, s.name.size() - over_simple.size()) : s.name;
    if (s.better == tp::direction::lower_is_better) name += " (lower is better)";
    std::vector<std::string> row{name};
    for (const auto& e : all) {
      if (left_out(e)) continue;
      const tp::score* own = same(e, s.name);
      row.push_back(own != nullptr ? number(own->value) : "-");
      row.push_back(own != nullptr ? between(*own) : "-");
    }
    row.push_back(number(s.floor));
    row.push_back(number(s.ceiling));
    rows.push_back(std::move(row));
    out.meaning.push_back(meaning_of(s));
  }
  return out;
}

/// One row a score of a prediction: beside it the best trivial predictor by name, the ceiling, and the skill, which follow
/// it in the list.
score_table rows_of(const section& of) {
  score_table out;
  out.rows = {{"score", "value", "95 % interval", "best trivial", "its value", "ceiling", "skill", "95 % interval", "n"}};
  out.meaning = {""};
  for (std::size_t i = 0; i < of.scores.size();) {
    const tp::score& s = of.scores[i];
    const tp::score* skill = nullptr;
    std::string trivial = "-";
    for (++i; i < of.scores.size() && of.scores[i].name.starts_with(s.name + "."); ++i) {
      const tp::score& behind = of.scores[i];
      if (behind.name == s.name + ".skill")
        skill = &behind;
      else if (trivial == "-" && behind.value.known() && s.floor.known() && behind.value.value == s.floor.value)
        trivial = behind.name.substr(s.name.size() + 1);
    }
    out.meaning.push_back(meaning_of(s));
    out.rows.push_back({s.better == tp::direction::lower_is_better ? s.name + " (lower is better)" : s.name, number(s.value),
                    between(s), trivial, number(s.floor), number(s.ceiling), skill != nullptr ? number(skill->value) : "-",
                    skill != nullptr ? between(*skill) : "-", st::thousands_text(s.n)});
  }
  return out;
}

/// What the scores of a table measure, once for all who predict, to be opened.
std::string glossary_of(const score_table& of) {
  std::string out;
  std::vector<std::string> said;
  for (std::size_t r = 1; r < of.rows.size(); ++r) {
    if (of.meaning[r].empty() || std::find(said.begin(), said.end(), of.meaning[r]) != said.end()) continue;
    said.push_back(of.meaning[r]);
    out += "<dt><code>" + st::html_text(of.rows[r][0]) + "</code></dt><dd>" + st::html_text(of.meaning[r]) + "</dd>";
  }
  return out.empty() ? "" : "<details><summary>What these scores measure</summary><dl>" + out + "</dl></details>\n";
}

/// Scores grouped under a text that several share, in the order in which they are met.
class sayings {
 public:
  void add(const std::string& what, const std::string& name) {
    const auto at = std::find_if(said_.begin(), said_.end(), [&](const auto& one) { return one.first == what; });
    if (at == said_.end())
      said_.push_back({what, {name}});
    else
      at->second.push_back(name);
  }
  /// One sentence a text.                               in  most: names before "3 more"; sentence(names, text)
  template <class Sentence>
  [[nodiscard]] std::vector<std::string> sentences(std::ptrdiff_t most, Sentence&& sentence) const {
    std::vector<std::string> out;
    for (const auto& [what, names] : said_) {
      std::vector<std::string> some(names.begin(), names.begin() + std::min(most, std::ssize(names)));
      if (std::ssize(names) > most) some.push_back(std::to_string(std::ssize(names) - most) + " more");
      out.push_back(sentence(st::list_text(some), what));
    }
    return out;
  }

 private:
  std::vector<std::pair<std::string, std::vector<std::string>>> said_;
};

/// Why a number is missing, each reason once, with the scores that it holds for.
std::vector<std::string> reasons_of(const std::vector<section>& sections) {
  sayings why;
  for (const section& of : sections)
    for (const tp::score& s : of.scores)
      if (!s.value.known()) why.add(s.value.reason, s.name);
  return why.sentences(
      4, [](const std::string& names, const std::string& reason) { return "No " + names + ": " + reason + "."; });
}
/// Why no trivial predictor stands beside a score of a prediction.
std::vector<std::string> missing_floors(const std::vector<section>& prediction) {
  sayings why;
  for (const section& of : prediction)
    for (const tp::score& s : of.scores)
      if (s.value.known() && !s.floor.known() && s.name.find('.') == std::string::npos) why.add(s.floor.reason, s.name);
  return why.sentences(4, [](const std::string& names, const std::string& reason) {
    return "No trivial predictor beside " + names + ": " + reason + ".";
  });
}

/// Scores of some cells, by lot, say so in their unit: each way once, with the scores that it holds for.
std::vector<std::string> lots_of(const std::vector<section>& sections) {
  sayings how;
  for (const section& part : sections)
    for (const tp::score& s : part.scores) {
      const auto at = s.unit.find(", of ");
      if (at != std::string::npos && s.unit.find(" by lot") != std::string::npos && !of_one_type(s) && !is_difference(s))
        how.add(s.unit.substr(at + 2), s.name);
    }
  return how.sentences(8, [](const std::string& names, const std::string& of) { return names + ": " + of + "."; });
}

/// How each of the user's embeddings stands beside the simple ones, over all scores with an interval: by paired differences
/// where there are any, else by intervals that lie apart.
std::vector<std::string> verdict(const std::vector<scored_embedding>& all) {
  std::vector<std::string> out;
  for (const scored_embedding& own : all) {
    if (own.competitor) continue;
    std::vector<std::string> above, below;
    std::size_t compared = 0;
    for (const section& of : own.sections)
      for (const tp::score& s : of.scores) {
        if (of_one_type(s) || !s.low.known() || is_difference(s) || seldom(s)) continue;
        double low = 0, high = 0;
        if (const tp::score* paired = same(own, s.name + std::string(over_simple)); paired != nullptr) {
          if (!paired->low.known()) continue;
          low = paired->low.value, high = paired->high.value;
        } else {
          const tp::score* best = nullptr;
          const double sign = s.better == tp::direction::lower_is_better ? -1 : 1;
          for (const scored_embedding& simple : all) {
            const tp::score* other = simple.competitor ? same(simple, s.name) : nullptr;
            if (other == nullptr || !other->low.known()) continue;
            if (best == nullptr || sign * other->value.value > sign * best->value.value) best = other;
          }
          if (best == nullptr) continue;
          low = sign > 0 ? s.low.value - best->high.value : best->low.value - s.high.value;
          high = sign > 0 ? s.high.value - best->low.value : best->high.value - s.low.value;
        }
        ++compared;
        if (low > 0) above.push_back(s.name);
        if (high < 0) below.push_back(s.name);
      }
    if (compared == 0) continue;
    const auto names = [](std::vector<std::string> some) {
      if (some.empty()) return std::string();
      const std::size_t n = some.size();
      some.resize(std::min<std::size_t>(n, 6));
      if (n > 6) some.push_back(std::to_string(n - 6) + " more");
      return " (" + st::list_text(some) + ")";
    };
    out.push_back(fmt::format(
        "{}: above the best simple embedding by more than noise in {} of {} scores{}, below it in {}{} (probes by "
        "paired differences, the others where intervals lie apart).",
        own.name, above.size(), compared, names(above), below.size(), names(below)));
  }
  return out;
}

/// One line a score and embedding: floor to ceiling as a band, the interval as a bar, the value as a mark.
std::string dots(const std::vector<scored_embedding>& all, const section& of) {
  std::vector<const tp::score*> shown;
  for (const tp::score& s : of.scores)
    if (!of_one_type(s) && s.value.known() && s.value.value >= -1 && s.value.value <= 1.0 + 1e-9 &&
        s.better == tp::direction::higher_is_better)
      shown.push_back(&s);
  std::erase_if(shown, [](const tp::score* s) { return is_difference(*s) || seldom(*s); });
  if (shown.empty()) return "";
  const double line = 13, group = 12 + line * static_cast<double>(all.size()), left = 230, right = 20, top = 8, width = 760;
  double low = 0;
  for (const tp::score* s : shown)
    for (const auto& e : all)
      if (const tp::score* own = same(e, s->name); own != nullptr && own->value.known())
        low = std::min(low, own->value.value);
  low = low < 0 ? -std::ceil(-low * 5) / 5 : 0;
  const double height = top + group * static_cast<double>(shown.size()) + 30;
  const auto x = [&](double v) { return left + (std::clamp(v, low, 1.0) - low) / (1 - low) * (width - left - right); };
  drawing d(width, height, of.title);
  for (double v = low; v <= 1 + 1e-9; v += 0.2) {
    d.line(x(v), top, x(v), height - 26, "class='grid'");
    d.text(x(v), height - 10, st::fixed_text(v, 1), "text-anchor='middle'");
  }
  for (std::size_t r = 0; r < shown.size(); ++r) {
    const double y0 = top + group * static_cast<double>(r);
    d.text(left - 10, y0 + group / 2 + 2, page::cut(shown[r]->name, 34), "text-anchor='end'");
    for (std::size_t i = 0; i < all.size(); ++i) {
      const tp::score* s = same(all[i], shown[r]->name);
      if (s == nullptr || !s->value.known()) continue;
      const double y = y0 + 6 + line * (static_cast<double>(i) + 0.5);
      const std::string tip = fmt::format("{}, {}: {} ({}), floor {}, ceiling {}", s->name, all[i].name, number(s->value),
                                          between(*s), number(s->floor), number(s->ceiling));
      const double from = s->floor.known() ? s->floor.value : low, to = s->ceiling.known() ? s->ceiling.value : 1.0;
      d.rect(x(from), y - 4.5, std::max(0.0, x(to) - x(from)), 9, "fill='#ececec'", tip);
      if (s->floor.known()) d.line(x(from), y - 5.5, x(from), y + 5.5, "stroke='#777' stroke-width='1.4'", tip);
      if (s->low.known() && s->high.known())
        d.line(x(s->low.value), y, x(s->high.value), y,
               "stroke-width='3' stroke-opacity='.45' stroke='" + page::colour(i) + "'", tip);
      d.mark(i, x(s->value.value), y, 4, "fill='" + page::colour(i) + "' stroke='#fff' stroke-width='.6'", tip);
    }
  }
  return d.finish(fmt::format("style='max-width:{}px'", static_cast<int>(width)));
}

std::string key_of(const std::vector<std::string>& names) {
  std::string out = "<div class='legend'>";
  for (std::size_t i = 0; i < names.size(); ++i) {
    drawing d(16, 16, names[i]);
    d.mark(i, 8, 8, 4.6, "fill='" + page::colour(i) + "'");
    out += "<span>" + d.finish("aria-hidden='true' style='width:16px'") + st::html_text(names[i]) + "</span>";
  }
  return out + "</div>";
}

/// A colour of many, for the labels of a map: hues evenly apart, every second one darker; batches paler, so that nobody
/// takes them for types.
std::string hue(std::size_t i, std::size_t n, bool batch) {
  if (!batch && n <= st::line_colours.size()) return page::colour(i);
  return fmt::format("hsl({:.0f} {}% {}%)", 360.0 * static_cast<double>(i) / static_cast<double>(n) + (batch ? 25 : 0),
                     batch ? 38 : 70, i % 2 == 0 ? 46 : 62);
}

std::string map_panel(const cell_map& map, const tp::categorical& by, const std::string& title, bool batch = false) {
  drawing d(380, 372, title);
  d.text(4, 14, title, "class='panel'");
  d.rect(1, 22, 378, 348, "fill='none' class='grid'");
  for (std::size_t i = 0; i < map.row.size(); ++i) {
    const auto code = by.code[tp::usize(map.row[i])];
    d.shape("circle", fmt::format("cx='{}' cy='{}' r='{}' fill='{}' fill-opacity='.75'",
                                  drawing::at(8 + 364 * map.at[i].first), drawing::at(364 - 336 * map.at[i].second),
                                  map.row.size() > 1500 ? "1.4" : "2", hue(tp::usize(code), by.category.size(), batch)));
  }
  return d.finish();
}
std::string map_key(const tp::categorical& by, bool batch = false) {
  std::string out = "<div class='legend'>";
  for (std::size_t i = 0; i < by.category.size(); ++i) {
    drawing d(16, 16, by.category[i]);
    d.mark(0, 8, 8, 5, "fill='" + hue(i, by.category.size(), batch) + "'");
    out += "<span>" + d.finish("aria-hidden='true' style='width:16px'") + st::html_text(by.category[i]) + "</span>";
  }
  return out + "</div>";
}

/// Which types are taken for which: rows the true type, shares of the row.
std::string confusion_map(const confusion_table& of) {
  const std::size_t n = of.type.size();
  if (n == 0 || n > 60) return "";
  const double side = n > 20 ? 22 : n > 10 ? 34 : 46, left = 170, top = 118;
  drawing d(left + side * static_cast<double>(n) + 90, top + side * static_cast<double>(n) + 8,
            "Which types are taken for which");
  for (std::size_t r = 0; r < n; ++r) {
    std::int64_t all = 0;
    for (std::size_t c = 0; c < n; ++c) all += of.cells[r * n + c];
    const double middle = side * (static_cast<double>(r) + 0.5);
    d.text(left - 8, top + middle + 4, page::cut(of.type[r], 24), "text-anchor='end'");
    d.text(0, 0, page::cut(of.type[r], 20),
           fmt::format("transform='translate({} {}) rotate(-38)'", drawing::at(left + middle), drawing::at(top - 8)));
    for (std::size_t c = 0; c < n; ++c) {
      const double share = all > 0 ? static_cast<double>(of.cells[r * n + c]) / static_cast<double>(all) : 0;
      const auto shade = st::heat_of(share);
      const double x0 = left + side * static_cast<double>(c), y0 = top + side * static_cast<double>(r);
      d.rect(x0 + 0.5, y0 + 0.5, side - 1, side - 1, fmt::format("fill='{}'", shade.fill),
             fmt::format("{} of {} cells of {} were taken for {}", of.cells[r * n + c], all, of.type[r], of.type[c]));
      if (side > 30 && of.cells[r * n + c] > 0)
        d.text(x0 + side / 2, y0 + side / 2 + 4, st::fixed_text(100 * share, 0),
               fmt::format("text-anchor='middle' style='fill:{}'", shade.ink));
    }
  }
  return d.finish(fmt::format("style='max-width:{}px'", static_cast<int>(left + side * static_cast<double>(n) + 90)));
}

std::vector<std::string> explanations(const std::vector<scored_embedding>& all, const std::vector<section>& prediction,
                                      const labelled_cells& cells) {
  std::vector<std::string> out{
      "Floor: what the same score gives a trivial method (the most common type for every cell, or labels dealt to the cells "
      "at "
      "random). Ceiling, where there "
      "is one: what batches dealt at random among the cells of each type give for mixing, and 1 for agreement; chance may "
      "carry a score a little above it.",
      "Interval: cells are drawn again; it holds no noise of training and counts cells of one donor as independent, so it "
      "is "
      "too narrow for a claim about "
      "other donors.",
      "Folds cannot undo that an embedding may have seen all cells and their labels before."};
  if (std::any_of(all.begin(), all.end(), [](const auto& e) { return e.competitor; }))
    out.push_back(
        "pca and hvg are made of the counts alone: 2,000 variable genes of the logged cells, and 50 principal components of "
        "them. An embedding that does "
        "not stand above them adds nothing to these scores (Kedzierska et al. 2025). They are fitted on all cells.");
  out.insert(out.end(), cells.notes.begin(), cells.notes.end());
  if (!prediction.empty())
    out.push_back(
        "Prediction: the floor is the best of the trivial predictors, which stand below each score by name; the ceiling is "
        "what one half of the real cells says of "
        "the other, which a prediction of whole groups may exceed. Skill is the share of the way from floor to ceiling: 0 "
        "for "
        "the best trivial predictor, however good its score looks.");
  for (const auto& e : all)
    for (const section& of : e.sections)
      for (const tp::score& s : of.scores)
        if (of.title == "Totals" && s.value.known() && s.unit.find("without") != std::string::npos)
          out.push_back(e.name + ", " + s.name + ": " + s.unit + ".");
  if (!cells.batch.code.empty() && cells.batch.code == cells.label.code)
    out.push_back("The batches are the labels: nothing can be said of mixing.");
  const auto add = [&](const std::vector<std::string>& some) {
    for (const std::string& why : some)
      if (std::find(out.begin(), out.end(), why) == out.end()) out.push_back(why);
  };
  for (const auto& e : all) {
    add(lots_of(e.sections));
    add(reasons_of(e.sections));
  }
  add(reasons_of(prediction));
  add(missing_floors(prediction));
  return out;
}

}  // namespace

std::string as_text(const std::vector<scored_embedding>& all, const std::vector<section>& prediction,
                    const labelled_cells& cells) {
  std::string out;
  if (!all.empty())
    for (const section& of : all[0].sections) out += of.title + "\n" + st::aligned(rows_of(all, of, true).rows) + "\n";
  for (const section& of : prediction) out += of.title + "\n" + st::aligned(rows_of(of).rows) + "\n";
  for (const std::string& sentence : verdict(all)) out += sentence + "\n";
  out += "\n";
  for (const std::string& sentence : explanations(all, prediction, cells)) out += "- " + sentence + "\n";
  return out;
}

std::string as_document(const std::vector<scored_embedding>& all, const std::vector<section>& prediction) {
  auto out = nlohmann::ordered_json::array();
  const auto add = [&](const std::vector<section>& sections, const nlohmann::ordered_json& embedding) {
    for (const section& of : sections)
      for (const tp::score& s : of.scores) {
        auto one = score_output::as_json(s);
        one["unit"] = s.unit;
        one["embedding"] = embedding;
        out.push_back(std::move(one));
      }
  };
  for (const scored_embedding& e : all) add(e.sections, e.name);
  add(prediction, nullptr);
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string as_page(const std::vector<scored_embedding>& all, const std::vector<section>& prediction,
                    const labelled_cells& cells, const std::vector<cell_map>& maps, const settings& wanted,
                    const std::string& command) {
  std::vector<std::string> names;
  for (const auto& e : all) names.push_back(shown_name(e));
  std::string out =
      all.empty()
          ? page::begin("What the prediction is worth", wanted.predicted + " beside " + wanted.file)
          : page::begin(
                "What the embeddings are worth",
                fmt::format(
                    "{} cells of {} with {} types{}; embeddings: {}.",
                    st::thousands_text(tp::isize(cells.label.code.size())), wanted.file, cells.label.category.size(),
                    cells.batch.code.empty() ? std::string() : fmt::format(" and {} batches", cells.batch.category.size()),
                    st::list_text(names)));
  out += "<h2>Summary</h2>\n";
  for (const std::string& sentence : verdict(all)) out += "<p>" + st::html_text(sentence) + "</p>\n";
  out += key_of(names);
  for (const section& of : all.empty() ? std::vector<section>() : all[0].sections) {
    out += "<h2>" + st::html_text(of.title) + "</h2>\n<p>" + st::html_text(of.about) + "</p>\n";
    if (const std::string bars = dots(all, of); !bars.empty())
      out += page::figure(
          bars,
          "Mark: the score; bar: its 95 % interval; grey band: from floor to ceiling, to 1 where the ceiling is not known.");
    const score_table shown = rows_of(all, of, true);
    out += page::table(shown.rows, [](std::size_t c) { return c > 0; }, shown.meaning) + glossary_of(shown);
  }
  for (const section& of : prediction) {
    const score_table shown = rows_of(of);
    out += "<h2>" + st::html_text(of.title) + "</h2>\n<p>" + st::html_text(of.about) + "</p>\n";
    out += page::table(shown.rows, [](std::size_t c) { return c != 0 && c != 3; }, shown.meaning) + glossary_of(shown);
  }
  if (all.empty()) return out + page::end(explanations(all, prediction, cells), command);
  out += "<h2>Maps</h2>\n" + map_key(cells.label) + (cells.batch.code.empty() ? "" : map_key(cells.batch, true)) +
         "<div class='maps'>";
  for (std::size_t e = 0; e < all.size(); ++e) {
    if (maps[e].row.empty()) continue;
    out += "<figure>" + map_panel(maps[e], cells.label, names[e] + ", by " + wanted.label);
    if (!cells.batch.code.empty()) out += map_panel(maps[e], cells.batch, names[e] + ", by " + wanted.batch, true);
    out += "<figcaption>" +
           st::html_text(fmt::format(
               "{} of {} cells, chosen by lot: {}. A map shows neighbours, not distances; no score is read off it.",
               st::thousands_text(tp::isize(maps[e].row.size())), st::thousands_text(tp::isize(cells.label.code.size())),
               maps[e].made)) +
           "</figcaption></figure>";
  }
  out += "</div>\n<h2>Which types are taken for which</h2>\n<div class='maps'>";
  for (std::size_t e = 0; e < all.size(); ++e)
    if (const std::string drawn = confusion_map(all[e].confusion); !drawn.empty())
      out += page::figure("<h3>" + st::html_text(names[e]) + "</h3>" + drawn,
                          "Rows: the true type; columns: what its nearest neighbours say, in percent of the row.");
  out += "</div>\n";
  return out + page::end(explanations(all, prediction, cells), command);
}

}  // namespace evaluate
