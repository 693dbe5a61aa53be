#pragma once
/// Scores predicted pseudobulks, those of trivial predictors and those of half of the real cells, all in the same way.

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/metric/perturbation/beside_trivial.hpp>
#include <tepui/metric/perturbation/control_roles.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>
#include <tepui/metric/perturbation/pseudobulk.hpp>
#include <tepui/metric/perturbation/row_errors.hpp>
#include <tepui/metric/perturbation/split_half.hpp>
#include <tepui/metric/perturbation/trivial_predictors.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// What a metric of pseudobulks gets.                    invariants  the same perturbations in the same order on both sides
struct bulk_pair {
  const pseudobulks& predicted;
  const pseudobulks& real;
  const perturbed_cells& of;  ///< for names and training; not for its pseudobulks
};

/// Scores of a metric of pseudobulks: of the prediction, of the trivial predictors, and of one half of the real cells for
/// the other.
/// in     metric: bulk_pair -> perturbation_values
/// control  the value is the published one: each side's change is from its own control. Trivial predictors and halves have
///        the control as the prediction has it (control_roles.hpp): where it is the real one, so is theirs
/// cost   the metric eight times, passes over the real cells for halves and for no_change_cells (once a subject), and the
///        bootstrap
template <class Metric>
[[nodiscard]] std::vector<score> bulk_scores(const perturbed_cells& of, const score_options& options, score_form form,
                                             Metric&& metric) {
  options.check();
  form.no_skill = few_control_cells(of);
  const auto number = [&](const pseudobulks& predicted, const pseudobulks& real) {
    return reference_of(metric(bulk_pair{predicted, real, of}), form.no_value);
  };
  std::vector<trivial_score> trivial;
  for (const trivial_prediction& t : trivial_predictions(of, options.seed))
    trivial.push_back({t.name, t.applies() ? number(t.bulk, t.real == nullptr ? of.real_bulk() : *t.real)
                                           : reference_score(measured::missing(t.missing))});
  const bulk_sides& halves = halved_bulks(of, options.seed);
  const reference_score ceiling =
      halves.missing.empty() ? number(halves.second, halves.first) : reference_score(measured::missing(halves.missing));
  return scores_beside_trivial(form, metric(bulk_pair{of.predicted_bulk(), of.real_bulk(), of}), trivial, ceiling, options);
}

/// One value a perturbation.             value(predicted [genes], real [genes]) -> double; deltas instead of means where
/// asked for
template <class Value>
[[nodiscard]] perturbation_values of_each(const bulk_pair& pair, bool deltas, Value&& value) {
  std::vector<double> out;
  for (std::int64_t p = 0; p < pair.real.size(); ++p)
    out.push_back(deltas ? value(pair.predicted.delta_of(p), pair.real.delta_of(p))
                         : value(pair.predicted.mean_of(p), pair.real.mean_of(p)));
  return perturbation_values::mean_of(std::move(out));
}

/// A correlation as it is counted in scores: a prediction without variation correlates with nothing (0), so that saying
/// nothing of hard perturbations does not pay; where the real values have no variation there is no value.
template <class Correlation>
[[nodiscard]] double correlation_or_zero(std::span<const double> predicted, std::span<const double> real,
                                         Correlation&& correlation) {
  const double r = correlation(predicted, real);
  if (!std::isnan(r)) return r;
  const bool real_varies = !std::isnan(correlation(real, real));
  return real_varies ? 0.0 : r;
}

inline const std::string correlation_unit = "correlation, -1 to 1";
inline const std::string no_real_variation = "no real effect varies over genes, so nothing can correlate with it";

}  // namespace tepui::metric
