#pragma once
/// Draws the cells of each perturbation again: how far a score of mean expression would move with other cells of the same
/// perturbations.

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/metric/interval.hpp>
#include <tepui/metric/perturbation/bulk_scores.hpp>
#include <tepui/metric/perturbation/control_roles.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>
#include <tepui/metric/perturbation/pseudobulk.hpp>
#include <tepui/metric/row_resampler.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// Pseudobulks with another control: the changes are measured from it, the means stay.           in  control [genes]
inline void measure_from(pseudobulks& of, std::span<const double> control) {
  of.control.assign(control.begin(), control.end());
  for (std::size_t i = 0; i < of.mean.size(); ++i) of.delta[i] = of.mean[i] - of.control[i % usize(of.n_genes)];
}

/// Bootstrap of a metric of pseudobulks over cells: those of each perturbation and of the control are drawn again, with
/// replacement, so that groups keep their sizes. The intervals of the heads draw perturbations again and say how the score
/// would move with other perturbations; this one holds the perturbations and asks for the noise of their cells.
/// in     metric: bulk_pair -> perturbation_values, as in bulk_scores
/// draws  real and predicted cells apart; a control that both share (control_roles.hpp) once for both; predicted
///        pseudobulks have no cells to draw and stay
/// out    the middle `level` of `resamples` values, moved by their bias: cells drawn twice make every mean noisier
/// empty  no value, or no resamples: the reason
/// cost   for each resample one pass over the cells of both sides, and the metric: 200 resamples are enough for most
/// repeat bit-equal for one seed, for any number of threads
/// source Efron and Tibshirani 1993
template <class Metric>
[[nodiscard]] interval interval_over_cells(const perturbed_cells& of, const score_options& options, Metric&& metric) {
  options.check();
  if (options.resamples == 0) return interval::missing("no resamples were asked for");
  const double value = metric(bulk_pair{of.predicted_bulk(), of.real_bulk(), of}).value();
  if (!(value - value == 0)) return interval::missing("no perturbation has a value");
  const bool shared = shares_control(of);
  const auto drawn_from = [](const labelled_cells& side, std::uint64_t seed, std::string_view purpose) {
    return row_resampler(side.cells.n_cells(), side.perturbation.code, seed, purpose);
  };
  const auto again = [](grouped_rows rows, std::span<const std::int64_t> drawn) {
    for (std::int64_t& r : rows.row) r = drawn[usize(r)];
    return rows;
  };
  row_resampler draw_real = drawn_from(of.real(), options.seed, "metric: real cells of perturbations drawn again");
  row_resampler draw_predicted =
      drawn_from(of.predicted(), options.seed, "metric: predicted cells of perturbations drawn again");
  std::vector<double> values;
  pseudobulks predicted = of.predicted_bulk();
  for (std::int64_t b = 0; b < options.resamples; ++b) {
    const pseudobulks real =
        pseudobulks_of(of.real().cells, again(of.real_rows(), draw_real(b)), of.control(), of.threads);
    if (of.has_predicted_cells())
      predicted = pseudobulks_of(of.predicted().cells, again(of.predicted_rows(), draw_predicted(b)), of.control(), of.threads);
    if (shared) measure_from(predicted, real.control);
    values.push_back(metric(bulk_pair{predicted, real, of}).value());
  }
  constexpr double any = std::numeric_limits<double>::infinity();
  return centred_interval(value, std::move(values), options.level, -any, any);
}

}  // namespace tepui::metric
