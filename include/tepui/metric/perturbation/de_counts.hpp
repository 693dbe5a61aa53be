#pragma once
/// How many genes change after a perturbation, really and as predicted.

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/number_text.hpp>
#include <tepui/metric/perturbation/de_comparison.hpp>

namespace tepui::metric {

/// Numbers of changed genes.                           -> [perturbations]
[[nodiscard]] inline std::vector<double> changed_gene_counts(const std::vector<std::vector<std::int32_t>>& genes) {
  std::vector<double> out;
  for (const auto& of : genes) out.push_back(static_cast<double>(of.size()));
  return out;
}

/// in     perturbed_cells, both sides as cells
/// out    de_genes_real, de_genes_predicted: mean numbers of changed genes; de_perturbations_unchanged: share of
///        perturbations without a really changed gene, which other scores leave out. None of these is better than another,
///        they say how to read the other scores: floor and ceiling are missing with that reason
/// interval  over perturbations                         source cell-eval's de_nsig_counts
struct de_counts {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "de_counts";
  double level = 0.05;  ///< of the false discovery rate

  [[nodiscard]] std::string describe() const { return "level " + shortest(level); }
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    const auto one = [&](const std::string& called, const std::string& unit, auto&& each) {
      score out = de_scores(of, options, level, called, unit, no_changed_genes, [&](const de_pair& pair) {
                    return mean_over_perturbations(each(pair));
                  }).front();
      if (out.value.known()) out.floor = out.ceiling = measured::missing("a number of genes is neither good nor bad");
      return out;
    };
    return {
        one("de_genes_real", "genes", [](const de_pair& pair) { return changed_gene_counts(pair.real_genes); }),
        one("de_genes_predicted", "genes", [](const de_pair& pair) { return changed_gene_counts(pair.predicted_genes); }),
        one("de_perturbations_unchanged", "share", [](const de_pair& pair) {
          std::vector<double> out;
          for (const auto& genes : pair.real_genes) out.push_back(genes.empty() ? 1 : 0);
          return out;
        })};
  }
};

static_assert(head<de_counts>);

}  // namespace tepui::metric
