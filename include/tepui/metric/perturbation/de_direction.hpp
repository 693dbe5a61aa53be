#pragma once
/// Of the genes that really change, how many are predicted to change the same way.

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/number_text.hpp>
#include <tepui/metric/perturbation/de_comparison.hpp>

namespace tepui::metric {

/// Share of genes whose fold changes have the same sign; 0 has a sign of its own.
/// in     which: genes; log2 fold changes [genes] of both               out    NaN where there is none
[[nodiscard]] inline double same_direction_share(std::span<const std::int32_t> which, std::span<const double> real,
                                                 std::span<const double> predicted) {
  const auto sign = [](double v) { return (v > 0) - (v < 0); };
  if (which.empty()) return std::numeric_limits<double>::quiet_NaN();
  double same = 0;
  for (const std::int32_t g : which) same += sign(real[usize(g)]) == sign(predicted[usize(g)]) ? 1 : 0;
  return same / static_cast<double>(which.size());
}

/// A function of (really changed genes, real fold changes, predicted fold changes).          -> [perturbations]
template <class Of>
[[nodiscard]] std::vector<double> each_by_fold_changes(const de_pair& pair, Of&& of) {
  std::vector<double> out;
  for (std::int64_t p = 0; p < pair.size(); ++p)
    out.push_back(of(pair.real_genes[usize(p)], pair.real().row(pair.real().log2_fold_change, p),
                     pair.predicted().row(pair.predicted().log2_fold_change, p)));
  return out;
}

/// in     perturbed_cells, both sides as cells
/// out    de_direction_match, .skill, ...: mean over perturbations that have changed genes
/// floor, ceiling, interval  as de_overlap              source cell-eval, with the same value
struct de_direction_match {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "de_direction_match";
  double level = 0.05;  ///< of the false discovery rate

  [[nodiscard]] std::string describe() const { return "level " + shortest(level); }
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    return de_scores(of, options, level, std::string(name), "share", no_changed_genes, [](const de_pair& pair) {
      return mean_over_perturbations(each_by_fold_changes(pair, same_direction_share));
    });
  }
};

static_assert(head<de_direction_match>);

}  // namespace tepui::metric
