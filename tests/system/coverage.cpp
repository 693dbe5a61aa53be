#include <tepui/system/coverage.hpp>

#include <tepui/system/geneformer.hpp>
#include <tepui/system/heimdall.hpp>
#include <tepui/system/scbert.hpp>

#include "system/golden_cells.hpp"

namespace tepui::tests::coverage_of_systems {
namespace {

using bytes = std::vector<std::uint8_t>;

TEST_CASE("genes without a word, and genes without a level, have no token; their counts fall outside") {
  const auto data = golden::cells_of_rows({{1, 2, 4, 8}, {0, 0, 0, 5}});
  const vocabulary words{{golden::gene_name(0), golden::gene_name(1), golden::gene_name(2)}, {0, 1, 2}, ""};
  const auto fitted =
      system::geneformer_v1{words, {{golden::gene_name(1), golden::gene_name(2), golden::gene_name(3)}, {1, 1, 1}, ""}}
          .stages()
          .fit(data);
  CHECK(system::genes_with_token(fitted) == bytes{0, 1, 1, 0});
  const auto reach = system::coverage_of(fitted, cells_of(data));
  CHECK(reach.counts == 20);
  CHECK(reach.counts_outside == 14);
  CHECK(reach.describe() == "2 of 4 genes have a token (50.0 %); 70.0 % of the counts fall to the others");
}
TEST_CASE("stages that move or choose genes are followed") {
  const auto data = golden::cells_of_rows({{1, 2, 4, 8}});
  const vocabulary words{{golden::gene_name(3), "G", golden::gene_name(1)}, {0, 1, 2}, ""};
  CHECK(system::genes_with_token(system::scbert{.words = words}.stages().fit(data)) == bytes{0, 1, 0, 1});
  CHECK(system::genes_with_token(system::heimdall::scbert{.words = words}.stages().fit(data)) == bytes{0, 1, 0, 1});
  CHECK(system::genes_with_token(system::heimdall::geneformer{}.stages().fit(data)) == bytes{1, 1, 1, 1});
}

}  // namespace
}  // namespace tepui::tests::coverage_of_systems
