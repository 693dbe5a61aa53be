#include <doctest/doctest.h>

#include <tepui/flow/gene_set.hpp>

namespace test_flow_gene_set {
TEST_CASE("a gene set is a name and genes, and may be empty") {
  const tepui::gene_set set{"HALLMARK_HYPOXIA", {"VEGFA", "CA9"}};
  CHECK(set.genes.size() == 2);
  CHECK(tepui::gene_set{}.genes.empty());
}
}  // namespace test_flow_gene_set
