#include <tepui/tokenize/expression/mapped.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <tepui/tokenize/composition/order.hpp>

#include "tokenize/said.hpp"

namespace tepui::tests::mapped_expression {
namespace {

using namespace tokenize;

template <class Expression>
using by_gene = tokenizer<identity::columns, Expression, composition::by_gene>;

TEST_CASE("floor bins take the whole part of a value, from 0 to the top") {
  const auto got = said<scale::other>({{{0, -3.0F}, {1, 0.9F}, {2, 1.0F}, {3, 2.99F}, {4, 3.0F}, {5, 1e30F}}}, 6, by_gene<expression::floor_bins<3>>{});
  CHECK(channel_of<channel::bin>(got) == std::vector<double>{0, 0, 1, 2, 3, 3});
}

TEST_CASE("counts are cut off at the ceiling") {
  const auto got = said({{{0, 29.0F}, {1, 30.0F}, {2, 31.0F}}}, 3, by_gene<expression::clipped>{});
  CHECK(channel_of<channel::value>(got) == std::vector<double>{29, 30, 30});
}

TEST_CASE("shares of the logged counts add up to 100 percent") {
  const auto got = said({{{0, 1.0F}, {2, 1.0F}}, {{1, 5.0F}}, {}}, 3, by_gene<expression::share_of_log>{});
  CHECK(channel_of<channel::value>(got, 0) == std::vector<double>{50, 50});
  CHECK(channel_of<channel::value>(got, 1) == std::vector<double>{100});
  CHECK(channel_of<channel::value>(got, 2).empty());
}

}  // namespace
}  // namespace tepui::tests::mapped_expression
