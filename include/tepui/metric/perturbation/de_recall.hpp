#pragma once
/// Of the genes that really change, how many are predicted to change; also for genes that few cells express.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/number_text.hpp>
#include <tepui/metric/perturbation/de_comparison.hpp>
#include <tepui/metric/perturbation/de_overlap.hpp>

namespace tepui::metric {

/// Share of really changed genes that are predicted to change.         out    NaN where none changed
[[nodiscard]] inline double de_recall_of(std::span<const std::int32_t> real, std::span<const std::int32_t> predicted) {
  if (real.empty()) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(shared_among_first(real, predicted, std::max(real.size(), predicted.size()))) /
         static_cast<double>(real.size());
}

/// in     perturbed_cells, both sides as cells
/// out    de_recall, .skill, ...: mean over perturbations that have changed genes
/// floor, ceiling, interval  as de_overlap              source cell-eval, with the same value
struct de_recall {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "de_recall";
  double level = 0.05;  ///< of the false discovery rate

  [[nodiscard]] std::string describe() const { return "level " + shortest(level); }
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    return de_scores(of, options, level, std::string(name), "share", no_changed_genes, [](const de_pair& pair) {
      return mean_over_perturbations(each_by_genes(pair, de_recall_of));
    });
  }
};

/// Which stratum each gene is in: the genes that fewest cells express in stratum 0, strata equally large.    -> [genes]
/// in     value [cells, genes]                          ties   lower gene in the lower stratum
[[nodiscard]] inline std::vector<std::int32_t> detection_strata(std::span<const float> value, std::int64_t n_genes,
                                                                std::int32_t n_strata) {
  std::vector<std::int64_t> cells(usize(n_genes), 0), order(usize(n_genes));
  for (std::size_t from = 0; from + usize(n_genes) <= value.size(); from += usize(n_genes))
    for (std::size_t g = 0; g < cells.size(); ++g) cells[g] += value[from + g] != 0 ? 1 : 0;
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return cells[usize(a)] < cells[usize(b)] || (cells[usize(a)] == cells[usize(b)] && a < b);
  });
  std::vector<std::int32_t> out(usize(n_genes));
  for (std::int64_t i = 0; i < n_genes; ++i) out[usize(order[usize(i)])] = static_cast<std::int32_t>(i * n_strata / n_genes);
  return out;
}

/// Recall of changed genes of one stratum, all perturbations together: genes found of genes there.
[[nodiscard]] inline de_statistic de_recall_in(const de_pair& pair, std::span<const std::int32_t> stratum,
                                               std::int32_t wanted) {
  std::vector<double> found, there;
  std::int64_t n = 0;
  for (std::int64_t p = 0; p < pair.size(); ++p) {
    const auto keep = [&](std::vector<std::int32_t> genes) {
      std::erase_if(genes, [&](std::int32_t g) { return stratum[usize(g)] != wanted; });
      return genes;
    };
    const auto real = keep(pair.real_genes[usize(p)]), predicted = keep(pair.predicted_genes[usize(p)]);
    found.push_back(static_cast<double>(shared_among_first(real, predicted, std::max(real.size(), predicted.size()))));
    there.push_back(static_cast<double>(real.size()));
    n += real.empty() ? 0 : 1;
  }
  return {[found, there](std::span<const std::int64_t> places) {
            double a = 0, b = 0;
            for (const std::int64_t p : places) {
              a += found[usize(p)];
              b += there[usize(p)];
            }
            return a / b;
          },
          n};
}

/// Recall by how rarely a gene is expressed: whether a predictor sees changes of rare genes, or of abundant ones only.
/// in     perturbed_cells, both sides as cells
/// out    de_recall_by_rarity_1 (rarest) ..., each with .skill, ...: of all changed genes of a stratum, over all
///        perturbations, those found
/// n      perturbations with a changed gene in the stratum
/// floor, ceiling, interval  as de_overlap              source ours; no standard reference
struct de_recall_by_rarity {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "de_recall_by_rarity";
  std::int32_t strata = 10;  ///< deciles of the number of real cells that express a gene
  double level = 0.05;       ///< of the false discovery rate

  [[nodiscard]] std::string describe() const { return std::to_string(strata) + " strata, level " + shortest(level); }
  /// errors bad_option: fewer than one stratum
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    if (strata < 1)
      throw bad_option("recall by rarity was asked for " + std::to_string(strata) + " strata; one is the least");
    const auto stratum = detection_strata(of.real().cells.value, of.n_genes(), strata);
    std::vector<score> out;
    for (std::int32_t s = 0; s < strata; ++s)
      append_scores(out, de_scores(of, options, level, std::string(name) + "_" + std::to_string(s + 1), "share",
                                   "no perturbation has a changed gene in this stratum",
                                   [&](const de_pair& pair) { return de_recall_in(pair, stratum, s); }));
    return out;
  }
};

static_assert(head<de_recall> && head<de_recall_by_rarity>);

}  // namespace tepui::metric
