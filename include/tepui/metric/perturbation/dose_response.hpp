#pragma once
/// Does a higher dose do more, in the prediction as in the data?

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/metric/perturbation/beside_trivial.hpp>
#include <tepui/metric/perturbation/control_roles.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>
#include <tepui/metric/perturbation/row_errors.hpp>
#include <tepui/metric/perturbation/split_half.hpp>
#include <tepui/metric/perturbation/trivial_predictors.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// Spearman's rho of dose and size of effect (Euclidean length of the delta) for each compound with three doses or more.
/// in     bulk; compound [labels], -1 for none; dose [labels]
/// out    compound by compound, ascending; NaN where all doses are equal; effects all equal count 0
[[nodiscard]] inline std::vector<double> dose_monotonicity_of(const pseudobulks& bulk,
                                                              std::span<const std::int32_t> compound,
                                                              std::span<const double> dose) {
  std::map<std::int32_t, std::pair<std::vector<double>, std::vector<double>>> of;
  for (std::int64_t p = 0; p < bulk.size(); ++p) {
    const std::int32_t code = bulk.perturbation[usize(p)], drug = compound[usize(code)];
    if (drug < 0) continue;
    double length = 0;
    for (const double d : bulk.delta_of(p)) length += d * d;
    of[drug].first.push_back(dose[usize(code)]);
    of[drug].second.push_back(std::sqrt(length));
  }
  std::vector<double> out;
  for (const auto& [drug, series] : of) {
    if (series.first.size() < 3) continue;
    const double rho = spearman(series.first, series.second);
    out.push_back(std::isnan(rho) && !statistics::constant(series.first) ? 0.0 : rho);
  }
  return out;
}

/// Mean over compounds of Spearman's rho of dose and size of the predicted effect.
/// out      dose_monotonicity, .skill, .no_change, .train_mean, ..., and .real: the same of the real cells, which need not
///          be 1; n counts compounds. Scored is that effects grow, not that they grow as the real ones do
/// ceiling  the same of half of the real cells: noise adds length to all effects alike, so that halves have less of it
/// empty    no compound with three doses: the reason
/// errors   bad_data: another number of compounds or doses than names
struct dose_monotonicity {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "dose_monotonicity";
  std::span<const std::int32_t> compound;  ///< of each perturbation by its code, -1 for none
  std::span<const double> dose;            ///< of each perturbation by its code

  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    options.check();
    if (isize(compound.size()) != of.n_labels() || isize(dose.size()) != of.n_labels())
      throw bad_data("dose_monotonicity: there are " + std::to_string(compound.size()) + " compounds and " +
                     std::to_string(dose.size()) + " doses for " + std::to_string(of.n_labels()) +
                     " perturbations; give each one, and -1 where there is no compound");
    score_form form{std::string(name), "correlation, -1 to 1", direction::higher_is_better, from_halves::as_it_is,
                    "no compound was given in three doses or more"};
    form.no_skill = few_control_cells(of);
    const auto values = [&](const pseudobulks& bulk) {
      return perturbation_values::mean_of(dose_monotonicity_of(bulk, compound, dose));
    };
    const auto number = [&](const pseudobulks& bulk) { return reference_of(values(bulk), form.no_value); };
    const auto missing = [](const std::string& why) { return reference_score(measured::missing(why)); };
    std::vector<trivial_score> trivial;
    for (const trivial_prediction& t : trivial_predictions(of, options.seed))
      trivial.push_back({t.name, t.applies() ? number(t.bulk) : missing(t.missing)});
    const bulk_sides& halves = halved_bulks(of, options.seed);
    auto out =
        scores_beside_trivial(form, values(of.predicted_bulk()), trivial,
                              halves.missing.empty() ? number(halves.second) : missing(halves.missing), options);
    score real = out.front();
    real.name += ".real";
    real.value = number(of.real_bulk()).value;
    real.low = real.high = measured::missing("the real cells' own score, given for comparison");
    out.push_back(std::move(real));
    return out;
  }
};

}  // namespace tepui::metric
