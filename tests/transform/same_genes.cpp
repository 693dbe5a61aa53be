#include <tepui/transform/same_genes.hpp>

#include <doctest/doctest.h>

#include "laws/count_batches.hpp"

namespace tepui::tests::same_genes {
namespace {

TEST_CASE("genes, ids and totals stay, values change, rows are packed") {
  auto in = laws::batch_of<scale::raw>({{{0, 1.0F}, {2, 3.0F}}, {}, {{1, 5.0F}}}, 3);
  in.total = {10, 0, 20};
  counts<scale::normalised> out;
  out.total.assign(9, 1.0);
  transform::same_genes(in.view(), out, [](std::int64_t cell, std::int32_t gene, double v) {
    return 100 * static_cast<double>(cell) + 10 * gene + v;
  });
  CHECK(out.n_genes == 3);
  CHECK(std::vector<std::int32_t>(out.gene.begin(), out.gene.end()) == std::vector<std::int32_t>{0, 2, 1});
  CHECK(std::vector<float>(out.value.begin(), out.value.end()) == std::vector<float>{1, 23, 215});
  CHECK(std::vector<std::int64_t>(out.row_begin.begin(), out.row_begin.end()) == std::vector<std::int64_t>{0, 2, 2});
  CHECK(std::vector<std::int64_t>(out.row_end.begin(), out.row_end.end()) == std::vector<std::int64_t>{2, 2, 3});
  CHECK(out.cell_id == in.cell_id);
  CHECK(out.total == in.total);
}

}  // namespace
}  // namespace tepui::tests::same_genes
