#include <tepui/kernel/exponential_sum.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

namespace of_exponential_sum {
using namespace tepui;

TEST_CASE("sums of exponentials are those of the C library for any length, and the exponentials stay where they are wanted") {
  for (const std::size_t n : {1U, 2U, 15U, 16U, 17U, 63U, 64U, 65U, 130U, 1000U}) {
    CAPTURE(n);
    std::vector<float> x(n + 1, 99.0F);
    double want = 0;
    for (std::size_t i = 0; i < n; ++i) {
      x[i] = std::sin(static_cast<float>(i)) * 10;
      want += std::exp(static_cast<double>(x[i]) - 10);
    }
    const auto before = x;
    const auto part = std::span(x).first(n);
    CHECK(kernel::largest<float>(part) == *std::max_element(x.begin(), x.end() - 1));
    const float sum = kernel::exponential_sum<float>(part, 10.0F);
    CHECK(static_cast<double>(sum) == doctest::Approx(want).epsilon(1e-6));
    CHECK(x == before);
    CHECK(kernel::exponentials<float>(part, 10.0F) == sum);
    for (std::size_t i = 0; i < n; ++i) CHECK(x[i] == doctest::Approx(std::exp(before[i] - 10)).epsilon(1e-6));
    kernel::scale_all<float>(part, 2.0F);
    CHECK(x[n] == 99.0F);
  }
}

TEST_CASE("what cannot be counts nothing") {
  const std::vector<float> x{-std::numeric_limits<float>::infinity(), 5, -1000};
  CHECK(kernel::largest<float>(x) == 5);
  CHECK(kernel::exponential_sum<float>(x, 5.0F) == 1);
  CHECK(kernel::exponential_sum<double>(std::vector<double>{0, 0}, 0.0) == 2);
}

}  // namespace of_exponential_sum
