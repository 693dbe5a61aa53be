#include <tepui/kernel/bend.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

namespace of_bend {
using namespace tepui;
using kernel::bend;

template <bend B>
void bends_as_double(double near) {
  CAPTURE(kernel::name_of(B));
  std::vector<float> x;
  for (int i = -4000; i <= 4000; ++i) x.push_back(static_cast<float>(i) * 0.005F);
  for (const float far : {-300.0F, -88.5F, -30.0F, 30.0F, 88.5F, 300.0F}) x.push_back(far);
  std::vector<float> y(x.size()), slope(x.size()), again(x.size()), slope_again(x.size(), 1.0F);
  const std::vector<float> one(x.size(), 1.0F);
  kernel::bend_forward<B, float>(x, y);
  kernel::bend_backward<B, float>(x, one, slope);
  kernel::bend_again<B, float>(x, slope_again, again, slope_again);  // in place
  CHECK(y == again);
  CHECK(slope == slope_again);
  double off = 0, off_slope = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto want = kernel::bent<B>(static_cast<double>(x[i]));
    off = std::max(off, std::abs(static_cast<double>(y[i]) - want.value) / std::max(1.0, std::abs(want.value)));
    off_slope = std::max(off_slope, std::abs(static_cast<double>(slope[i]) - want.slope));
  }
  CAPTURE(off);
  CAPTURE(off_slope);
  CHECK(off <= near);
  CHECK(off_slope <= 2 * near);
  // A number alone, and at every place of a short row, has the same bits.
  for (std::size_t first = 3000; first < 3040; ++first)
    for (std::size_t n = 1; n < 20; ++n) {
      std::vector<float> part(n + 1, 99.0F);
      kernel::bend_forward<B, float>(std::span(x).subspan(first, n), std::span(part).first(n));
      CHECK(std::equal(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(n),
                       y.begin() + static_cast<std::ptrdiff_t>(first)));
      CHECK(part[n] == 99.0F);
    }
}

TEST_CASE("bends in float are those in double") {
  bends_as_double<bend::none>(0);
  bends_as_double<bend::relu>(0);
  bends_as_double<bend::leaky_relu>(1e-7);
  bends_as_double<bend::gelu>(6e-7);
  bends_as_double<bend::gelu_tanh>(1e-6);
  bends_as_double<bend::silu>(5e-7);
}

TEST_CASE("slopes in double are those of finite differences") {
  const auto slope_of = [](auto b, double x) {
    constexpr bend B = decltype(b)::value;
    return (kernel::bent<B>(x + 1e-6).value - kernel::bent<B>(x - 1e-6).value) / 2e-6 - kernel::bent<B>(x).slope;
  };
  for (double x = -5.05; x < 5; x += 0.1) {
    CHECK(std::abs(slope_of(std::integral_constant<bend, bend::leaky_relu>{}, x)) < 1e-8);
    CHECK(std::abs(slope_of(std::integral_constant<bend, bend::gelu>{}, x)) < 1e-8);
    CHECK(std::abs(slope_of(std::integral_constant<bend, bend::gelu_tanh>{}, x)) < 1e-8);
    CHECK(std::abs(slope_of(std::integral_constant<bend, bend::silu>{}, x)) < 1e-8);
  }
}

TEST_CASE("known values: gelu(1) = 0.841345, gelu by tanh(1) = 0.841192, silu(1) = 0.731059") {
  CHECK(kernel::bent<bend::gelu>(1.0).value == doctest::Approx(0.8413447461));
  CHECK(kernel::bent<bend::gelu_tanh>(1.0).value == doctest::Approx(0.8411919906));
  CHECK(kernel::bent<bend::silu>(1.0).value == doctest::Approx(0.7310585786));
  CHECK(kernel::bent<bend::leaky_relu>(-2.0).value == -0.02);
}

TEST_CASE("a gate multiplies the bent half by the other") {
  const std::vector<float> parts{1, -1, 10, 20};  // one row: gates 1 and -1; 10 and 20
  std::vector<float> y(2), dy(2, 1.0F), d_gate(2);
  kernel::gate_forward<bend::relu, float>(1, 2, {parts.data(), 4}, {parts.data() + 2, 4}, {y.data(), 2});
  CHECK(y == std::vector<float>{10, 0});
  kernel::gate_backward<bend::relu, float>(1, 2, {parts.data(), 4}, {parts.data() + 2, 4}, {dy.data(), 2}, {d_gate.data(), 2},
                                           {dy.data(), 2});
  CHECK(d_gate == std::vector<float>{10, 0});
  CHECK(dy == std::vector<float>{1, 0});
}

}  // namespace of_bend
