#include <tepui/metric/neighbours/graph_lisi.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "metric/neighbours/known_cells.hpp"

namespace tepui::tests::graph_lisi {
namespace {

TEST_CASE("heads hold their laws and survive poor data") {
  CHECK(rc::check("ilisi",
                  [](std::uint16_t seed) { RC_ASSERT(known_cells::holds_its_laws(metric::ilisi_graph{.k = 20}, seed)); }));
  CHECK(rc::check("clisi",
                  [](std::uint16_t seed) { RC_ASSERT(known_cells::holds_its_laws(metric::clisi_graph{.k = 20}, seed)); }));
  CHECK(known_cells::survives(metric::ilisi_graph{.k = 20}, true, false));
  CHECK(known_cells::survives(metric::clisi_graph{.k = 20}, false, true));
  CHECK(known_cells::survives(metric::ilisi_graph{}, true, true));
  CHECK(known_cells::survives(metric::clisi_graph{}, true, true));
}

TEST_CASE("a cell that reaches too few others counts as one among its own kind") {
  metric::path_table near;
  near.n_cells = 1;
  near.k = 6;
  near.neighbour = {0, 0, 0, 0, 0, -1};
  near.distance = {1, 1, 1, 1, 1, 0};
  const std::vector<std::int32_t> code{0};
  const std::vector<std::string> name{"a", "b"};
  const std::vector<metric::cell_labels> labels{metric::cell_labels(code, name)};
  CHECK(metric::graph_lisi(near, labels)[0] == std::vector<double>{1});
}

TEST_CASE("where most cells reach fewer than k others there is no score, and it says why") {
  const auto few = known_cells::random_cells(1, 60, 3, 2, 2, 0, 0);  // fully mixed
  const auto of = few.view();
  const std::string why = "60 of 60 cells reach fewer than 90 others along the graph; ask for a smaller k";
  CHECK(metric::ilisi_graph{}(of)[0].value.reason == why);
  CHECK(metric::clisi_graph{}(of)[0].value.reason == why);
  CHECK(metric::ilisi_graph{.k = 20}(of)[0].value.value > 0.5);
  CHECK(metric::clisi_graph{.k = 20}(of)[0].value.value < 0.5);
}

TEST_CASE("LISI over the graph is scib's") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: the shared data are not there");
    return;
  }
  const auto c = known_cells::golden(shared);
  const auto of = c.view();
  const auto near = of.path_neighbours(90);
  for (const std::string column : {"batch", "label"}) {
    const std::vector<metric::cell_labels> labels{column == "batch" ? of.batch : of.label};
    const auto found = metric::graph_lisi(near, labels)[0];
    const auto theirs = laws::npy<double>(shared, "golden/metrics/scib_lisi_graph_" + column + "_percell.npy");
    REQUIRE(found.size() == theirs.size());
    std::vector<double> off;
    for (std::size_t i = 0; i < found.size(); ++i) off.push_back(std::abs(found[i] - theirs[i]));
    CHECK(metric::lisi_score::median(off) < 1e-4);  // single cells differ where paths of equal length end among the last
    CHECK(std::count_if(off.begin(), off.end(), [](double o) { return o > 1e-3; }) < 30);
  }
  // embed_results.json: scib.ilisi_graph_scaleTrue, clisi_graph_scaleTrue
  CHECK(std::abs(metric::ilisi_graph{}(of)[0].value.value - 0.5278019531979936) < 1e-4);
  CHECK(std::abs(metric::clisi_graph{}(of)[0].value.value - 0.9992736804979703) < 1e-4);
}

}  // namespace
}  // namespace tepui::tests::graph_lisi
