#pragma once
/// What a classifier said of cells whose type is known.

#include <cmath>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/metric/classification/class_counts.hpp>

namespace tepui::metric {

/// Predictions for labelled cells, beside those of a classifier that answers without looking.
/// shapes  all [cells], codes in [0, n_classes); probability [cells, classes], row after row
/// cost    copies pointers only
struct answers {
  std::span<const std::int32_t> truth;
  std::span<const std::int32_t> predicted;
  std::span<const std::int32_t>
      trivial;  ///< the majority class of the training labels, for every cell; empty: the floor is not known
  std::span<const std::string> class_names;  ///< [n_classes]; empty: no scores by class
  std::int32_t n_classes = 0;
  std::span<const double> probability = {};  ///< empty: the classifier gives none

  /// errors  bad_data: lengths that do not fit, a code outside [0, n_classes), a probability outside [0, 1], a cell whose
  ///         probabilities do not sum to 1 within 0.001
  void check() const {
    if (!class_names.empty() && isize(class_names.size()) != n_classes)
      throw bad_data("there are " + std::to_string(class_names.size()) + " class names for " + std::to_string(n_classes) +
                     " classes; give one a class");
    check_classes(truth, predicted, n_classes);
    if (!trivial.empty()) check_classes(truth, trivial, n_classes);
    if (probability.empty()) return;
    const std::size_t classes = usize(n_classes);
    if (probability.size() != truth.size() * classes)
      throw bad_data("there are " + std::to_string(probability.size()) + " probabilities for " +
                     std::to_string(truth.size()) + " cells and " + std::to_string(n_classes) +
                     " classes; give one a cell and class");
    for (std::size_t cell = 0; cell < truth.size(); ++cell) {
      double sum = 0;
      for (std::size_t c = 0; c < classes; ++c) {
        const double p = probability[cell * classes + c];
        if (!(p >= 0 && p <= 1 + 1e-6))
          throw bad_data("cell " + std::to_string(cell) + " has the probability " + std::to_string(p) + " of class " +
                         std::to_string(c) + "; probabilities lie between 0 and 1");
        sum += p;
      }
      if (std::abs(sum - 1) > 1e-3)
        throw bad_data("the probabilities of cell " + std::to_string(cell) + " sum to " + std::to_string(sum) +
                       "; divide each by their sum, or give no probabilities");
    }
  }
};

}  // namespace tepui::metric
