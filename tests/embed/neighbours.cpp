#include <tepui/embed/neighbours.hpp>

#include <doctest/doctest.h>

#include <tepui/embed/learned.hpp>

#include "laws/count_batches.hpp"

namespace tepui::tests::neighbours_part {
namespace {

using namespace embed;

const std::vector<gene_set> sets{{"a", {"g0", "g1", "g2"}}, {"b", {"g0", "g1", "not here"}}, {"c", {"g2", "ENSG03.4", "g2"}}};

TEST_CASE("neighbours share sets, the most alike first, equal ones by gene") {
  const auto found = neighbours_by_sets(sets, laws::law_genes(5), 0);
  CHECK(found.begin == std::vector<std::int64_t>{0, 2, 4, 7, 8, 8});
  // g0: g1 shares 2 of 2 sets, g2 one of 3. g2: g3 shares 1 of 2, g0 and g1 one of 3 each.
  CHECK(found.gene == std::vector<std::int32_t>{1, 2, 0, 2, 3, 0, 1, 2});
  const auto one = neighbours_by_sets(sets, laws::law_genes(5), 1);
  CHECK(one.gene == std::vector<std::int32_t>{1, 0, 3, 2});
}

TEST_CASE("a gene's vector is the mean of its neighbours', and zeros without any") {
  const neighbour_means<token_table<1>> layer{"n", {{1, 2, 4, 8}, 0}, {0, 2, 3, 3, 3}, {1, 2, 3}};
  neighbour_means<token_table<1>>::room room;
  std::vector<float> out(3);
  layer.forward(std::vector<std::int32_t>{0, 1, 2}, out, room);
  CHECK(out == std::vector<float>{3, 8, 0});
}

struct words {
  gene_table table;
  [[nodiscard]] std::int64_t n_cells() const { return 0; }
  [[nodiscard]] const gene_table& genes() const { return table; }
};

TEST_CASE("sets that say nothing of these genes are refused") {
  const neighbours_of<learned<2>> none{}, foreign{{{"mouse", {"Trp53", "Myc"}}}};
  CHECK_THROWS_AS(static_cast<void>(none.fit(words{laws::law_genes(3)}, {})), bad_option);
  CHECK_THROWS_WITH_AS(static_cast<void>(foreign.fit(words{laws::law_genes(3)}, {})),
                       doctest::Contains("share one of the 1 gene sets ('mouse' with 'Trp53'"), bad_data);
}

}  // namespace
}  // namespace tepui::tests::neighbours_part
