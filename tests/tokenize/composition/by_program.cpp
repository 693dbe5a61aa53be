#include <tepui/tokenize/composition/by_program.hpp>

#include <doctest/doctest.h>

#include <tepui/tokenize/composition/order.hpp>

#include "tokenize/said.hpp"

namespace tepui::tests::gathered {
namespace {

using namespace tokenize::composition;

const std::vector<gene_set> sets{{"A", {"g0", "g1", "not here"}}, {"B", {"g9"}}, {"C", {"ENSG02", "g1"}}};

TEST_CASE("a program's genes stand together in the order that they had; a gene of two programs stands twice") {
  const auto got = said({{{0, 1.0F}, {1, 2.0F}, {2, 3.0F}, {3, 4.0F}}}, 4, composed(in_sequence(by_expression<9>{}, by_program{sets})));
  CHECK(ids_of(got) == ids{1, 0, 2, 1});
  CHECK(channel_of<channel::program>(got) == std::vector<double>{0, 0, 2, 2});
}
TEST_CASE("the fullest program first: 2 of 2 genes before 2 of 3") {
  const auto got = said({{{0, 1.0F}, {1, 2.0F}, {2, 3.0F}}}, 4, composed(in_sequence(by_expression<9>{}, by_program{sets, true})));
  CHECK(channel_of<channel::program>(got) == std::vector<double>{2, 2, 0, 0});
}
TEST_CASE("no sets, and sets of which no gene is there, are refused") {
  CHECK_THROWS_AS(said({{}}, 4, composed(in_sequence(by_program{}))), bad_option);
  CHECK_THROWS_AS(said({{}}, 4, composed(in_sequence(by_program{{{"X", {"zz"}}}}))), bad_data);
}

}  // namespace
}  // namespace tepui::tests::gathered
