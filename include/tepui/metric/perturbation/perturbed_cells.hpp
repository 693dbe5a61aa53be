#pragma once
/// Perturbed cells as they were measured and as they were predicted: what the metrics of perturbation prediction read.

#include <algorithm>
#include <any>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/metric/cell_labels.hpp>
#include <tepui/metric/perturbation/pseudobulk.hpp>

namespace tepui::metric {

/// Cells with the perturbation of each.                 cells [cells, genes] log1p; perturbation [cells]
struct labelled_cells {
  dense_view<scale::log1p> cells;
  cell_labels perturbation;
};

/// What counts as log1p expression. The defaults are those of cell-eval's detection.
struct expression_rules {
  bool whole_numbers = false;  ///< true: cells with whole numbers only are taken as log1p, too, and not as counts
  bool negative = false;       ///< true: values below 0 are legal, as regressions predict them
  double below = 15;           ///< log1p values lie below this
};

/// errors bad_data: not finite; negative; no value with a fractional part above 1e-3 (counts); 15 or more
/// cost    O(values)                source  cell-eval's guess_is_lognorm
inline void check_log1p(const dense_view<scale::log1p>& cells, std::string_view which, const expression_rules& rules = {}) {
  bool fraction = rules.whole_numbers, finite = true;
  float least = 0, most = 0;
  // As whole numbers, the bits of negative and of not finite values lie above those of all that is legal: one look
  // at most cells.
  std::uint32_t largest = 0;
  for (const float v : cells.value) largest = std::max(largest, std::bit_cast<std::uint32_t>(v));
  if (!(largest < std::bit_cast<std::uint32_t>(std::numeric_limits<float>::infinity()) &&
        static_cast<double>(std::bit_cast<float>(largest)) < rules.below))
    for (const float v : cells.value) {
      least = v < least ? v : least;
      most = v > most ? v : most;
      finite &= v - v == 0;
    }
  const std::string subject = "the " + std::string(which) + " cells ";
  if (!finite) throw bad_data(subject + "hold a value that is not finite; leave such cells out or repair them");
  for (std::size_t i = 0; i < cells.value.size() && !fraction; ++i)
    fraction = cells.value[i] - std::trunc(cells.value[i]) > 1e-3F;
  if (!fraction && !cells.value.empty())
    throw bad_data(subject +
                   "hold whole numbers only, which look like counts; normalise them and take log1p, or allow whole numbers");
  if (least < 0 && !rules.negative)
    throw bad_data(subject + "hold the negative value " + shortest(static_cast<double>(least)) +
                   ", which log1p expression cannot be; cut predictions at 0, or allow negative values");
  if (static_cast<double>(most) >= rules.below)
    throw bad_data(subject + "hold the value " + shortest(static_cast<double>(most)) + ", but log1p expression lies below " +
                   shortest(rules.below) + "; take log1p of what is not logged yet");
}

/// How many control cells a skill needs; with fewer, it has the reason in its place (few_control_cells). {0, 0}: none
struct control_needs {
  double to_one = 1.5;       ///< times those of a perturbation (mean)
  std::int64_t least = 140;  ///< and so many where cells are read, not means
};

/// shapes  cells [cells, genes] of both sides; perturbations are codes into names that both sides share; genes [genes] or
///         empty
/// scored  every perturbation that has real cells, except the control, in the order of its code
/// What several heads need is computed when the first asks, and kept here: one subject a data set, shared by all heads, one
/// thread at a time. It looks at cells and names, which must outlive it.
class perturbed_cells {
 public:
  int threads = 1;
  control_needs control_needed = {};

