#pragma once
/// Whether genes that really change have the smallest predicted p: areas under curves of precision and recall, and ROC.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/number_text.hpp>
#include <tepui/metric/perturbation/de_comparison.hpp>

namespace tepui::metric {

struct de_areas {
  double pr = std::numeric_limits<double>::quiet_NaN(), roc = pr;
};

/// Areas of one perturbation.                          in     changed [genes]: 0 or 1; rank_by [genes], least first, no NaN
/// out    pr: average precision, steps and no straight lines between; roc: by the trapezoid; NaN where all or none changed
/// ties   equal numbers are one step                    cost   O(genes log genes)
[[nodiscard]] inline de_areas areas_of(std::span<const char> changed, std::span<const double> rank_by) {
  std::vector<std::size_t> order(changed.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rank_by[a] < rank_by[b]; });
  const auto positives = static_cast<double>(std::count(changed.begin(), changed.end(), char{1}));
  const double negatives = static_cast<double>(changed.size()) - positives;
  if (positives == 0 || negatives == 0) return {};
  double hits = 0, misses = 0, pr = 0, roc = 0;
  for (std::size_t from = 0, to = 0; from < order.size(); from = to) {
    double more_hits = 0, more_misses = 0;
    for (; to < order.size() && rank_by[order[to]] == rank_by[order[from]]; ++to)
      (changed[order[to]] != 0 ? more_hits : more_misses) += 1;
    roc += more_misses * (hits + more_hits / 2);
    hits += more_hits;
    misses += more_misses;
    pr += more_hits / positives * (hits / (hits + misses));
  }
  return {pr, roc / (positives * negatives)};
}

/// Areas of every perturbation, genes ranked by a column of the predicted table.               -> [perturbations]
template <class RankBy>
[[nodiscard]] std::vector<de_areas> areas_of_each(const de_pair& pair, RankBy&& rank_by) {
  std::vector<de_areas> out;
  for (std::int64_t p = 0; p < pair.size(); ++p) {
    std::vector<char> changed(usize(pair.real().n_genes), 0);
    for (const std::int32_t g : pair.real_genes[usize(p)]) changed[usize(g)] = 1;
    out.push_back(areas_of(changed, rank_by(p)));
  }
  return out;
}

/// in     perturbed_cells, both sides as cells
/// out    de_pr_auc, de_roc_auc, each with .skill, ...: means over perturbations in which some genes changed and some did
///        not, genes ranked by predicted p (a gene without one as p = 1)
/// floor, ceiling, interval  as de_overlap
/// source cell-eval; differs: ranked by p and not by false discovery rates above 1e-10, which tie many genes; its mean is
///        missing as soon as one perturbation has no changed gene
struct de_auc {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "de_auc";
  double level = 0.05;  ///< of the false discovery rate

  [[nodiscard]] std::string describe() const { return "level " + shortest(level); }
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    const auto one = [&](const std::string& called, double de_areas::*which) {
      return de_scores(of, options, level, called, "share", "in no perturbation some genes change and some do not",
                      [which](const de_pair& pair) {
                        std::vector<double> each;
                        const auto areas = areas_of_each(pair, [&](std::int64_t p) {
                          const auto column = pair.predicted().row(pair.predicted().p, p);
                          std::vector<double> rank(column.begin(), column.end());
                          for (double& v : rank) v = std::isnan(v) ? 1 : v;
                          return rank;
                        });
                        for (const de_areas& a : areas) each.push_back(a.*which);
                        return mean_over_perturbations(std::move(each));
                      });
    };
    auto out = one("de_pr_auc", &de_areas::pr);
    append_scores(out, one("de_roc_auc", &de_areas::roc));
    return out;
  }
};

static_assert(head<de_auc>);

}  // namespace tepui::metric
