#include <tepui/sample/choose.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

namespace tepui::tests::sample_choose {
namespace {
using sample::round_half_even;
using sample::smallest_lots;

// source  Python's round() on the same products, as pandas sizes a sample
TEST_CASE("halves round to the even number") {
  CHECK(round_half_even(0.5 * 101) == 50);
  CHECK(round_half_even(0.25 * 110) == 28);
  CHECK(round_half_even(0.25 * 250) == 62);
  CHECK(round_half_even(0.75 * 250) == 188);
  CHECK(round_half_even(0.75 * 150) == 112);
  CHECK(round_half_even(0.25 * 105) == 26);
  CHECK(round_half_even(0.01 * 1005) == 10);
  CHECK(round_half_even(0) == 0);
}

TEST_CASE("the smallest lots are what sorting all lots would give") {
  CHECK(rc::check([] {
    const kernel::draws random(*rc::gen::arbitrary<std::uint64_t>(), "test");
    // Few ids, so that lots tie: the lower place wins.
    const auto n = *rc::gen::inRange<std::int64_t>(0, 300);
    const auto k = *rc::gen::inRange<std::int64_t>(0, 320);
    const auto n_ids = *rc::gen::inRange<std::int64_t>(1, 400);
    std::vector<std::tuple<std::uint64_t, std::int64_t, std::int64_t>> all;
    for (std::int64_t i = 0; i < n; ++i) all.emplace_back(random.bits(i % n_ids), i % n_ids, i);
    std::sort(all.begin(), all.end());
    std::vector<std::int64_t> expected;
    for (std::int64_t i = 0; i < std::min(n, k); ++i) expected.push_back(std::get<2>(all[usize(i)]));
    std::sort(expected.begin(), expected.end());
    RC_ASSERT(smallest_lots(n, k, random, [&](std::int64_t i) { return i % n_ids; }) == expected);
  }));
}

// 70,000 cells: far beyond the limits that are guessed. All lots equal, or few different: the guess is wrong and is given up.
TEST_CASE("of each group the smallest lots, whatever was guessed about them") {
  const kernel::draws random(5, "test");
  constexpr std::int64_t n = 70'000;
  for (const std::int64_t n_ids : {std::int64_t{1}, std::int64_t{7}, std::int64_t{1000}, n}) {
    const auto id_of = [&](std::int64_t i) { return i % n_ids; };
    const auto group_of = [&](std::int64_t i) { return static_cast<std::int32_t>(random.below(6, i, 1)) - 1; };
    const std::vector<std::int64_t> wanted{0, 1, 900, 7000, 20'000};
    std::vector<std::vector<std::tuple<std::uint64_t, std::int64_t, std::int64_t>>> all(wanted.size());
    for (std::int64_t i = 0; i < n; ++i)
      if (group_of(i) >= 0) all[usize(group_of(i))].emplace_back(random.bits(id_of(i)), id_of(i), i);
    std::vector<std::int64_t> cells, expected;
    for (std::size_t g = 0; g < wanted.size(); ++g) {
      cells.push_back(isize(all[g].size()));
      std::sort(all[g].begin(), all[g].end());
      for (std::int64_t i = 0; i < std::min(wanted[g], cells[g]); ++i) expected.push_back(std::get<2>(all[g][usize(i)]));
    }
    std::sort(expected.begin(), expected.end());
    CHECK(sample::smallest_lots_of_groups(n, cells, wanted, random, group_of, id_of) == expected);
  }
}

TEST_CASE("a group with fewer cells than was said gives all of them") {
  const std::vector<std::int64_t> cells{100}, wanted{50};
  CHECK(sample::smallest_lots_of_groups(
            3, cells, wanted, kernel::draws(), [](std::int64_t) { return 0; }, [](std::int64_t i) { return i; }) ==
        std::vector<std::int64_t>{0, 1, 2});
}

TEST_CASE("labels are counted, and missing ones are not") {
  CHECK(sample::cells_of_label(std::vector<std::int32_t>{2, 0, -1, 2, 2, 0}) == std::vector<std::int64_t>{2, 0, 3});
  CHECK(sample::cells_of_label(std::vector<std::int32_t>{-1}).empty());
  CHECK(sample::cells_of_label({}).empty());
}

TEST_CASE("rows are put among others") {
  std::vector<std::int64_t> rows{2, 5, 9};
  sample::merge_into(rows, std::vector<std::int64_t>{1, 6, 7, 12});
  CHECK(rows == std::vector<std::int64_t>{1, 2, 5, 6, 7, 9, 12});
}

TEST_CASE("a hundred thousand cells: as many as asked for, spread over the whole") {
  const auto chosen = smallest_lots(100'000, 12'345, kernel::draws(1, "test"), [](std::int64_t i) { return i; });
  CHECK(chosen.size() == 12'345);
  const auto in_first_half = std::lower_bound(chosen.begin(), chosen.end(), 50'000) - chosen.begin();
  CHECK(in_first_half > 5'900);
  CHECK(in_first_half < 6'450);
}

}  // namespace
}  // namespace tepui::tests::sample_choose
