#include <tepui/kernel/dropout.hpp>

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

namespace of_dropout_kernel {
using namespace tepui;

TEST_CASE("with vectors, the same numbers are dropped as without") {
  for (const std::size_t n : {0U, 1U, 15U, 16U, 17U, 63U, 64U, 65U, 127U, 128U, 129U, 500U, 2048U, 5003U}) {
    std::vector<float> x(n), y(n, 77.0F);
    std::vector<double> wide(n), plain(n, 77.0);
    for (std::size_t i = 0; i < n; ++i) wide[i] = x[i] = static_cast<float>(i + 1);
    kernel::drop<float>(0x123456789ABCDEFULL + n, 20000, x, y);
    kernel::drop<double>(0x123456789ABCDEFULL + n, 20000, wide, plain);
    CAPTURE(n);
    const float keep = static_cast<float>(65536.0 / 45536.0);
    for (std::size_t i = 0; i < n; ++i) CHECK(y[i] == (plain[i] == 0 ? 0.0F : x[i] * keep));
    kernel::drop<float>(0x123456789ABCDEFULL + n, 20000, x, x);
    CHECK(x == y);
  }
}

TEST_CASE("a tenth of the numbers is dropped, and their sum stays") {
  const std::size_t n = 1 << 20;
  const std::vector<float> x(n, 1.0F);
  std::vector<float> y(n);
  kernel::drop<float>(kernel::draws(3, "dropout").bits(7), 6554, x, y);
  double dropped = 0, sum = 0;
  for (const float v : y) {
    dropped += v == 0 ? 1 : 0;
    sum += static_cast<double>(v);
  }
  // Of binomial numbers: 4 standard errors.
  CHECK(std::abs(dropped / static_cast<double>(n) - 0.1) < 4 * 0.3 / 1024);
  CHECK(std::abs(sum / static_cast<double>(n) - 1) < 4 * 0.3 / 0.9 / 1024);
}

TEST_CASE("neighbours, rows and cells are dropped without regard to each other") {
  const std::size_t n = 1 << 18;
  const std::vector<float> x(n, 1.0F);
  std::vector<float> y(n), other(n);
  kernel::drop<float>(kernel::draws(3, "dropout").bits(7), 32768, x, y);
  kernel::drop<float>(kernel::draws(3, "dropout").bits(8), 32768, x, other);
  for (const std::size_t apart : {1U, 16U, 64U, 128U, 256U}) {
    double both = 0;
    for (std::size_t i = apart; i < n; ++i) both += y[i] == 0 && y[i - apart] == 0 ? 1 : 0;
    CAPTURE(apart);
    CHECK(std::abs(both / static_cast<double>(n) - 0.25) < 5 * 0.433 / 512);
  }
  double both = 0;
  for (std::size_t i = 0; i < n; ++i) both += y[i] == 0 && other[i] == 0 ? 1 : 0;
  CHECK(std::abs(both / static_cast<double>(n) - 0.25) < 5 * 0.433 / 512);
}

}  // namespace of_dropout_kernel
