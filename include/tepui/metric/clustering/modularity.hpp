#pragma once
/// How much more neighbours share a cluster than they would by chance: what Leiden and Louvain make as large as they can.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/grouping.hpp>
#include <tepui/flow/index.hpp>

namespace tepui::metric {

/// sum over clusters of inside / all - resolution (strength / all)^2; the strength of a cluster is that of its cells' edges.
/// in     graph, every edge in both directions, weights >= 0; label [cells] >= 0; resolution: more wants smaller clusters
/// out    at most 1; a graph without edges: 0
/// errors bad_data: another number of labels than cells                     cost   O(edges)
/// source Newman 2006; Reichardt and Bornholdt 2006 (resolution)
[[nodiscard]] inline double modularity(const graph<>& of, std::span<const std::int32_t> label, double resolution = 1) {
  if (isize(label.size()) != of.n_cells())
    throw bad_data("there are " + std::to_string(label.size()) + " clusters of cells for a graph of " +
                   std::to_string(of.n_cells()) + " cells; give one a cell");
  double inside = 0, all = 0;
  std::vector<double> strength;
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (usize(label[i]) >= strength.size()) strength.resize(usize(label[i]) + 1, 0);
    for (std::int64_t e = of.row_begin[i]; e < of.row_begin[i + 1]; ++e) {
      const auto w = static_cast<double>(of.weight[usize(e)]);
      strength[usize(label[i])] += w;
      all += w;
      if (label[usize(of.neighbour[usize(e)])] == label[i]) inside += w;
    }
  }
  if (!(all > 0)) return 0;
  double by_chance = 0;
  for (const double s : strength) by_chance += (s / all) * (s / all);
  return inside / all - resolution * by_chance;
}

}  // namespace tepui::metric
