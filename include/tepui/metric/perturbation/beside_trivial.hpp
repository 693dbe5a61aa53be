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
    std::int64_t out = 0;
    for (std::size_t r = 0; r < a.size(); ++r) out += has(r) ? 1 : 0;
    return out;
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
      if (has(usize(r))) {
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

 private:
  [[nodiscard]] bool has(std::size_t r) const {
    return how == over_perturbations::pearson ? !std::isnan(a[r]) && !std::isnan(b[r]) : b[r] > 0;
  }
};

/// The standard error of a number that perturbations have together: how far it would lie elsewhere with others of them.
/// in     value(places of perturbations) -> double, NaN where it has none           out    0 for fewer than two
/// cost   at most 200 calls of value: each perturbation is left out, or of more than 200 every 200th together
/// source the jackknife (Tukey 1958)
template <class Value>
[[nodiscard]] double jackknife_error(std::int64_t n, Value&& value) {
  const std::int64_t parts = std::min<std::int64_t>(n, 200);
  std::vector<double> without;
  std::vector<std::int64_t> rest;
  for (std::int64_t part = 0; part < parts && n > 1; ++part) {
    rest.clear();
    for (std::int64_t r = 0; r < n; ++r)
      if (r % parts != part) rest.push_back(r);
    if (const double v = value(std::span<const std::int64_t>(rest)); !std::isnan(v)) without.push_back(v);
  }
  if (without.size() < 2) return 0;
  const auto m = static_cast<double>(without.size());
  double mean = 0, squares = 0;
  for (const double v : without) mean += v / m;
  for (const double v : without) squares += (v - mean) * (v - mean);
  return std::sqrt(squares * (m - 1) / m);
}

/// A number that a score is held against, with its standard error over perturbations.
struct reference_score {
  measured value;
  double error = 0;
  reference_score() = default;
  reference_score(measured v, double of = 0) : value(std::move(v)), error(of) {}
  reference_score(double v, double of = 0) : value(v), error(of) {}
};

/// A number that n perturbations have together, as a reference.           in  why there is none, where it is NaN
template <class Value>
[[nodiscard]] reference_score reference_of(std::int64_t n, Value&& value, const std::string& why_none) {
  std::vector<std::int64_t> all(usize(n));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = isize(i);
  const double v = n == 0 ? std::numeric_limits<double>::quiet_NaN() : value(std::span<const std::int64_t>(all));
  if (std::isnan(v)) return measured::missing(why_none);
  return {v, jackknife_error(n, value)};
}
[[nodiscard]] inline reference_score reference_of(const perturbation_values& of, const std::string& why_none) {
  return reference_of(
      isize(of.a.size()), [&](std::span<const std::int64_t> rows) { return of.value(rows); }, why_none);
}

/// How the score of one half for the other becomes the ceiling of whole groups.
///   as_it_is         halves are noisier than the whole, so that a good predictor can pass the ceiling
///   spearman_brown   a correlation r, raised to that of two whole groups: 2 r / (1 + r)
///   squared_error    a quarter of it: halves of n cells differ by the noise of two means of n / 2 cells, 4 s^2 / n, and a
///                    predictor that knows the true means pays that of one mean of n, s^2 / n
///   absolute_error   half of it, by the same reason
///   share_explained  1 - r2 of halves is a squared error: a quarter of it, taken from 1
enum class from_halves { as_it_is, spearman_brown, squared_error, absolute_error, share_explained };

/// A correlation of halves, raised to that of whole groups (Spearman 1910, Brown 1910). Where r <= 0 it stays as it is.
[[nodiscard]] inline double spearman_brown(double r) { return r > 0 ? 2 * r / (1 + r) : r; }

[[nodiscard]] inline double ceiling_from(from_halves rule, double of_halves) {
  switch (rule) {
    case from_halves::spearman_brown: return spearman_brown(of_halves);
    case from_halves::squared_error: return of_halves / 4;
    case from_halves::absolute_error: return of_halves / 2;
    case from_halves::share_explained: return 1 - (1 - of_halves) / 4;
    case from_halves::as_it_is: break;
  }
  return of_halves;
}

/// How a score is called and read.
struct score_form {
  std::string name;
  std::string unit = "share";
  direction better = direction::higher_is_better;
  from_halves halves = from_halves::as_it_is;
  std::string no_value = "no perturbation has a value";
  std::string no_ceiling = "";  ///< why halves say nothing of whole groups; empty: they do
  std::string no_skill = "";    ///< why no skill is given; empty: it is
};

/// A trivial predictor's score.
struct trivial_score {
  std::string name;
  reference_score at;
};

