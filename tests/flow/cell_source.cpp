#include <doctest/doctest.h>

#include <tepui/flow/cell_source.hpp>

namespace test_flow_cell_source {
namespace {
using namespace tepui;

TEST_CASE("a dataset is a source of cells, and so is a choice of them") {
  dataset<> d;
  d.x.n_genes = 1;
  d.genes = {{"ENSG1"}, {"A"}};
  const std::vector<std::int32_t> g{0};
  for (int c = 0; c < 4; ++c) {
    const std::vector<float> v{static_cast<float>(c + 1)};
    d.x.add_cell(c, g, v);
  }
  const auto all = cells_of(d);
  static_assert(cell_source<std::remove_cvref_t<decltype(all)>>);
  std::remove_cvref_t<decltype(all)>::room room;
  CHECK(all.read(1, 2, room).values_of(1)[0] == 3.0F);
  const std::vector<std::int64_t> rows{3, 0};
  const chosen_cells chosen(d.x.view(), rows);
  const auto some = cells_of(chosen.view(), d.genes);
  CHECK(some.n_cells() == 2);
  CHECK(some.read(0, 1, room).values_of(0)[0] == 4.0F);
  CHECK(some.genes().symbol[0] == "A");
  // The same in one step, by rows.
  const auto by_rows = cells_of(d, rows);
  static_assert(cell_source<std::remove_cvref_t<decltype(by_rows)>>);
  std::remove_cvref_t<decltype(by_rows)>::room own;
  CHECK(by_rows.n_cells() == 2);
  CHECK(by_rows.read(1, 1, own).values_of(0)[0] == 1.0F);
  CHECK(by_rows.read(0, 1, own).cells.id[0] == 3);
}
}  // namespace
}  // namespace test_flow_cell_source
