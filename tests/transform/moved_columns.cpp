#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <vector>

#include <tepui/flow/counts.hpp>
#include <tepui/transform/moved_columns.hpp>

namespace test_transform_moved_columns {
using namespace tepui;

TEST_CASE("genes go to their columns, and those that meet there are added up") {
  counts<scale::raw> in, out;
  in.n_genes = 4;
  const std::vector<std::int32_t> genes{0, 1, 3};
  const std::vector<float> values{5, 2, 7};
  in.add_cell(9, genes, values);
  transform::moving_room room;
  const std::vector<std::int32_t> to{2, -1, 1, 2};
  transform::move_columns(to, 3, in.view(), out, room);
  const auto cell = out.view();
  CHECK(std::ranges::equal(cell.genes_of(0), std::vector<std::int32_t>{2}));
  CHECK(std::ranges::equal(cell.values_of(0), std::vector<float>{12}));
  CHECK(out.total[0] == 14);  // of the whole cell
  CHECK(out.cell_id[0] == 9);
  CHECK_FALSE(transform::keeps_order(to));
  CHECK(transform::keeps_order(std::vector<std::int32_t>{0, -1, 2}));
  CHECK_FALSE(transform::keeps_order(std::vector<std::int32_t>{1, 1}));
}

TEST_CASE("it gives what adding up in a map gives, whether or not the order is kept") {
  CHECK(rc::check([] {
    const auto n_genes = *rc::gen::inRange<std::int32_t>(1, 200), n_columns = *rc::gen::inRange<std::int32_t>(1, 200);
    const bool in_order = *rc::gen::arbitrary<bool>();
    std::vector<std::int32_t> to;
    std::int32_t last = -1;
    for (std::int32_t g = 0; g < n_genes; ++g) {
      const bool out = *rc::gen::inRange(0, 3) == 0;
      const std::int32_t column = in_order ? last + 1 : *rc::gen::inRange<std::int32_t>(0, n_columns);
      to.push_back(out || column >= n_columns ? -1 : column);
      last = std::max(last, to.back());
    }
    if (in_order) RC_ASSERT(transform::keeps_order(to));
    counts<scale::raw> in, moved, again;
    in.n_genes = n_genes;
    for (std::int64_t c = 0; c < 4; ++c) {
      std::vector<std::int32_t> genes;
      std::vector<float> values;
      for (std::int32_t g = 0; g < n_genes; ++g)
        if (*rc::gen::inRange(0, 3) == 0)  // thirds, so that the order of adding up shows
          genes.push_back(g), values.push_back(static_cast<float>(*rc::gen::inRange(1, 50)) / 3);
      in.add_cell(c + 7, genes, values);
    }
    transform::moving_room room;
    transform::move_columns(to, n_columns, in.view(), moved, room);
    RC_ASSERT(moved.n_cells() == 4);
    for (std::int64_t c = 0; c < 4; ++c) {
      std::map<std::int32_t, float> wanted;
      double total = 0;
      const auto genes = in.view().genes_of(c);
      for (std::size_t i = 0; i < genes.size(); ++i) {
        total += static_cast<double>(in.view().values_of(c)[i]);
        if (to[usize(genes[i])] >= 0) wanted[to[usize(genes[i])]] += in.view().values_of(c)[i];
      }
      std::vector<std::int32_t> columns;
      std::vector<float> values;
      for (const auto& [column, value] : wanted) columns.push_back(column), values.push_back(value);
      RC_ASSERT(std::ranges::equal(moved.view().genes_of(c), columns));
      RC_ASSERT(std::ranges::equal(moved.view().values_of(c), values));
      RC_ASSERT(moved.total[usize(c)] == total);
      RC_ASSERT(moved.cell_id[usize(c)] == c + 7);
    }
    // A room that was used before holds nothing, and rows are the same whether or not their order is known to be kept.
    again.n_genes = n_columns;
    transform::append_moved(to, false, in.view(), again, room);
    RC_ASSERT(again.gene == moved.gene);
    RC_ASSERT(again.value == moved.value);
    RC_ASSERT(again.row_begin == moved.row_begin);
    RC_ASSERT(again.row_end == moved.row_end);
  }));
}

}  // namespace test_transform_moved_columns
