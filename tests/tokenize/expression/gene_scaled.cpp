#include <tepui/tokenize/expression/gene_scaled.hpp>

#include <doctest/doctest.h>

#include <tepui/tokenize/composition/order.hpp>

#include "tokenize/said.hpp"

namespace tepui::tests::scaled_expression {
namespace {

using namespace tokenize;
using stage_type = tokenizer<identity::columns, expression::gene_scaled_by, composition::by_expression<8, key::level>>;

TEST_CASE("a gene at its usual level ranks below a rare gene with fewer counts") {
  // Total 10: g0 has 8 / 10 * 10 / 8 = 1, g1 has 2 / 10 * 10 / 1 = 2.
  const auto got = said({{{0, 8.0F}, {1, 2.0F}}}, 3, stage_type{{}, {{{"g0", "g1", "g2"}, {8, 1, 1}, "medians"}, 10}, {}});
  CHECK(ids_of(got) == ids{1, 0});
  CHECK(channel_of<channel::value>(got) == std::vector<double>{2, 1});
}

TEST_CASE("a gene without a usual level has no token, but its counts belong to the cell's total") {
  const auto got = said({{{0, 5.0F}, {2, 5.0F}}}, 3, stage_type{{}, {{{"g0", "g1"}, {1, 1}, ""}, 10}, {}});
  CHECK(ids_of(got) == ids{0});
  CHECK(channel_of<channel::value>(got) == std::vector<double>{5});
}

TEST_CASE("a level that is not above 0 is refused by name") {
  CHECK_THROWS_WITH_AS(said({{}}, 2, stage_type{{}, {{{"g0", "g1"}, {1, 0}, "medians.json"}}, {}}),
                       "the list of usual levels medians.json gives gene 'g1' the level 0.000000, and a level must be above 0; correct it, "
                       "or leave the gene out",
                       bad_data);
}

}  // namespace
}  // namespace tepui::tests::scaled_expression
