#include <tepui/tokenize/composition/order.hpp>

#include <algorithm>

#include <doctest/doctest.h>

#include <tepui/tokenize/composition/cut.hpp>

#include "tokenize/played_back.hpp"
#include "tokenize/said.hpp"

namespace tepui::tests::orders {
namespace {

using namespace tokenize;
using namespace tokenize::composition;

const laws::plain_cell cell{{0, 1.0F}, {1, 3.0F}, {2, 1.0F}, {3, 7.0F}};
/// Cell ids of the laws' batches begin at 1000.
played_back draws(std::vector<double> u) { return {std::vector(1001, std::move(u))}; }

TEST_CASE("by expression: the highest first, ties by the lower gene") {
  CHECK(ids_of(said({cell}, 4, composed(by_expression<9>{}))) == ids{3, 1, 0, 2});
  CHECK(ids_of(said({cell}, 4, composed(by_expression<3>{}))) == ids{3, 1, 0});
}
TEST_CASE("random ties: the lower draw first") {
  CHECK(ids_of(said({cell}, 4, composed(by_expression_random_ties<>{}), draws({0.9, 0.1, 0.2, 0.5}))) == ids{3, 1, 2, 0});
}
TEST_CASE("at random: by the draws alone") {
  CHECK(ids_of(said({cell}, 4, composed(at_random{}), draws({0.9, 0.1, 0.2, 0.5}))) == ids{1, 2, 3, 0});
}
TEST_CASE("expressed first at random: zeros behind, both in the order of the draws") {
  const auto stage = composed(in_sequence(all_genes{}, expressed_first_at_random{}));
  CHECK(ids_of(said({{{1, 1.0F}, {3, 2.0F}}}, 4, stage, draws({0.9, 0.8, 0.2, 0.5}))) == ids{3, 1, 2, 0});
}
TEST_CASE("by gene: as the matrix has them") { CHECK(ids_of(said({cell}, 4, composed(by_gene{}))) == ids{0, 1, 2, 3}); }

TEST_CASE("every order says every expressed gene once") {
  CHECK(rc::check([] {
    const auto cells = *laws::any_cells<scale::raw>(20);
    const auto all = said(cells, 20, composed(by_gene{})), random = said(cells, 20, composed(at_random{})),
               ranked = said(cells, 20, composed(by_expression<no_limit>{})), tied = said(cells, 20, composed(by_expression_random_ties<>{}));
    for (std::int64_t c = 0; c < isize(cells.size()); ++c)
      for (const auto* other : {&random, &ranked, &tied}) {
        auto got = ids_of(*other, c);
        std::sort(got.begin(), got.end());
        RC_ASSERT(got == ids_of(all, c));
      }
  }));
}

}  // namespace
}  // namespace tepui::tests::orders
