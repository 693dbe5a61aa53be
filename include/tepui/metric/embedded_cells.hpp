#pragma once
/// Cells with an embedding and labels: what the metrics of clustering and integration read.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/grouping.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/metric/cell_labels.hpp>
#include <tepui/metric/neighbours/nearest.hpp>
#include <tepui/metric/neighbours/paths.hpp>
#include <tepui/metric/neighbours/table.hpp>
#include <tepui/metric/neighbours/umap_weights.hpp>
#include <tepui/metric/silhouette/measured_cells.hpp>
#include <tepui/metric/silhouette/samples.hpp>

namespace tepui::metric {

/// errors  bad_data: cells without dimensions, a value that is not finite                  in   when: " before integration"
inline void check_embedding(const embedding_view<>& of, const std::string& when = "") {
  if (of.n_cells() > 0 && of.n_columns < 1)
    throw bad_data("the " + std::to_string(of.n_cells()) + " cells have an embedding of " + std::to_string(of.n_columns) +
                   " dimensions" + when + "; give at least one");
  for (std::size_t i = 0; i < of.value.size(); ++i)
    if (!std::isfinite(of.value[i]))
      throw bad_data("cell " + std::to_string(i / usize(of.n_columns)) + " has the value " + std::to_string(of.value[i]) +
                     " in dimension " + std::to_string(i % usize(of.n_columns)) + when + "; embeddings must be finite");
}

/// shapes  cells [cells, dims]; label, batch [cells], batch may be empty; before [cells, dims or genes], may be empty
/// What several heads need is computed when the first asks, and kept here: one subject a data set, shared by all heads, one
/// thread at a time.
class embedded_cells {
 public:
  embedding_view<> cells;
  cell_labels label, batch;
  embedding_view<> before;  ///< the same cells before integration, for metrics that compare
  int threads = 1;
  silhouette_lots lots = {};  ///< of very many cells, which have their silhouettes measured

  /// errors  bad_data: labels that do not fit, a missing label, no dimensions, a value that is not finite
  embedded_cells(embedding_view<> of, cell_labels labels, cell_labels batches = {}, int n_threads = 1)
      : cells(of), label(labels), batch(batches), threads(n_threads) {
    label.check(cells.n_cells(), "cell type");
    if (batch.given()) batch.check(cells.n_cells(), "batch");
    check_embedding(cells);
  }

  /// Whether there are cells before integration. Their values are looked at when first asked.
  /// errors  bad_data: another number of them than after, no dimensions, a value that is not finite
  [[nodiscard]] bool has_before() const {
    if (before.n_cells() != 0 && before.n_cells() != cells.n_cells())
      throw bad_data("there are " + std::to_string(before.n_cells()) + " cells before integration and " +
                     std::to_string(cells.n_cells()) + " after it; give the same cells in the same order");
    if (before_checked_ != before.value.data() || before_checked_ == nullptr) check_embedding(before, " before integration");
    before_checked_ = before.value.data();
    return before.n_cells() != 0;
  }

  /// At least k nearest cells of each, itself included (fewer where there are fewer cells). Ask for the most first: asking
  /// for more later computes anew.
  [[nodiscard]] const neighbour_table& neighbours(std::int64_t k) const {
    const std::int64_t wanted = std::min(std::max(k, reserved_), cells.n_cells());
    if (table_.k < wanted || table_.n_cells != cells.n_cells()) table_ = nearest_neighbours(cells, wanted, threads);
    return table_;
  }
  /// UMAP's graph of the cells with k neighbours each, the cell itself included: one for each k that is asked for.
  [[nodiscard]] const graph<>& connectivities(std::int64_t k = 15) const {
    auto at = graph_.find(k);
    if (at == graph_.end()) at = graph_.emplace(k, umap_weights(neighbours(k), k, threads)).first;
    return at->second;
  }
  /// The k nearest others along that graph with graph_k neighbours, its weights taken as lengths.
  [[nodiscard]] const path_table& path_neighbours(std::int64_t k, std::int64_t graph_k = 15) const {
    auto at = path_.find({k, graph_k});
    if (at == path_.end())
      at = path_.emplace(std::pair(k, graph_k), nearest_by_path(connectivities(graph_k), k, threads)).first;
    return at->second;
  }
  /// Says that a head will ask for this many neighbours, so that the first to ask computes enough for all.
  void reserve_neighbours(std::int64_t k) { reserved_ = std::max(reserved_, k); }
  /// Neighbours found by other means, with itself first.
  void use_neighbours(neighbour_table found) {
    table_ = std::move(found);
    graph_.clear();
    path_.clear();
    partitions_.clear();
  }

  /// Clusterings of these cells, kept under a text that says exactly how they were made; make() makes them when first asked
  /// for.
  template <class Make>
  [[nodiscard]] const std::vector<partition<>>& kept_partitions(const std::string& how, Make&& make) const {
    auto at = partitions_.find(how);
    if (at == partitions_.end()) at = partitions_.emplace(how, make()).first;
    return at->second;
  }
  /// The cells whose silhouettes among the labels are measured, and these silhouettes: of every cell, or by `lots`.
  struct silhouettes_of_labels {
    measured_cells of;
    std::vector<double> value;  ///< [measured]
  };
  [[nodiscard]] const silhouettes_of_labels& label_silhouettes() const {
    if (label_silhouettes_.of.among == cells.n_cells()) return label_silhouettes_;
    auto& out = label_silhouettes_;
    out.of = cells_to_measure(cells.cells.id, label.code, label.n_labels(), lots);
    const kernel::points all{cells.n_cells(), cells.n_columns, cells.value};
    out.value = out.of.every_cell()
                    ? silhouette_samples(cells, label.code, label.n_labels(), {.threads = threads})
                    : silhouettes_of_rows(all, label.code, label.n_labels(), out.of.row, {.threads = threads});
    return out;
  }

 private:
  std::int64_t reserved_ = 0;
  mutable const float* before_checked_ = nullptr;  // the values that were found finite
  mutable neighbour_table table_;
  mutable silhouettes_of_labels label_silhouettes_;
  mutable std::map<std::int64_t, graph<>> graph_;
  mutable std::map<std::pair<std::int64_t, std::int64_t>, path_table> path_;
  mutable std::map<std::string, std::vector<partition<>>> partitions_;
};

/// Why there is nothing to say about the batches of these cells, or nothing.
/// in     least: so many batches must have cells; 1 where batches need only be given
[[nodiscard]] inline std::string why_no_batches(const embedded_cells& of, std::int64_t least = 2) {
  if (of.cells.n_cells() == 0) return "there are no cells to score";
  if (!of.batch.given()) return "the cells come without batches";
  return of.batch.n_with_cells() < least ? "all cells are of one batch" : "";
}

}  // namespace tepui::metric
