#pragma once
/// Is a foundation model's embedding, used as it is, better than highly variable genes or principal components? The same
/// measures, on the same folds, side by side.

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/metric/classification/predicted_cells.hpp>
#include <tepui/metric/interval.hpp>
#include <tepui/metric/probe/cross_validation.hpp>

namespace tepui::metric {

/// One embedding of the cells.            simple: a competitor that needs no pretraining (highly variable genes, PCA)
struct competitor {
  std::string name;
  embedding_view<> cells;
  bool simple = false;
};

/// The scores of one embedding beside the best simple competitor.
/// shapes  scores, over_simple, best_simple [scores]
struct side_by_side {
  std::string name;
  bool simple = false;
  std::vector<score> scores;
  std::vector<score>
      over_simple;  ///< difference of each score to that of the best simple competitor, positive where this is better
  std::vector<std::string> best_simple;  ///< which that is; of the best itself: the next, or nothing where there is no other
};

/// Scores of several embeddings of the same cells, compared.
/// in     names; of each embedding its scores with resamples of the same cells by the same draws, in the same order
/// out    as many; differences: n, unit and interval as the score's; the interval is that of the differences within
///        resamples, so what is common to both embeddings cancels. It does not hold that the best of several competitors was
///        chosen on these cells, which makes the difference somewhat too small
/// empty  a score without a value, or without resamples: no difference or no interval, with the reason
/// ties   of equal competitors the first
[[nodiscard]] inline std::vector<side_by_side> beside_the_simple(
    std::span<const competitor> of, const std::vector<std::vector<resampled_score>>& measured_of,
    const score_options& options) {
  std::vector<side_by_side> out;
  for (std::size_t e = 0; e < of.size(); ++e) {
    side_by_side one;
    one.name = of[e].name;
    one.simple = of[e].simple;
    for (std::size_t s = 0; s < measured_of[e].size(); ++s) {
      const resampled_score& mine = measured_of[e][s];
      const double sign = mine.whole.better == direction::higher_is_better ? 1 : -1;
      std::size_t best = of.size();
      for (std::size_t other = 0; other < of.size(); ++other) {
        if (other == e || !of[other].simple || !measured_of[other][s].whole.value.known()) continue;
        if (best == of.size() ||
            sign * measured_of[other][s].whole.value.value > sign * measured_of[best][s].whole.value.value)
          best = other;
      }
      score difference = mine.whole;
      difference.better = direction::higher_is_better;
      difference.unit = "difference, better when positive, of " + mine.whole.unit;
      difference.name += " over the best simple embedding";
      difference.floor = 0.0;
      difference.ceiling = measured::missing(options.no_ceiling);
      const std::string none = !mine.whole.value.known() ? mine.whole.value.reason : "no simple competitor has this score";
      if (best == of.size() || !mine.whole.value.known()) {
        difference.value = difference.low = difference.high = difference.floor = measured::missing(none);
      } else {
        const resampled_score& theirs = measured_of[best][s];
        difference.value = sign * (mine.whole.value.value - theirs.whole.value.value);
        std::vector<double> again;
        for (std::size_t b = 0; b < std::min(mine.again.size(), theirs.again.size()); ++b)
          again.push_back(sign * (mine.again[b] - theirs.again[b]));
        const bool can = !again.empty() && mine.again.size() == theirs.again.size();
        const interval range =
            can ? percentile_interval(again, options.level) : interval::missing("this score was not resampled");
        difference.low = range.low;
        difference.high = range.high;
      }
      one.best_simple.push_back(best == of.size() ? "" : of[best].name);
      one.scores.push_back(mine.whole);
      one.over_simple.push_back(std::move(difference));
    }
    out.push_back(std::move(one));
  }
  return out;
}

/// The zero-shot protocol: a probe learns from each embedding on the same stratified folds, and the same heads score its
/// answers.
/// in     a probe; embeddings of the same cells, in the same order, at least one of them simple; label [cells], -1: left
///        out; class names; k folds; heads that read predicted_cells and can be resampled
/// out    one entry an embedding, in order
/// errors bad_data: no simple competitor, or embeddings of different cells; as stratified_folds and the probe
/// cost   k fits an embedding                              repeat bit-equal for one seed, as far as the probe is
/// source Kedzierska et al. 2025, whose simple competitors are highly variable genes and PCA (and scVI)
template <class Probe, class... Heads>
[[nodiscard]] std::vector<side_by_side> zero_shot(const Probe& probe, std::span<const competitor> of,
                                                  std::span<const std::int32_t> label,
                                                  std::span<const std::string> class_names, std::int32_t k,
                                                  const score_options& options, const Heads&... heads) {
  bool simple = false;
  for (const competitor& one : of) {
    simple = simple || one.simple;
    if (one.cells.n_cells() != isize(label.size()))
      throw bad_data("the embedding '" + one.name + "' has " + std::to_string(one.cells.n_cells()) +
                     " cells and there are " + std::to_string(label.size()) + " labels; give embeddings of the same cells");
  }
  if (!simple)
    throw bad_data("none of the " + std::to_string(of.size()) +
                   " embeddings is a simple one; add highly variable genes or PCA of the same cells, marked as simple");
  const auto folds = stratified_folds(label, static_cast<std::int32_t>(class_names.size()), k, options.seed);
  std::vector<std::vector<resampled_score>> all;
  for (const competitor& one : of) {
    const pooled_answers said =
        predict_folds(probe, one.cells, label, static_cast<std::int32_t>(class_names.size()), folds, options.threads);
    const predicted_cells answered(said.given(class_names));
    std::vector<resampled_score> scores;
    const auto add = [&](std::vector<resampled_score> some) {
      for (resampled_score& s : some) scores.push_back(std::move(s));
    };
    (add(heads.resampled(answered, options)), ...);
    all.push_back(std::move(scores));
  }
  return beside_the_simple(of, all, options);
}

}  // namespace tepui::metric
