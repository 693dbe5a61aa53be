#pragma once
/// Scores of a probe on cells that it did not learn from: every cell is predicted once, by a probe trained on other cells.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/metric/classification.hpp>
#include <tepui/metric/evaluate.hpp>
#include <tepui/metric/folds.hpp>

namespace tepui::metric {

/// Labelled cells, as cross-validation reads them.             label [cells] in [0, class_names), -1: left out
struct labelled_embedding {
  embedding_view<> cells;
  std::span<const std::int32_t> label;
  std::span<const std::string> class_names;
  [[nodiscard]] std::int32_t n_classes() const { return static_cast<std::int32_t>(class_names.size()); }
};

/// Trains on k - 1 stratified folds and predicts the remaining one, k times; the pooled predictions are scored.
/// in     a probe, labelled cells, k >= 2        out    classification_scores        errors  as stratified_folds and the probe
template <class Probe>
[[nodiscard]] std::vector<score> stratified_scores(const Probe& probe, const labelled_embedding& of, std::int32_t k, const score_options& options,
                                                   int threads = 1) {
  const auto folds = stratified_folds(of.label, of.n_classes(), k, options.seed);
  const auto a = predict_folds(probe, of.cells, of.label, of.n_classes(), folds, threads);
  return classification_scores({a.truth, a.predicted, a.trivial, of.class_names, of.n_classes()}, options);
}

/// Holds out one group (batch, donor) after the other: trains on all others and predicts its cells; pooled predictions are scored.
/// in     a probe, labelled cells, group [cells] in [0, n_groups), -1: left out
/// out    classification_scores. Cells of a class that only one group has are not predicted, because nobody could have learned it;
///        the score of that class says so. Where fewer than two groups have labelled cells, accuracy and macro_f1 without a value.
template <class Probe>
[[nodiscard]] std::vector<score> held_out_scores(const Probe& probe, const labelled_embedding& of, std::span<const std::int32_t> group,
                                                 std::int32_t n_groups, const score_options& options, int threads = 1) {
  std::vector<std::int32_t> first(of.class_names.size(), -1);
  std::vector<char> in_two(of.class_names.size(), 0), seen(usize(n_groups), 0);
  std::int32_t groups_seen = 0;
  for (std::size_t i = 0; i < of.label.size(); ++i) {
    if (group[i] < 0 || of.label[i] < 0) continue;
    if (!seen[usize(group[i])]) ++groups_seen;
    seen[usize(group[i])] = 1;
    auto& home = first[usize(of.label[i])];
    if (home >= 0 && home != group[i]) in_two[usize(of.label[i])] = 1;
    if (home < 0) home = group[i];
  }
  if (groups_seen < 2) {
    std::vector<score> none(2);
    none[0].name = options.prefix + "accuracy";
    none[1].name = options.prefix + "macro_f1";
    for (score& s : none)
      s.value = s.floor = s.low = s.high = s.ceiling =
          measured::missing("labelled cells of at least two groups are needed to hold one out, and there are " + std::to_string(groups_seen));
    return none;
  }
  std::vector<std::int32_t> place(group.begin(), group.end());
  for (std::size_t i = 0; i < place.size(); ++i)
    if (of.label[i] < 0) place[i] = -1;
  auto folds = folds_of(place, n_groups);
  for (fold& f : folds) std::erase_if(f.test, [&](std::int64_t row) { return !in_two[usize(of.label[usize(row)])]; });
  const auto a = predict_folds(probe, of.cells, of.label, of.n_classes(), folds, threads);
  auto scores = classification_scores({a.truth, a.predicted, a.trivial, of.class_names, of.n_classes()}, options);
  for (std::size_t c = 0; c < in_two.size(); ++c)
    if (!in_two[c]) {
      score& s = scores[2 + c];
      s.value = s.floor = s.low = s.high =
          measured::missing("fewer than two groups have this class, so it cannot be learned from the others; its cells are not scored");
    }
  return scores;
}

}  // namespace tepui::metric
