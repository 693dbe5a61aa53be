#pragma once
/// Whether the cells of a type hang together in the graph of neighbours, or lie in pieces.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/cell_labels.hpp>
#include <tepui/metric/dealt_labels.hpp>
#include <tepui/metric/embedded_cells.hpp>
#include <tepui/metric/head.hpp>
#include <tepui/metric/neighbours/components.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// The share of a label's cells in its largest component, as a mean over labels with cells.
/// in     component [cells], of cells of one label each, in [0, cells); label      out    (0, 1]; NaN without cells
[[nodiscard]] inline double mean_largest_share(std::span<const std::int32_t> component, const cell_labels& label) {
  std::vector<std::int64_t> size(component.size(), 0), largest(label.name.size(), 0);
  for (const std::int32_t c : component) ++size[usize(c)];
  for (std::size_t i = 0; i < component.size(); ++i) {
    std::int64_t& most = largest[usize(label.code[i])];
    most = std::max(most, size[usize(component[i])]);
  }
  const auto cells = label.sizes();
  double sum = 0, labels = 0;
  for (std::size_t l = 0; l < cells.size(); ++l) {
    if (cells[l] == 0) continue;
    sum += static_cast<double>(largest[l]) / static_cast<double>(cells[l]);
    labels += 1;
  }
  return sum / labels;
}

namespace connectivity {

/// in     share(labels) -> the value under these labels
template <class Share>
[[nodiscard]] std::vector<score> as_score(std::string_view name, const embedded_cells& of, const score_options& options,
                                          Share&& share) {
  options.check();
  const std::string full = options.prefix + std::string(name);
  if (of.label.n_cells() == 0) return {without_value(full, "there are no cells to score")};
  score out;
  out.name = full;
  out.n = of.label.n_cells();
  out.value = share(of.label);
  const auto dealt =
      dealt_labels(of.label.code, of.cells.cells.id, kernel::draws(options.seed, "metric: labels that mean nothing"));
  out.floor = share(cell_labels(dealt, of.label.name));
  out.ceiling = 1.0;
  out.low = out.high = measured::missing(
      "a cell that is drawn again brings no edges of its own, so that a graph has no resamples; score other samples "
      "instead");
  return {out};
}

}  // namespace connectivity

/// Graph connectivity as scib computes it: components of the symmetric graph of UMAP's weights, within each label.
/// reads  embedded_cells: label                            out    one score, share, higher is better
/// empty  no cells: no value, with the reason; a label without cells does not count; one label: the share of its largest
///        component
/// floor  labels dealt out anew over the same graph        ceiling 1: every label in one piece
/// interval  none, with the reason                         errors bad_option: k < 2
/// cost   O(cells k) beside the graph                      repeat bit-equal for one seed
/// source Luecken et al. 2022
struct graph_connectivity_undirected {
  static constexpr std::string_view name = "graph_connectivity_undirected";
  using reads = embedded_cells;
  std::int64_t k = 15;  ///< neighbours of the graph, the cell itself included (scanpy's n_neighbors)

  [[nodiscard]] std::string describe() const { return "graph_connectivity_undirected k=" + std::to_string(k); }
  [[nodiscard]] std::vector<score> operator()(const embedded_cells& of, const score_options& options = {}) const {
    return connectivity::as_score(name, of, options, [&](const cell_labels& label) {
      return mean_largest_share(components_within(of.connectivities(k), label.code), label);
    });
  }
};

/// Graph connectivity as scib-metrics computes it: strong components of the directed graph of the k nearest, within each
/// label; lower than the undirected one, since an edge counts one way only.
/// reads, out, empty, floor, ceiling, interval, errors, cost, repeat   as graph_connectivity_undirected
/// source Luecken et al. 2022; graph_connectivity of scib-metrics
struct graph_connectivity_strong {
  static constexpr std::string_view name = "graph_connectivity_strong";
  using reads = embedded_cells;
  std::int64_t k = 15;  ///< nearest cells, the cell itself included

  [[nodiscard]] std::string describe() const { return "graph_connectivity_strong k=" + std::to_string(k); }
  [[nodiscard]] std::vector<score> operator()(const embedded_cells& of, const score_options& options = {}) const {
    if (k < 2)
      throw bad_option("graph_connectivity_strong was asked for with k = " + std::to_string(k) +
                       "; the cell itself counts, so give at least 2");
    return connectivity::as_score(name, of, options, [&](const cell_labels& label) {
      return mean_largest_share(strong_components_within(of.neighbours(k), k, label.code), label);
    });
  }
};

}  // namespace tepui::metric
