#include <tepui/metric/neighbours/kbet_by_diffusion_map.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "metric/neighbours/known_cells.hpp"

namespace tepui::tests::kbet_by_diffusion_map {
namespace {

using metric::kbet_by_label_diffusion_map;

TEST_CASE("two cells with one edge: the walk swaps them, with eigenvalues 1 and -1") {
  graph<> g;
  g.row_begin = {0, 1, 2};
  g.neighbour = {1, 0};
  g.weight = {0.5F, 0.5F};
  const auto map = metric::diffusion_map(g);
  REQUIRE(map.n_columns == 1);
  CHECK(std::abs(std::abs(map.row(0)[0]) - std::sqrt(0.5F) * (map.row(0)[0] * map.row(1)[0] > 0 ? 1.0F : 0.5F)) < 1e-6F);
}

TEST_CASE("Lanczos' method finds the eigenvectors") {
  const auto c = known_cells::random_cells(5, 700, 3, 1, 2);
  const auto g = metric::umap_weights(metric::nearest_neighbours(c.embedding.view(), 10), 10);
  const metric::diffusion::transitions a(g);
  const auto found = metric::diffusion::leading(a, 40);
  REQUIRE(found.value.size() == 40);
  CHECK(std::abs(found.value(0) - 1) < 1e-9);
  for (Eigen::Index j = 0; j < 40; ++j) {
    CHECK((a.times(found.vector.col(j)) - found.value(j) * found.vector.col(j)).norm() < 1e-6);
    CHECK(std::abs(found.vector.col(j).norm() - 1) < 1e-9);
    if (j > 0) CHECK(std::abs(found.value(j)) <= std::abs(found.value(j - 1)));
  }
}

TEST_CASE("the head holds its laws and survives poor data") {
  const kbet_by_label_diffusion_map head{.graph_k = 12, .components = 20};
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const auto c = known_cells::random_cells(seed, 180, 3, 3, 2);
    const auto once = head(c.view(), {.resamples = 20})[0];
    CHECK(known_cells::complete(once));
    CHECK(known_cells::numbers_of(once) == known_cells::numbers_of(head(c.view(3), {.resamples = 20})[0]));
  }
  CHECK(known_cells::survives(head, true, true));
  CHECK_THROWS_AS(
      static_cast<void>(kbet_by_label_diffusion_map{.components = 0}(known_cells::random_cells(1, 20, 2, 2, 2).view())),
      bad_option);
}

TEST_CASE("kBET by label is that of scib-metrics") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: the shared data are not there");
    return;
  }
  const auto c = known_cells::golden(shared);
  const auto of = c.view();
  // embed_results.json: scib_metrics.kbet_per_label, kbet_per_label_df; pynndescent found the same neighbours there
  CHECK(std::abs(kbet_by_label_diffusion_map{}(of)[0].value.value - 0.41208333333333336) < 0.005);
}

}  // namespace
}  // namespace tepui::tests::kbet_by_diffusion_map
