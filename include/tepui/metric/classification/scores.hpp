#pragma once
/// Says how well cells got their labels: accuracy, macro-F1 and F1 by class, each with its floor, an interval and the number
/// of cells.

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <tepui/flow/score.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/classification/accuracy.hpp>
#include <tepui/metric/classification/answers.hpp>
#include <tepui/metric/classification/auprc.hpp>
#include <tepui/metric/classification/auroc.hpp>
#include <tepui/metric/classification/calibration.hpp>
#include <tepui/metric/classification/chance_corrected.hpp>
#include <tepui/metric/classification/confusion.hpp>
#include <tepui/metric/classification/log_loss.hpp>
#include <tepui/metric/classification/precision_recall.hpp>
#include <tepui/metric/classification/predicted_cells.hpp>
#include <tepui/metric/classification/rare_class_recall.hpp>
#include <tepui/metric/head.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// Draws cells again, with replacement, and counts them by true and predicted class.
/// in     pair_of_cell [cells]: true * n_classes + predicted; which resample       out    `to`, a confusion of as many cells
/// cost   O(cells), two draws from one generator call                              repeat bit-equal everywhere
inline void resample(std::span<const std::int32_t> pair_of_cell, const kernel::draws& random, std::int64_t number,
                     confusion& to) {
  to.clear();
  drawn_cells(isize(pair_of_cell.size()), random, number,
              [&](std::size_t cell) { to.add(pair_of_cell[cell] / to.n_classes(), pair_of_cell[cell] % to.n_classes()); });
}

/// Scores of predictions: accuracy, macro_f1, and f1[CLASS] where the classes have names.
/// in     answers [cells]                                out    scores; floor: the same score of the trivial answers
/// interval  percentile bootstrap over cells: the middle `level` of the scores of `resamples` draws with replacement; it
///           holds no noise of training, and cells of one donor count as independent
/// empty  no cells: every number is missing, with the reason; a class without cells has no F1
/// errors bad_data: lengths or codes that do not fit; bad_option: level outside (0, 1)
/// cost   O(resamples (cells + classes^2)): 2,000 cells and 1,000 resamples take about 30 ms
/// repeat bit-equal for one seed
[[nodiscard]] inline std::vector<score> classification_scores(const answers& a, const score_options& options = {}) {
  const predicted_cells of(a);
  if (a.class_names.empty()) return measure(of, options, accuracy{}, macro_f1{});
  return measure(of, options, accuracy{}, macro_f1{}, f1_by_class{});
}

/// All that the field reports of predictions: the scores above, then balanced accuracy, precision and recall, weighted
/// means, MCC, kappa, recall of rare classes, and, where there are probabilities, AUROC, AUPRC, log loss, Brier's score and
/// calibration.
/// see    the heads, one file each; pass those that are wanted to metric::measure instead
[[nodiscard]] inline std::vector<score> all_classification_scores(const predicted_cells& of,
                                                                  const score_options& options = {}) {
  std::vector<score> out = measure(of, options, accuracy{}, macro_f1{}, f1_by_class{}, balanced_accuracy{},
                                   macro_precision{}, macro_recall{}, weighted_f1{}, mcc{}, kappa{}, rare_class_recall{});
  if (of.has_probability())
    for (score& s : measure(of, options, auroc{}, auprc{}, log_loss{}, brier{}, calibration_error{},
                            calibration_error{.adaptive = true}))
      out.push_back(std::move(s));
  return out;
}

}  // namespace tepui::metric
