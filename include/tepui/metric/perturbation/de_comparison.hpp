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
#include <tepui/metric/perturbation/beside_trivial.hpp>
#include <tepui/metric/perturbation/control_roles.hpp>
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
    std::shared_ptr<const de_table> real, predicted;  ///< real: with the control that this prediction is held against
  };
  std::shared_ptr<const de_table> real;
  de_table predicted;
  std::vector<trivial> trivials;
  de_table first_half, second_half;
  std::string missing, missing_halves;
};

/// Rows of training cells that stand for the real perturbed cells, behind the rows of a control.
/// in     of as many real cells, each draws one by its cell id and the name of its perturbation
inline void draw_trained(const perturbed_cells& of, std::span<const std::int64_t> control, std::uint64_t seed,
                         std::vector<const float*>& row, std::vector<std::int32_t>& group) {
  const kernel::draws random(seed, "metric: cells of train_cells");
  const auto id = of.training().cells.cells.id;
  std::vector<std::int64_t> pool;
  for (std::int64_t c = 0; c < of.training().cells.n_cells(); ++c)
    if (of.training().perturbation.code[usize(c)] != of.control()) pool.push_back(c);
  std::sort(pool.begin(), pool.end(),
            [&](std::int64_t a, std::int64_t b) { return std::pair(id[usize(a)], a) < std::pair(id[usize(b)], b); });
  for (const std::int64_t r : control) {
    row.push_back(of.real().cells.row(r).data());
    group.push_back(of.control());
  }
  for (const std::int32_t p : of.scored())
    for (const std::int64_t r : of.real_rows().of(p)) {
      const auto lot = random.below(isize(pool.size()), of.real().cells.cells.id[usize(r)], kernel::hash_text(of.name(p)));
      row.push_back(of.training().cells.row(pool[usize(lot)]).data());
      group.push_back(p);
    }
}

/// The tables of the prediction, of trivial predictions and of halves of the data.
/// trivial  no_change_cells: control cells play perturbed ones; train_cells: perturbed cells of training. Their controls,
///          and those of the real cells beside them and of the halves, as control_roles.hpp deals them: shared where the
///          prediction has the real control cells, apart where it has its own
/// halves   as split_half.hpp: half of the cells of each perturbation predicts the other half
/// cost     a table each, seven at most, once a subject and seed
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
    const auto keep = [](de_table made) { return std::make_shared<const de_table>(std::move(made)); };
    out->real = keep(table(of.real(), of));
    out->predicted = table(of.predicted(), of);
    const cell_sides& nothing = no_change_as_cells(of, seed);
    auto beside = out->real;  // the real table with the control of the trivial predictions
    if (nothing.missing.empty()) {
      const auto parted = keep(table(nothing.pair->real(), of));
      out->trivials.push_back({"no_change_cells", parted, keep(table(nothing.pair->predicted(), of))});
      if (!shares_control(of)) beside = parted;
    }
    if (of.training_bulk().size() > 0) {
      std::vector<const float*> row;
      std::vector<std::int32_t> group;
      const control_roles& roles = control_roles_of(of, seed);
      const bool apart = !roles.shared && roles.missing.empty();
      draw_trained(of, apart ? std::span<const std::int64_t>(roles.theirs) : of.real_rows().of(of.control()), seed, row,
                   group);
      out->trivials.push_back({"train_cells", beside,
                               keep(differential_expression(std::span<const float* const>(row), of.n_genes(),
                                                            {group, of.n_labels(), of.control()}, of.threads))});
    }
    const cell_sides& halves = halved_cells(of, seed);
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
  std::vector<std::string> trivial_names;
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
    out->prediction.emplace_back(*tables.real, tables.predicted, level);
    for (const auto& one : tables.trivials) {
      out->trivials.emplace_back(*one.real, *one.predicted, level);
      out->trivial_names.push_back(one.name);
    }
    if (tables.missing_halves.empty()) out->halves.emplace_back(tables.first_half, tables.second_half, level);
    return out;
  });
}

/// Scores of predicted differential expression.
/// in     statistic(de_pair) -> de_statistic; why there is no value where it has none
/// out    NAME, NAME.skill, NAME.no_change_cells, NAME.train_cells (beside_trivial.hpp): value over all perturbations; n:
///        perturbations that it is defined for; floor: the best of the trivial predictions; ceiling: one half of the data
///        predicting the other, as it is (half the cells: somewhat below what all would show); interval: perturbations
///        drawn again
template <class Statistic>
[[nodiscard]] std::vector<score> de_scores(const perturbed_cells& of, const score_options& options, double level,
                                           const std::string& name, const std::string& unit, const std::string& none,
                                           Statistic&& statistic) {
  options.check();
  const de_pairs& pairs = de_pairs_of(of, options.seed, level);
  if (!pairs.missing.empty())
    return {without_value(options.prefix + name, pairs.missing),
            without_value(options.prefix + name + ".skill", pairs.missing)};
  const auto number = [&](const de_pair& pair, const std::string& why) {
    return reference_of(pair.size(), statistic(pair).of, why);
  };
  std::vector<trivial_score> trivial;
  for (std::size_t t = 0; t < pairs.trivials.size(); ++t)
    trivial.push_back({pairs.trivial_names[t], number(pairs.trivials[t], none)});
  const reference_score ceiling = pairs.halves.empty()
                                      ? reference_score(measured::missing(pairs.missing_halves))
                                      : number(pairs.halves[0], "halves of the data have no value: " + none);
  const de_statistic predicted = statistic(pairs.prediction[0]);
  score_form form{name, unit};
  form.no_value = none;
  form.no_skill = few_control_cells(of, true);
  return scores_beside_trivial(form, pairs.prediction[0].size(), predicted.n, predicted.of, trivial, ceiling, options);
}

/// Puts the scores of one after those of others.
inline void append_scores(std::vector<score>& to, std::vector<score> more) {
  for (score& s : more) to.push_back(std::move(s));
}

/// Why most scores may have no value.
inline constexpr const char* no_changed_genes = "no perturbation has a gene whose real expression changed";

}  // namespace tepui::metric
