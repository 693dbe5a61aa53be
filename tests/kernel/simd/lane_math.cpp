#include <tepui/kernel/simd/lane_math.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <doctest/doctest.h>

namespace tepui::tests::simd_lane_math {
namespace {

namespace simd = kernel::simd;
using wide = long double;

template <class T>
T log_of(T x) {
  return simd::alone([](auto d, auto v) { return simd::logarithm(d, v); }, x);
}
template <class T>
T log_above(T u) {
  return simd::alone([](auto d, auto v) { return simd::log_one_plus(d, v); }, u);
}
template <class T>
T bow_of(T u) {
  return simd::alone(
      [](auto d, auto v) {
        auto bow = v;
        static_cast<void>(simd::log_one_plus(d, v, bow));
        return bow;
      },
      u);
}
template <class T>
T e_less_one(T x) {
  return simd::alone(
      [](auto d, auto v) {
        auto power = v;
        return simd::exponential_less_one(d, v, power);
      },
      x);
}
template <class T>
T e_to(T x) {
  return simd::alone([](auto d, auto v) { return simd::exponential_of(d, v); }, x);
}
/// log(1 + u) - u, as a series while u is small.
wide bow_by_series(wide u) {
  if (std::abs(u) > 1e-2L) return std::log1p(u) - u;
  wide sum = 0, power = u;
  for (int k = 2; k < 14; ++k) sum += (k % 2 == 0 ? -1 : 1) * (power *= u) / k;
  return sum;
}

template <class T>
void right_to_the_last_digits() {
  const wide digit = std::numeric_limits<T>::epsilon();
  double log = 0, above = 0, bow = 0, less = 0, power = 0;
  const auto look = [&](double& most, T got, wide want) {
    if (want == 0) {
      CHECK(got == 0);
    } else {
      most = std::max(most, static_cast<double>(std::abs(static_cast<wide>(got) / want - 1) / digit));
    }
  };
  for (int i = -3000; i <= 3000; ++i) {
    const T x = static_cast<T>(std::exp(i * 0.0287L)), near = static_cast<T>(1 + i * 1.7e-4L),
            tiny = static_cast<T>(i * 1e-9L);
    for (const T v : {x, near, 1 + tiny, std::nextafter(T{1}, x)}) look(log, log_of(v), std::log(static_cast<wide>(v)));
    for (const T u : {x, near - 1, tiny}) {
      look(above, log_above(u), std::log1p(static_cast<wide>(u)));
      if (std::abs(u) > 1e-15 && std::abs(u) < 1e9) look(bow, bow_of(u), bow_by_series(u));
    }
    const T e = static_cast<T>(i * 0.029L);
    for (const T v : {e, near - 1, tiny}) {
      look(less, e_less_one(v), std::expm1(static_cast<wide>(v)));
      look(power, e_to(v), std::exp(static_cast<wide>(v)));
    }
  }
  CAPTURE(log);
  CAPTURE(above);
  CAPTURE(bow);
  CAPTURE(less);
  CAPTURE(power);
  CHECK(log <= 1);
  CHECK(above <= 2);
  CHECK(bow <= 16);
  CHECK(less <= 2);
  CHECK(power <= 1.5);
  CHECK(log_of(T{1}) == 0);
  CHECK(e_to(T{0}) == 1);
  CHECK(e_less_one(T{0}) == 0);
}

TEST_CASE("logarithms and exponentials are right to the last digits, also where they nearly vanish") {
  right_to_the_last_digits<float>();
  right_to_the_last_digits<double>();
}

TEST_CASE("what lies far out is finite") {
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(e_to(-infinity) < 2e-38F);
  CHECK(e_less_one(-infinity) == -1);
  CHECK(std::isfinite(e_to(infinity)));
  CHECK(std::isfinite(e_to(1e300)));
}

}  // namespace
}  // namespace tepui::tests::simd_lane_math
