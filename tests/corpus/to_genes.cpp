#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <vector>

#include <tepui/corpus/to_genes.hpp>
#include <tepui/transform/moved_columns.hpp>

namespace test_corpus_to_genes {
using namespace tepui;

TEST_CASE("genes go to their columns, and those that meet there are added up") {
  counts<scale::raw> in, out;
  in.n_genes = 4;
  const std::vector<std::int32_t> genes{0, 1, 3};
  const std::vector<float> values{5, 2, 7};
  in.add_cell(9, genes, values);
  corpus::columns_room<float> room;
  const std::vector<std::int32_t> to{2, 0, 1, 2};
  corpus::to_genes(to, 3, corpus::keeps_order(to), in.view(), 40, out, room);
  const auto cell = out.view();
  CHECK(std::ranges::equal(cell.genes_of(0), std::vector<std::int32_t>{0, 2}));
  CHECK(std::ranges::equal(cell.values_of(0), std::vector<float>{2, 12}));
  CHECK(out.total[0] == 14);
  CHECK(out.cell_id[0] == 40);
}

TEST_CASE("it gives what moving columns gives, whether or not the order is kept") {
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
    if (in_order) RC_ASSERT(corpus::keeps_order(to));
    counts<scale::raw> in, one, other;
    in.n_genes = n_genes;
    for (std::int64_t c = 0; c < 4; ++c) {
      std::vector<std::int32_t> genes;
      std::vector<float> values;
      for (std::int32_t g = 0; g < n_genes; ++g)
        if (*rc::gen::inRange(0, 3) == 0) genes.push_back(g), values.push_back(static_cast<float>(*rc::gen::inRange(1, 50)));
      in.add_cell(c, genes, values);
    }
    transform::moving_room moving;
    corpus::columns_room<float> room;
    transform::move_columns(to, n_columns, in.view(), one, moving);
    corpus::to_genes(to, n_columns, corpus::keeps_order(to), in.view(), 0, other, room);
    RC_ASSERT(one.gene == other.gene);
    RC_ASSERT(one.value == other.value);
    RC_ASSERT(one.row_begin == other.row_begin);
    RC_ASSERT(one.row_end == other.row_end);
    RC_ASSERT(one.total == other.total);
    RC_ASSERT(one.cell_id == other.cell_id);
    // A room that was used for another vocabulary holds nothing of it.
    counts<scale::raw> again;
    corpus::to_genes(to, n_columns, false, in.view(), 0, again, room);
    RC_ASSERT(again.value == one.value);
  }));
}

}  // namespace test_corpus_to_genes
