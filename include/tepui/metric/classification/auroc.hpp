#pragma once
/// Whether the probability of a type is higher in its cells than in others, whatever the threshold: area under the ROC
/// curve.

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/metric/classification/predicted_cells.hpp>
#include <tepui/metric/head.hpp>

namespace tepui::metric {

/// What macro and weighted means of AUROC and AUPRC share: the mean over classes whose area is defined.
struct ranking_mean {
  double ranking_areas::* area;
  bool by_cells = false;  ///< a class counts as often as it has cells

  [[nodiscard]] double operator()(const std::vector<ranking_areas>& of_class, const std::vector<std::int64_t>& cells) const {
    double sum = 0, weight = 0;
    for (std::size_t c = 0; c < of_class.size(); ++c) {
      if (cells[c] == 0 || std::isnan(of_class[c].*area)) continue;
      const double own = by_cells ? static_cast<double>(cells[c]) : 1.0;
      sum += own * (of_class[c].*area);
      weight += own;
    }
    return weight == 0 ? undefined : sum / weight;
  }
};

inline constexpr const char* no_probabilities = "the classifier gives no probabilities";

/// AUROC of each class against all others: the chance that a cell of the class has the higher probability, ties counted
/// half.
/// out    macro_auroc (mean over the classes), weighted_auroc (by cells), and auroc[CLASS] if by_class; worst 0, best 1
/// floor  1/2: of one probability for all cells
/// empty  no probabilities, or cells of one class only: no value, with the reason; a class without cells does not count in
///        the means
/// interval  bootstrap over cells, the same draws as the other heads, of at most predicted_cells::ranking_resamples
///           resamples
/// cost   O(classes cells (log cells + resamples)), shared with auprc          repeat bit-equal for one seed and any number
///        of threads
/// source Hanley and McNeil 1982; scikit-learn roc_auc_score(multi_class="ovr")
struct auroc {
  using reads = predicted_cells;
  static constexpr std::string_view name = "auroc";
  bool by_class = true;

  [[nodiscard]] std::string describe() const { return by_class ? "auroc(means and each class)" : "auroc(means)"; }
  [[nodiscard]] std::vector<score> operator()(const predicted_cells& of, const score_options& options) const {
    return scores_of(resampled(of, options));
  }
  [[nodiscard]] std::vector<resampled_score> resampled(const predicted_cells& of, const score_options& options) const {
    options.check();
    const auto names = by_class ? of.given().class_names : std::span<const std::string>{};
    std::vector<resampled_score> out;
    const auto add = [&](std::string what, const std::string& none, const auto& formula) {
      const ranked_classes* ranked = of.n_cells() > 0 && of.has_probability() ? &of.ranked(options) : nullptr;
      const double v = ranked == nullptr ? undefined : formula(ranked->whole, of.counts().truth);
      std::vector<double> again;
      if (!std::isnan(v))
        for (std::size_t b = 0; b < ranked->again.size(); ++b) again.push_back(formula(ranked->again[b], ranked->cells[b]));
      const std::string why = of.n_cells() == 0       ? "there are no cells to score"
                              : !of.has_probability() ? no_probabilities
                                                      : none;
      out.push_back(with_interval(std::move(what), "share", of.n_cells(),
                                  std::isnan(v) ? measured::missing(why) : measured(v), 0.5, std::move(again), options));
    };
    const char* const one = "all cells are of one class, so there is no pair of different cells to put in order";
    add("macro_auroc", one, ranking_mean{&ranking_areas::auroc});
    add("weighted_auroc", one, ranking_mean{&ranking_areas::auroc, true});
    for (std::size_t c = 0; c < names.size(); ++c)
      add("auroc[" + names[c] + "]", of.counts().truth[c] == 0 ? "no cell is of this class" : "every cell is of this class",
          [c](const std::vector<ranking_areas>& areas, const std::vector<std::int64_t>&) { return areas[c].auroc; });
    return out;
  }
};

}  // namespace tepui::metric
