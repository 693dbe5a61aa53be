#include <tepui/kernel/standard_exponential.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include <tepui/kernel/rng.hpp>

namespace tepui::tests::kernel_standard_exponential {
namespace {
using kernel::standard_exponential;

TEST_CASE("half of all waits are shorter than log 2") {
  CHECK(standard_exponential(std::uint64_t{1} << 63) == doctest::Approx(std::log(2.0)).epsilon(1e-11));
  CHECK(standard_exponential(0) == doctest::Approx(0x1p-54).epsilon(1e-14));
  CHECK(standard_exponential(~std::uint64_t{0}) == doctest::Approx(54 * std::log(2.0)).epsilon(1e-12));
}

TEST_CASE("waits are those of the C library's logarithm, and grow with the bits") {
  const kernel::draws random(1, "test");
  std::uint64_t before = 0;
  for (std::int64_t i = 0; i < 100'000; ++i) {
    const std::uint64_t bits = random.bits(i) >> (i % 50);
    const double expected = -std::log1p(-(static_cast<double>(bits >> 11) + 0.5) * 0x1p-53);
    if (bits >> 63 == 0) CHECK(std::abs(standard_exponential(bits) - expected) <= 2e-12);
    // Where 1 - u has lost digits, its logarithm is compared instead.
    const std::uint64_t many = ~bits;
    const double of_rest = -std::log((static_cast<double>(bits >> 11) + 0.5) * 0x1p-53);
    CHECK(std::abs(standard_exponential(many) - of_rest) <= 2e-12);
    if (std::min(before, bits) >> 12 != std::max(before, bits) >> 12)
      CHECK(standard_exponential(std::min(before, bits)) <= standard_exponential(std::max(before, bits)) + 2e-12);
    before = bits;
  }
}

TEST_CASE("mean and variance are 1") {
  const kernel::draws random(2, "test");
  double sum = 0, squares = 0;
  constexpr int n = 200'000;
  for (std::int64_t i = 0; i < n; ++i) {
    const double e = standard_exponential(random.bits(i));
    sum += e;
    squares += e * e;
  }
  CHECK(std::abs(sum / n - 1) < 5 / std::sqrt(double{n}));
  CHECK(std::abs(squares / n - 2) < 5 * std::sqrt(20.0 / n));
}

// source  the same program with g++ and clang, with and without fused multiply-add
TEST_CASE("the same bits everywhere") {
  const kernel::draws random(3, "test");
  std::uint64_t hash = 0;
  for (std::int64_t i = 0; i < 10'000; ++i)
    hash = kernel::mix64(hash ^ std::bit_cast<std::uint64_t>(standard_exponential(random.bits(i) >> (i % 60))));
  CHECK(hash == 13937274315458660919ULL);
}

TEST_CASE("larger bits wait longer, but for steps back of less than 3e-14, as where 1 - u falls below the root of a half") {
  bool ever_back = false;
  for (const double rest : {std::sqrt(0.5), std::sqrt(0.125), std::sqrt(0.5) / 1024})
    for (std::int64_t step = -200; step < 200; ++step) {
      const auto at = [&](std::int64_t i) {
        return standard_exponential(static_cast<std::uint64_t>(static_cast<std::int64_t>((1 - rest) * 0x1p53) + i) << 11);
      };
      const double longer = at(step + 1) - at(step);
      CHECK(longer > -3e-14);
      ever_back |= longer < -1e-14;
    }
  CHECK(ever_back);
}

}  // namespace
}  // namespace tepui::tests::kernel_standard_exponential
