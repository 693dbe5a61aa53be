#pragma once
/// How far predicted mean expression lies from the real one after each perturbation: errors, and the share of variation
/// explained.

#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/score.hpp>
#include <tepui/metric/perturbation/bulk_scores.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>
#include <tepui/metric/perturbation/row_errors.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// All heads here: mean over perturbations of a number that compares the predicted pseudobulk with the real one, over all
/// genes.
/// out    NAME, NAME.skill, NAME.no_change, NAME.train_mean, ... (beside_trivial.hpp); n counts perturbations
/// ceiling  what a predictor of the true means would pay: the noise of the real means, which is a quarter of the squared
///        error, half of the absolute error, and a quarter of the unexplained share of one half of the cells for the other
///        (from_halves; halves leave a cell out of an odd number, which makes it a little worse)
/// cost   O(perturbations genes)
/// repeat bit-equal for any number of threads

/// Mean squared error of mean expression.
struct mse {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "mse";
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    return bulk_scores(of, options,
                       {std::string(name), "squared log1p expression", direction::lower_is_better,
                        from_halves::squared_error},
                       [](const bulk_pair& b) { return of_each(b, false, mean_squared_error); });
  }
};

/// Mean absolute error of mean expression.
struct mae {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "mae";
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    return bulk_scores(of, options,
                       {std::string(name), "log1p expression", direction::lower_is_better, from_halves::absolute_error},
                       [](const bulk_pair& b) { return of_each(b, false, mean_absolute_error); });
  }
};

/// Mean squared error of the change from control. Each side has its own control, which makes it differ from mse.
struct mse_delta {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "mse_delta";
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    return bulk_scores(of, options,
                       {std::string(name), "squared log1p expression", direction::lower_is_better,
                        from_halves::squared_error},
                       [](const bulk_pair& b) { return of_each(b, true, mean_squared_error); });
  }
};

/// Mean absolute error of the change from control.
struct mae_delta {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "mae_delta";
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    return bulk_scores(of, options,
                       {std::string(name), "log1p expression", direction::lower_is_better, from_halves::absolute_error},
                       [](const bulk_pair& b) { return of_each(b, true, mean_absolute_error); });
  }
};

/// The share of the variation of mean expression over genes that is explained: scikit-learn's r2_score, which can lie below
/// 0. Genes differ far more than perturbations do, so that predicting the control explains nearly all: read it beside
/// r2.no_change.
struct r2 {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "r2";
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    return bulk_scores(of, options,
                       {std::string(name), "share explained, at most 1, below 0 possible", direction::higher_is_better,
                        from_halves::share_explained},
                       [](const bulk_pair& b) { return of_each(b, false, r2_score); });
  }
};

/// What the saturation study of DenAdel et al. calls "R2": Pearson's r, not its square, of mean expression (not of deltas).
/// source the third number of scipy.stats.linregress, which is r
struct r2_of_means_denadel {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "r2_of_means_denadel";
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    return bulk_scores(of, options,
                       {std::string(name), correlation_unit, direction::higher_is_better, from_halves::spearman_brown,
                        no_real_variation},
                       [](const bulk_pair& b) {
                         return of_each(b, false, [](auto p, auto r) { return correlation_or_zero(p, r, pearson); });
                       });
  }
};

}  // namespace tepui::metric
