#include <tepui/kernel/activation.hpp>

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

namespace tepui::tests::activation_kernel {
namespace {

TEST_CASE("bends: relu, leaky, and gelu by the error function") {
  CHECK(kernel::relu(-2) == 0);
  CHECK(kernel::relu(3) == 3);
  CHECK(kernel::leaky_relu(-2, 0.1F) == doctest::Approx(-0.2));
  CHECK(kernel::leaky_relu(3, 0.1F) == 3);
  CHECK(kernel::gelu(0) == 0);
  CHECK(kernel::gelu(1) == doctest::Approx(0.8413447));  // the share of a standard normal below 1
  CHECK(kernel::gelu(-1) == doctest::Approx(-0.1586553));
}

TEST_CASE("the exponential and gelu agree with the C library's") {
  double worst_exp = 0, worst_gelu = 0;
  for (int i = -12000; i <= 12000; ++i) {
    const float x = static_cast<float>(i) / 150;
    const double wanted = std::exp(static_cast<double>(x));
    worst_exp = std::max(worst_exp, std::abs(static_cast<double>(kernel::exponential(x)) / wanted - 1));
    const double y = static_cast<double>(x) / 10, normal = 0.5 * std::erfc(-y / std::sqrt(2.0));
    worst_gelu = std::max(worst_gelu, std::abs(static_cast<double>(kernel::gelu(static_cast<float>(y))) - y * normal) /
                                          std::max(1.0, std::abs(y)));
  }
  CHECK(worst_exp < 2e-7);
  CHECK(worst_gelu < 3e-7);
  CHECK(kernel::exponential(0) == 1);
  CHECK(kernel::exponential(-1e30F) < 1e-37F);
  CHECK(kernel::exponential(-1e30F) >= 0);
  CHECK(kernel::exponential(1e30F) > 1e38F);
  CHECK(kernel::gelu(-100) == doctest::Approx(0));
  CHECK(kernel::gelu(100) == 100);
}

}  // namespace
}  // namespace tepui::tests::activation_kernel
