#pragma once
/// How pure the top of a ranking is when cells are sorted by the probability of a type: area under the precision-recall
/// curve.

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/metric/classification/auroc.hpp>
#include <tepui/metric/classification/predicted_cells.hpp>

namespace tepui::metric {

/// Average precision of each class against all others.
/// out    macro_auprc (mean over the classes that have cells), micro_auprc (one ranking of all pairs of cell and class), and
///        auprc[CLASS] if by_class; worst 0, best 1
/// floor  of a class: its share of the cells, which one probability for all cells gives; macro: the mean of these; micro:
///        what the shares of the classes give when every cell has them as its probabilities
/// ties   cells of one probability are one threshold
/// empty  no probabilities, or no cell of the class: no value, with the reason (scikit-learn: 0 and a warning; so does
///        average_precision)
/// interval, cost, repeat   as auroc; micro sorts cells x classes entries
/// source scikit-learn average_precision_score
struct auprc {
  using reads = predicted_cells;
  static constexpr std::string_view name = "auprc";
  bool by_class = true;
  bool micro = true;

  [[nodiscard]] std::string describe() const {
    return std::string("auprc(macro") + (micro ? ", micro" : "") + (by_class ? ", each class)" : ")");
  }
  [[nodiscard]] std::vector<score> operator()(const predicted_cells& of, const score_options& options) const {
    return scores_of(resampled(of, options));
  }
  [[nodiscard]] std::vector<resampled_score> resampled(const predicted_cells& of, const score_options& options) const {
    options.check();
    std::vector<resampled_score> out;
    const bool can = of.n_cells() > 0 && of.has_probability();
    const std::string cannot = of.n_cells() == 0 ? "there are no cells to score" : no_probabilities;
    const auto add = [&](std::string what, double v, const std::string& why, double floor, std::vector<double> again) {
      out.push_back(with_interval(std::move(what), "share", of.n_cells(),
                                  std::isnan(v) ? measured::missing(can ? why : cannot) : measured(v), floor,
                                  std::move(again), options));
    };
    const auto& truth = of.counts().truth;
    const auto share = [&](std::size_t c) { return static_cast<double>(truth[c]) / static_cast<double>(of.n_cells()); };
    double floor = 0, classes = 0;
    for (std::size_t c = 0; c < truth.size(); ++c)
      if (can && truth[c] > 0) floor += share(c), ++classes;
    const ranking_mean mean{&ranking_areas::auprc};
    std::vector<double> again;
    if (can)
      for (std::size_t b = 0; b < of.ranked(options).again.size(); ++b)
        again.push_back(mean(of.ranked(options).again[b], of.ranked(options).cells[b]));
    add("macro_auprc", can ? mean(of.ranked(options).whole, truth) : undefined, cannot, floor / std::max(1.0, classes),
        std::move(again));
    if (micro) {
      double value = undefined, trivial = undefined;
      std::vector<double> pooled;
      if (can) {
        const auto all = of.pooled(options, of.ranking_resamples(options),
                                   [&](std::size_t i, std::size_t c) { return of.probability(i)[c]; });
        value = all.first.auprc;
        for (const ranking_areas& one : all.second) pooled.push_back(one.auprc);
        trivial = of.pooled(options, 0, [&](std::size_t, std::size_t c) { return share(c); }).first.auprc;
      }
      add("micro_auprc", value, cannot, trivial, std::move(pooled));
    }
    const auto names = by_class ? of.given().class_names : std::span<const std::string>{};
    for (std::size_t c = 0; c < names.size(); ++c) {
      std::vector<double> of_class;
      if (can && truth[c] > 0)
        for (const auto& areas : of.ranked(options).again) of_class.push_back(areas[c].auprc);
      add("auprc[" + names[c] + "]", can ? of.ranked(options).whole[c].auprc : undefined, "no cell is of this class",
          can ? share(c) : 0, std::move(of_class));
    }
    return out;
  }
};

}  // namespace tepui::metric
