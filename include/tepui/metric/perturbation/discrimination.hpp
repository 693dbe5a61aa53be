#pragma once
/// Can the perturbations be told apart by their predicted effects? Discrimination scores in all their variants, and target
/// ranking.

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/metric/perturbation/bulk_scores.hpp>
#include <tepui/metric/perturbation/effect_ranks.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// How a rank among P perturbations (0: the true one is nearest) becomes a score. Papers mean different ones by the same
/// name.
///   share_of_p          1 - rank / P:        best 1, worst 1 / P, by chance 1/2 + 1/(2P)    (cell-eval)
///   share_of_others     1 - rank / (P - 1):  best 1, worst 0, by chance 1/2
///   from_minus_one      1 - 2 rank / P:      best 1, worst -1 + 2 / P, by chance 1 / P
enum class rank_scale { share_of_p, share_of_others, from_minus_one };

/// The score of a rank; NaN where it has none (share_of_others of a single perturbation).
[[nodiscard]] inline double score_of_rank(double rank, std::int64_t n_perturbations, rank_scale scale) {
  const auto p = static_cast<double>(n_perturbations);
  if (scale == rank_scale::share_of_p) return 1 - rank / p;
  if (scale == rank_scale::from_minus_one) return 1 - 2 * (rank / p);
  return n_perturbations < 2 ? std::numeric_limits<double>::quiet_NaN() : 1 - rank / (p - 1);
}

/// Ranks of a pair of pseudobulks by their deltas.
/// in     drop_target: each perturbation's distances leave out the gene that is called as it is
[[nodiscard]] inline std::vector<double> ranks_of(const bulk_pair& b, effect_distance by, bool drop_target,
                                                  equal_distances ties) {
  std::vector<std::int32_t> target;
  if (drop_target)
    for (const std::int32_t p : b.real.perturbation) target.push_back(b.of.target_gene(p));
  return effect_ranks(b.predicted.delta, b.real.delta, b.real.size(), target, by, ties, b.of.threads);
}

/// Mean over perturbations of the score of the true perturbation's rank, by the distance of the predicted change from all
/// real ones.
/// out    discrimination_score_{l1,l2,cosine}, with _of_others or _from_minus_one behind it for the other scales; and its
///        .skill, .no_change, .train_mean, ... (beside_trivial.hpp)
/// ties   equal distances: the mean of their places (numpy's argsort, which others use, leaves their order open)
/// ceiling  of halves, as it is
/// cost   O(P^2 genes) for each of the predictors
/// repeat bit-equal everywhere
/// source Wu et al. 2024 (PerturBench); cell-eval for the gene left out
struct discrimination_score {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "discrimination_score";
  effect_distance by = effect_distance::l1;
  rank_scale scale = rank_scale::share_of_p;
  bool drop_target = true;  ///< leaves out the gene that is called as the perturbation is, whose fall is no merit to predict
  equal_distances ties = equal_distances::mean_place;

  [[nodiscard]] std::string describe() const {
    return std::string(name_of(by)) +
           (scale == rank_scale::share_of_p        ? " 1-rank/P"
            : scale == rank_scale::share_of_others ? " 1-rank/(P-1)"
                                                   : " 1-2rank/P") +
           (drop_target ? " without target gene" : " all genes");
  }
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    score_form form{std::string(name) + "_" + std::string(name_of(by))};
    if (scale == rank_scale::share_of_others) form.name += "_of_others";
    if (scale == rank_scale::from_minus_one) {
      form.name += "_from_minus_one";
      form.unit = "1 - 2 rank / P, -1 to 1";
    }
    if (!drop_target) form.name += "_all_genes";
    form.no_value = "there is only one perturbation, which has no others to be told from";
    return bulk_scores(of, options, form, [&](const bulk_pair& b) {
      auto rank = ranks_of(b, by, drop_target, ties);
      for (double& r : rank) r = score_of_rank(r, b.real.size(), scale);
      return perturbation_values::mean_of(std::move(rank));
    });
  }
};

/// The rank of the true perturbation among all, by the distance of the predicted change from the real ones: mean reciprocal
/// rank, the share that is among the first 1 and 5, and the median rank (1: the nearest).
/// out    target_mrr_D, target_top1_D, target_top5_D, target_median_rank_D, for the distance D, each with .skill,
///        .no_change, ...
/// ties, ceiling, cost, repeat   as discrimination_score; ranks of equal distances are their mean place, and count as first
///        k when it is
struct target_ranking {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "target_ranking";
  effect_distance by = effect_distance::cosine;
  bool drop_target = true;
  equal_distances ties = equal_distances::mean_place;

  [[nodiscard]] std::string describe() const {
    return std::string(name_of(by)) + (drop_target ? " without target gene" : " all genes");
  }

  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    std::vector<score> out;
    const std::string tail = "_" + std::string(name_of(by)) + (drop_target ? "" : "_all_genes");
    const auto add = [&](score_form form, auto&& value, over_perturbations how) {
      auto scores = bulk_scores(of, options, form, [&](const bulk_pair& b) {
        auto rank = ranks_of(b, by, drop_target, ties);
        for (double& r : rank) r = value(r);
        auto values = perturbation_values::mean_of(std::move(rank));
        values.how = how;
        return values;
      });
      for (score& s : scores) out.push_back(std::move(s));
    };
    add(
        {"target_mrr" + tail}, [](double r) { return 1 / (1 + r); }, over_perturbations::ratio);
    add(
        {"target_top1" + tail}, [](double r) { return r < 1 ? 1.0 : 0.0; }, over_perturbations::ratio);
    add(
        {"target_top5" + tail}, [](double r) { return r < 5 ? 1.0 : 0.0; }, over_perturbations::ratio);
    add(
        {"target_median_rank" + tail, "rank, 1 is best", direction::lower_is_better}, [](double r) { return r + 1; },
        over_perturbations::median);
    return out;
  }
};

}  // namespace tepui::metric
