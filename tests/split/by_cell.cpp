#include <tepui/split/by_cell.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace tepui::tests::split_by_cell {
namespace {
using split::by_cell;

TEST_CASE("ten cells: eight train, one validates, one tests") {
  const auto parts = by_cell(10);
  CHECK(parts.train.size() == 8);
  CHECK(parts.validation.size() == 1);
  CHECK(parts.test.size() == 1);
}

TEST_CASE("shares are met exactly although 0.1 is no binary number") {
  for (const std::int64_t n : {10, 20, 30, 70, 110, 1000, 7770}) {
    const auto parts = by_cell(n, {.validation = 0.1, .test = 0.3});
    CHECK(isize(parts.validation.size()) == n / 10);
    CHECK(isize(parts.test.size()) == 3 * n / 10);
  }
}

TEST_CASE("every cell stands in exactly one part, ascending") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::int64_t>(0, 300);
    const auto parts = by_cell(n, {.validation = *rc::gen::inRange(0, 50) / 100.0, .test = *rc::gen::inRange(0, 50) / 100.0},
                               *rc::gen::arbitrary<std::uint64_t>());
    std::vector<std::int64_t> all;
    for (const auto* part : {&parts.train, &parts.validation, &parts.test}) {
      RC_ASSERT(std::ranges::is_sorted(*part));
      all.insert(all.end(), part->begin(), part->end());
    }
    std::ranges::sort(all);
    RC_ASSERT(isize(all.size()) == n);
    for (std::int64_t row = 0; row < n; ++row) RC_ASSERT(all[usize(row)] == row);
  }));
}

TEST_CASE("the seed decides, and is kept") {
  const auto a = by_cell(100, {}, 1), b = by_cell(100, {}, 1), c = by_cell(100, {}, 2);
  CHECK(a.test == b.test);
  CHECK(a.train == b.train);
  CHECK(a.test != c.test);
  CHECK(c.seed == 2);
  CHECK(c.how == "by cell, validation 0.1, test 0.1, seed 2");
}

TEST_CASE("a smaller test part lies within a larger one") {
  const auto few = by_cell(100, {.validation = 0, .test = 0.1}, 5), many = by_cell(100, {.validation = 0, .test = 0.4}, 5);
  CHECK(std::ranges::includes(many.test, few.test));
}

TEST_CASE("shares that leave nothing to train on are refused in a sentence") {
  CHECK_THROWS_WITH_AS(
      (void)by_cell(10, {.validation = 0.5, .test = 0.5}),
      "split::by_cell: the shares of validation and test are 0.5 and 0.5, but must be >= 0 and together below 1; "
      "choose smaller ones",
      bad_option);
  CHECK_THROWS_AS((void)by_cell(10, {.validation = -0.1, .test = 0.5}), bad_option);
  CHECK_THROWS_AS((void)by_cell(10, {.validation = std::nan(""), .test = 0.5}), bad_option);
}

}  // namespace
}  // namespace tepui::tests::split_by_cell
