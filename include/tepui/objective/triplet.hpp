#pragma once
/// Pulls cells of one kind together across studies, and pushes away cells of other kinds that lie too near.

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/ontology.hpp>
#include <tepui/flow/table.hpp>
#include <tepui/kernel/triplet_loss.hpp>
#include <tepui/kernel/triplets.hpp>
#include <tepui/objective/cell_labels.hpp>
#include <tepui/objective/cell_similarity.hpp>

namespace tepui::objective {

/// The kinds of cells and their studies, by the ids of the cells, and which kinds do not contradict each other.
struct studied_cells {
  labels_by_cell label, study;  ///< a cell that is missing, or below 0, has none
  label_relation relation;
  bool across_studies = true;  ///< whether anchor and positive must come from two studies
};

/// in     id, label, study [cells]: the cells' ids in the corpus and two columns of its table, as table::labels gives them;
///        relation: of label.category, as related_labels gives it, or none: then only a label's own cells are like it
/// errors bad_data: columns that are not as long as there are cells, or a relation of another number of labels
/// write  objective::triplet{.cells = objective::studied(cells.counts.cell_id, kinds, cells.obs.labels("study"),
///                                                       related_labels(io::read_obo("cl.obo"), kinds.category))}
[[nodiscard]] inline std::shared_ptr<const studied_cells> studied(std::span<const std::int64_t> id, const categorical& label,
                                                                  const categorical& study, label_relation relation = {}) {
  if (label.code.size() != id.size() || study.code.size() != id.size())
    throw bad_data("there are " + std::to_string(label.code.size()) + " labels and " + std::to_string(study.code.size()) +
                   " studies for " + std::to_string(id.size()) + " cells; give one of each for every cell");
  const auto n_labels = static_cast<std::int32_t>(label.category.size());
  if (relation.related.empty()) relation = unrelated_labels(n_labels);
  if (relation.n_labels != n_labels)
    throw bad_data("the relation is one of " + std::to_string(relation.n_labels) + " labels, but the cells have " +
                   std::to_string(n_labels) + "; relate the categories of the column of labels");
  studied_cells out;
  for (std::size_t c = 0; c < id.size(); ++c) {
    out.label.emplace(id[c], label.code[c]);
    out.study.emplace(id[c], study.code[c]);
  }
  out.relation = std::move(relation);
  return std::make_shared<const studied_cells>(std::move(out));
}

/// triplet, bound to a model of Dims.
template <int Dims>
struct triplet_head : comparing_head<triplet_head<Dims>> {
  static constexpr std::string_view name = "triplet";

  std::shared_ptr<const studied_cells> cells;
  double margin = 0.05;
  kernel::negatives mine = kernel::negatives::semihard;

  template <class Real>
  struct room {
    similarity_room<Real> units;
    kernel::triplet_room<Real> mining;
    kernel::triplet_loss_room<Real> loss;
    std::vector<std::int32_t> label, study;
    std::vector<std::int64_t> id;
    kernel::mined_triplets mined;  ///< of the last batch
  };

