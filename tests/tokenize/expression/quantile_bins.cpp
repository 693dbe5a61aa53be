#include <tepui/tokenize/expression/quantile_bins.hpp>

#include <doctest/doctest.h>

#include <tepui/tokenize/composition/cut.hpp>
#include <tepui/tokenize/composition/order.hpp>

#include "tokenize/played_back.hpp"
#include "tokenize/said.hpp"

namespace tepui::tests::quantile_expression {
namespace {

using namespace tokenize;

template <class Bins, class Random = kernel::draws>
std::vector<double> bins(const laws::plain_cell& cell, Bins of, const Random& random = Random()) {
  return channel_of<channel::bin>(said<scale::other>({cell}, 9, tokenizer<identity::columns, Bins, composition::by_gene>{{}, of, {}}, random));
}
const laws::plain_cell one_to_four{{0, 1.0F}, {1, 2.0F}, {2, 3.0F}, {3, 4.0F}};
const laws::plain_cell ones{{0, 1.0F}, {1, 1.0F}, {2, 1.0F}, {3, 1.0F}};

TEST_CASE("full edges leave the highest bin to the largest value, inner edges share the values out") {
  CHECK(bins(one_to_four, expression::quantile_bins<5>{}) == std::vector<double>{1, 2, 3, 4});        // edges 1 2 3 4
  CHECK(bins(one_to_four, expression::quantile_bins<3>{}) == std::vector<double>{1, 1, 1, 2});        // edges 1 4
  CHECK(bins(one_to_four, expression::quantile_bins<3, edges::inner>{}) == std::vector<double>{1, 1, 2, 2});  // edge 2.5
}

TEST_CASE("a value on one inner edge takes the bin above, with side lowest the bin below") {
  const laws::plain_cell cell{{0, 1.0F}, {1, 2.0F}, {2, 3.0F}};  // edge 2
  CHECK(bins(cell, expression::quantile_bins<3, edges::inner>{side::highest}) == std::vector<double>{1, 2, 2});
  CHECK(bins(cell, expression::quantile_bins<3, edges::inner>{side::lowest}) == std::vector<double>{1, 1, 2});
}

TEST_CASE("a tie takes the highest, the lowest or a drawn one of its bins") {
  CHECK(bins(ones, expression::quantile_bins<6>{side::highest}) == std::vector<double>{5, 5, 5, 5});
  CHECK(bins(ones, expression::quantile_bins<6>{side::lowest}) == std::vector<double>{1, 1, 1, 1});
  // ceil(u (0 - 5) + 5) for u = 0, 0.19, 0.5, 0.999
  const std::vector<double> u{0.0, 0.19, 0.5, 0.999};
  CHECK(bins(ones, expression::quantile_bins<6>{side::random}, played_back{std::vector(2000, u)}) == std::vector<double>{5, 5, 3, 1});
}

TEST_CASE("drawn bins depend on the seed and the cell, never on the batch") {
  const tokenizer<identity::columns, expression::quantile_bins<51>, composition::by_gene> stage{{}, {side::random}, {}};
  const auto a = said({ones, ones}, 9, stage, kernel::draws(1, "seed")), b = said({ones, ones}, 9, stage, kernel::draws(2, "seed"));
  CHECK(channel_of<channel::bin>(a, 0) != channel_of<channel::bin>(a, 1));
  CHECK(channel_of<channel::bin>(a, 0) != channel_of<channel::bin>(b, 0));
}

TEST_CASE("zeros, where all genes have a token, fall into bin 0 and move no edge") {
  const auto got = said({{{1, 1.0F}, {3, 2.0F}}}, 5, tokenizer<identity::columns, expression::quantile_bins<3>, composition::sequence<composition::all_genes>>{});
  CHECK(ids_of(got) == ids{0, 1, 2, 3, 4});
  CHECK(channel_of<channel::bin>(got) == std::vector<double>{0, 1, 0, 2, 0});
}

TEST_CASE("a cell with one value, and one without") {
  CHECK(bins({{4, 7.0F}}, expression::quantile_bins<51>{}) == std::vector<double>{50});
  CHECK(bins({{4, 7.0F}}, expression::quantile_bins<51>{side::lowest}) == std::vector<double>{1});
  CHECK(bins({}, expression::quantile_bins<51>{}).empty());
}

}  // namespace
}  // namespace tepui::tests::quantile_expression
