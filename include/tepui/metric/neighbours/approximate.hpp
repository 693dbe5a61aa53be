#pragma once
/// Finds most of the nearest cells of every cell in less time, by walking a graph of near cells. Included by name.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

// Its own vector code defines functions that two translation units would both hold; distances come from the kernel here.
#ifndef NO_MANUAL_VECTORIZATION
#define NO_MANUAL_VECTORIZATION
#endif
#include <hnswlib/hnswlib.h>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/kernel/k_nearest_search.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/squared_distance.hpp>
#include <tepui/metric/neighbours/nearest.hpp>
#include <tepui/metric/neighbours/table.hpp>

namespace tepui::metric {

/// How much work the graph and the walks through it are: more finds more of the true neighbours.
struct approximate_settings {
  int links = 16;                 ///< of a cell to others, on each level (M)
  int looked_at_building = 200;   ///< cells kept in view while a cell is linked (ef_construction)
  int looked_at_searching = 100;  ///< cells kept in view while neighbours are searched (ef); at least k are
  std::uint64_t seed = 0;         ///< of the levels that cells are on
  int threads = 1;                ///< for the search; the graph is built by one

  [[nodiscard]] std::string describe() const {
    return "hnsw(M = " + std::to_string(links) + ", ef_construction = " + std::to_string(looked_at_building) +
           ", ef = " + std::to_string(looked_at_searching) + ", seed = " + std::to_string(seed) + ")";
  }
};

/// Squared distances of cells, as the graph asks for them.
class squared_distance_space final : public hnswlib::SpaceInterface<float> {
 public:
  explicit squared_distance_space(std::int64_t dims) : dims_(dims) {}
  std::size_t get_data_size() override { return usize(dims_) * sizeof(float); }
  hnswlib::DISTFUNC<float> get_dist_func() override { return &of; }
  void* get_dist_func_param() override { return &dims_; }

 private:
  static float of(const void* a, const void* b, const void* dims) {
    return static_cast<float>(kernel::squared_distance(static_cast<const float*>(a), static_cast<const float*>(b),
                                                       *static_cast<const std::int64_t*>(dims)));
  }
  std::int64_t dims_;
};

/// Most of the k nearest cells of each, Euclidean, itself included.
/// in     cells [cells, dims], finite; k >= 0, the cell itself counted
/// out    neighbour_table [cells, min(k, cells)], exact = false; how: the settings. Every distance is that of the
///        neighbour named; what may be wrong is that a nearer cell is not named
/// ties   the cell itself first, then by squared distance and row, among those found
/// few    a cell whose walk finds fewer than k is searched exactly
/// errors bad_option: fewer than 2 links, nothing looked at, k < 0
/// cost   about cells log cells walks of `looked_at` steps; memory: the cells once more and 8 links bytes a cell
/// repeat the same for any number of threads: cells are linked by one thread, in their order, from distances that are
///        bit-equal everywhere; another C++ standard library may draw other levels, and then other cells are found
/// source Malkov and Yashunin 2020, Efficient and robust approximate nearest neighbor search using hierarchical navigable
///        small world graphs; hnswlib 0.6
[[nodiscard]] inline neighbour_table approximate_neighbours(const embedding_view<>& cells, std::int64_t k,
                                                            const approximate_settings& settings = {}) {
  if (settings.links < 2 || settings.looked_at_building < 1 || settings.looked_at_searching < 1)
    throw bad_option("approximate_neighbours: " + settings.describe() +
                     " cannot be built; use at least 2 links and look at 1 cell or more");
  const std::int64_t n = cells.n_cells();
  neighbour_table out = table_of_selves(n, k);
  out.exact = false;
  out.how = settings.describe();
  if (n == 0 || out.k == 0) return out;
  const kernel::points all{n, cells.n_columns, cells.value};
  squared_distance_space space(all.dims);
  hnswlib::HierarchicalNSW<float> graph(&space, usize(n), usize(settings.links), usize(settings.looked_at_building),
                                        settings.seed);
  graph.setEf(usize(settings.looked_at_searching));
  for (std::int64_t i = 0; i < n; ++i) graph.addPoint(all.row(i), usize(i));

  std::vector<std::vector<kernel::measured_neighbour>> rooms(usize(std::max(settings.threads, 1)));
  constexpr std::int64_t together = 64;
  kernel::parallel_chunks((n + together - 1) / together, settings.threads, [&](std::int64_t chunk, int worker) {
    auto& found = rooms[usize(worker)];
    for (std::int64_t i = chunk * together; i < std::min(n, (chunk + 1) * together); ++i) {
      found.clear();
      for (auto near = graph.searchKnn(all.row(i), usize(out.k)); !near.empty(); near.pop())
        if (const auto j = static_cast<std::int64_t>(near.top().second); j != i)
          found.emplace_back(kernel::squared_distance(all.row(i), all.row(j), all.dims), j);
      if (isize(found.size()) < out.k - 1) kernel::plain_k_nearest(all.row(i), all, out.k - 1, i, found);
      std::sort(found.begin(), found.end());
      for (std::int64_t c = 1; c < out.k; ++c) {
        out.neighbour[usize(i * out.k + c)] = static_cast<std::int32_t>(found[usize(c - 1)].second);
        out.distance[usize(i * out.k + c)] = static_cast<float>(std::sqrt(found[usize(c - 1)].first));
      }
    }
  });
  return out;
}

}  // namespace tepui::metric