  template <class Real>
  double compare(const layer::packed& at, const states<Real>& have, const auto& asked, std::span<Real> d_cells, room<Real>& r,
                 double weight) const {
    const auto known = [](const labels_by_cell& of, std::int64_t cell) {
      const auto found = of.find(cell);
      return found == of.end() ? -1 : found->second;
    };
    auto& which = r.units.cell;
    which.clear(), r.label.clear(), r.study.clear(), r.id.clear();
    for (std::int64_t c = 0; c < at.n_cells(); ++c) {
      if (at.n_rows(c) == 0) continue;
      const std::int64_t id = at.cell_id[usize(c)], cell = id < 0 ? ~id : id;  // the second look at a cell has the id ~id
      which.push_back(c), r.id.push_back(id), r.label.push_back(known(cells->label, cell));
      if (cells->across_studies) r.study.push_back(known(cells->study, cell));
    }
    const std::int64_t n = isize(which.size());
    r.mined.found.clear();
    if (n == 0 || asked.row.empty()) return 0;
    const auto unit = layer::grown(r.units.unit, n * Dims), length = layer::grown(r.units.length, n);
    make_units<Real>(have.cell, Dims, which, unit, length);
    // Where an embedding is no number, comparisons fail and nothing would be found: a model that has gone astray must be seen.
    for (const Real l : length)
      if (!std::isfinite(l)) return std::numeric_limits<double>::quiet_NaN();
    kernel::mine_triplets<Real>(unit, Dims, {r.label, r.study, r.id, cells->relation.n_labels, cells->relation.related},
                                static_cast<Real>(margin), mine, at.random.sub(kernel::hash_text(name)), r.mining, r.mined);
    if (r.mined.found.empty()) return 0;
    // A question is worth a cell: the mean over triplets, times the number of questions.
    const double of_triplet = static_cast<double>(asked.row.size()) / static_cast<double>(r.mined.found.size());
    const auto d_unit = layer::grown(r.units.d_unit, d_cells.empty() ? 0 : n * Dims);
    const double sum = kernel::triplet_loss<Real>(unit, Dims, r.mined.found, margin, weight * of_triplet, 1e-6, d_unit, r.loss);
    if (!d_cells.empty()) through_units<Real>(unit, length, d_unit, Dims, which, d_cells);
    return sum * of_triplet;
  }
};

/// The mean over triplets of max(0, |anchor - positive| - |anchor - negative| + margin) of embeddings on the unit sphere:
/// anchor and positive are cells of one label and two studies, the negative has a label that contradicts theirs and lies
/// too near.
/// in     cells: labels, studies and their relation, by cell id; margin; mine: which negative a pair takes
/// asks   every cell that has tokens, at its first one; nothing is hidden
/// loss   the mean times the number of questions; 0 where a batch has no triplet. Cells are compared, so that a batch
///        must not be cut (whole)
/// ties   as kernel::mine_triplets; which triplets there are has no gradient            errors  bad_option: a margin that
///        is not above 0, no cells, fewer than two labels, a label that the relation does not know
/// cost   as kernel::mine_triplets and kernel::triplet_loss            repeat  a cell's gradient depends on the batch;
///        the draw of a pair hangs on the step and on the ids of its cells
/// source Heimberg et al. 2025 (SCimilarity), whose batch without a triplet counts as a loss of the margin
struct triplet {
  static constexpr std::string_view name = "triplet";
  static constexpr bool whole = true;
  using needs = channels<>;

  std::shared_ptr<const studied_cells> cells;
  double margin = 0.05;
  kernel::negatives mine = kernel::negatives::semihard;

  /// Behind the margin stand numbers for the labels of the cells, their studies and what is related.            cost  O(cells)
  [[nodiscard]] std::string describe() const {
    constexpr const char* names[] = {"semihard", "any hard", "hardest", "all hard"};
    std::string text = "triplet (margin " + shortest(margin) + ", " + names[static_cast<int>(mine)] + " negatives";
    if (!cells) return text + ")";
    const auto& related = cells->relation.related;
    const std::string_view bytes(reinterpret_cast<const char*>(related.data()), related.size());
    text += ", " + std::to_string(cells->relation.n_labels) + " labels (" + std::to_string(kernel::hash_text(bytes)) + ") of " +
            text_of(cells->label);
    return text + (cells->across_studies ? ", studies of " + text_of(cells->study) : ", within studies, too") + ")";
  }
  template <int Dims>
  [[nodiscard]] triplet_head<Dims> bind(const token_facts& facts) const {
    if (!(margin > 0)) throw bad_option("triplet was given a margin of " + shortest(margin) + "; give a number above 0");
    if (!cells || cells->relation.n_labels < 2 ||
        cells->relation.related.size() != usize(cells->relation.n_labels) * usize(cells->relation.n_labels))
      throw bad_option(
          "triplet knows no cells of two labels and how these are related; give it cells = objective::studied(...)");
    for (const auto& [cell, l] : cells->label)
      if (l >= cells->relation.n_labels)
        throw bad_option("cell " + std::to_string(cell) + " has label " + std::to_string(l) + ", but the relation is one of " +
                         std::to_string(cells->relation.n_labels) + " labels; relate all labels of the cells");
    return {{facts.n_rows}, cells, margin, mine};
  }
};

}  // namespace tepui::objective
