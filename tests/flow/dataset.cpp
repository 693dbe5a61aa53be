#include <doctest/doctest.h>

#include <tepui/flow/dataset.hpp>
#include <tepui/flow/gene_set.hpp>

namespace test_flow_dataset {
TEST_CASE("a dataset counts its cells, and gene tables are compared gene by gene") {
  tepui::dataset<> d;
  CHECK(d.n_cells() == 0);
  d.genes = {{"ENSG01", ""}, {"A", "B"}};
  CHECK(d.genes.size() == 2);
  auto other = d.genes;
  CHECK(other == d.genes);
  other.symbol[1] = "C";
  CHECK_FALSE(other == d.genes);
}
}  // namespace test_flow_dataset
