#pragma once
/// Says how well cells got their labels: accuracy, macro-F1 and F1 by class, each with its floor, an interval and the number of cells.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/confusion.hpp>

namespace tepui::metric {

/// Predictions for labelled cells, beside those of a classifier that answers without looking.
/// shapes  all [cells], codes in [0, n_classes)
struct answers {
  std::span<const std::int32_t> truth;
  std::span<const std::int32_t> predicted;
  std::span<const std::int32_t> trivial;  ///< the majority class of the training labels, for every cell; empty: the floor is not known
  std::span<const std::string> class_names;  ///< [n_classes]; empty: no scores by class
  std::int32_t n_classes = 0;
};

struct score_options {
  std::string prefix = {};        ///< put before the names: "knn."
  std::int64_t resamples = 1000;  ///< of the bootstrap; 0: no intervals
  double level = 0.95;
  std::uint64_t seed = 1;
  std::string no_ceiling = "the best that could be reached on these data is not known";
};

/// Draws cells again, with replacement, and counts them by true and predicted class.
/// in     cell_class [cells]: true * n_classes + predicted; which resample         out    `to`, a confusion of as many cells
/// cost   O(cells), two draws from one generator call                              repeat bit-equal everywhere
inline void resample(std::span<const std::int32_t> pair_of_cell, const kernel::draws& random, std::int64_t number, confusion& to) {
  to.clear();
  const auto n = static_cast<std::uint64_t>(pair_of_cell.size());
  for (std::uint64_t i = 0; i < n; i += 2) {
    const std::uint64_t bits = random.bits(number, i / 2);
    const std::array<std::uint64_t, 2> word{bits >> 32, bits & 0xFFFFFFFFU};
    for (std::uint64_t half = 0; half < std::min<std::uint64_t>(2, n - i); ++half) {
      // 32 bits choose among fewer than 2^32 cells with a bias below cells / 2^32.
      const std::int32_t pair = pair_of_cell[(word[half] * n) >> 32];
      to.add(pair / to.n_classes(), pair % to.n_classes());
    }
  }
}

namespace scoring {

/// The value below which a share of the values lies, between neighbours in proportion. NaN entries are left out.
[[nodiscard]] inline measured quantile(std::vector<double> values, double share) {
  std::erase_if(values, [](double v) { return std::isnan(v); });
  if (values.empty()) return measured::missing("no resample holds such a cell");
  std::sort(values.begin(), values.end());
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (values[above] - values[below]) * (place - static_cast<double>(below));
}

/// accuracy, macro-F1, then F1 by class.                -> [2 + classes wanted]
[[nodiscard]] inline std::vector<double> all_of(const confusion& counts, bool by_class) {
  std::vector<double> out{counts.accuracy(), counts.macro_f1()};
  if (by_class) {
    const auto f1 = counts.f1_by_class();
    out.insert(out.end(), f1.begin(), f1.end());
  }
  return out;
}

}  // namespace scoring

/// Scores of predictions: accuracy, macro_f1, and f1[CLASS] where the classes have names.
/// in     answers [cells]                                out    scores; floor: the same score of the trivial answers
/// interval  percentile bootstrap over cells: the middle `level` of the scores of `resamples` draws with replacement; it holds no noise of
///           training, and cells of one donor count as independent
/// empty  no cells: every number is missing, with the reason; a class without cells has no F1
/// errors bad_data: lengths or codes that do not fit; bad_option: level outside (0, 1)
/// cost   O(resamples (cells + classes^2)): 2,000 cells and 1,000 resamples take about 30 ms
/// repeat bit-equal for one seed
[[nodiscard]] inline std::vector<score> classification_scores(const answers& a, const score_options& options = {}) {
  if (!(options.level > 0 && options.level < 1) || options.resamples < 0)
    throw bad_option("the level of an interval is " + std::to_string(options.level) + " and the number of resamples " +
                     std::to_string(options.resamples) + "; the level must lie between 0 and 1, the number must not be negative");
  const bool by_class = !a.class_names.empty();
  if (by_class && isize(a.class_names.size()) != a.n_classes)
    throw bad_data("there are " + std::to_string(a.class_names.size()) + " class names for " + std::to_string(a.n_classes) + " classes; give one a class");
  const confusion counts(a.truth, a.predicted, a.n_classes);
  const std::vector<double> value = scoring::all_of(counts, by_class);
  std::vector<double> floor;
  if (!a.trivial.empty()) floor = scoring::all_of(confusion(a.truth, a.trivial, a.n_classes), by_class);

  std::vector<std::vector<double>> again(value.size());
  if (!a.truth.empty()) {
    std::vector<std::int32_t> pair_of_cell;
    for (std::size_t i = 0; i < a.truth.size(); ++i) pair_of_cell.push_back(a.truth[i] * a.n_classes + a.predicted[i]);
    const kernel::draws random(options.seed, "metric: resampled cells");
    confusion drawn(a.n_classes);
    for (std::int64_t b = 0; b < options.resamples; ++b) {
      resample(pair_of_cell, random, b, drawn);
      const auto scores = scoring::all_of(drawn, by_class);
      for (std::size_t s = 0; s < scores.size(); ++s) again[s].push_back(scores[s]);
    }
  }

  std::vector<score> out;
  for (std::size_t s = 0; s < value.size(); ++s) {
    score one;
    const std::size_t class_code = s - std::min<std::size_t>(s, 2);
    one.name = options.prefix + (s == 0 ? "accuracy" : s == 1 ? "macro_f1" : "f1[" + a.class_names[class_code] + "]");
    one.n = isize(a.truth.size());
    one.value = std::isnan(value[s]) ? measured::missing(s < 2 ? "there are no cells to score" : "no cell is of this class, and none was called so")
                                     : measured(value[s]);
    if (floor.empty()) {
      one.floor = measured::missing("the labels that a trivial classifier would have learned from are not known");
    } else {
      // A class that only the probe predicts has no F1 of the trivial answers, which are 0 / 0 there.
      one.floor = !one.value.known() ? measured::missing(one.value.reason) : measured(std::isnan(floor[s]) ? 0.0 : floor[s]);
    }
    const auto no_interval = measured::missing(!one.value.known() ? one.value.reason : "no resamples were asked for");
    one.low = again[s].empty() || !one.value.known() ? no_interval : scoring::quantile(again[s], (1 - options.level) / 2);
    one.high = again[s].empty() || !one.value.known() ? no_interval : scoring::quantile(again[s], (1 + options.level) / 2);
    one.ceiling = measured::missing(options.no_ceiling);
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace tepui::metric
