#include <tepui/sample/stratified.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "laws/sampler_laws.hpp"

namespace tepui::tests::sample_stratified {
namespace {
using sample::stratified;
using numbers = std::vector<std::int64_t>;
constexpr std::int64_t no_cap = std::numeric_limits<std::int64_t>::max();

numbers shares(const numbers& cells, std::int64_t target, std::int64_t least = 0, std::int64_t most = no_cap) {
  numbers first(cells.size());
  std::iota(first.begin(), first.end(), 0);
  return sample::proportional_shares(cells, target, least, most, first);
}
std::int64_t sum(const numbers& x) { return std::accumulate(x.begin(), x.end(), std::int64_t{0}); }

TEST_CASE("stratified keeps the laws of a sampler, with round(fraction * labelled cells) cells") {
  laws::sampler([](double fraction) { return stratified{fraction}; },
                [](const sample::population& cells, double fraction) {
                  return sample::round_half_even(fraction * static_cast<double>(sum(sample::cells_of_label(cells.label))));
                });
}

TEST_CASE("with a cap and a least it keeps them too") {
  laws::sampler([](double fraction) { return stratified{.fraction = fraction, .cap = 20, .least = 3}; },
                [](const sample::population& cells, double fraction) {
                  const numbers all = sample::cells_of_label(cells.label);
                  std::int64_t low = 0, high = 0;
                  for (const std::int64_t n : all) {
                    low += std::min<std::int64_t>(n, 3);
                    high += std::min<std::int64_t>(n, 20);
                  }
                  return std::clamp(sample::round_half_even(fraction * static_cast<double>(sum(all))), low, high);
                });
}

TEST_CASE("a tenth of 100, 50 and 7 cells") {
  CHECK(shares({100, 50, 7}, 16) == numbers{10, 5, 1});
  CHECK(shares({100, 50, 7}, 0) == numbers{0, 0, 0});
  CHECK(shares({100, 50, 7}, 157) == numbers{100, 50, 7});
  CHECK(shares({100, 0, 7}, 2) == numbers{2, 0, 0});
  CHECK(shares({}, 5).empty());
}

TEST_CASE("equal types that cannot have the same number: the one with the lowest cell id has more") {
  CHECK(shares({10, 10, 10}, 4) == numbers{2, 1, 1});
  CHECK(sample::proportional_shares(numbers{10, 10, 10}, 4, 0, no_cap, numbers{8, 9, 2}) == numbers{1, 1, 2});
}

TEST_CASE("at least 3 of each type that has them, at most 20") {
  CHECK(shares({100, 50, 7, 2}, 16, 3) == numbers{7, 4, 3, 2});
  CHECK(shares({1000, 50, 7, 2}, 30, 0, 20) == numbers{20, 9, 1, 0});
  CHECK(shares({1000, 50, 7, 2}, 30, 3, 20) == numbers{20, 5, 3, 2});
  // What cannot be reached is come near to.
  CHECK(shares({100, 50, 7, 2}, 4, 3) == numbers{3, 3, 3, 2});
  CHECK(shares({100, 50, 7, 2}, 100, 0, 20) == numbers{20, 20, 7, 2});
}

// By largest remainders 10 of these 14 cells are 4, 4 and 2, and 11 of them 5, 5 and 1.
TEST_CASE("one cell more takes none from a type") {
  CHECK(shares({6, 6, 2}, 10) == numbers{5, 4, 1});
  CHECK(shares({6, 6, 2}, 11) == numbers{5, 5, 1});
}

TEST_CASE("shares are exact in sum, rounded from the exact share, and a larger choice takes from no type") {
  CHECK(rc::check([] {
    const auto cells = *rc::gen::container<numbers>(rc::gen::inRange<std::int64_t>(0, 3000));
    const auto least = *rc::gen::inRange<std::int64_t>(0, 6), most = *rc::gen::inRange<std::int64_t>(6, 4000);
    const auto target = *rc::gen::inRange<std::int64_t>(0, sum(cells) + 1);
    const numbers keep = shares(cells, target, least, most), more = shares(cells, target + 1, least, most);
    std::int64_t low = 0, high = 0;
    for (std::size_t type = 0; type < cells.size(); ++type) {
      low += std::min({least, most, cells[type]});
      high += std::min(most, cells[type]);
      RC_ASSERT(keep[type] >= std::min(least, cells[type]));
      RC_ASSERT(keep[type] <= std::min(most, cells[type]));
      RC_ASSERT(more[type] >= keep[type]);
    }
    RC_ASSERT(sum(keep) == std::clamp(target, low, high));
    // One divisor rounds all that are free of least and most: n / (2 keep + 1) of any is at most n / (2 keep - 1) of another.
    for (std::size_t a = 0; a < cells.size(); ++a)
      for (std::size_t b = 0; b < cells.size(); ++b) {
        if (keep[a] >= std::min(most, cells[a]) || keep[b] <= std::min(least, cells[b])) continue;
        RC_ASSERT(cells[a] * (2 * keep[b] - 1) <= cells[b] * (2 * keep[a] + 1));
      }
  }));
}

TEST_CASE("22 million cells of 200 types: every type within one cell of its share") {
  numbers cells;
  std::int64_t all = 0;
  for (std::int64_t type = 1; type <= 200; ++type) {
    cells.push_back(type * type * 8 + type);
    all += cells.back();
  }
  const numbers keep = shares(cells, all / 100);
  CHECK(sum(keep) == all / 100);
  for (std::size_t type = 0; type < cells.size(); ++type)
    CHECK(std::abs(static_cast<double>(keep[type]) -
                   static_cast<double>(cells[type]) * static_cast<double>(all / 100) / static_cast<double>(all)) < 1);
}

TEST_CASE("cells without a label are never chosen") {
  const std::vector<std::int32_t> labels{-1, 0, -1, 0, 1, -1};
  CHECK(stratified{1}({.n_cells = 6, .label = labels}, kernel::draws(1, "test")) == numbers{1, 3, 4});
}

TEST_CASE("settings are told, and refused where they contradict each other") {
  CHECK(stratified{0.1}.describe() == "stratified(0.1)");
  CHECK(stratified{.fraction = 0.1, .cap = 50, .least = 5}.describe() == "stratified(0.1, cap 50, least 5)");
  const std::vector<std::int32_t> labels{0, 1};
  const sample::population cells{.n_cells = 2, .label = labels};
  CHECK_THROWS_WITH_AS((void)(stratified{.cap = 2, .least = 5}(cells, kernel::draws())),
                       "sample::stratified: least is 5 and cap 2 cells of a type; least must not be above cap", bad_option);
  CHECK_THROWS_AS((void)(stratified{.cap = -1}(cells, kernel::draws())), bad_option);
  CHECK_THROWS_AS((void)(stratified{.least = -1}(cells, kernel::draws())), bad_option);
  CHECK_THROWS_AS((void)stratified{}({.n_cells = 2}, kernel::draws()), bad_option);
}

TEST_CASE("a label that is no code is refused") {
  const std::vector<std::int32_t> label{0, -2, 1, -1};
  CHECK_THROWS_WITH_AS((void)stratified{0.5}({.n_cells = 4, .label = label}, kernel::draws()),
                       "sample::stratified: the cell in row 1 has the label code -2; codes are 0 and above, and -1 where "
                       "the label is missing",
                       bad_data);
}

}  // namespace
}  // namespace tepui::tests::sample_stratified
