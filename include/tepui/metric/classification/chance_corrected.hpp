#pragma once
/// How far predictions agree with the truth beyond what the sizes of the types would give by chance.

#include <cmath>
#include <string_view>

#include <tepui/metric/classification/count_head.hpp>

namespace tepui::metric {

/// Matthews' correlation of true and predicted classes.                    worst -1, best 1; 0 for one answer for all
/// empty  one true class or one predicted class only: 0, as in scikit-learn
/// source Gorodkin 2004; scikit-learn matthews_corrcoef
struct mcc : count_head<mcc> {
  static constexpr std::string_view name = "mcc";
  static constexpr const char* unit = "correlation, from -1 to 1";
  static double of(const class_counts& counts) {
    const auto all = static_cast<double>(counts.total());
    if (all == 0) return undefined;
    double both = 0, truth = 0, predicted = 0;  // sums of products of shares, so that nothing overflows
    for (std::size_t c = 0; c < counts.n_classes(); ++c) {
      const double t = static_cast<double>(counts.truth[c]) / all, p = static_cast<double>(counts.predicted[c]) / all;
      both += t * p;
      truth += t * t;
      predicted += p * p;
    }
    for (std::size_t c = 0; c < counts.n_classes(); ++c)  // one class alone: exactly 0, not what rounding leaves
      if (counts.truth[c] == counts.total() || counts.predicted[c] == counts.total()) return 0;
    return (static_cast<double>(counts.hits()) / all - both) / std::sqrt((1 - truth) * (1 - predicted));
  }
};

/// Cohen's kappa: (accuracy - chance) / (1 - chance), chance being that of two raters who only keep to the sizes of the
/// classes.
/// worst  -1 at most, best 1; 0 for one answer for all                     empty  all cells of one class and called so: 0 /
///        0, no value
/// source Cohen 1960; scikit-learn cohen_kappa_score
struct kappa : count_head<kappa> {
  static constexpr std::string_view name = "kappa";
  static constexpr const char* unit = "agreement beyond chance, at most 1";
  static constexpr reasons why = {
      "all cells are of one class and were called so, which leaves nothing to agree on beyond chance",
      "all cells are of the class that a trivial classifier gives, which leaves nothing beyond chance"};
  static double of(const class_counts& counts) {
    const auto all = static_cast<double>(counts.total());
    if (all == 0) return undefined;
    double chance = 0;
    for (std::size_t c = 0; c < counts.n_classes(); ++c) {
      if (counts.truth[c] == counts.total() && counts.predicted[c] == counts.total()) return undefined;
      if (counts.truth[c] == counts.total() || counts.predicted[c] == counts.total()) return 0;
      chance += static_cast<double>(counts.truth[c]) / all * (static_cast<double>(counts.predicted[c]) / all);
    }
    return (static_cast<double>(counts.hits()) / all - chance) / (1 - chance);
  }
};

}  // namespace tepui::metric
