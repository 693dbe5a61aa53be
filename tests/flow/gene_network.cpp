#include <doctest/doctest.h>

#include <tepui/flow/gene_network.hpp>

namespace test_flow_gene_network {
TEST_CASE("a network has as many edges as it has pairs, and may be empty") {
  const tepui::gene_network network{{"FOXP3", "FOXP3", "GATA3"}, {"IL2RA", "CTLA4", "IL5"}, "a file"};
  CHECK(network.size() == 3);
  CHECK(network.from[1] == "FOXP3");
  CHECK(network.to[1] == "CTLA4");
  CHECK(tepui::gene_network{}.size() == 0);
}
}  // namespace test_flow_gene_network
