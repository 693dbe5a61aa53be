#include <tepui/kernel/simd/exponential.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

namespace tepui::tests::simd_exponential {
namespace {

#if TEPUI_HAS_LANES
namespace simd = kernel::simd;
using tag = simd::hn::CappedTag<float, simd::lanes32>;

template <class Function>
float of(Function&& function, float x) {
  const tag d;
  return simd::hn::GetLane(function(d, simd::hn::Set(d, x)));
}
float two_to(float x) {
  return of([](auto d, auto v) { return simd::power_of_two(d, v); }, x);
}
float e_to(float x) {
  return of([](auto d, auto v) { return simd::exponential(d, v); }, x);
}

TEST_CASE("powers of two and of e are right to a few parts in ten million") {
  double most_two = 0, most_e = 0;
  for (int i = -125'000; i <= 125'000; ++i) {
    const float x = static_cast<float>(i) * 1.0007e-3F;
    most_two = std::max(most_two, std::abs(static_cast<double>(two_to(x)) / std::exp2(static_cast<double>(x)) - 1));
    const float y = x * 0.69F;
    most_e = std::max(most_e, std::abs(static_cast<double>(e_to(y)) / std::exp(static_cast<double>(y)) - 1));
  }
  CHECK(most_two < 2.5e-7);
  CHECK(most_e < 2.5e-7);
}

TEST_CASE("nothing gained is exactly 1; what lies far below is exactly 0; what lies far above does not overflow") {
  CHECK(two_to(0.0F) == 1.0F);
  CHECK(e_to(0.0F) == 1.0F);
  for (const float far : {-127.0F, -1e4F, -3e38F, -std::numeric_limits<float>::infinity()}) {
    CHECK(two_to(far) == 0.0F);
    CHECK(e_to(far) == 0.0F);
  }
  for (const float far : {89.0F, 1e4F, std::numeric_limits<float>::infinity()}) CHECK(e_to(far) == e_to(88.0F));
  CHECK(std::isfinite(e_to(88.0F)));
}

TEST_CASE("a lane does not depend on its neighbours") {
  const tag d;
  std::vector<float> x(simd::lanes32), two(x), e(x);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = -1.37F * static_cast<float>(i * i);
  simd::hn::StoreU(simd::power_of_two(d, simd::hn::LoadU(d, x.data())), d, two.data());
  simd::hn::StoreU(simd::exponential(d, simd::hn::LoadU(d, x.data())), d, e.data());
  for (std::size_t i = 0; i < x.size(); ++i) {
    CHECK(two[i] == two_to(x[i]));
    CHECK(e[i] == e_to(x[i]));
  }
}
#endif

}  // namespace
}  // namespace tepui::tests::simd_exponential
