#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <map>
#include <vector>

#include <tepui/corpus/permuted.hpp>
#include <tepui/flow/index.hpp>

namespace test_corpus_permuted {
using namespace tepui;

TEST_CASE("every thing stands at one place, and the inverse finds it") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::int64_t>(1, 3000);
    const corpus::permuted order(n, kernel::draws(*rc::gen::arbitrary<std::uint64_t>(), "test"));
    std::vector<char> seen(usize(n), 0);
    for (std::int64_t place = 0; place < n; ++place) {
      const std::int64_t thing = order(place);
      RC_ASSERT(thing >= 0);
      RC_ASSERT(thing < n);
      RC_ASSERT(!seen[usize(thing)]);
      seen[usize(thing)] = 1;
      RC_ASSERT(order.place_of(thing) == place);
    }
  }));
  const corpus::permuted large(5'000'000'000'000, kernel::draws(1, "test"));
  for (const std::int64_t place : {std::int64_t{0}, std::int64_t{4'999'999'999'999}, std::int64_t{1} << 40})
    CHECK(large.place_of(large(place)) == place);
}

TEST_CASE("all orders of four things come equally often") {
  std::map<std::vector<std::int64_t>, int> times;
  constexpr int tries = 24'000;
  for (std::uint64_t seed = 0; seed < tries; ++seed) {
    const corpus::permuted order(4, kernel::draws(seed, "test"));
    ++times[{order(0), order(1), order(2), order(3)}];
  }
  REQUIRE(times.size() == 24);
  double chi = 0;
  for (const auto& [order, n] : times) chi += (n - 1000.0) * (n - 1000.0) / 1000.0;
  CHECK(chi < 49.7);  // 23 degrees of freedom: one in a thousand
}

TEST_CASE("neighbours do not stay together") {
  // Of 10,000 things about one pair stands side by side again, in either of both orders about two.
  const std::int64_t n = 10'000;
  const corpus::permuted order(n, kernel::draws(3, "test"));
  int together = 0;
  double moved = 0;
  for (std::int64_t place = 0; place + 1 < n; ++place) {
    const std::int64_t step = order(place + 1) - order(place);
    together += step == 1 || step == -1 ? 1 : 0;
    moved += static_cast<double>(step < 0 ? -step : step);
  }
  CHECK(together < 10);
  CHECK(moved / static_cast<double>(n) == doctest::Approx(static_cast<double>(n) / 3).epsilon(0.03));
}

}  // namespace test_corpus_permuted
