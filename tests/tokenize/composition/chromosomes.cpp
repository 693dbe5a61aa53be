#include <tepui/tokenize/composition/chromosomes.hpp>

#include <doctest/doctest.h>

#include <tepui/tokenize/composition/cut.hpp>
#include <tepui/tokenize/composition/order.hpp>

#include "tokenize/played_back.hpp"
#include "tokenize/said.hpp"

namespace tepui::tests::chromosomes {
namespace {

using namespace tokenize;
using namespace tokenize::composition;

/// g0 and g2 on chr1 (g2 first), g1 on chr2, g3 nowhere.
const gene_positions positions{{"g0", "g1", "g2"}, {"chr1", "chr2", "chr1"}, {900, 50, 100}, "genes.tsv"};
const laws::plain_cell cell{{0, 1.0F}, {1, 3.0F}, {2, 2.0F}, {3, 1.0F}};
/// Draws of chromosomes 1, 2 and the unknown one.
played_back chromosome_draws(std::vector<double> u) { return {std::vector(1001, std::move(u))}; }

// Ids behind the four genes: 4 close, 5 open chr1, 6 open chr2, 7 open unknown.
TEST_CASE("chromosomes come in the order of their draws, their genes by start, between open and close") {
  const auto got = said({cell}, 4, composed(in_sequence(by_chromosome<>{positions})), chromosome_draws({0.5, 0.1, 0.9}));
  CHECK(ids_of(got) == ids{6, 1, 4, 5, 2, 0, 4, 7, 3, 4});
  CHECK(channel_of<channel::special>(got) == std::vector<double>{3, 0, 1, 2, 0, 0, 1, 4, 0, 1});
}
TEST_CASE("grouping by chromosome alone is a composition") {
  CHECK(ids_of(said({cell}, 4, composed(by_chromosome<>{positions}), chromosome_draws({0.5, 0.1, 0.9}))) == ids{6, 1, 4, 5, 2, 0, 4, 7, 3, 4});
}
TEST_CASE("genes that lie nowhere can be left out") {
  const auto got = said({cell}, 4, composed(in_sequence(by_chromosome<>{positions, false})), chromosome_draws({0.5, 0.1, 0.9}));
  CHECK(ids_of(got) == ids{6, 1, 4, 5, 2, 0, 4});
}
TEST_CASE("a chromosome without a token opens only where that is asked for") {
  const auto u = chromosome_draws({0.5, 0.1, 0.9});
  using asked = by_chromosome<within::as_they_stand, opened::those_expressed>;
  CHECK(ids_of(said({cell}, 4, composed(in_sequence(by_expression<1>{}, by_chromosome<>{positions})), u)) == ids{6, 1, 4});
  CHECK(ids_of(said({cell}, 4, composed(in_sequence(by_expression<1>{}, asked{positions})), u)) == ids{6, 1, 4, 5, 4, 7, 4});
}
TEST_CASE("slots by start: each chromosome keeps its places") {
  // chr1 has places 0 and 2, chr2 has 1: g2 comes before g0, g1 stays.
  const auto places = placed_genes::of(laws::law_genes(4), positions, 0.5);
  CHECK(ids_of(said({cell}, 4, composed(slots_by_start{places}))) == ids{2, 1, 0, 3});
}
TEST_CASE("an empty cell has no chromosomes") {
  CHECK(ids_of(said({{}}, 4, composed(in_sequence(by_chromosome<>{positions})))).empty());
}

}  // namespace
}  // namespace tepui::tests::chromosomes
