#include <tepui/kernel/linear.hpp>

#include <vector>

#include <doctest/doctest.h>

#include <tepui/kernel/rng.hpp>

namespace tepui::tests::linear_kernel {
namespace {

template <std::size_t Out>
void agrees(std::int64_t rows, std::int64_t in) {
  const kernel::draws draws(1, "linear");
  const auto numbers = [&](std::int64_t n, std::int64_t which) {
    std::vector<float> out;
    for (std::int64_t i = 0; i < n; ++i) out.push_back(static_cast<float>(draws.normal(which, static_cast<std::uint64_t>(i))));
    return out;
  };
  const auto x = numbers(rows * in, 1), w = numbers(in * isize(Out), 2), b = numbers(isize(Out), 3);
  std::vector<float> y(usize(rows) * Out, 99.0F), alone(Out);
  kernel::linear<Out>(x, in, w, b, y);
  double worst = 0;
  for (std::size_t r = 0; r < usize(rows); ++r) {
    for (std::size_t o = 0; o < Out; ++o) {
      double wanted = static_cast<double>(b[o]);
      for (std::size_t i = 0; i < usize(in); ++i)
        wanted += static_cast<double>(x[r * usize(in) + i]) * static_cast<double>(w[i * Out + o]);
      worst = std::max(worst, std::abs(wanted - static_cast<double>(y[r * Out + o])));
    }
    // A row alone gives the bits that it gives among others.
    kernel::linear<Out>(std::span(x).subspan(r * usize(in), usize(in)), in, w, b, alone);
    CHECK(std::equal(alone.begin(), alone.end(), y.begin() + isize(r * Out)));
  }
  CHECK(worst < 1e-4);
}

TEST_CASE("agrees with the plain sum in double, and a row does not depend on its neighbours") {
  agrees<1>(3, 5);
  agrees<7>(9, 1);
  agrees<32>(4, 64);
  agrees<33>(5, 10);
  agrees<128>(11, 100);
  agrees<100>(6, 100);
  agrees<2>(13, 3);
  agrees<3>(13, 50);
  agrees<31>(13, 2);
  agrees<48>(13, 17);
  agrees<65>(13, 33);
}

TEST_CASE("by hand; without inputs the bias is left; without a bias nothing is added") {
  std::vector<float> y(4);
  kernel::linear<2>(std::vector<float>{1, 2, 3, 4}, 2, std::vector<float>{1, 10, 100, 1000}, {}, y);
  CHECK(y == std::vector<float>{201, 2010, 403, 4030});
  kernel::linear<2>({}, 0, {}, std::vector<float>{5, 6}, y);
  CHECK(y == std::vector<float>{5, 6, 5, 6});
  kernel::linear<2>({}, 2, std::vector<float>(4), {}, {});
}

}  // namespace
}  // namespace tepui::tests::linear_kernel