  /// Predicted cells. Deltas of each side are from its own control cells, as in cell-eval: give real controls to the
  /// prediction where the predictor gives none.
  /// errors bad_data: genes or names that differ; no control cells; a perturbation on one side only; values that are not
  ///        log1p
  perturbed_cells(labelled_cells real, labelled_cells predicted, std::int32_t control,
                  std::span<const std::string> genes = {}, const expression_rules& rules = {}, int n_threads = 1)
      : threads(n_threads), real_(real), predicted_(predicted), control_(control), genes_(genes) {
    take_real(rules);
    if (predicted.cells.n_columns != n_genes())
      throw bad_data("the predicted cells have " + std::to_string(predicted.cells.n_columns) + " genes and the real cells " +
                     std::to_string(n_genes()) + "; give both the same genes in the same order");
    check_side(predicted_, "predicted", rules);
    predicted_rows_ = grouped_rows(predicted.perturbation.code, n_labels());
    if (predicted_rows_.of(control).empty())
      throw bad_data("no predicted cell is of the control '" + name(control) +
                     "'; put control cells among the predicted ones");
    predicted_bulk_ = pseudobulks_of(predicted.cells, predicted_rows_, control, threads);
    same_perturbations();
  }
  /// Predicted pseudobulks. Where the control is not among them, deltas are from the real control.
  /// in      predicted [conditions, genes], cell_id the code of the perturbation
  perturbed_cells(labelled_cells real, const prediction_view<>& predicted, std::int32_t control,
                  std::span<const std::string> genes = {}, const expression_rules& rules = {}, int n_threads = 1)
      : threads(n_threads), real_(real), control_(control), genes_(genes) {
    take_real(rules);
    predicted_bulk_ = pseudobulks_of(predicted, n_labels(), control, real_bulk_.control);
    same_perturbations();
  }
  /// Real cells that the predictor was trained on: trivial predictors learn from them, and from nothing else.
  /// errors bad_data: genes or names that differ, values that are not log1p. Training cells without a control borrow the
  /// real one
  void learn_from(labelled_cells training, const expression_rules& rules = {}) {
    if (training.cells.n_columns != n_genes())
      throw bad_data("the training cells have " + std::to_string(training.cells.n_columns) + " genes and the real cells " +
                     std::to_string(n_genes()) + "; give both the same genes in the same order");
    check_side(training, "training", rules);
    training_ = training;
    training_rows_ = grouped_rows(training.perturbation.code, n_labels());
    training_bulk_ = pseudobulks_of(training.cells, training_rows_, control_, threads, real_bulk_.control);
    kept_.clear();
  }

  [[nodiscard]] const labelled_cells& real() const { return real_; }
  [[nodiscard]] const labelled_cells& predicted() const { return predicted_; }
  [[nodiscard]] const labelled_cells& training() const { return training_; }
  [[nodiscard]] bool has_predicted_cells() const { return predicted_.perturbation.given(); }
  [[nodiscard]] bool has_training() const { return training_.perturbation.given(); }

  [[nodiscard]] std::int32_t control() const { return control_; }
  [[nodiscard]] std::int64_t n_genes() const { return real_.cells.n_columns; }
  [[nodiscard]] std::int32_t n_labels() const { return real_.perturbation.n_labels(); }
  [[nodiscard]] const std::string& name(std::int32_t code) const { return real_.perturbation.name[usize(code)]; }
  [[nodiscard]] std::span<const std::string> genes() const { return genes_; }
  /// The gene called as the perturbation is, or -1.
  [[nodiscard]] std::int32_t target_gene(std::int32_t code) const { return gene_named(name(code)); }
  [[nodiscard]] std::int32_t gene_named(const std::string& gene) const {
    const auto at = gene_at_.find(gene);
    return at == gene_at_.end() ? -1 : at->second;
  }

  /// Codes of the perturbations that are scored, ascending.                                     -> [perturbations]
  [[nodiscard]] std::span<const std::int32_t> scored() const { return real_bulk_.perturbation; }
  [[nodiscard]] std::int64_t n_scored() const { return real_bulk_.size(); }

