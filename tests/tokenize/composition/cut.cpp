#include <tepui/tokenize/composition/cut.hpp>

#include <algorithm>

#include <doctest/doctest.h>

#include <tepui/tokenize/composition/order.hpp>

#include "tokenize/played_back.hpp"
#include "tokenize/said.hpp"

namespace tepui::tests::cuts {
namespace {

using namespace tokenize;
using namespace tokenize::composition;

const laws::plain_cell cell{{0, 1.0F}, {1, 3.0F}, {2, 1.0F}, {3, 3.0F}};
played_back draws(std::vector<double> u) { return {std::vector(1001, std::move(u))}; }

TEST_CASE("all genes of the vocabulary, those without counts with the value 0") {
  const auto got = said({{{1, 4.0F}}, {}}, 3, composed(in_sequence(all_genes{})));
  CHECK(ids_of(got, 0) == ids{0, 1, 2});
  CHECK(channel_of<channel::value>(got, 0) == std::vector<double>{0, 4, 0});
  CHECK(channel_of<channel::value>(got, 1) == std::vector<double>{0, 0, 0});
}
TEST_CASE("truncate keeps the first tokens") {
  CHECK(ids_of(said({cell}, 4, composed(in_sequence(by_expression<9>{}, truncate<3>{})))) == ids{1, 3, 0});
  CHECK_THROWS_AS(said({cell}, 4, composed(in_sequence(truncate<3>{0}))), bad_option);
}
TEST_CASE("keep_highest keeps the largest values, ties the lower gene, in ascending gene") {
  CHECK(ids_of(said({cell}, 4, composed(keep_highest<3>{}))) == ids{0, 1, 3});
}
TEST_CASE("a weighted sample takes the entry in whose share the draw lies") {
  // log1p of 1 and 3 are ln 2 and 2 ln 2: shares 1/6, 2/6, 1/6, 2/6.
  const auto u = draws({0.99, 0.1, 0.2, 0.6, 0.4});
  CHECK(ids_of(said({cell}, 4, composed(in_sequence(weighted_sample<5, drawn::as_drawn>{})), u)) == ids{3, 0, 1, 2, 1});
  CHECK(ids_of(said({cell}, 4, composed(in_sequence(by_expression<9>{}, weighted_sample<5>{})), u)) == ids{1, 1, 3, 0, 2});
  CHECK(ids_of(said({{}}, 4, composed(in_sequence(weighted_sample<5>{})), u)).empty());
  CHECK_THROWS_AS(said<scale::other>({{{0, -1.0F}}}, 4, composed(in_sequence(weighted_sample<5>{})), u), bad_data);
}
TEST_CASE("a weighted subset takes each gene once, and fills with genes without counts") {
  const auto some = ids_of(said({cell}, 6, composed(in_sequence(weighted_subset<3>{}))));
  CHECK(some.size() == 3);
  CHECK(std::is_sorted(some.begin(), some.end()));
  CHECK(std::adjacent_find(some.begin(), some.end()) == some.end());
  const auto filled = ids_of(said({cell}, 6, composed(in_sequence(all_genes{}, weighted_subset<5>{}))));
  CHECK(ids(filled.begin(), filled.begin() + 4) == ids{0, 1, 2, 3});
  CHECK(filled[4] >= 4);
}
TEST_CASE("a weighted subset prefers the expressed: a gene with 63 counts is kept six times as often as one with 1") {
  laws::plain_cells cells(4000, laws::plain_cell{{0, 1.0F}, {1, 63.0F}});
  const auto got = said(cells, 2, composed(in_sequence(weighted_subset<1>{})));
  int high = 0;
  for (std::int64_t c = 0; c < 4000; ++c) high += ids_of(got, c) == ids{1};
  CHECK(high > 3300);  // 6/7 of 4000 is 3429
  CHECK(high < 3550);
}
TEST_CASE("fill_unexpressed fills the room with genes without counts") {
  const auto got = said({{{1, 4.0F}}}, 3, composed(in_sequence(all_genes{}, by_expression<1>{}, fill_unexpressed<4>{})), draws({0.1, 0.9, 0.4}));
  CHECK(ids_of(got) == ids{1, 0, 2, 0});
}

}  // namespace
}  // namespace tepui::tests::cuts
