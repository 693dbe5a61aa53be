#pragma once
/// What happens when two perturbations meet in one cell: errors over combinations alone, and what is more than the sum of
/// the parts.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/metric/perturbation/bulk_scores.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>
#include <tepui/metric/perturbation/row_errors.hpp>
#include <tepui/metric/perturbation/trivial_predictors.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// Combinations whose parts were all seen in training, against the sum of their parts, mu_0 + delta_a + delta_b:
///   combination_mse      mean squared error of their pseudobulks. combination_mse.additive is the error of additivity
///   interaction_pearson  Pearson's r over genes of the predicted with the real interaction, delta_ab - delta_a - delta_b,
///                        the deltas of the parts from training. A predictor that adds has no interaction, and 0
/// out      each with .skill, .no_change, .train_mean, .additive, ...; n counts combinations
/// empty    no such combination: the reason                  cost   O(combinations genes)
/// source   Norman et al. 2019; Ahlmann-Eltze et al. 2025 for the additive floor
struct combinations {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "combinations";
  std::string_view between = "+";  ///< stands between the parts of a name

  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    const std::string none = "no combination is scored whose parts are all among the training cells";
    const additive adds{between};
    const auto values = [&](const bulk_pair& b, auto&& value) {
      std::vector<double> out;
      for (std::int64_t p = 0; p < b.real.size(); ++p) {
        auto sum = adds.sum_of_parts(of, b.real.perturbation[usize(p)]);
        if (sum.empty()) {
          out.push_back(std::numeric_limits<double>::quiet_NaN());
          continue;
        }
        for (std::size_t g = 0; g < sum.size(); ++g) sum[g] -= of.real_bulk().control[g];  // delta_a + delta_b
        out.push_back(value(p, sum));
      }
      return perturbation_values::mean_of(std::move(out));
    };
    auto out =
        bulk_scores(of, options,
                    {"combination_mse", "squared log1p expression", direction::lower_is_better,
                     from_halves::squared_error, none},
                    [&](const bulk_pair& b) {
                      return values(b, [&](std::int64_t p, const std::vector<double>&) {
                        return mean_squared_error(b.predicted.mean_of(p), b.real.mean_of(p));
                      });
                    });
    auto interaction =
        bulk_scores(of, options,
                    {"interaction_pearson", correlation_unit, direction::higher_is_better,
                     from_halves::spearman_brown, none},
                    [&](const bulk_pair& b) {
                      return values(b, [&](std::int64_t p, const std::vector<double>& sum) {
                        std::vector<double> x(sum.size()), y(sum.size());
                        double largest = 0;
                        for (std::size_t g = 0; g < sum.size(); ++g) {
                          x[g] = b.predicted.delta_of(p)[g] - sum[g];
                          y[g] = b.real.delta_of(p)[g] - sum[g];
                          largest = std::max(largest, std::abs(sum[g]));
                        }
                        snap_rounding(x, largest);  // what adding leaves
                        return correlation_or_zero(x, y, pearson);
                      });
                    });
    for (score& s : interaction) out.push_back(std::move(s));
    return out;
  }
};

}  // namespace tepui::metric
