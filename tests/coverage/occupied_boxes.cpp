#include <tepui/coverage/occupied_boxes.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <set>
#include <vector>

#include <tepui/flow/matrix.hpp>

namespace tepui::tests::coverage_boxes {
namespace {
using coverage::box_grid;
using coverage::box_name;
using coverage::box_set;
using coverage::boxes_of;
using floats = std::vector<float>;

TEST_CASE("boxes begin at 0 and hold their lower edge") {
  CHECK(boxes_of(floats{0, 0.5F, 0.999F}, 1, {.unit = 1}).size() == 1);
  CHECK(boxes_of(floats{0.999F, 1}, 1, {.unit = 1}).size() == 2);
  CHECK(boxes_of(floats{-0.1F, 0.1F}, 1, {.unit = 1}).size() == 2);
  CHECK(boxes_of(floats{-0.0F, 0.0F}, 1, {.unit = 1}).size() == 1);
  CHECK(boxes_of(floats{1, 2, 2, 1}, 2, {.unit = 1}).size() == 2);  // the dimensions are told apart
  CHECK(boxes_of(floats{1, 2, 1, 9}, 2, {.unit = 1, .dims = 1}).size() == 1);
  CHECK(boxes_of(floats{1e30F, 2e30F}, 1, {.unit = 1e-3}).size() == 2);
  CHECK(boxes_of(floats{}, 3, {.unit = 1}).empty());
}

TEST_CASE("a grid that cannot be is refused") {
  CHECK_THROWS_AS((void)boxes_of(floats{1}, 1, {.unit = 0}), bad_option);
  CHECK_THROWS_AS((void)boxes_of(floats{1}, 1, {.unit = std::nan("")}), bad_option);
  CHECK_THROWS_WITH_AS((void)boxes_of(floats{1}, 1, {.unit = 1, .dims = 2}),
                       "coverage::occupied_boxes: dims is 2 for an embedding of 1; ask for at most so many, or 0 for all",
                       bad_option);
}

TEST_CASE("names of boxes have not changed: a stored count can be compared") {
  const auto names = boxes_of(floats{1.5F, -2.5F}, 2, {.unit = 1});
  REQUIRE(names.size() == 1);
  CHECK(names[0] == boxes_of(floats{1.25F, -2.75F}, 2, {.unit = 1})[0]);
  CHECK(names[0] == boxes_of(floats{3, -5}, 2, {.unit = 2})[0]);
}

TEST_CASE("there are as many names as corners, and a set of them adds up like any set") {
  CHECK(rc::check([] {
    const auto whole = *rc::gen::container<std::vector<int>>(rc::gen::inRange(-40, 40));
    floats value;
    std::set<std::pair<int, int>> corners, half;
    for (std::size_t i = 0; i + 1 < whole.size(); i += 2) {
      value.push_back(static_cast<float>(whole[i]) / 4);
      value.push_back(static_cast<float>(whole[i + 1]) / 4);
      corners.insert({static_cast<int>(std::floor(whole[i] / 4.0)), static_cast<int>(std::floor(whole[i + 1] / 4.0))});
      if (i < whole.size() / 2) half = corners;
    }
    const box_grid grid{.unit = 1};
    const auto all = boxes_of(value, 2, grid);
    RC_ASSERT(all.size() == corners.size());
    std::size_t first = 0;
    while (first < whole.size() / 2 && first + 1 < whole.size()) first += 2;
    const auto some = boxes_of(std::span<const float>(value).first(std::min(first, value.size())), 2, grid);
    RC_ASSERT(some.size() == half.size());
    box_set taken;
    RC_ASSERT(taken.new_among(some) == isize(some.size()));
    RC_ASSERT(taken.add(some) == isize(some.size()));
    RC_ASSERT(taken.add(some) == 0);
    const std::int64_t gain = taken.new_among(all);
    RC_ASSERT(gain == isize(all.size() - some.size()));
    RC_ASSERT(taken.add(all) == gain);
    RC_ASSERT(taken.size() == isize(all.size()));
  }));
}

TEST_CASE("100,000 cells in boxes of their own, and none twice") {
  floats value;
  for (int i = 0; i < 100'000; ++i) value.push_back(static_cast<float>(i));
  const auto names = boxes_of(value, 1, {.unit = 1});
  CHECK(names.size() == 100'000);
  box_set taken;
  CHECK(taken.add(names) == 100'000);
  CHECK(taken.contains(names[77]));
  CHECK(!taken.contains(box_name{1, 2}));
}

TEST_CASE("the score says of how many cells, its floor and its ceiling") {
  embedding_batch<> cells;
  cells.resize(3, 1);
  cells.value = {0.1F, 0.2F, 5};
  const score s = coverage::occupied_boxes(cells, {.unit = 0.5});
  CHECK(s.value.value == 2);
  CHECK(s.unit == "boxes of side 0.5");
  CHECK(s.floor.value == 1);
  CHECK(s.ceiling.value == 3);
  CHECK(coverage::occupied_boxes(embedding_batch<>{}, {.unit = 1}).value.reason == "there are no cells");
}

TEST_CASE("cells without ids are cells, and a number that is none lies in no box") {
  const std::vector<float> cells{0.5F, 1.5F, 1.25F}, bad{0, std::nanf("")};
  CHECK(coverage::occupied_boxes(embedding_view<>{1, cells, {}}, {.unit = 1}).value.value == 2);
  CHECK_THROWS_AS((void)coverage::occupied_boxes(embedding_view<>{1, bad, {}}, {.unit = 1}), bad_data);
}

}  // namespace
}  // namespace tepui::tests::coverage_boxes
