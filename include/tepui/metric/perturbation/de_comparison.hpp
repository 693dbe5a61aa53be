#pragma once
/// Puts scores of predicted differential expression beside trivial predictions, halves of the data, and resamples.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/head.hpp>
#include <tepui/metric/interval.hpp>
#include <tepui/metric/perturbation/de_pair.hpp>
#include <tepui/metric/perturbation/de_table.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>
#include <tepui/metric/perturbation/split_half.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// A function of perturbations' places (some may stand twice), and how many perturbations it is defined for.
/// out    NaN where it is defined for none
struct de_statistic {
  std::function<double(std::span<const std::int64_t>)> of;
  std::int64_t n = 0;
};

/// The mean over perturbations that have a value.      in     each [perturbations], NaN: left out
[[nodiscard]] inline de_statistic mean_over_perturbations(std::vector<double> each) {
  const std::int64_t n =
      isize(each.size()) - std::count_if(each.begin(), each.end(), [](double v) { return std::isnan(v); });
  return {[each = std::move(each)](std::span<const std::int64_t> places) {
            double sum = 0, with = 0;
            for (const std::int64_t p : places) {
              const double v = each[usize(p)];
              if (std::isnan(v)) continue;
              sum += v;
              with += 1;
            }
            return sum / with;
          },
          n};
}

/// The tables that scores of one subject compare, or the reason why there are none. Kept by the subject.
struct de_comparison {
  struct trivial {
    std::string name;
    de_table table;
  };
  de_table real, predicted;
  std::vector<trivial> trivials;
  de_table first_half, second_half;
  std::string missing, missing_halves;
};

/// Cells that a trivial predictor would give for the real perturbed cells, as rows that are there already.
/// in     pool: rows of cells; of the same number of real cells, each draws one by its cell id
inline void draw_from(const labelled_cells& pool, std::vector<std::int64_t> rows, const perturbed_cells& of,
                      const kernel::draws& random, std::vector<const float*>& row, std::vector<std::int32_t>& group) {
  const auto id = pool.cells.cells.id;
  std::sort(rows.begin(), rows.end(),
            [&](std::int64_t a, std::int64_t b) { return std::pair(id[usize(a)], a) < std::pair(id[usize(b)], b); });
  for (std::int64_t c = 0; c < of.real().cells.n_cells(); ++c) {
    const std::int32_t p = of.real().perturbation.code[usize(c)];
    if (p == of.control()) {
      row.push_back(of.real().cells.row(c).data());
    } else {
      const auto lot = random.below(isize(rows.size()), of.real().cells.cells.id[usize(c)], static_cast<std::uint64_t>(p));
      row.push_back(pool.cells.row(rows[usize(lot)]).data());
    }
    group.push_back(p);
  }
}

/// The tables of the prediction, of trivial predictions and of halves of the data.
/// trivial  no_change: each perturbed cell is a control cell, drawn again; train_cells: a perturbed cell of training
/// halves   as split_half.hpp: half of the cells of each perturbation, and of the control, predicts the other half
/// cost     a table each, six at most, once a subject and seed
[[nodiscard]] inline const de_comparison& de_comparison_of(const perturbed_cells& of, std::uint64_t seed) {
  using kept = std::shared_ptr<const de_comparison>;
  return *of.kept<kept>("differential expression " + std::to_string(seed), [&]() -> kept {
    auto out = std::make_shared<de_comparison>();
    if (!of.has_predicted_cells()) {
      out->missing = "the prediction is pseudobulks, and ranks need predicted cells";
      return out;
    }
    if (of.n_scored() == 0) {
      out->missing = "there is no perturbation to score";
      return out;
    }
    const auto table = [&](const labelled_cells& cells, const perturbed_cells& subject) {
      return differential_expression(cells.cells.value, of.n_genes(), {cells.perturbation.code, of.n_labels(), of.control()},
                                     subject.threads);
    };
    out->real = table(of.real(), of);
    out->predicted = table(of.predicted(), of);
    const auto add_trivial = [&](const std::string& name, const labelled_cells& pool, std::vector<std::int64_t> rows) {
      if (rows.empty()) return;
      std::vector<const float*> row;
      std::vector<std::int32_t> group;
      draw_from(pool, std::move(rows), of, kernel::draws(seed, "metric: cells of " + name), row, group);
      out->trivials.push_back({name, differential_expression(std::span<const float* const>(row), of.n_genes(),
                                                             {group, of.n_labels(), of.control()}, of.threads)});
    };
    const auto controls = of.real_rows().of(of.control());
    add_trivial("no_change", of.real(), {controls.begin(), controls.end()});
    if (of.has_training()) {
      std::vector<std::int64_t> rows;
      for (std::int64_t c = 0; c < of.training().cells.n_cells(); ++c)
        if (of.training().perturbation.code[usize(c)] != of.control()) rows.push_back(c);
      add_trivial("train_cells", of.training(), std::move(rows));
    }
    const half_cells& halves = halved_cells(of, seed);
    out->missing_halves = halves.missing;
    if (halves.missing.empty()) {
      out->first_half = table(halves.pair->real(), of);
      out->second_half = table(halves.pair->predicted(), of);
    }
    return out;
  });
}

