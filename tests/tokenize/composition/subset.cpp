#include <tepui/tokenize/composition/subset.hpp>

#include <algorithm>

#include <doctest/doctest.h>

#include <tepui/tokenize/composition/cut.hpp>
#include <tepui/tokenize/composition/sequence.hpp>

#include "laws/tokenizer_laws.hpp"
#include "tokenize/played_back.hpp"
#include "tokenize/said.hpp"

namespace tepui::tests::subset_steps {
namespace {

namespace c = tokenize::composition;

TEST_CASE("the steps keep the laws of a tokenizer") {
  laws::tokenizer<scale::raw>(composed(c::random_subset<3>{}));
  laws::tokenizer<scale::log1p>(composed(c::in_sequence(c::by_gene{}, c::highest_where_full<3>{})));
  laws::tokenizer<scale::raw>(composed(
      c::in_sequence(c::all_genes{}, c::by_expression_random_ties<>{}, c::truncate<5>{}, c::fill_where_short<14>{})));
}
TEST_CASE("a random subset is drawn only where there are too many genes") {
  const laws::plain_cells cells{{{0, 1.0F}, {2, 4.0F}, {3, 2.0F}}};
  played_back random{.draws = std::vector<std::vector<double>>(2000, {0.7, 0.1, 0.3})};
  CHECK(ids_of(said(cells, 4, composed(c::random_subset<3>{}), random)) == ids{0, 2, 3});
  CHECK(ids_of(said(cells, 4, composed(c::random_subset<2>{}), random)) == ids{2, 3});
  CHECK_THROWS_AS((void)said(cells, 4, composed(c::random_subset<>{0})), bad_option);
}
TEST_CASE("the highest come first only where there are too many; genes without counts stay, behind the others") {
  const laws::plain_cells cells{{{1, 5.0F}, {3, 9.0F}, {4, 5.0F}}};
  const auto step = [](std::int32_t slots) {
    return composed(c::in_sequence(c::all_genes{}, c::highest_where_full<>{slots}));
  };
  CHECK(ids_of(said(cells, 6, step(6))) == ids{0, 1, 2, 3, 4, 5});
  CHECK(ids_of(said(cells, 6, step(5))) == ids{3, 1, 4, 0, 2});
  CHECK(ids_of(said(cells, 6, step(1))) == ids{3});
}
TEST_CASE("a sentence that all genes do not fill repeats those without counts") {
  const laws::plain_cells cells{{{1, 5.0F}}};
  const auto filled = ids_of(
      said(cells, 3, composed(c::in_sequence(c::all_genes{}, c::by_expression_random_ties<>{}, c::fill_where_short<9>{}))));
  REQUIRE(filled.size() == 9);
  CHECK(filled[0] == 1);
  CHECK(std::none_of(filled.begin() + 1, filled.end(), [](std::int32_t g) { return g == 1; }));
  CHECK(ids_of(said(cells, 3, composed(c::in_sequence(c::all_genes{}, c::fill_where_short<3>{})))) == ids{0, 1, 2});
}

}  // namespace
}  // namespace tepui::tests::subset_steps
