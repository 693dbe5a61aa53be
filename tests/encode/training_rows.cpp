#include <tepui/encode/training_rows.hpp>

#include <doctest/doctest.h>

#include "laws/count_batches.hpp"

namespace tepui::tests::training_rows {
namespace {

TEST_CASE("cells that do not fit into memory are read again, in the same order") {
  const auto cells = laws::training_plain<scale::raw>(6);
  const laws::training<scale::raw> train(cells, 6, 4);
  const auto append = [](const auto& batch, std::int64_t c, kernel::sparse_rows& to) {
    for (std::size_t i = 0; i < batch.genes_of(c).size(); ++i) to.add(batch.genes_of(c)[i], batch.values_of(c)[i]);
  };
  const auto all_of = [&](std::int64_t most, int& blocks) {
    const encode::training_rows rows(train, append, most);
    CHECK(rows.n_rows() == 40);
    CHECK(rows.n_columns() == 6);
    laws::plain_cells out;
    blocks = 0;
    rows.each_block([&](const kernel::sparse_rows& block) {
      ++blocks;
      for (std::int64_t r = 0; r < block.n_rows(); ++r) {
        auto& cell = out.emplace_back();
        for (auto i = block.row_begin[usize(r)]; i < block.row_begin[usize(r) + 1]; ++i)
          cell.emplace_back(block.column[usize(i)], block.value[usize(i)]);
      }
    });
    return out;
  };
  int blocks = 0;
  CHECK(all_of(1000000, blocks) == cells);
  CHECK(blocks == 1);
  CHECK(all_of(40, blocks) == cells);
  CHECK(blocks > 2);
}

}  // namespace
}  // namespace tepui::tests::training_rows
