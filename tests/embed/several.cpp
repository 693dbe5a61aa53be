#include <tepui/embed/several.hpp>

#include <doctest/doctest.h>

#include <tepui/embed/frozen.hpp>
#include <tepui/embed/learned.hpp>

#include "laws/golden_layers.hpp"

namespace tepui::tests::several_parts {
namespace {

using namespace embed;

TEST_CASE("side by side and added up, by hand") {
  const std::vector<std::int32_t> id{1, 0};
  const several_tables<side_by_side::yes, token_table<2>, token_table<1>> side{{{2}, {2}}};
  const auto w = weights_of(side, {{"0.weight", {1, 2, 3, 4}}, {"1.weight", {10, 20}}});
  CHECK(vectors_of(side, w, id) == std::vector<float>{3, 4, 20, 1, 2, 10});
  CHECK(gradient_of(side, w, id, {1, 2, 3, 4, 5, 6}) == weights_of(side, {{"0.weight", {4, 5, 1, 2}}, {"1.weight", {6, 3}}}));
  const several_tables<side_by_side::no, token_table<2>, token_table<2>> added{{{2}, {2}}};
  const auto both = weights_of(added, {{"0.weight", {1, 2, 3, 4}}, {"1.weight", {1, 2, 3, 5}}});
  CHECK(vectors_of(added, both, id) == std::vector<float>{6, 9, 2, 4});
  CHECK(gradient_of(added, both, id, {1, 2, 3, 4}) ==
        weights_of(added, {{"0.weight", {3, 4, 1, 2}}, {"1.weight", {3, 4, 1, 2}}}));
}

TEST_CASE("a token stays where every part has a vector for it; the twin of each part is taken") {
  const frozen_table<1> some{"some", {0, -1}, {5}, 2, 1, no_vector::left_out};
  const several_tables<side_by_side::yes, frozen_table<1>, token_table<1>> side{{some, {2}}};
  CHECK(side.keeps(0));
  CHECK(!side.keeps(1));
  const auto both = concatenated(frozen<3>{}, learned<2>{});
  static_assert(std::is_same_v<decltype(both.untrained()), several<side_by_side::yes, learned<3>, learned<2>>>);
  static_assert(both.dims == 5);
}

}  // namespace
}  // namespace tepui::tests::several_parts