/// Pairs of tables at one level of the false discovery rate. Kept by the subject.
struct de_pairs {
  std::vector<de_pair> prediction, trivials, halves;  ///< prediction, halves: one or none
  std::string missing, missing_halves;
};
[[nodiscard]] inline const de_pairs& de_pairs_of(const perturbed_cells& of, std::uint64_t seed, double level) {
  using kept = std::shared_ptr<const de_pairs>;
  return *of.kept<kept>("differential expression " + std::to_string(seed) + " at " + std::to_string(level), [&]() -> kept {
    auto out = std::make_shared<de_pairs>();
    const de_comparison& tables = de_comparison_of(of, seed);
    out->missing = tables.missing;
    out->missing_halves = tables.missing_halves;
    if (!tables.missing.empty()) return out;
    out->prediction.emplace_back(tables.real, tables.predicted, level);
    for (const auto& one : tables.trivials) out->trivials.emplace_back(tables.real, one.table, level);
    if (tables.missing_halves.empty()) out->halves.emplace_back(tables.first_half, tables.second_half, level);
    return out;
  });
}

/// One score of predicted differential expression.
/// in     statistic(de_pair) -> de_statistic; why there is no value where it has none
/// out    value over all perturbations; n: perturbations that it is defined for; floor: the best of the trivial predictions;
///        ceiling: one half of the data predicting the other (half the cells: somewhat below what all would show);
///        interval: perturbations drawn again
template <class Statistic>
[[nodiscard]] score de_score(const perturbed_cells& of, const score_options& options, double level, const std::string& name,
                             const std::string& unit, const std::string& none, Statistic&& statistic) {
  const de_pairs& pairs = de_pairs_of(of, options.seed, level);
  if (!pairs.missing.empty()) return without_value(options.prefix + name, pairs.missing);
  const auto over_all = [&](const de_pair& pair) {
    std::vector<std::int64_t> all(usize(pair.size()));
    for (std::size_t p = 0; p < all.size(); ++p) all[p] = isize(p);
    return statistic(pair).of(all);
  };
  score out;
  out.name = options.prefix + name;
  out.unit = unit;
  const double value = over_all(pairs.prediction[0]);
  const de_statistic predicted = statistic(pairs.prediction[0]);
  out.n = predicted.n;
  out.value = std::isnan(value) ? measured::missing(none) : measured(value);
  out.floor = measured::missing("no trivial prediction has a value: " + none);
  for (const de_pair& trivial : pairs.trivials) {
    const double of_trivial = over_all(trivial);
    if (!std::isnan(of_trivial) && (!out.floor.known() || of_trivial > out.floor.value)) out.floor = of_trivial;
  }
  if (pairs.halves.empty()) {
    out.ceiling = measured::missing(pairs.missing_halves);
  } else {
    const double of_halves = over_all(pairs.halves[0]);
    out.ceiling =
        std::isnan(of_halves) ? measured::missing("halves of the data have no value: " + none) : measured(of_halves);
  }
  const auto ends = out.value.known() ? interval_by_resampling(pairs.prediction[0].size(), {}, options, predicted.of)
                                      : interval::missing(none);
  out.low = ends.low;
  out.high = ends.high;
  return out;
}

/// Why most scores may have no value.
inline constexpr const char* no_changed_genes = "no perturbation has a gene whose real expression changed";

}  // namespace tepui::metric
