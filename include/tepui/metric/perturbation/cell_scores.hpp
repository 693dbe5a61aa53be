#pragma once
/// Scores predicted cells as a whole population, beside control cells, training cells, and one half of the real cells for
/// the other.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/kernel/squared_distance.hpp>
#include <tepui/metric/head.hpp>
#include <tepui/metric/perturbation/beside_trivial.hpp>
#include <tepui/metric/perturbation/control_roles.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>
#include <tepui/metric/perturbation/split_half.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// Some cells, laid one after the other.               value [n, genes]
struct gathered_cells {
  std::int64_t n = 0, genes = 0;
  std::vector<float> value;
  [[nodiscard]] kernel::points points() const { return {n, genes, value}; }
};

/// At most `most` of the rows, chosen by lots of their cell ids, in the order they stand in.
/// repeat bit-equal everywhere for one seed
[[nodiscard]] inline std::vector<std::int64_t> some_rows(const dense_view<scale::log1p>& cells,
                                                         std::span<const std::int64_t> rows, std::int64_t most,
                                                         std::uint64_t seed) {
  std::vector<std::int64_t> out(rows.begin(), rows.end());
  if (isize(out.size()) <= most) return out;
  const kernel::draws random(seed, "metric: some cells of a perturbation");
  std::vector<std::pair<std::uint64_t, std::int64_t>> lot;
  for (const std::int64_t r : rows) lot.emplace_back(random.bits(cells.cells.id[usize(r)]), r);
  std::nth_element(lot.begin(), lot.begin() + most, lot.end());
  for (std::size_t i = 0; i < usize(most); ++i) out[i] = lot[i].second;
  out.resize(usize(most));
  std::sort(out.begin(), out.end());
  return out;
}

[[nodiscard]] inline gathered_cells gather(const dense_view<scale::log1p>& cells, std::span<const std::int64_t> rows) {
  gathered_cells out{isize(rows.size()), cells.n_columns, {}};
  out.value.reserve(rows.size() * usize(cells.n_columns));
  for (const std::int64_t r : rows) out.value.insert(out.value.end(), cells.row(r).begin(), cells.row(r).end());
  return out;
}

inline const std::string no_predicted_cells = "the prediction is of pseudobulks and has no cells";

/// Why a distance that is larger for fewer cells has no ceiling.
inline const std::string halves_of_biased =
    "this form of the distance grows as cells get fewer, so halves of the cells do not say what whole groups reach; the "
    "unbiased form does";

/// Mean over perturbations of a distance between the predicted and the real cells of each.
/// in     distance: (gathered_cells predicted, gathered_cells real) -> double, NaN where it has none; most cells of a group
/// out    NAME, NAME.skill, NAME.no_change (the control cells as prediction), NAME.train_cells (cells of the training
///        perturbations, the same for all, as many as `most`), lower is better
/// ceiling  one half of each perturbation's real cells for the other, as it is: near 0 for an unbiased distance, as for a
///        prediction of the true distribution. Biased ones: unknown (halves_of_biased)
/// empty  a prediction of pseudobulks: no value, and the reason
template <class Distance>
[[nodiscard]] std::vector<score> cell_scores(const perturbed_cells& of, const score_options& options, score_form form,
                                             std::int64_t most, Distance&& distance) {
  options.check();
  form.no_skill = few_control_cells(of, true);
  if (!of.has_predicted_cells())
    return {without_value(options.prefix + form.name, no_predicted_cells, 0, form.better),
            without_value(options.prefix + form.name + ".skill", no_predicted_cells)};
  const auto& real = of.real().cells;
  const auto some = [&](const dense_view<scale::log1p>& cells, std::span<const std::int64_t> rows) {
    return gather(cells, some_rows(cells, rows, most, options.seed));
  };
  const gathered_cells control = some(real, of.real_rows().of(of.control()));
  std::vector<std::int64_t> treated;
  if (of.has_training())
    for (const std::int32_t p : of.training_bulk().perturbation)
      treated.insert(treated.end(), of.training_rows().of(p).begin(), of.training_rows().of(p).end());
  const gathered_cells trained = treated.empty() ? gathered_cells{} : some(of.training().cells, treated);
  std::vector<double> mine, of_control, of_trained;
  for (const std::int32_t p : of.scored()) {
    const gathered_cells truth = some(real, of.real_rows().of(p));
    mine.push_back(distance(some(of.predicted().cells, of.predicted_rows().of(p)), truth));
    of_control.push_back(distance(control, truth));
    if (trained.n > 0) of_trained.push_back(distance(trained, truth));
  }
  const auto number = [&](std::vector<double> values) {
    return reference_of(perturbation_values::mean_of(std::move(values)), form.no_value);
  };
  const std::string no_halves = form.no_ceiling.empty() ? halved_cells(of, options.seed).missing : form.no_ceiling;
  reference_score ceiling(measured::missing(no_halves));
  if (no_halves.empty()) {
    std::vector<double> again;
    const perturbed_cells& pair = *halved_cells(of, options.seed).pair;
    for (const std::int32_t p : pair.scored())
      again.push_back(distance(some(pair.predicted().cells, pair.predicted_rows().of(p)),
                               some(pair.real().cells, pair.real_rows().of(p))));
    ceiling = number(std::move(again));
  }
  const trivial_score trivial[] = {
      {"no_change", number(of_control)},
      {"train_cells",
       trained.n > 0 ? number(of_trained)
                     : reference_score(measured::missing("no training cells were given, from which it would learn"))}};
  return scores_beside_trivial(form, perturbation_values::mean_of(std::move(mine)), trivial, ceiling, options);
}

}  // namespace tepui::metric