/// How much of the way from the best trivial predictor to the ceiling: (value - trivial) / (ceiling - trivial), for either
/// direction.
/// in     the value; the best trivial predictor and its name; the ceiling
/// out    1 at the ceiling (a good predictor of noisy cells may exceed it), 0 at the trivial predictor, below 0 behind it
/// empty  any of the three missing; a ceiling that is not better than the trivial predictor by more than twice the standard
///        error of their difference over perturbations, which leaves nothing to divide by but noise: the reason
[[nodiscard]] inline measured skill_score(const measured& value, const reference_score& trivial,
                                          const std::string& trivial_name, const reference_score& ceiling,
                                          direction better) {
  if (!value.known()) return measured::missing(value.reason);
  if (!trivial.value.known()) return measured::missing(trivial.value.reason);
  if (!ceiling.value.known()) return measured::missing(ceiling.value.reason);
  const double sign = better == direction::higher_is_better ? 1 : -1;
  const double room = sign * (ceiling.value.value - trivial.value.value), error = std::hypot(ceiling.error, trivial.error);
  if (!(room > 2 * error) || room <= 0)
    return measured::missing(trivial_name + " reaches " + shortest(trivial.value.value) + " and the ceiling, from halves of "
                             "the cells, is " + shortest(ceiling.value.value) +
                             (room > 0 ? ", within two standard errors (" + shortest(error) + " each) of it" : "") +
                             ": between them there is no room in which a skill could be measured");
  return (value.value - trivial.value.value) / (ceiling.value.value - trivial.value.value);
}

/// The scores of one metric: NAME; NAME.skill; and NAME.PREDICTOR for each trivial predictor.
/// in     of(places of n perturbations) -> double, NaN where it has none; how many of them count; trivial scores; what
///        halves gave, as they gave it
/// out    NAME's floor is the best trivial score, or why there is none, its ceiling that of halves (from_halves); n:
///        perturbations that count.
///        NAME.skill lies at 0 with the best trivial predictor, whose name its unit says
/// interval  percentile bootstrap over perturbations; that of the skill moves the value and holds trivial predictor and
///        ceiling
template <class Of>
[[nodiscard]] std::vector<score> scores_beside_trivial(const score_form& form, std::int64_t n, std::int64_t counting,
                                                       Of&& of, std::span<const trivial_score> trivial,
                                                       reference_score ceiling, const score_options& options) {
  if (!form.no_ceiling.empty()) ceiling = measured::missing(form.no_ceiling);
  if (ceiling.value.known()) {
    const double raw = ceiling.value.value;
    ceiling = {ceiling_from(form.halves, raw),
               std::abs(ceiling_from(form.halves, raw + ceiling.error) - ceiling_from(form.halves, raw))};
  }
  score main;
  main.name = options.prefix + form.name;
  main.unit = form.unit;
  main.better = form.better;
  main.n = counting;
  std::vector<std::int64_t> all(usize(n));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = isize(i);
  const double value = n == 0 ? std::numeric_limits<double>::quiet_NaN() : of(std::span<const std::int64_t>(all));
  main.value = std::isnan(value) ? measured::missing(form.no_value) : measured(value);
  main.ceiling = ceiling.value;
  std::string best_name;
  // Of predictors that all say nothing the first one's reason stands for the others'.
  reference_score best(measured::missing(trivial.empty() ? "there is no trivial predictor to stand beside"
                                                         : trivial.front().at.value.reason));
  for (const trivial_score& t : trivial) {
    if (!t.at.value.known()) continue;
    if (best.value.known() && !(form.better == direction::higher_is_better ? t.at.value.value > best.value.value
                                                                           : t.at.value.value < best.value.value))
      continue;
    best = t.at;
    best_name = t.name;
  }
  main.floor = best.value;
  interval ends = interval::missing(main.value.reason);
  if (main.value.known()) ends = interval_by_resampling(n, {}, options, of);
  main.low = ends.low;
  main.high = ends.high;

  score skill;
  skill.name = main.name + ".skill";
  skill.n = main.n;
  skill.unit = best_name.empty() ? "of the way to the ceiling" : "of the way from " + best_name + " to the ceiling";
  const auto skill_of = [&](const measured& m) {
    if (m.known() && !form.no_skill.empty()) return measured::missing(form.no_skill);
    return skill_score(m, best, best_name, ceiling, form.better);
  };
  skill.value = skill_of(main.value);
  skill.low = skill_of(form.better == direction::higher_is_better ? main.low : main.high);
  skill.high = skill_of(form.better == direction::higher_is_better ? main.high : main.low);
  skill.floor = skill.value.known() ? measured(0.0) : measured::missing(skill.value.reason);
  skill.ceiling = skill.value.known() ? measured(1.0) : measured::missing(skill.value.reason);

  std::vector<score> out{main, skill};
  for (const trivial_score& t : trivial) {
    score s = main;
    s.name = main.name + "." + t.name;
    s.value = t.at.value;
    s.low = s.high =
        measured::missing(t.at.value.known() ? "a trivial predictor's score, given for comparison" : t.at.value.reason);
    out.push_back(std::move(s));
  }
  return out;
}
[[nodiscard]] inline std::vector<score> scores_beside_trivial(const score_form& form, const perturbation_values& values,
                                                              std::span<const trivial_score> trivial,
                                                              const reference_score& ceiling, const score_options& options) {
  return scores_beside_trivial(
      form, isize(values.a.size()), values.n(), [&](std::span<const std::int64_t> rows) { return values.value(rows); },
      trivial, ceiling, options);
}

}  // namespace tepui::metric
