#include <tepui/tokenize/composition/special.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <tepui/tokenize/composition/cut.hpp>
#include <tepui/tokenize/composition/order.hpp>

#include "tokenize/said.hpp"

namespace tepui::tests::specials {
namespace {

using namespace tokenize::composition;

TEST_CASE("first and last stand around the genes and come after them in the vocabulary") {
  const auto got = said({{{0, 2.0F}, {1, 5.0F}}, {}}, 3, composed(in_sequence(by_expression<9>{}, first{{"<cls>", "<drug>"}, {0, 7}}, last{{"<eos>"}, {9}})));
  CHECK(ids_of(got, 0) == ids{3, 4, 1, 0, 5});
  CHECK(channel_of<channel::value>(got, 0) == std::vector<double>{0, 7, 5, 2, 9});
  CHECK(ids_of(got, 1) == ids{3, 4, 5});
  CHECK(got.n_vocabulary == 6);
}

TEST_CASE("a step alone is a composition: it finds the genes in ascending order") {
  CHECK(ids_of(said({{{0, 2.0F}, {1, 5.0F}}}, 3, composed(first{}))) == ids{3, 0, 1});
  CHECK(ids_of(said({{{0, 2.0F}, {1, 5.0F}}}, 3, composed(last{}))) == ids{0, 1, 3});
}

TEST_CASE("depth tokens say the wanted depth and the cell's own") {
  const auto got = said({{{0, 400.0F}, {1, 600.0F}}}, 3, composed(in_sequence(all_genes{}, depth_tokens{})));
  CHECK(ids_of(got) == ids{0, 1, 2, 3, 4});
  CHECK(channel_of<channel::value>(got) == std::vector<double>{400, 600, 0, 4, 3});
}

}  // namespace
}  // namespace tepui::tests::specials
