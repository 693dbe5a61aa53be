#pragma once
/// From embedded cells with labels to scores: lets a probe learn from some of them and predict the others.

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/flow/table.hpp>
#include <tepui/metric/classification/scores.hpp>
#include <tepui/metric/probe/answer.hpp>
#include <tepui/metric/probe/folds.hpp>
#include <tepui/metric/probe/task.hpp>

namespace tepui::metric {

/// Predictions of chosen cells, pooled over folds.            all [cells predicted]; probability [cells predicted, classes]
/// or empty
struct pooled_answers {
  std::vector<std::int64_t> row;
  std::vector<std::int32_t> truth, predicted, trivial;
  std::vector<double> probability = {};

  /// As metrics read them. The pooled answers and the names must stay where they are meanwhile.
  [[nodiscard]] answers given(std::span<const std::string> class_names) const {
    return {truth, predicted, trivial, class_names, static_cast<std::int32_t>(class_names.size()), probability};
  }
};

/// Fits a probe in each fold on the fold's training cells, and pools what it says of the others.
/// in     a probe (knn_probe, logistic_probe, or any function of a probe_task); embedding [cells, dims], label [cells]
/// out    pooled_answers, fold after fold, with probabilities where the probe has them (see ask)                errors as
///        the probe
template <class Probe>
[[nodiscard]] pooled_answers predict_folds(const Probe& probe, const embedding_view<>& cells,
                                           std::span<const std::int32_t> label, std::int32_t n_classes,
                                           std::span<const fold> folds, int threads = 1) {
  pooled_answers out;
  for (const fold& f : folds) {
    if (f.test.empty()) continue;
    const auto train = rows_of(cells, f.train), test = rows_of(cells, f.test);
    const auto train_label = labels_of(label, f.train), truth = labels_of(label, f.test);
    const probe_answer said = ask(
        probe,
        probe_task{
            .train = train.view(), .label = train_label, .n_classes = n_classes, .test = test.view(), .threads = threads});
    out.row.insert(out.row.end(), f.test.begin(), f.test.end());
    out.truth.insert(out.truth.end(), truth.begin(), truth.end());
    out.predicted.insert(out.predicted.end(), said.predicted.begin(), said.predicted.end());
    out.probability.insert(out.probability.end(), said.probability.begin(), said.probability.end());
    out.trivial.insert(out.trivial.end(), truth.size(), majority_class(train_label, n_classes));
  }
  return out;
}

/// Trains a probe on some cells and scores it on others. Cells with missing labels (-1) are left out on both sides.
/// in     embeddings [cells, dims] and labels [cells] of both; the categories of the labels            out    see
///        classification_scores
template <class Probe>
[[nodiscard]] std::vector<score> evaluate(const Probe& probe, const embedding_view<>& train,
                                          std::span<const std::int32_t> train_label, const embedding_view<>& test,
                                          std::span<const std::int32_t> test_label, std::span<const std::string> class_names,
                                          score_options options = {}, int threads = 1) {
  const auto labelled = [](std::span<const std::int32_t> label) {
    std::vector<std::int64_t> rows;
    for (std::int64_t row = 0; row < isize(label.size()); ++row)
      if (label[usize(row)] >= 0) rows.push_back(row);
    return rows;
  };
  const auto train_rows = labelled(train_label), test_rows = labelled(test_label);
  const auto seen = rows_of(train, train_rows), fresh = rows_of(test, test_rows);
  const auto label = labels_of(train_label, train_rows), truth = labels_of(test_label, test_rows);
  const auto n_classes = static_cast<std::int32_t>(class_names.size());
  const std::vector<std::int32_t> predicted = probe(
      probe_task{.train = seen.view(), .label = label, .n_classes = n_classes, .test = fresh.view(), .threads = threads});
  const std::vector<std::int32_t> trivial(truth.size(), majority_class(label, n_classes));
  if (options.prefix.empty()) options.prefix = std::string(Probe::name) + ".";
  return classification_scores({truth, predicted, trivial, class_names, n_classes}, options);
}

}  // namespace tepui::metric
