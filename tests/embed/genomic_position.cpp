#include <tepui/embed/genomic_position.hpp>

#include <limits>

#include <doctest/doctest.h>

#include "laws/count_batches.hpp"
#include "laws/golden_layers.hpp"

namespace tepui::tests::genomic_position_part {
namespace {

using namespace embed;

struct words {
  gene_table table;
  [[nodiscard]] std::int64_t n_cells() const { return 0; }
  [[nodiscard]] const gene_table& genes() const { return table; }
};

TEST_CASE("genes are numbered along the genome, and near ones share a number") {
  const gene_positions genes{{"a", "b", "c", "d", "e"}, {"2", "1", "1", "1", "1"}, {5, 30000, 100, 10100, 10200}, ""};
  CHECK(places_along_genome(genes, 10000) == std::vector<std::int32_t>{3, 2, 0, 0, 1});
}

TEST_CASE("a gene whose place is not known has zeros, and keeps its token") {
  const genomic_position<4> part{{{"g1", "g2"}, {"1", "1"}, {1, 2}, "places"}};
  const auto made = part.fit(words{laws::law_genes(3)}, {});
  CHECK(vectors_of(made, {}, std::vector<std::int32_t>{0, 1}) == std::vector<float>{0, 0, 0, 0, 0, 1, 0, 1});
  CHECK(made.keeps(0));
  CHECK(made.describe() == part.describe());
}

TEST_CASE("positions that cannot be used are refused") {
  const words three{laws::law_genes(3)};
  CHECK_THROWS_AS(static_cast<void>(genomic_position<4>{}.fit(three, {})), bad_option);
  CHECK_THROWS_WITH_AS(static_cast<void>(genomic_position<4>{{{"g0"}, {"1"}, {}, ""}}.fit(three, {})),
                       doctest::Contains("1 names, 1 chromosomes and 0 starts"), bad_data);
  CHECK_THROWS_WITH_AS(
      static_cast<void>(genomic_position<4>{{{"g0"}, {"1"}, {std::numeric_limits<double>::infinity()}, ""}}.fit(three, {})),
      doctest::Contains("'g0' starts nowhere"), bad_data);
}

}  // namespace
}  // namespace tepui::tests::genomic_position_part
