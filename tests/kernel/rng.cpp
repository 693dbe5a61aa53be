#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

#include <tepui/kernel/rng.hpp>

namespace tepui::tests::rng {
namespace {
using tepui::kernel::draws;
using words = std::array<std::uint32_t, 4>;

// source  Random123, tests/kat_vectors, "philox4x32 10"
TEST_CASE("philox gives the published answers") {
  CHECK(tepui::kernel::philox({0, 0, 0, 0}, {0, 0}) == words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(tepui::kernel::philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
        words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  // The counter and the key are the digits of pi.
  CHECK(tepui::kernel::philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("philox can be asked by the compiler") {
  static_assert(tepui::kernel::philox({0, 0, 0, 0}, {0, 0})[0] == 0x6627e8d5);
  static_assert(draws(1, "a").bits(0) != draws(1, "b").bits(0));
}

// source  the first two outputs of SplitMix64 from state 0, and the published test values of FNV-1a
TEST_CASE("mixing and hashing give the published answers") {
  CHECK(tepui::kernel::mix64(0) == 0xe220a8397b1dcdafULL);
  CHECK(tepui::kernel::mix64(0x9E3779B97F4A7C15ULL) == 0x6e789e6aa1b965f4ULL);
  CHECK(tepui::kernel::hash_text("") == 0xcbf29ce484222325ULL);
  CHECK(tepui::kernel::hash_text("a") == 0xaf63dc4c8601ec8cULL);
  CHECK(tepui::kernel::hash_text("foobar") == 0x85944171f73967e8ULL);
}

TEST_CASE("a random number depends on seed, purpose, step, item and draw, and on nothing else") {
  const draws one(1, "purpose", 2);
  CHECK(one.bits(3, 4) == draws(1, "purpose", 2).bits(3, 4));
  CHECK(one.bits(3, 4) != draws(2, "purpose", 2).bits(3, 4));
  CHECK(one.bits(3, 4) != draws(1, "other", 2).bits(3, 4));
  CHECK(one.bits(3, 4) != draws(1, "purpose", 3).bits(3, 4));
  CHECK(one.bits(3, 4) != one.bits(4, 4));
  CHECK(one.bits(3, 4) != one.bits(3, 5));
  CHECK(one.bits(3, 4) != one.sub(0).bits(3, 4));
  CHECK(one.sub(0).bits(3, 4) != one.sub(1).bits(3, 4));
  // Items and draws beyond 32 bits are told apart.
  CHECK(one.bits(3, 4) != one.bits(3 + (std::int64_t{1} << 32), 4));
  CHECK(one.bits(3, 4) != one.bits(3, 4 + (std::uint64_t{1} << 32)));
}

TEST_CASE("a unit interval holds 0 and never 1") {
  CHECK(tepui::kernel::unit_interval(0) == 0.0);
  CHECK(tepui::kernel::unit_interval(~std::uint64_t{0}) < 1.0);
  CHECK(tepui::kernel::unit_interval(std::uint64_t{1} << 63) == 0.5);
}

TEST_CASE("uniform numbers fill sixteen boxes evenly, over items and over draws") {
  const draws random(5, "test");
  constexpr int n = 64'000;
  std::array<int, 16> by_item{}, by_draw{};
  for (int i = 0; i < n; ++i) {
    ++by_item[static_cast<std::size_t>(16 * random.uniform(i))];
    ++by_draw[static_cast<std::size_t>(16 * random.uniform(7, static_cast<std::uint64_t>(i)))];
  }
  const auto chi_square = [](const std::array<int, 16>& boxes) {
    double sum = 0;
    for (const int held : boxes) sum += (held - n / 16.0) * (held - n / 16.0) / (n / 16.0);
    return sum;
  };
  // 15 degrees of freedom: above 44.3 once in 10,000; the seed is fixed.
  CHECK(chi_square(by_item) < 44.3);
  CHECK(chi_square(by_draw) < 44.3);
}

TEST_CASE("below(n) lies in [0, n), for small, odd and huge n") {
  const draws random(5, "test");
  for (const std::int64_t n : {std::int64_t{1}, std::int64_t{2}, std::int64_t{3}, std::int64_t{1000}, std::int64_t{1} << 40,
                               std::numeric_limits<std::int64_t>::max()})
    for (std::int64_t item = 0; item < 200; ++item) {
      CHECK(random.below(n, item) >= 0);
      CHECK(random.below(n, item) < n);
    }
}

TEST_CASE("below(n) is the high half of bits * n") {
  const draws random(9, "test");
  for (std::int64_t item = 0; item < 100; ++item) {
    // For a power of two it is the leading bits.
    CHECK(random.below(std::int64_t{1} << 20, item) == static_cast<std::int64_t>(random.bits(item) >> 44));
    CHECK(random.below(std::int64_t{1} << 62, item) == static_cast<std::int64_t>(random.bits(item) >> 2));
    // For 3 * 2^40 the third of the interval that the bits lie in gives the leading digit.
    const std::int64_t third = random.below(3, item), fine = random.below(std::int64_t{3} << 40, item);
    CHECK((fine >> 40) == third);
  }
}

TEST_CASE("below(6) throws a fair die") {
  const draws random(3, "die");
  std::array<int, 6> seen{};
  for (std::int64_t item = 0; item < 60'000; ++item) ++seen[static_cast<std::size_t>(random.below(6, item))];
  for (const int held : seen) CHECK(std::abs(held - 10'000) < 500);  // 5 standard deviations
}

TEST_CASE("normal numbers have mean 0, variance 1 and the tails of a normal") {
  const draws random(4, "normal");
  constexpr int n = 100'000;
  double sum = 0, squares = 0;
  int beyond_two = 0;
  for (int i = 0; i < n; ++i) {
    const double x = random.normal(i);
    REQUIRE(std::isfinite(x));
    sum += x;
    squares += x * x;
    beyond_two += std::abs(x) > 2 ? 1 : 0;
  }
  CHECK(std::abs(sum / n) < 0.015);
  CHECK(std::abs(squares / n - 1) < 0.02);
  CHECK(std::abs(beyond_two / double{n} - 0.0455) < 0.003);
}

}  // namespace
}  // namespace tepui::tests::rng
