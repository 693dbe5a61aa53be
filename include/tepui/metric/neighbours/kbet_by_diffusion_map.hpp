#pragma once
/// kBET within every label by neighbours in diffusion coordinates, as scib-metrics reports it.

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/metric/embedded_cells.hpp>
#include <tepui/metric/neighbours/diffusion_map.hpp>
#include <tepui/metric/neighbours/kbet_by_label.hpp>
#include <tepui/metric/neighbours/nearest.hpp>

namespace tepui::metric {

/// The k nearest others of every cell in diffusion coordinates.
/// in     graph of one label's cells; k; coordinates            out    [cells, k], nearest first; nothing where there
///        are not so many
/// ties   those of nearest_neighbours                           cost   diffusion_map, then the neighbours
template <class Real = double>
[[nodiscard]] std::optional<std::vector<std::int32_t>> diffusion_neighbours(const graph<>& g, std::int64_t k,
                                                                            std::int64_t components = 100, int threads = 1) {
  if (g.n_cells() <= k) return std::nullopt;
  const embedding_batch<> map = diffusion_map<Real>(g, components);
  const neighbour_table near = nearest_neighbours(map.view(), k + 1, threads);
  std::vector<std::int32_t> out;
  for (std::int64_t i = 0; i < near.n_cells; ++i) {
    const auto others = near.neighbours_of(i, k + 1).subspan(1);
    out.insert(out.end(), others.begin(), others.end());
  }
  return out;
}

/// kBET by label as scib-metrics computes it: neighbours in 100 diffusion coordinates of each label's graph, k of them and
/// the cell itself.
/// reads, out, empty, floor, ceiling, interval, errors   as kbet_by_label_walks; cells of small components are left out
/// differs  neighbours are exact, not pynndescent's; and the number of coordinates is min(components, cells - 1) of each
///        label, whereas scib-metrics 0.5.10 carries the smaller number of a small label on to all labels after it
/// cost   the eigenvectors: seconds for labels of 10,000 cells; kbet_by_label_walks is cheaper
/// repeat bit-equal for any number of threads
/// source Buettner et al. 2019; Luecken et al. 2022; as kbet_per_label of scib-metrics
struct kbet_by_label_diffusion_map {
  static constexpr std::string_view name = "kbet_by_label_diffusion_map";
  using reads = embedded_cells;
  std::int64_t graph_k = 50;      ///< neighbours of the graph, the cell itself included
  std::int64_t components = 100;  ///< diffusion coordinates, at most
  double alpha = 0.05;            ///< a neighbourhood is rejected below this

  [[nodiscard]] std::string describe() const {
    return "kbet_by_label_diffusion_map graph_k=" + std::to_string(graph_k) + " components=" + std::to_string(components) +
           " alpha=" + std::to_string(alpha);
  }
  [[nodiscard]] std::vector<score> operator()(const std::same_as<embedded_cells> auto& of,
                                              const score_options& options = {}) const {
    if (components < 1)
      throw bad_option("kbet_by_label_diffusion_map was asked for with " + std::to_string(components) +
                       " coordinates; give at least 1");
    return kbet_by_label::scored(
        name, of, graph_k, {.leave_out = 0, .small_pieces_count = false, .alpha = alpha}, options,
        [&](const graph<>& part, std::int64_t k) { return diffusion_neighbours(part, k, components, of.threads); });
  }
};

}  // namespace tepui::metric
