#include <tepui/metric/neighbours/umap_weights.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>

#include "metric/neighbours/known_cells.hpp"

namespace tepui::tests::umap_weights {
namespace {

metric::neighbour_table on_a_line(const std::vector<float>& at, std::int64_t k) {
  embedding_batch<> cells;
  cells.resize(isize(at.size()), 1);
  std::copy(at.begin(), at.end(), cells.value.begin());
  return metric::nearest_neighbours(cells.view(), k);
}

TEST_CASE("the nearest cell has weight 1, and the weights of a row sum to log2 of k") {
  // Three cells at 0, 1, 3 and k = 3: cell 0 has distances 1 and 3, so 1 + exp(-2 / s) = log2(3).
  const double w = std::log2(3.0) - 1;
  const auto g = metric::umap_weights(on_a_line({0, 1, 3}, 3), 3);
  CHECK(std::vector<std::int64_t>(g.row_begin.begin(), g.row_begin.end()) == std::vector<std::int64_t>{0, 2, 4, 6});
  CHECK(std::vector<std::int32_t>(g.neighbour.begin(), g.neighbour.end()) == std::vector<std::int32_t>{1, 2, 0, 2, 0, 1});
  CHECK(g.weight[0] == 1.0F);                                                  // 1 + 1 - 1 * 1
  CHECK(std::abs(static_cast<double>(g.weight[1]) - (2 * w - w * w)) < 1e-4);  // both reach each other with w
  CHECK(std::abs(static_cast<double>(g.weight[3]) - 1) < 1e-6);                // cell 2 reaches cell 1 with 1
}

TEST_CASE("k below 2 is refused; one cell or none has no edges; cells in one place have weight 1") {
  CHECK_THROWS_AS(static_cast<void>(metric::umap_weights(on_a_line({0, 1}, 2), 1)), bad_option);
  CHECK(metric::umap_weights(on_a_line({}, 3), 3).neighbour.empty());
  CHECK(metric::umap_weights(on_a_line({5}, 3), 3).neighbour.empty());
  const auto g = metric::umap_weights(on_a_line({1, 1, 1, 1}, 4), 4);
  CHECK(g.weight.size() == 12);
  CHECK(std::all_of(g.weight.begin(), g.weight.end(), [](float w) { return w == 1.0F; }));
}

TEST_CASE("the graph is symmetric, ascending, without loops, within (0, 1], and the same for any number of threads") {
  CHECK(rc::check("graph", [](std::uint16_t seed) {
    const auto c = known_cells::random_cells(seed, 20 + seed % 60, 2, 3, 2);
    const auto near = metric::nearest_neighbours(c.embedding.view(), 8);
    const auto g = metric::umap_weights(near, 7), threaded = metric::umap_weights(near, 7, 4);
    RC_ASSERT(g.weight == threaded.weight && g.neighbour == threaded.neighbour && g.row_begin == threaded.row_begin);
    for (std::int64_t i = 0; i < g.n_cells(); ++i)
      for (std::int64_t e = g.row_begin[usize(i)]; e < g.row_begin[usize(i) + 1]; ++e) {
        const std::int32_t j = g.neighbour[usize(e)];
        RC_ASSERT(j != i && g.weight[usize(e)] > 0 && g.weight[usize(e)] <= 1);
        RC_ASSERT((e == g.row_begin[usize(i)] || g.neighbour[usize(e) - 1] < j));
        const auto from = g.neighbour.begin() + g.row_begin[usize(j)], to = g.neighbour.begin() + g.row_begin[usize(j) + 1];
        const auto back = std::find(from, to, static_cast<std::int32_t>(i));
        RC_ASSERT(back != to && g.weight[usize(back - g.neighbour.begin())] == g.weight[usize(e)]);
      }
  }));
}

TEST_CASE("connectivities are scanpy's") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: the shared data are not there");
    return;
  }
  const auto c = known_cells::golden(shared);
  for (const std::int64_t k : {3, 15}) {
    const std::string name = "golden/metrics/nbr" + std::to_string(k) + "_conn_";
    const auto of = c.view();
    const auto& g = of.connectivities(k);
    const auto begin = laws::npy<std::int32_t>(shared, name + "indptr.npy"),
               neighbour = laws::npy<std::int32_t>(shared, name + "indices.npy");
    const auto weight = laws::npy<double>(shared, name + "data.npy");
    CHECK(std::equal(begin.begin(), begin.end(), g.row_begin.begin(), g.row_begin.end()));
    REQUIRE(std::equal(neighbour.begin(), neighbour.end(), g.neighbour.begin(), g.neighbour.end()));
    CHECK(known_cells::apart(weight, std::vector<double>(g.weight.begin(), g.weight.end())) < 1e-4);
  }
}

}  // namespace
}  // namespace tepui::tests::umap_weights
