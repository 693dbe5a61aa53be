#pragma once
/// Turns the nearest cells of every cell into a graph whose edges say how surely two cells belong together.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/grouping.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/metric/neighbours/table.hpp>

namespace tepui::metric {

namespace umap {

/// How fast the weight of a cell's edges falls with distance: 1 up to `nearest`, then by e with every `scale` more.
struct reach {
  double nearest = 0, scale = 1;
  [[nodiscard]] double weight(double distance) const {
    const double behind = distance - nearest;
    return behind <= 0 || scale <= 0 ? 1.0 : std::exp(-behind / scale);
  }
};

/// in     distance [others], ascending, without the cell itself; the sum that their weights shall have, log2 of the cells
///        with itself; the mean distance of all cells, itself included, which bounds the scale where all others are at
///        distance 0
/// out    nearest: the smallest distance above 0; scale by at most 64 halvings, to 1e-5 of that sum, at least 0.001 mean
///        distances
[[nodiscard]] inline reach reach_of(std::span<const float> distance, double wanted, double mean_of_all) {
  reach out;
  double sum_of_distances = 0;
  for (const float d : distance) {
    if (out.nearest == 0 && d > 0) out.nearest = static_cast<double>(d);
    sum_of_distances += static_cast<double>(d);
  }
  double low = 0, high = std::numeric_limits<double>::infinity();
  for (int step = 0; step < 64; ++step) {
    double sum = 0;
    for (const float d : distance) sum += out.weight(static_cast<double>(d));
    if (std::abs(sum - wanted) < 1e-5) break;
    if (sum > wanted) {
      high = out.scale;
      out.scale = (low + high) / 2;
    } else {
      low = out.scale;
      out.scale = std::isinf(high) ? 2 * out.scale : (low + high) / 2;
    }
  }
  const double mean = out.nearest > 0 ? sum_of_distances / static_cast<double>(distance.size() + 1) : mean_of_all;
  out.scale = std::max(out.scale, 1e-3 * mean);
  return out;
}

/// One edge on its way into a graph.
struct edge {
  std::int32_t to;
  double weight;
};

}  // namespace umap

/// UMAP's graph of cells, as scanpy keeps it in obsp["connectivities"].
/// in     neighbours of every cell; k >= 2 of them, itself included (scanpy's n_neighbors; all where there are fewer)
/// out    graph [cells]: symmetric, neighbours ascending, weight in (0, 1]; from a to b and back w = f + g - f g, with f and
///        g how far each of the two reaches. Edges whose weight rounds to 0 are left out
/// ties   those of the neighbours           errors  bad_option: k < 2
/// cost   O(cells k 64) exponentials at most; about 25 in practice         repeat  bit-equal for any number of threads
/// source McInnes, Healy and Melville 2018
[[nodiscard]] inline graph<> umap_weights(const neighbour_table& neighbours, std::int64_t k = 15, int threads = 1) {
  if (k < 2)
    throw bad_option("the graph of cells was asked for with k = " + std::to_string(k) +
                     "; the cell itself counts, so give at least 2");
  const std::int64_t n = neighbours.n_cells, of_each = std::min(k, neighbours.k);
  graph<> out;
  out.row_begin.assign(usize(n + 1), 0);
  if (n == 0 || of_each < 2) return out;
  const std::int64_t others = of_each - 1;

  double mean_of_all = 0;
  for (std::int64_t i = 0; i < n; ++i)
    for (const float d : neighbours.distances_of(i, of_each)) mean_of_all += static_cast<double>(d);
  mean_of_all /= static_cast<double>(n * of_each);

  // Edges as their cell sees them, by neighbour, and where those that come in begin.
  std::vector<umap::edge> going(usize(n * others));
  constexpr std::int64_t together = 512;
  kernel::parallel_chunks((n + together - 1) / together, threads, [&](std::int64_t chunk, int) {
    for (std::int64_t i = chunk * together; i < std::min(n, (chunk + 1) * together); ++i) {
      const auto near = neighbours.neighbours_of(i, of_each).subspan(1);
      const auto distance = neighbours.distances_of(i, of_each).subspan(1);
      const umap::reach far = umap::reach_of(distance, std::log2(static_cast<double>(of_each)), mean_of_all);
      const auto mine = std::span(going).subspan(usize(i * others), usize(others));
      for (std::size_t j = 0; j < mine.size(); ++j) mine[j] = {near[j], far.weight(static_cast<double>(distance[j]))};
      std::sort(mine.begin(), mine.end(), [](const umap::edge& a, const umap::edge& b) { return a.to < b.to; });
    }
  });
  std::vector<std::int64_t> begin(usize(n + 1), 0);
  for (const umap::edge& e : going) ++begin[usize(e.to) + 1];
  for (std::size_t i = 0; i < usize(n); ++i) begin[i + 1] += begin[i];
  std::vector<umap::edge> coming(going.size());
  std::vector<std::int64_t> next(begin.begin(), begin.end() - 1);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < others; ++j) {
      const umap::edge& e = going[usize(i * others + j)];
      coming[usize(next[usize(e.to)]++)] = {static_cast<std::int32_t>(i), e.weight};
    }

  out.neighbour.reserve(2 * going.size());
  out.weight.reserve(2 * going.size());
  for (std::int64_t i = 0; i < n; ++i) {
    const umap::edge *a = going.data() + i * others, *a_end = a + others;
    const umap::edge *b = coming.data() + begin[usize(i)], *b_end = coming.data() + begin[usize(i) + 1];
    while (a != a_end || b != b_end) {
      const std::int32_t to = b == b_end || (a != a_end && a->to < b->to) ? a->to : b->to;
      const double f = a != a_end && a->to == to ? (a++)->weight : 0.0, g = b != b_end && b->to == to ? (b++)->weight : 0.0;
      // The larger first, so that both directions of an edge get the same bits.
      const auto both = static_cast<float>(std::max(f, g) + std::min(f, g) * (1 - std::max(f, g)));
      if (!(both > 0) || to == i) continue;
      out.neighbour.push_back(to);
      out.weight.push_back(both);
    }
    out.row_begin[usize(i) + 1] = isize(out.neighbour.size());
  }
  return out;
}

}  // namespace tepui::metric
