#include <tepui/metric/neighbours/paths.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>

#include "metric/neighbours/known_cells.hpp"

namespace tepui::tests::paths {
namespace {

TEST_CASE("paths add lengths, the shortest counts, and what is not reached is -1") {
  // 0 - 1 (1), 1 - 2 (1), 0 - 2 (3); 3 stands alone.
  graph<> g;
  g.row_begin = {0, 2, 4, 6, 6};
  g.neighbour = {1, 2, 0, 2, 0, 1};
  g.weight = {1, 3, 1, 1, 3, 1};
  const auto near = metric::nearest_by_path(g, 3);
  CHECK(near.neighbour == std::vector<std::int32_t>{1, 2, -1, 0, 2, -1, 1, 0, -1, -1, -1, -1});
  CHECK(near.distance[1] == 2.0F);
  CHECK(near.distance[3] == 1.0F);
  CHECK(metric::nearest_by_path(graph<>{}, 3).neighbour.empty());
}

TEST_CASE("the nearest by path are those of Floyd and Warshall, ties to the lower row, for any number of threads") {
  CHECK(rc::check("all pairs", [](std::uint16_t seed) {
    const auto c = known_cells::random_cells(seed, 10 + seed % 50, 2, 2, 2, 1);
    graph<> g = metric::umap_weights(metric::nearest_neighbours(c.embedding.view(), 4), 4);
    // Whole sixteenths: sums are exact and lengths tie.
    for (float& w : g.weight) w = std::round(w * 16 + 0.5F) / 16;
    const std::size_t n = usize(g.n_cells());
    std::vector<std::vector<double>> length(n, std::vector<double>(n, 1e300));
    for (std::size_t i = 0; i < n; ++i)
      for (std::int64_t e = g.row_begin[i]; e < g.row_begin[i + 1]; ++e)
        length[i][usize(g.neighbour[usize(e)])] = static_cast<double>(g.weight[usize(e)]);
    for (std::size_t m = 0; m < n; ++m)
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) length[i][j] = std::min(length[i][j], length[i][m] + length[m][j]);
    const std::int64_t k = 1 + seed % 12;
    const auto near = metric::nearest_by_path(g, k), threaded = metric::nearest_by_path(g, k, 3);
    RC_ASSERT(near.neighbour == threaded.neighbour && near.distance == threaded.distance);
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<std::pair<double, std::int32_t>> all;
      for (std::size_t j = 0; j < n; ++j)
        if (j != i && length[i][j] < 1e300) all.emplace_back(length[i][j], static_cast<std::int32_t>(j));
      std::sort(all.begin(), all.end());
      for (std::size_t j = 0; j < usize(k); ++j) {
        RC_ASSERT(near.neighbours_of(isize(i))[j] == (j < all.size() ? all[j].second : -1));
        if (j < all.size()) RC_ASSERT(near.distances_of(isize(i))[j] == static_cast<float>(all[j].first));
      }
    }
  }));
}

}  // namespace
}  // namespace tepui::tests::paths
