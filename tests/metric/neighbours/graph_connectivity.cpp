#include <tepui/metric/neighbours/graph_connectivity.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "metric/neighbours/known_cells.hpp"

namespace tepui::tests::graph_connectivity {
namespace {

using metric::graph_connectivity_strong;
using metric::graph_connectivity_undirected;

/// Cells on a line: 0, 1 and 10, 11 of label 0 in two pieces, 20, 21, 22 of label 1 in one.
known_cells::cells in_pieces() {
  known_cells::cells c;
  c.embedding.resize(7, 1);
  const std::vector<float> at{0, 1, 10, 11, 20, 21, 22};
  std::copy(at.begin(), at.end(), c.embedding.value.begin());
  for (std::int64_t i = 0; i < 7; ++i) c.embedding.cell_id[usize(i)] = i;
  c.label = {0, 0, 0, 0, 1, 1, 1};
  c.labels = {"a", "b", "without cells"};
  return c;
}

TEST_CASE("a label in two halves scores a half, a label in one piece 1") {
  const auto c = in_pieces();
  CHECK(graph_connectivity_undirected{.k = 2}(c.view())[0].value.value == doctest::Approx(0.75));  // (2/4 + 3/3) / 2
  // Nearest others: 0-1, 10-11, 20<->21, and 22 -> 21, which nobody goes back from: (2/4 + 2/3) / 2.
  CHECK(graph_connectivity_strong{.k = 2}(c.view())[0].value.value == doctest::Approx((0.5 + 2.0 / 3) / 2));
  CHECK(graph_connectivity_undirected{.k = 2}(c.view())[0].ceiling.value == 1);
  CHECK(graph_connectivity_undirected{.k = 2}(c.view(), {.prefix = "e."})[0].name == "e.graph_connectivity_undirected");
}

TEST_CASE("edges between labels do not join cells") {
  auto c = in_pieces();
  c.label = {0, 1, 0, 1, 0, 1, 0};
  CHECK(graph_connectivity_undirected{.k = 2}(c.view())[0].value.value == doctest::Approx((0.25 + 1.0 / 3) / 2));
}

TEST_CASE("strong components are those of the transitive closure") {
  CHECK(rc::check("closure", [](std::uint16_t seed) {
    const auto c = known_cells::random_cells(seed, 5 + seed % 25, 2, 2, 2, 1);
    const std::int64_t n = c.embedding.n_cells(), k = 2 + seed % 3;
    const auto near = metric::nearest_neighbours(c.embedding.view(), k);
    std::vector<std::vector<char>> reach(usize(n), std::vector<char>(usize(n), 0));
    for (std::int64_t i = 0; i < n; ++i)
      for (const std::int32_t j : near.neighbours_of(i, near.k))
        if (c.label[usize(i)] == c.label[usize(j)]) reach[usize(i)][usize(j)] = 1;
    for (std::size_t m = 0; m < usize(n); ++m)
      for (std::size_t i = 0; i < usize(n); ++i)
        for (std::size_t j = 0; j < usize(n); ++j)
          if (reach[i][m] && reach[m][j]) reach[i][j] = 1;
    const auto of = metric::strong_components_within(near, k, c.label);
    const auto g = metric::umap_weights(near, k);
    const auto together = metric::components_within(g, c.label);
    for (std::size_t i = 0; i < usize(n); ++i)
      for (std::size_t j = 0; j < usize(n); ++j) {
        RC_ASSERT((of[i] == of[j]) == (i == j || (reach[i][j] && reach[j][i])));
        if (of[i] == of[j]) RC_ASSERT(together[i] == together[j]);
      }
  }));
}

TEST_CASE("heads hold their laws, survive poor data, and refuse k below 2") {
  CHECK(rc::check("undirected", [](std::uint16_t seed) {
    RC_ASSERT(known_cells::holds_its_laws(graph_connectivity_undirected{.k = 4}, seed));
  }));
  CHECK(rc::check("strong", [](std::uint16_t seed) {
    RC_ASSERT(known_cells::holds_its_laws(graph_connectivity_strong{.k = 4}, seed));
  }));
  CHECK(known_cells::survives(graph_connectivity_undirected{}, false, false));
  CHECK(known_cells::survives(graph_connectivity_strong{}, false, false));
  CHECK_THROWS_AS(static_cast<void>(graph_connectivity_undirected{.k = 1}(in_pieces().view())), bad_option);
  CHECK_THROWS_AS(static_cast<void>(graph_connectivity_strong{.k = 1}(in_pieces().view())), bad_option);
}

TEST_CASE("connectivity is scib's in one definition and scib-metrics's in the other") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: the shared data are not there");
    return;
  }
  const auto c = known_cells::golden(shared);
  const auto of = c.view();
  const auto value = [&](const auto& head) { return head(of, metric::score_options{})[0].value.value; };
  // embed_results.json: scib.graph_connectivity(_k3), scib_metrics.graph_connectivity_knn15dist, _knn4(3+self)
  CHECK(std::abs(value(graph_connectivity_undirected{.k = 15}) - 1.0) < 1e-9);
  CHECK(std::abs(value(graph_connectivity_undirected{.k = 3}) - 0.9953333333333333) < 1e-9);
  CHECK(std::abs(value(graph_connectivity_strong{.k = 15}) - 0.9812222222222221) < 1e-9);
  CHECK(std::abs(value(graph_connectivity_strong{.k = 4}) - 0.663888888888889) < 1e-9);
  const auto s = graph_connectivity_strong{.k = 15}(of)[0];
  CHECK(s.floor.value < 0.7);
}

}  // namespace
}  // namespace tepui::tests::graph_connectivity
