#include <tepui/transform/normalise.hpp>

#include <string>

#include <doctest/doctest.h>

#include "laws/transform_laws.hpp"

namespace tepui::tests::normalise {
namespace {

counts<scale::normalised> through(const transform::normalise& stage, const counts<scale::raw>& in) {
  counts<scale::normalised> out;
  transform::normalise::scratch room;
  stage(in.view(), out, room, kernel::draws());
  return out;
}

TEST_CASE("normalise keeps the laws of a transform") { laws::transform<scale::raw>(transform::normalise{}); }
TEST_CASE("normalise to another target keeps the laws of a transform") {
  laws::transform<scale::raw>(transform::normalise{.target = 1});
}

TEST_CASE("every cell adds up to the target, an empty one to 0") {
  const auto out = through({.target = 100}, laws::batch_of<scale::raw>({{{0, 1.0F}, {2, 3.0F}}, {}, {{1, 7.0F}}}, 3));
  CHECK(laws::read_counts(out, 3) == laws::plain_cells{{{0, 25.0F}, {2, 75.0F}}, {}, {{1, 100.0F}}});
  CHECK(std::vector<double>(out.total.begin(), out.total.end()) == std::vector<double>{4, 0, 7});
}

TEST_CASE("the cell's own total is used where it is known, because it counts genes that are not here") {
  auto in = laws::batch_of<scale::raw>({{{0, 1.0F}, {2, 3.0F}}, {}}, 3);
  in.total = {8, 0};
  const auto out = through({.target = 100}, in);
  CHECK(laws::read_counts(out, 2) == laws::plain_cells{{{0, 12.5F}, {2, 37.5F}}, {}});
  CHECK(out.total == in.total);
}

TEST_CASE("a cell of written zeros keeps them") {
  const auto out = through({}, laws::batch_of<scale::raw>({{{0, 0.0F}, {2, 0.0F}}}, 3));
  CHECK(laws::read_counts(out, 1) == laws::plain_cells{{{0, 0.0F}, {2, 0.0F}}});
}

TEST_CASE("counts beside a total of 0 are refused with the cell, the sum and the total") {
  auto in = laws::batch_of<scale::raw>({{{0, 4.0F}}}, 3);
  in.total = {0};
  CHECK_THROWS_WITH_AS(
      through({}, in),
      "cell 1000 has counts that add up to 4.000000, but its total is given as 0.000000 where it must be above 0; "
      "correct the totals, or leave them out",
      bad_data);
}

TEST_CASE("a target that is not above 0 is refused") {
  const auto in = laws::batch_of<scale::raw>({{{0, 4.0F}}}, 3);
  CHECK_THROWS_AS(through({.target = 0}, in), bad_option);
  CHECK_THROWS_AS(through({.target = std::numeric_limits<double>::quiet_NaN()}, in), bad_option);
}

}  // namespace
}  // namespace tepui::tests::normalise
