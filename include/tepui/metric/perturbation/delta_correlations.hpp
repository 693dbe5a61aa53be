#pragma once
/// Whether the predicted change of expression points where the real one does.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/metric/perturbation/bulk_scores.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>
#include <tepui/metric/perturbation/row_errors.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// All heads here: mean over perturbations of a correlation over genes of the predicted and the real change from control,
/// each side's own. A prediction without variation counts 0 (correlation_or_zero); a perturbation whose real change has none
/// does not count.
/// out    NAME, NAME.skill, NAME.no_change (0), NAME.no_change_cells, NAME.train_mean, ... (beside_trivial.hpp); n counts
///        perturbations
/// control  where the prediction brings the real control cells as its control, as is usual, both changes hold their noise,
///        and correlate where nothing is predicted: with n cells each and no effect, 1/2. The value stays as published;
///        floor (no_change_cells, train_mean) and ceiling hold that noise as well (control_roles.hpp), and the skill starts
///        behind it
/// ceiling  mean correlation of the halves' changes, from all real control cells where the prediction shares them, else each
///        half from its own half of them; raised to whole groups by Spearman-Brown, 2 r / (1 + r): what another experiment
///        of the same size would reach. A predictor of the true means can pass it
/// cost   O(perturbations genes), spearman_delta times log genes
/// repeat bit-equal for any number of threads

namespace delta_scores {
template <class Correlation>
[[nodiscard]] std::vector<score> of(const perturbed_cells& cells, const score_options& options, std::string_view name,
                                    Correlation&& r) {
  return bulk_scores(cells, options,
                     {std::string(name), correlation_unit, direction::higher_is_better, from_halves::spearman_brown,
                      no_real_variation},
                     [&](const bulk_pair& b) {
                       return of_each(b, true, [&](std::span<const double> predicted, std::span<const double> real) {
                         return correlation_or_zero(predicted, real, r);
                       });
                     });
}
}  // namespace delta_scores

/// Pearson's r of changes.
struct pearson_delta {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "pearson_delta";
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    return delta_scores::of(of, options, name, pearson);
  }
};

/// Spearman's rho of changes, ties at their mean rank.
struct spearman_delta {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "spearman_delta";
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    return delta_scores::of(of, options, name, spearman);
  }
};

/// The cosine of the angle between changes.
struct cosine_delta {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "cosine_delta";
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    return delta_scores::of(of, options, name, cosine);
  }
};

/// The mean change over perturbations, each counting once.                                                        -> [genes]
[[nodiscard]] inline std::vector<double> mean_delta(const pseudobulks& of) {
  std::vector<double> out(usize(of.n_genes), 0.0);
  for (std::int64_t p = 0; p < of.size(); ++p)
    for (std::size_t g = 0; g < out.size(); ++g) out[g] += of.delta_of(p)[g];
  for (double& v : out) v /= static_cast<double>(of.size());
  return out;
}

/// Pearson's r of changes after subtracting from both what all perturbations have in common: the mean change of the training
/// perturbations, or of the real scored ones where there are none (which looks at the answers, and is the same for all
/// predictors). What is left is what is special about each perturbation.
struct pearson_delta_without_systematic {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "pearson_delta_without_systematic";
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    const auto common = mean_delta(of.training_bulk().size() > 0 ? of.training_bulk() : of.real_bulk());
    return delta_scores::of(of, options, name, [&](std::span<const double> predicted, std::span<const double> real) {
      std::vector<double> x(predicted.begin(), predicted.end()), y(real.begin(), real.end());
      double largest = 0;
      for (std::size_t g = 0; g < x.size(); ++g) {
        largest = std::max({largest, std::abs(x[g]), std::abs(common[g])});
        x[g] -= common[g];
        y[g] -= common[g];
      }
      snap_rounding(x, largest);  // what a prediction of the common part leaves
      return pearson(x, y);
    });
  }
};

/// Pearson's r of changes over the k genes that really change most: by |real delta|, or as another test ranks them.
/// in     ranked: for each scored perturbation its genes, best first (of a table of differential expression); empty: by
///        |real delta|
/// ties   the lower gene
/// ceiling  one half chooses its genes and the other is scored on them, as the whole group chooses for the prediction. Genes
///        as ranked: unknown, since both halves had a part in the ranking
/// errors bad_data: another number of rankings than scored perturbations
/// source the top 20 of GEARS (Roohani et al. 2023)
struct pearson_delta_top {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "pearson_delta_top";
  std::int64_t k = 20;
  std::span<const std::vector<std::int32_t>> ranked = {};

  [[nodiscard]] std::string describe() const {
    return "k=" + std::to_string(k) + (ranked.empty() ? "" : " genes as ranked");
  }

  /// The genes of a perturbation that stands at `place`, ascending.
  [[nodiscard]] std::vector<std::int32_t> genes(std::span<const double> real_delta, std::int64_t place) const {
    if (ranked.empty()) return largest_genes(real_delta, k);
    const auto& all = ranked[usize(place)];
    return {all.begin(), all.begin() + std::min<std::int64_t>(k, isize(all.size()))};
  }
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    if (k < 2) throw bad_option("pearson_delta_top: k is " + std::to_string(k) + "; a correlation needs two genes at least");
    if (!ranked.empty() && isize(ranked.size()) != of.n_scored())
      throw bad_data("there are " + std::to_string(ranked.size()) + " rankings of genes for " +
                     std::to_string(of.n_scored()) + " scored perturbations; give each one");
    const score_form form{"pearson_delta_top" + std::to_string(k), correlation_unit, direction::higher_is_better,
                          from_halves::spearman_brown, no_real_variation,
                          ranked.empty() ? "" : "the genes were ranked by all cells, those of both halves among them"};
    return bulk_scores(of, options, form, [&](const bulk_pair& b) {
      std::vector<double> out;
      for (std::int64_t p = 0; p < b.real.size(); ++p) {
        // The side that is compared with chooses: of halves the first, which says nothing of the second's noise.
        const auto which = genes(b.real.delta_of(p), of.real_bulk().place_of(b.real.perturbation[usize(p)]));
        out.push_back(
            correlation_or_zero(chosen(b.predicted.delta_of(p), which), chosen(b.real.delta_of(p), which), pearson));
      }
      return perturbation_values::mean_of(std::move(out));
    });
  }
};

/// The share of all genes whose change has the same sign (0 and 0 agree).           ceiling  of halves, as it is
struct direction_match {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "direction_match";
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    return bulk_scores(of, options, {std::string(name)},
                       [](const bulk_pair& b) { return of_each(b, true, sign_agreement); });
  }
};

}  // namespace tepui::metric
