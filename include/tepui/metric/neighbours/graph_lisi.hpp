#pragma once
/// LISI over a graph of cells, as scib computes it, its quirk included.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/metric/cell_labels.hpp>
#include <tepui/metric/embedded_cells.hpp>
#include <tepui/metric/head.hpp>
#include <tepui/metric/neighbours/lisi_score.hpp>
#include <tepui/metric/neighbours/paths.hpp>

namespace tepui::metric {

/// The LISI of every cell among its nearest along a graph.
/// in     path_table of k others; several labellings           out    for each labelling [cells], in [1, labels]
/// few    a cell that reaches fewer than k others counts as one that meets its own kind only: 1          ties, errors  none
/// weights, cost, repeat   as lisi, of perplexity floor(k / 3)
/// source Luecken et al. 2022 (lisi_graph_py of scib)
[[nodiscard]] inline std::vector<std::vector<double>> graph_lisi(const path_table& near,
                                                                 std::span<const cell_labels> labellings, int threads = 1) {
  std::vector<std::vector<double>> out(labellings.size(), std::vector<double>(usize(near.n_cells), 1.0));
  const double perplexity = std::floor(static_cast<double>(near.k) / 3);
  constexpr std::int64_t together = 256;
  kernel::parallel_chunks((near.n_cells + together - 1) / together, threads, [&](std::int64_t chunk, int) {
    lisi_room room(perplexity, labellings);
    for (std::int64_t i = chunk * together; i < std::min(near.n_cells, (chunk + 1) * together); ++i) {
      const auto cell = near.neighbours_of(i);
      if (cell.empty() || cell.back() < 0) continue;
      const auto distance = near.distances_of(i);
      room.clear();
      for (std::size_t j = 0; j < cell.size(); ++j) room.add(cell[j], distance[j]);
      room.weigh();
      for (std::size_t l = 0; l < labellings.size(); ++l) out[l][usize(i)] = room.inverse_simpson(labellings[l], l);
    }
  });
  return out;
}

/// Whether a score of these cells would be that of the few that meet others at all; why, or nothing.
[[nodiscard]] inline std::string why_few_reached(const path_table& near) {
  std::int64_t short_of = 0;
  for (std::int64_t i = 0; i < near.n_cells; ++i) short_of += near.k > 0 && near.neighbours_of(i).back() < 0;
  return 2 * short_of <= near.n_cells ? ""
                                      : std::to_string(short_of) + " of " + std::to_string(near.n_cells) +
                                            " cells reach fewer than " + std::to_string(near.k) +
                                            " others along the graph; ask for a smaller k";
}

/// iLISI over the graph, as scib computes it: the nearest cells by the shortest path through UMAP's graph.
/// quirk  the weights of the graph are taken as lengths, though a large weight means near: paths prefer cells that hardly
///        belong together. Kept, since published numbers are so; `ilisi` has no such path
/// reads, out, empty, floor, ceiling, interval, errors   as ilisi; a cell that reaches fewer than k others counts as
///        unmixed, as in scib, and where more than half of the cells do there is no value, with the reason (scib's would be 0)
/// cost   the paths, which ilisi_graph and clisi_graph share          repeat  bit-equal for one seed
/// source Luecken et al. 2022 (ilisi_graph of scib)
struct ilisi_graph {
  static constexpr std::string_view name = "ilisi_graph";
  using reads = embedded_cells;
  std::int64_t k = 90;        ///< nearest others along the graph
  std::int64_t graph_k = 15;  ///< neighbours of the graph, the cell itself included

  [[nodiscard]] std::string describe() const {
    return "ilisi_graph k=" + std::to_string(k) + " graph_k=" + std::to_string(graph_k);
  }
  [[nodiscard]] std::vector<score> operator()(const embedded_cells& of, const score_options& options = {}) const {
    auto out = lisi_score::of_batches(name, k, of, options, [&](std::span<const cell_labels> labellings) {
      return graph_lisi(of.path_neighbours(k, graph_k), labellings, of.threads);
    });
    if (!out[0].value.known()) return out;
    if (const std::string why = why_few_reached(of.path_neighbours(k, graph_k)); !why.empty())
      return {without_value(out[0].name, why, of.label.n_cells())};
    return out;
  }
};

/// cLISI over the graph, as scib computes it.
/// quirk, empty   as ilisi_graph; a cell that reaches fewer than k others counts as pure, as in scib, and where more than
///        half of the cells do there is no value, with the reason (scib's would be 1)
/// reads, out, floor, ceiling, interval, errors   as clisi            cost, repeat   as ilisi_graph
/// source Luecken et al. 2022 (clisi_graph of scib)
struct clisi_graph {
  static constexpr std::string_view name = "clisi_graph";
  using reads = embedded_cells;
  std::int64_t k = 90;        ///< nearest others along the graph
  std::int64_t graph_k = 15;  ///< neighbours of the graph, the cell itself included

  [[nodiscard]] std::string describe() const {
    return "clisi_graph k=" + std::to_string(k) + " graph_k=" + std::to_string(graph_k);
  }
  [[nodiscard]] std::vector<score> operator()(const embedded_cells& of, const score_options& options = {}) const {
    auto out = lisi_score::of_labels(name, k, of, options, [&](std::span<const cell_labels> labellings) {
      return graph_lisi(of.path_neighbours(k, graph_k), labellings, of.threads);
    });
    if (!out[0].value.known()) return out;
    if (const std::string why = why_few_reached(of.path_neighbours(k, graph_k)); !why.empty())
      return {without_value(out[0].name, why, of.label.n_cells())};
    return out;
  }
};

}  // namespace tepui::metric
