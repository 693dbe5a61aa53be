#pragma once
/// Puts the score of a prediction beside those of predictors that know nothing, and says how much of the way to the best it
/// has gone.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/metric/interval.hpp>
#include <tepui/metric/perturbation/row_errors.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// How values of perturbations become one number.
enum class over_perturbations {
  ratio,    ///< sum of `a` by sum of `b`: a mean where every b is 1
  median,   ///< of `a`, where b > 0
  pearson,  ///< of `a` with `b`, each perturbation a point
};

/// What a metric says of each perturbation.             a, b [perturbations]; b = 0: no value there (ratio, median)
struct perturbation_values {
  std::vector<double> a, b;
  over_perturbations how = over_perturbations::ratio;

  /// Values of which the mean is wanted; NaN is no value.
  static perturbation_values mean_of(std::vector<double> values) {
    perturbation_values out;
    for (const double v : values) {
      out.a.push_back(std::isnan(v) ? 0.0 : v);
      out.b.push_back(std::isnan(v) ? 0.0 : 1.0);
    }
    return out;
  }
  /// Perturbations with a value.
  [[nodiscard]] std::int64_t n() const {
    return how == over_perturbations::pearson ? isize(a.size())
                                              : std::count_if(b.begin(), b.end(), [](double w) { return w > 0; });
  }
  /// Over perturbations drawn, NaN where they have none.
  [[nodiscard]] double value(std::span<const std::int64_t> rows) const {
    if (how == over_perturbations::ratio) {
      double sum = 0, weight = 0;
      for (const std::int64_t r : rows) {
        sum += a[usize(r)];
        weight += b[usize(r)];
      }
      return weight > 0 ? sum / weight : std::numeric_limits<double>::quiet_NaN();
    }
    std::vector<double> x, y;
    for (const std::int64_t r : rows)
      if (how == over_perturbations::pearson || b[usize(r)] > 0) {
        x.push_back(a[usize(r)]);
        y.push_back(b[usize(r)]);
      }
    if (how == over_perturbations::pearson) return pearson(x, y);
    if (x.empty()) return std::numeric_limits<double>::quiet_NaN();
    std::sort(x.begin(), x.end());
    return (x[(x.size() - 1) / 2] + x[x.size() / 2]) / 2;
  }
  [[nodiscard]] double value() const {
    std::vector<std::int64_t> all(a.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = isize(i);
    return value(all);
  }
};

/// How a score is called and read.
struct score_form {
  std::string name;
  std::string unit = "share";
  direction better = direction::higher_is_better;
  bool spearman_brown =
      false;  ///< the ceiling is a correlation of halves, and is raised to that of whole groups: 2 r / (1 + r)
  std::string no_value = "no perturbation has a value";
};

/// A trivial predictor's score.
struct trivial_score {
  std::string name;
  measured value;
};

/// How much of the way from the best trivial predictor to the ceiling: (value - trivial) / (ceiling - trivial), for either
/// direction.
/// in     the value; the best trivial predictor and its name; the ceiling
/// out    1 at the ceiling (a good predictor of noisy cells may exceed it), 0 at the trivial predictor, below 0 behind it
/// empty  any of the three missing, or a ceiling that is not better than the trivial predictor: the reason
[[nodiscard]] inline measured skill_score(const measured& value, const measured& trivial, const std::string& trivial_name,
                                          const measured& ceiling, direction better) {
  if (!value.known()) return measured::missing(value.reason);
  if (!trivial.known()) return measured::missing(trivial.reason);
  if (!ceiling.known()) return measured::missing(ceiling.reason);
  const double sign = better == direction::higher_is_better ? 1 : -1;
  if (!(sign * (ceiling.value - trivial.value) > 0))
    return measured::missing("one half of the cells predicts the other no better (" + shortest(ceiling.value) + ") than " +
                             trivial_name + " does (" + shortest(trivial.value) +
                             "), so these data cannot tell a good predictor from a trivial one");
  return (value.value - trivial.value) / (ceiling.value - trivial.value);
}

/// A correlation of halves, raised to that of whole groups (Spearman 1910, Brown 1910). Where r <= 0 it stays as it is.
[[nodiscard]] inline double spearman_brown(double r) { return r > 0 ? 2 * r / (1 + r) : r; }

/// The scores of one metric: NAME; NAME.skill; and NAME.PREDICTOR for each trivial predictor.
/// in     values of the prediction; trivial scores; the ceiling as halves gave it
/// out    NAME's floor is the best trivial score, its ceiling that of halves; n counts perturbations.
///        NAME.skill lies at 0 with the best trivial predictor, whose name its unit says
/// interval  percentile bootstrap over perturbations; that of the skill moves the value and holds trivial predictor and
/// ceiling
[[nodiscard]] inline std::vector<score> scores_beside_trivial(const score_form& form, const perturbation_values& values,
                                                              std::span<const trivial_score> trivial, measured ceiling,
                                                              const score_options& options) {
  if (ceiling.known() && form.spearman_brown) ceiling = spearman_brown(ceiling.value);
  score main;
  main.name = options.prefix + form.name;
  main.unit = form.unit;
  main.better = form.better;
  main.n = values.n();
  const double value = values.a.empty() ? std::numeric_limits<double>::quiet_NaN() : values.value();
  main.value = std::isnan(value) ? measured::missing(form.no_value) : measured(value);
  main.ceiling = ceiling;
  std::string best_name;
  main.floor = measured::missing("no trivial predictor says anything of these perturbations");
  for (const trivial_score& t : trivial) {
    if (!t.value.known()) continue;
    if (main.floor.known() &&
        !(form.better == direction::higher_is_better ? t.value.value > main.floor.value : t.value.value < main.floor.value))
      continue;
    main.floor = t.value;
    best_name = t.name;
  }
  interval ends = interval::missing(main.value.reason);
  if (main.value.known())
    ends = interval_by_resampling(isize(values.a.size()), {}, options,
                                  [&](std::span<const std::int64_t> rows) { return values.value(rows); });
  main.low = ends.low;
  main.high = ends.high;

  score skill;
  skill.name = main.name + ".skill";
  skill.n = main.n;
  skill.unit = best_name.empty() ? "of the way to the ceiling" : "of the way from " + best_name + " to the ceiling";
  const auto of = [&](const measured& m) { return skill_score(m, main.floor, best_name, main.ceiling, form.better); };
  skill.value = of(main.value);
  skill.low = of(form.better == direction::higher_is_better ? main.low : main.high);
  skill.high = of(form.better == direction::higher_is_better ? main.high : main.low);
  skill.floor = skill.value.known() ? measured(0.0) : measured::missing(skill.value.reason);
  skill.ceiling = skill.value.known() ? measured(1.0) : measured::missing(skill.value.reason);

  std::vector<score> out{main, skill};
  for (const trivial_score& t : trivial) {
    score s = main;
    s.name = main.name + "." + t.name;
    s.value = t.value;
    s.low = s.high =
        measured::missing(t.value.known() ? "a trivial predictor's score, given for comparison" : t.value.reason);
    out.push_back(std::move(s));
  }
  return out;
}

}  // namespace tepui::metric
