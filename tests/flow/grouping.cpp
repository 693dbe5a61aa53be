#include <doctest/doctest.h>

#include <tepui/flow/counts.hpp>
#include <tepui/flow/grouping.hpp>

namespace test_flow_grouping {
namespace {
using namespace tepui;

TEST_CASE("a set is a range of cells, and may be empty") {
  set_batch<counts<scale::raw>> wells;
  wells.batch.n_genes = 2;
  for (int c = 0; c < 3; ++c) wells.batch.add_cell(c, {}, {});
  wells.set_begin = {0, 2, 2, 3};
  CHECK(wells.n_sets() == 3);
  CHECK(wells.cells_of(0).second == 2);
  CHECK(wells.cells_of(1).first == wells.cells_of(1).second);
  CHECK(wells.batch.view().n_cells() == wells.cells_of(2).second);
}

TEST_CASE("a graph without cells has none") {
  CHECK(graph<>{}.n_cells() == 0);
  graph<> g;
  g.row_begin = {0, 1, 1};
  CHECK(g.n_cells() == 2);
  CHECK(partition<>{}.label.empty());
}
}  // namespace
}  // namespace test_flow_grouping
