#pragma once
/// Scores of a probe on cells that it did not learn from: every cell is predicted once, by a probe trained on other cells.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/metric/classification/scores.hpp>
#include <tepui/metric/probe/evaluate.hpp>
#include <tepui/metric/probe/folds.hpp>

namespace tepui::metric {

/// Labelled cells, as cross-validation reads them.             label [cells] in [0, class_names), -1: left out
/// asked   [cells], or empty: all; only cells with 1 are predicted, the others are learned from all the same
struct labelled_embedding {
  embedding_view<> cells;
  std::span<const std::int32_t> label;
  std::span<const std::string> class_names;
  std::span<const char> asked = {};
  [[nodiscard]] bool is_asked(std::int64_t row) const { return asked.empty() || asked[usize(row)] != 0; }
  [[nodiscard]] std::int32_t n_classes() const { return static_cast<std::int32_t>(class_names.size()); }
};

/// Trains on k - 1 stratified folds and predicts the remaining one, k times.
/// in     a probe, labelled cells, k >= 2, seed of the folds        out    pooled predictions, with probabilities where the
///        probe has them
/// errors as stratified_folds and the probe
template <class Probe>
[[nodiscard]] pooled_answers stratified_answers(const Probe& probe, const labelled_embedding& of, std::int32_t k,
                                                std::uint64_t seed = 1, int threads = 1) {
  auto folds = stratified_folds(of.label, of.n_classes(), k, seed);
  for (fold& f : folds) std::erase_if(f.test, [&](std::int64_t row) { return !of.is_asked(row); });
  return predict_folds(probe, of.cells, of.label, of.n_classes(), folds, threads);
}

/// Trains on k - 1 stratified folds and predicts the remaining one, k times; the pooled predictions are scored.
/// in     a probe, labelled cells, k >= 2; heads that read predicted_cells, or none
/// out    the scores of the heads, or classification_scores without any        errors  as stratified_folds and the probe
template <class Probe, class... Heads>
[[nodiscard]] std::vector<score> stratified_scores(const Probe& probe, const labelled_embedding& of, std::int32_t k,
                                                   const score_options& options, int threads = 1, const Heads&... heads) {
  const pooled_answers all = stratified_answers(probe, of, k, options.seed, threads);
  if constexpr (sizeof...(Heads) == 0)
    return classification_scores(all.given(of.class_names), options);
  else
    return measure(predicted_cells(all.given(of.class_names)), options, heads...);
}

/// Which classes can be learned from other groups, and the folds that hold out one group after the other.
struct held_out_plan {
  std::vector<fold> folds;
  std::vector<char> in_two;  ///< [classes]: at least two groups have cells of the class
  std::int32_t groups = 0;   ///< that have labelled cells
};
/// in     labelled cells, group [cells] in [0, n_groups), -1: left out        cost   O(cells groups)
[[nodiscard]] inline held_out_plan hold_out_groups(const labelled_embedding& of, std::span<const std::int32_t> group,
                                                   std::int32_t n_groups) {
  held_out_plan out;
  std::vector<std::int32_t> first(of.class_names.size(), -1), place(group.begin(), group.end());
  std::vector<char> seen(usize(n_groups), 0);
  out.in_two.assign(of.class_names.size(), 0);
  for (std::size_t i = 0; i < of.label.size(); ++i) {
    if (of.label[i] < 0) place[i] = -1;
    if (place[i] < 0) continue;
    if (!seen[usize(group[i])]) ++out.groups;
    seen[usize(group[i])] = 1;
    auto& home = first[usize(of.label[i])];
    if (home >= 0 && home != group[i]) out.in_two[usize(of.label[i])] = 1;
    if (home < 0) home = group[i];
  }
  out.folds = folds_of(place, n_groups);
  for (fold& f : out.folds)
    std::erase_if(f.test, [&](std::int64_t row) { return !out.in_two[usize(of.label[usize(row)])] || !of.is_asked(row); });
  return out;
}

/// Holds out one group (batch, donor) after the other: trains on all others and predicts its cells; pooled predictions are
/// scored.
/// in     a probe, labelled cells, group [cells] in [0, n_groups), -1: left out; heads that read predicted_cells, or none
/// out    the scores of the heads, or classification_scores without any. Cells of a class that only one group has are not
///        predicted, because nobody could have learned it; the scores of that class say so. Where fewer than two groups have
///        labelled cells: accuracy and macro_f1, or one score a head, without a value.
template <class Probe, class... Heads>
[[nodiscard]] std::vector<score> held_out_scores(const Probe& probe, const labelled_embedding& of,
                                                 std::span<const std::int32_t> group, std::int32_t n_groups,
                                                 const score_options& options, int threads = 1, const Heads&... heads) {
  const held_out_plan plan = hold_out_groups(of, group, n_groups);
  if (plan.groups < 2) {
    const std::string why =
        "labelled cells of at least two groups are needed to hold one out, and there are " + std::to_string(plan.groups);
    std::vector<score> none;
    const auto add = [&](std::string_view name) { none.push_back(without_value(options.prefix + std::string(name), why)); };
    if constexpr (sizeof...(Heads) == 0)
      add(accuracy::name), add(macro_f1::name);
    else
      (add(Heads::name), ...);
    return none;
  }
  const pooled_answers all = predict_folds(probe, of.cells, of.label, of.n_classes(), plan.folds, threads);
  std::vector<score> scores;
  if constexpr (sizeof...(Heads) == 0)
    scores = classification_scores(all.given(of.class_names), options);
  else
    scores = measure(predicted_cells(all.given(of.class_names)), options, heads...);
  for (std::size_t c = 0; c < plan.in_two.size(); ++c)
    for (score& s : scores)
      if (!plan.in_two[c] && s.name.ends_with("[" + of.class_names[c] + "]"))
        s.value = s.floor = s.low = s.high = measured::missing(
            "fewer than two groups have this class, so it cannot be learned from the others; its cells are not scored");
  return scores;
}

}  // namespace tepui::metric
