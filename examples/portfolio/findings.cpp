#include "findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <tepui/study/words.hpp>
#include <utility>

namespace portfolio {
namespace {
namespace words = tepui::study;

std::string percent(double share) { return words::fixed_text(100 * share, 1) + " %"; }

/// A side of boxes that cells share: doubled until there is one box for ten cells, or boxes are as wide as the space.
double usual_unit(const tp::embedding_batch<>& cells, std::int64_t dims) {
  double far = 1e-6;
  for (std::int64_t c = 0; c < cells.n_cells(); ++c) far = std::max(far, std::abs(static_cast<double>(cells.row(c)[0])));
  double unit = far / 256;
  for (int i = 0; i < 8; ++i, unit *= 2)  // no further than one box an orthant
    if (10 * tp::isize(cover::boxes_of(cells.value, cells.n_columns, {.unit = unit, .dims = dims}).size()) <=
        cells.n_cells())
      break;
  return unit;
}

std::vector<std::string> sentences(const cell_pool& pool, const findings& f, const finding_settings& settings) {
  std::vector<std::string> out, buy, unclear, leave;
  for (const purchase& p : f.order) {
    const std::string& name = pool.candidates[tp::usize(p.candidate)].name;
    (p.pays == cover::paying::yes ? buy : p.pays == cover::paying::no ? leave : unclear).push_back(name);
  }
  out.push_back("Buy in this order: " + words::list_text(buy) + ".");
  if (!unclear.empty())
    out.push_back(
        fmt::format("For {} these cells do not tell: the interval of what it adds holds the limit of {} of the first gain.",
                    words::list_text(unclear), percent(settings.stop)));
  const auto first_no =
      std::find_if(f.order.begin(), f.order.end(), [](const purchase& p) { return p.pays == cover::paying::no; });
  if (first_no == f.order.end()) {
    out.push_back(unclear.empty() ? "All pay: where the next one would stop paying is not seen among these."
                                  : "None certainly stops paying.");
  } else {
    const auto& of_first = first_no->step.of_first;
    out.push_back(fmt::format(
        "It stops paying at {}: behind those before it, it adds {} of what the first adds [{}, {}], which is below {}{}.",
        pool.candidates[tp::usize(first_no->candidate)].name, percent(of_first.value.value), percent(of_first.low.value),
        percent(of_first.high.value), percent(settings.stop), leave.size() > 1 ? "; so do all behind it" : ""));
  }
  return out;
}
}  // namespace

findings look(const cell_pool& pool, const finding_settings& settings) {
  findings f;
  f.stop = settings.stop;
  const auto n_files = static_cast<std::int32_t>(pool.candidates.size());
  const cover::batches all{pool.cells.view(), pool.batch, n_files};
  const auto apart = cover::distances_to_batches(all, cover::own_cell::left_out, settings.threads);
  std::vector<double> radius(pool.batch.size(), settings.radius);
  if (settings.radius > 0) {
    f.near = "within " + words::fixed_text(settings.radius, 2);
  } else {
    const auto own = cover::own_radius(all, apart, {.seed = settings.seed, .threads = settings.threads});
    radius = own.radius;
    f.near = fmt::format(
        "as near as its own {} has another cell, times {}: 95 % of a second draw of the same {} would be that near",
        pool.one, words::fixed_text(own.factor, 2), pool.one);
  }
  f.radius = cover::median_of(radius);
  f.box_dims = std::min<std::int64_t>(5, pool.cells.n_columns);
  f.unit = usual_unit(pool.cells, f.box_dims);
  const cover::box_grid grid{.unit = f.unit, .dims = f.box_dims};

  // Every file weighs the same, however many cells it has.
  std::vector<double> weight;
  for (const std::int32_t b : pool.batch)
    weight.push_back(1.0 / static_cast<double>(pool.candidates[tp::usize(b)].looked_at));
  const cover::cells_within measure(apart, radius, weight);
  const cover::gain_order order =
      cover::with_intervals(measure, cover::greedy_order(measure), {.resamples = settings.resamples, .seed = settings.seed});
  const auto pays = cover::what_pays(order, settings.stop);
  f.bound = order.bound;
  f.by_boxes = cover::greedy_order(cover::boxes_taken(all, grid));
  f.by_vendi = cover::greedy_order(cover::vendi_taken(all, 1, settings.threads));
  std::vector<std::int64_t> sequence;
  for (const auto& step : order.step) sequence.push_back(step.batch);
  const auto details =
      cover::coverage_in_order(all, apart, sequence, {.radius = f.radius, .grid = grid, .threads = settings.threads});

  std::set<std::int32_t> known;
  for (std::size_t s = 0; s < order.step.size(); ++s) {
    purchase p{order.step[s].batch, order.step[s], pays[s], details[s], {}};
    std::set<std::int32_t> here;
    for (std::size_t c = 0; c < pool.batch.size(); ++c)
      if (pool.batch[c] == p.candidate && pool.type.code[c] >= 0) here.insert(pool.type.code[c]);
    for (const std::int32_t type : here)
      if (known.insert(type).second) p.types.push_back(pool.type.category[tp::usize(type)]);
    f.order.push_back(std::move(p));
  }
  for (std::int64_t c = 0; c < apart.n_cells; ++c) {
    std::int32_t at = 0;
    while (at < n_files && !measure.near(c, f.order[tp::usize(at)].candidate)) ++at;
    f.covered_at.push_back(at);
  }

  const auto n = tp::usize(n_files);
  f.overlap.assign(n, std::vector<double>(n, 0));
  f.duplicate = f.overlap;
  for (std::size_t of = 0; of < n; ++of)
    for (std::size_t by = 0; by < n; ++by) {
      std::vector<double> within, to;
      double near = 0;
      for (std::size_t c = 0; c < pool.batch.size(); ++c) {
        if (tp::usize(pool.batch[c]) != of) continue;
        within.push_back(apart.to(tp::isize(of))[c]);
        to.push_back(apart.to(tp::isize(by))[c]);
        near += measure.near(tp::isize(c), tp::isize(by)) ? 1 : 0;
      }
      f.overlap[of][by] = near / static_cast<double>(to.size());
      const auto share = cover::near_duplicates(within, to).share.value;
      f.duplicate[of][by] = of == by || !share.known() ? -1 : share.value;
    }

  const auto add_curve = [&](const std::string& name, const std::vector<std::int32_t>& codes) {
    const auto counts = cover::count_labels(codes);
    if (counts.labelled() > 0)
      f.types_in_cells.push_back({name, cover::rarefaction(counts, cover::rarefaction_sizes(counts.labelled()))});
  };
  add_curve("all together", pool.type.code);
  for (std::size_t file = 0; file < n; ++file) {
    std::vector<std::int32_t> codes;
    for (std::size_t c = 0; c < pool.batch.size(); ++c)
      if (tp::usize(pool.batch[c]) == file) codes.push_back(pool.type.code[c]);
    add_curve(pool.candidates[file].name, codes);
  }
  std::set<std::int32_t> donors;
  for (std::size_t c = 0; c < pool.batch.size(); ++c)
    if (pool.type.code[c] >= 0 && pool.donor.code[c] >= 0) donors.insert(pool.donor.code[c]);
  if (donors.size() > 1) {
    std::vector<std::int64_t> sizes(donors.size());
    std::iota(sizes.begin(), sizes.end(), 1);
    f.types_in_donors = cover::types_by_donors(pool.type.code, pool.donor.code, sizes);
  }
  f.verdict = sentences(pool, f, settings);
  return f;
}

}  // namespace portfolio