  /// Means and deltas; those of both sides have the same perturbations in the same order. Those of training are empty
  /// without training.
  [[nodiscard]] const pseudobulks& real_bulk() const { return real_bulk_; }
  [[nodiscard]] const pseudobulks& predicted_bulk() const { return predicted_bulk_; }
  [[nodiscard]] const pseudobulks& training_bulk() const { return training_bulk_; }
  [[nodiscard]] const grouped_rows& real_rows() const { return real_rows_; }
  [[nodiscard]] const grouped_rows& predicted_rows() const { return predicted_rows_; }
  [[nodiscard]] const grouped_rows& training_rows() const { return training_rows_; }

  /// What heads compute once and share: made by `make` when first asked for under this key, then kept.
  /// errors std::bad_any_cast: the key was used for another type
  template <class T, class Make>
  [[nodiscard]] const T& kept(const std::string& key, Make&& make) const {
    auto at = kept_.find(key);
    if (at == kept_.end()) at = kept_.emplace(key, std::any(T(make()))).first;
    return std::any_cast<const T&>(at->second);
  }

 private:
  void take_real(const expression_rules& rules) {
    if (control_ < 0 || control_ >= n_labels())
      throw bad_data("the control has the code " + std::to_string(control_) + ", but there are " +
                     std::to_string(n_labels()) + " perturbations; name one of them as the control");
    if (!genes_.empty() && isize(genes_.size()) != n_genes())
      throw bad_data("there are " + std::to_string(genes_.size()) + " gene names for " + std::to_string(n_genes()) +
                     " genes; give each one");
    for (std::size_t g = genes_.size(); g-- > 0;) gene_at_[genes_[g]] = static_cast<std::int32_t>(g);
    check_side(real_, "real", rules);
    real_rows_ = grouped_rows(real_.perturbation.code, n_labels());
    if (real_rows_.of(control_).empty())
      throw bad_data("no real cell is of the control '" + name(control_) + "'; name the control as it stands in the data");
    real_bulk_ = pseudobulks_of(real_.cells, real_rows_, control_, threads);
  }
  void check_side(const labelled_cells& side, std::string_view which, const expression_rules& rules) const {
    side.perturbation.check(side.cells.n_cells(), std::string(which) + " perturbation");
    if (!std::ranges::equal(side.perturbation.name, real_.perturbation.name))
      throw bad_data("the names of the " + std::string(which) +
                     " perturbations are not those of the real ones; give both sides codes into the same names");
    check_log1p(side.cells, which, rules);
  }
  void same_perturbations() const {
    const auto missing = [&](const pseudobulks& from, const pseudobulks& in, const std::string& have,
                             const std::string& lack) {
      for (const std::int32_t p : from.perturbation)
        if (in.place_of(p) < 0)
          throw bad_data("perturbation '" + name(p) + "' has " + have + " cells but no " + lack +
                         " ones; leave it out, or add what is missing");
    };
    missing(real_bulk_, predicted_bulk_, "real", "predicted");
    missing(predicted_bulk_, real_bulk_, "predicted", "real");
  }

  labelled_cells real_, predicted_, training_;
  std::int32_t control_ = 0;
  std::span<const std::string> genes_;
  std::unordered_map<std::string, std::int32_t> gene_at_;
  grouped_rows real_rows_, predicted_rows_, training_rows_;
  pseudobulks real_bulk_, predicted_bulk_, training_bulk_;
  mutable std::map<std::string, std::any> kept_;
};

/// The code of a name.
/// errors bad_data, with some names that there are
[[nodiscard]] inline std::int32_t code_named(std::span<const std::string> names, std::string_view wanted) {
  const auto at = std::find(names.begin(), names.end(), wanted);
  if (at != names.end()) return static_cast<std::int32_t>(at - names.begin());
  std::string there;
  for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 5); ++i) there += (i == 0 ? "'" : ", '") + names[i] + "'";
  throw bad_data("no perturbation is called '" + std::string(wanted) + "'; there are " + there +
                 (names.size() > 5 ? " and others" : "") + "; name the control as it stands there");
}

}  // namespace tepui::metric
