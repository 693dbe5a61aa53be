#include <tepui/tokenize/composition/neighbours.hpp>

#include <doctest/doctest.h>

#include "laws/tokenizer_laws.hpp"
#include "tokenize/said.hpp"

namespace tepui::tests::neighbours_step {
namespace {

namespace c = tokenize::composition;

TEST_CASE("neighbours keep the laws of a tokenizer") {
  laws::tokenizer<scale::raw>(composed(c::expressed_and_neighbours{{{"g0", "g2", "g2"}, {"g1", "g3", "nobody"}, ""}}));
}
TEST_CASE("expressed genes of the network and their neighbours, whichever way the edge points") {
  // 0 - 1, 2 - 0, by id; 3 - 4 by symbol; 5 stands in no edge.
  const c::expressed_and_neighbours step{{{"ENSG00", "ENSG02.3", "g3"}, {"ENSG01", "ENSG00", "g4"}, ""}};
  const laws::plain_cells cells{{{0, 1.0F}, {5, 1.0F}}, {{1, 1.0F}}, {{4, 1.0F}, {5, 2.0F}}, {}, {{0, 0.0F}}};
  const auto tokens = said(cells, 6, composed(step));
  CHECK(ids_of(tokens, 0) == ids{0, 1, 2});
  CHECK(channel_of<channel::value>(tokens, 0) == std::vector<double>{1, 0, 0});
  CHECK(ids_of(tokens, 1) == ids{0, 1});
  CHECK(ids_of(tokens, 2) == ids{3, 4});
  CHECK(ids_of(tokens, 3).empty());
  CHECK(ids_of(tokens, 4).empty());
}
TEST_CASE("no edges, and a network of other genes, are refused") {
  CHECK_THROWS_AS((void)said({}, 3, composed(c::expressed_and_neighbours{})), bad_option);
  CHECK_THROWS_AS((void)said({}, 3, composed(c::expressed_and_neighbours{{{"A"}, {"B"}, ""}})), bad_data);
}

}  // namespace
}  // namespace tepui::tests::neighbours_step
