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

TEST_CASE("a hundred thousand cells: as many as asked for, spread over the whole") {
  const auto chosen = smallest_lots(100'000, 12'345, kernel::draws(1, "test"), [](std::int64_t i) { return i; });
  CHECK(chosen.size() == 12'345);
  const auto in_first_half = std::lower_bound(chosen.begin(), chosen.end(), 50'000) - chosen.begin();
  CHECK(in_first_half > 5'900);
  CHECK(in_first_half < 6'450);
}

}  // namespace
}  // namespace tepui::tests::sample_choose
