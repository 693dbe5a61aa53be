#include <tepui/sample/weighted.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <tuple>
#include <vector>

#include <tepui/sample/uniform.hpp>

namespace tepui::tests::sample_weighted {
namespace {
using rows = std::vector<std::int64_t>;
using sample::weighted_lots;

rows choose(std::int64_t k, const std::vector<double>& weight, const kernel::draws& random) {
  return weighted_lots("test", sample::population{.n_cells = isize(weight.size())}, k, weight, random);
}

TEST_CASE("a cell of weight 0 is never chosen, and one that outweighs all others always") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const kernel::draws random(seed, "test");
    CHECK(choose(2, {0, 1, 0, 1}, random) == rows{1, 3});
    CHECK(choose(1, {1, 1, 1e300, 1}, random) == rows{2});
  }
}

TEST_CASE("equal weights choose what uniform chooses") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::int64_t>(1, 300);
    const auto percent = *rc::gen::inRange(1, 101);
    const kernel::draws random(*rc::gen::arbitrary<std::uint64_t>(), "test");
    const rows expected = sample::uniform{percent / 100.0}(n, random);
    RC_ASSERT(choose(isize(expected.size()), std::vector<double>(usize(n), 0.3), random) == expected);
  }));
}

// 2 of 3 cells with weights 1, 2, 3. Without the first: 2/6 * 3/4 + 3/6 * 2/3 = 7/12, the second: 1/6 * 3/5 + 3/6 * 1/3 = 4/15,
// the third: 1/6 * 2/5 + 2/6 * 1/4 = 3/20.
TEST_CASE("cells are drawn one after the other by their weight among those left") {
  std::vector<int> left_out(3, 0);
  constexpr int times = 20'000;
  for (std::uint64_t seed = 0; seed < times; ++seed) {
    const rows chosen = choose(2, {1, 2, 3}, kernel::draws(seed, "test"));
    ++left_out[usize(3 - chosen[0] - chosen[1])];
  }
  const double expected[] = {7.0 / 12, 4.0 / 15, 3.0 / 20};
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(std::abs(left_out[i] - times * expected[i]) < 5 * std::sqrt(times * expected[i] * (1 - expected[i])));
}

TEST_CASE("the choice is that of all waits, sorted, also where most cells are passed over") {
  const kernel::draws random(4, "test");
  for (const std::int64_t n : {std::int64_t{100}, std::int64_t{60'000}}) {
    std::vector<double> weight;
    std::vector<std::tuple<double, std::int64_t>> wait;
    for (std::int64_t i = 0; i < n; ++i) {
      weight.push_back(i % 5 == 0 ? 0 : std::exp(8 * random.uniform(i, 1)));
      if (weight.back() > 0) wait.emplace_back(kernel::standard_exponential(random.bits(i)) / weight.back(), i);
    }
    std::sort(wait.begin(), wait.end());
    for (const std::int64_t k : {n / 100, n / 10, n / 2, isize(wait.size())}) {
      rows expected;
      for (std::int64_t i = 0; i < k; ++i) expected.push_back(std::get<1>(wait[usize(i)]));
      std::sort(expected.begin(), expected.end());
      CHECK(choose(k, weight, random) == expected);
    }
  }
}

TEST_CASE("weights in an order that misleads the guess of where the limit lies do not mislead the choice") {
  // 40,960 cells, of which every tenth is looked at for the guess: exactly those weigh most.
  std::vector<double> weight(40'960, 1e-6);
  for (std::size_t i = 0; i < weight.size(); i += 10) weight[i] = 1;
  const kernel::draws random(6, "test");
  const rows chosen = choose(8000, weight, random);
  CHECK(chosen.size() == 8000);
  CHECK(std::count_if(chosen.begin(), chosen.end(), [](std::int64_t row) { return row % 10 == 0; }) == 4096);
  // And the other way round: those looked at weigh least.
  for (double& w : weight) w = w == 1 ? 1e-6 : 1;
  const rows others = choose(8000, weight, random);
  CHECK(std::none_of(others.begin(), others.end(), [](std::int64_t row) { return row % 10 == 0; }));
}

TEST_CASE("cells with the same id have the same lot: the lower row is chosen") {
  const rows id{7, 7, 7, 7};
  const std::vector<double> weight(4, 1);
  CHECK(weighted_lots("test", {.n_cells = 4, .cell_id = id}, 2, weight, kernel::draws(1, "test")) == rows{0, 1});
}

TEST_CASE("the smallest weights that there are still choose") {
  CHECK(choose(2, {5e-324, 0, 5e-324}, kernel::draws(1, "test")) == rows{0, 2});
}

TEST_CASE("bad weights are refused in a sentence") {
  const kernel::draws random;
  CHECK_THROWS_WITH_AS((void)choose(3, {0, 1, 0, 1}, random),
                       "sample::test: 3 cells are to be chosen, but only 2 of 4 have a weight above 0; choose a smaller "
                       "fraction or give more cells a "
                       "weight",
                       bad_data);
  CHECK_THROWS_WITH_AS((void)choose(1, {1, -2}, random),
                       "sample::test: the weight of row 1 is -2, but must be a finite number of at least 0", bad_data);
  CHECK_THROWS_AS((void)choose(1, {1, std::nan("")}, random), bad_data);
  CHECK_THROWS_AS((void)choose(1, {1, std::numeric_limits<double>::infinity()}, random), bad_data);
  CHECK_THROWS_WITH_AS((void)weighted_lots("test", {.n_cells = 3}, 1, std::vector<double>{1}, random),
                       "sample::test: there are 1 weights for 3 cells; give one weight a cell", bad_option);
}

TEST_CASE("a weight of 0 is lifted to the smallest above it") {
  std::vector<double> weight{0, 3, 2, 0};
  sample::lift_zeros(weight);
  CHECK(weight == std::vector<double>{2, 3, 2, 2});
  std::vector<double> none{0, 0};
  sample::lift_zeros(none);
  CHECK(none == std::vector<double>{1, 1});
}

}  // namespace
}  // namespace tepui::tests::sample_weighted
