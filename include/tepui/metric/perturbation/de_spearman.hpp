#pragma once
/// Whether strong changes are predicted to be strong: rank correlations of fold changes, and of numbers of changed genes.

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/number_text.hpp>
#include <tepui/metric/perturbation/de_comparison.hpp>
#include <tepui/metric/perturbation/de_direction.hpp>
#include <tepui/metric/statistics.hpp>

namespace tepui::metric {

/// Spearman's correlation of fold changes over some genes, infinite ones at the ends.
/// out    NaN with fewer than two genes, or where a side is constant
[[nodiscard]] inline double de_fold_change_spearman(std::span<const std::int32_t> which, std::span<const double> real,
                                                    std::span<const double> predicted) {
  std::vector<double> a, b;
  for (const std::int32_t g : which) {
    a.push_back(real[usize(g)]);
    b.push_back(predicted[usize(g)]);
  }
  return spearman(a, b);
}

/// The same as it is counted in scores: a prediction that is constant over genes whose real changes differ correlates with
/// nothing (0), so that saying nothing of hard perturbations does not pay.
/// out    NaN with fewer than two genes, or where the real side is constant
[[nodiscard]] inline double de_fold_change_spearman_or_zero(std::span<const std::int32_t> which,
                                                            std::span<const double> real,
                                                            std::span<const double> predicted) {
  const double r = de_fold_change_spearman(which, real, predicted);
  return std::isnan(r) && !std::isnan(de_fold_change_spearman(which, real, real)) ? 0.0 : r;
}

/// Rank correlation over perturbations of how many genes changed and how many were predicted to.
/// in     leave_out_unchanged: as cell-eval, only perturbations with really changed genes
[[nodiscard]] inline de_statistic de_count_spearman(const de_pair& pair, bool leave_out_unchanged) {
  std::vector<double> real, predicted;
  std::int64_t n = 0;
  for (std::int64_t p = 0; p < pair.size(); ++p) {
    real.push_back(static_cast<double>(pair.real_genes[usize(p)].size()));
    predicted.push_back(static_cast<double>(pair.predicted_genes[usize(p)].size()));
    n += leave_out_unchanged && real.back() == 0 ? 0 : 1;
  }
  return {[=](std::span<const std::int64_t> places) {
            std::vector<double> a, b;
            for (const std::int64_t p : places) {
              if (leave_out_unchanged && real[usize(p)] == 0) continue;
              a.push_back(real[usize(p)]);
              b.push_back(predicted[usize(p)]);
            }
            return spearman(a, b);
          },
          n};
}

/// in     perturbed_cells, both sides as cells
/// out    de_spearman_lfc: mean over perturbations of the correlation of fold changes of really changed genes, where there
///        are two at least that differ; predicted changes that are all the same count 0, and n counts them;
///        de_spearman_n: correlation over all perturbations of how many genes changed; each with .skill, ...
/// floor, ceiling, interval  as de_overlap
/// source cell-eval; differs: it has no mean as soon as one perturbation has one changed gene or a constant prediction, and
///        it leaves perturbations without changed genes out of the correlation of numbers, though a predictor may well
///        predict some for them
struct de_spearman {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "de_spearman";
  double level = 0.05;  ///< of the false discovery rate

  [[nodiscard]] std::string describe() const { return "level " + shortest(level); }
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    auto out = de_scores(of, options, level, "de_spearman_lfc", "correlation",
                         "no perturbation has two changed genes whose real fold changes differ", [](const de_pair& pair) {
                           return mean_over_perturbations(each_by_fold_changes(pair, de_fold_change_spearman_or_zero));
                         });
    append_scores(out, de_scores(of, options, level, "de_spearman_n", "correlation",
                                 "the numbers of changed genes are the same for all perturbations",
                                 [](const de_pair& pair) { return de_count_spearman(pair, false); }));
    return out;
  }
};

static_assert(head<de_spearman>);

}  // namespace tepui::metric
