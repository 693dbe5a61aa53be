#include <tepui/embed/several.hpp>

#include <doctest/doctest.h>

#include <tepui/embed/frozen.hpp>
#include <tepui/embed/learned.hpp>

namespace tepui::tests::several_parts {
namespace {

using namespace embed;

TEST_CASE("side by side and added up, by hand") {
  const token_table<2> a{{1, 2, 3, 4}, 0};
  const token_table<1> b{{10, 20}, 0};
  const std::vector<std::int32_t> id{1, 0};
  const several_tables<side_by_side::yes, token_table<2>, token_table<1>> side{{a, b}};
  decltype(side)::room room;
  std::vector<float> wide(6), out(4);
  side.forward(id, wide, room);
  CHECK(wide == std::vector<float>{3, 4, 20, 1, 2, 10});
  const several_tables<side_by_side::no, token_table<2>, token_table<2>> added{{a, a}};
  decltype(added)::room other;
  added.forward(id, out, other);
  CHECK(out == std::vector<float>{6, 8, 2, 4});
}

TEST_CASE("a token stays where every part has a vector for it; the twin of each part is taken") {
  const frozen_table<1> some{"some", {0, -1}, {5}, 2, 1, no_vector::left_out};
  const several_tables<side_by_side::yes, frozen_table<1>, token_table<1>> side{{some, {{1, 2}, 0}}};
  CHECK(side.keeps(0));
  CHECK(!side.keeps(1));
  const auto both = concatenated(frozen<3>{}, learned<2>{});
  static_assert(std::is_same_v<decltype(both.untrained()), several<side_by_side::yes, learned<3>, learned<2>>>);
  static_assert(both.dims == 5);
}

}  // namespace
}  // namespace tepui::tests::several_parts
