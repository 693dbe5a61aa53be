#include <tepui/kernel/log_gamma.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>

namespace of_log_gamma {
using namespace tepui;
using wide = long double;

/// digamma by recurrence up to 40 and its asymptotic series there.
wide digamma_of(wide x) {
  wide sum = 0;
  for (; x < 40; x += 1) sum -= 1 / x;
  const wide w = 1 / (x * x);
  const wide series =
      w * (1 / 12.0L -
           w * (1 / 120.0L - w * (1 / 252.0L - w * (1 / 240.0L - w * (1 / 132.0L - w * (691 / 32760.0L - w / 12))))));
  return sum + std::log(x) - 1 / (2 * x) - series;
}
struct rise {
  wide value, slope;
};
/// Both differences, by recurrence up to 64 and Stirling's series there, term by term: nothing alike is subtracted.
rise rise_of(wide base, wide steps) {
  rise r{0, 0};
  for (; base < 64; base += 1) {
    r.value -= std::log1p(steps / base);
    r.slope += steps / (base + steps) / base;
  }
  const wide share = steps / base, to = base + steps, log = std::log1p(share);
  wide below = log - share;
  if (share < 1e-3L) {
    wide power = share;
    below = 0;
    for (int k = 2; k < 12; ++k) below += (k % 2 == 0 ? -1 : 1) * (power *= share) / k;
  }
  const auto left = [](wide t) {
    return (1 / 12.0L - (1 / 360.0L - (1 / 1260.0L - 1 / (1680 * t * t)) / (t * t)) / (t * t)) / t;
  };
  const auto tail = [](wide t) {
    return (1 / 12.0L - (1 / 120.0L - (1 / 252.0L - 1 / (240 * t * t)) / (t * t)) / (t * t)) / (t * t);
  };
  r.value += base * below + steps * std::log(to) - log / 2 + (left(to) - left(base));
  r.slope += log + share / to / 2 + (tail(base) - tail(to));
  return r;
}

template <class Real>
constexpr wide digit = std::numeric_limits<Real>::epsilon();
/// Numbers spread evenly in their logarithm.
struct spread {
  kernel::draws random{8, "log-gamma"};
  mutable std::int64_t n = 0;
  [[nodiscard]] double operator()(double from, double to) const {
    return std::exp(std::log(from) + random.uniform(n++) * (std::log(to) - std::log(from)));
  }
};

TEST_CASE("the references are right: known values of digamma, and the differences of whole steps as sums") {
  const wide gamma = 0.577215664901532860606512090082402431L, log2 = std::log(2.0L),
             pi = 3.14159265358979323846264338327950288L;
  CHECK(std::abs(digamma_of(1) + gamma) < 1e-17L);
  CHECK(std::abs(digamma_of(2) - (1 - gamma)) < 1e-17L);
  CHECK(std::abs(digamma_of(0.5L) + gamma + 2 * log2) < 1e-17L);
  CHECK(std::abs(digamma_of(0.25L) + gamma + 3 * log2 + pi / 2) < 1e-17L);
  CHECK(std::abs(digamma_of(10) - (7129 / 2520.0L - gamma)) < 1e-17L);
  for (const wide base : {1e-9L, 0.3L, 1.0L, 7.5L, 120.0L, 1e6L, 1e20L})
    for (const int steps : {1, 2, 9, 40}) {
      wide value = 0, slope = 0;
      for (int i = steps - 1; i >= 0; --i) {
        value += std::log(base + i);
        slope += 1 / (base + i);
      }
      const rise r = rise_of(base, steps);
      CHECK(std::abs(r.value - value) < 1e-17L * (1 + std::abs(value)) * 10);
      CHECK(std::abs(r.slope - slope) < 1e-17L * slope);
    }
}

TEST_CASE("pencil: log Gamma(1) = log Gamma(2) = 0, Gamma(5) = 24, Gamma(1/2) = sqrt(pi)") {
  CHECK(kernel::log_gamma(1.0) == 0);
  CHECK(kernel::log_gamma(2.0) == 0);
  CHECK(kernel::log_gamma(1.0F) == 0);
  CHECK(kernel::log_gamma(2.0F) == 0);
  CHECK(kernel::log_gamma(5.0) == doctest::Approx(std::log(24.0)).epsilon(1e-15));
  CHECK(kernel::log_gamma(0.5) == doctest::Approx(0.5723649429247001).epsilon(1e-15));
  CHECK(kernel::digamma(1.0) == doctest::Approx(-0.5772156649015329).epsilon(1e-15));
  CHECK(kernel::log_rising(3.0, 2.0) == doctest::Approx(std::log(12.0)).epsilon(1e-15));
  CHECK(kernel::digamma_rising(3.0, 2.0) == doctest::Approx(1.0 / 3 + 0.25).epsilon(1e-15));
  CHECK(kernel::log_rising(1.0, 1.0) == 0);
  CHECK(kernel::log_rising(7.3, 0.0) == 0);
  CHECK(kernel::log_rising(1e-9F, 0.0F) == 0);
  CHECK(kernel::digamma_rising(0.2, 0.0) == 0);
}

template <class Real>
void as_exact_as_stated() {
  const spread some;
  double most = 0, most_slope = 0;
  const auto look = [&](Real x) {
    const wide value = std::lgamma(static_cast<wide>(x)), slope = digamma_of(x);
    const wide off = std::abs(static_cast<wide>(kernel::log_gamma(x)) - value);
    most = std::max(most, static_cast<double>(value == 0 ? off * 1e300L : off / (std::abs(value) * digit<Real>)));
    most_slope = std::max(most_slope, static_cast<double>(std::abs(static_cast<wide>(kernel::digamma(x)) - slope) /
                                                          (std::max(std::abs(slope), wide{1}) * digit<Real>)));
  };
  for (int i = 0; i < 4000; ++i) {
    look(static_cast<Real>(some(1e-30, 1e8)));
    look(static_cast<Real>(some(1e8, 1e28)));
    look(static_cast<Real>(some(0.3, 12)));
    for (const double zero : {1.0, 2.0}) {  // closer and closer to the zeros
      look(static_cast<Real>(zero + some(1e-16, 0.1)));
      look(static_cast<Real>(zero - some(1e-16, 0.1)));
    }
  }
  for (int twice = 1; twice < 40; ++twice)  // where one formula ends and the next begins
    for (const Real beside : {Real{0}, Real{1}, Real{100}}) {
      look(static_cast<Real>(twice) / 2);
      look(std::nextafter(static_cast<Real>(twice) / 2, beside));
    }
  CAPTURE(most);
  CAPTURE(most_slope);
  CHECK(most <= 4);
  CHECK(most_slope <= 3);
}
TEST_CASE("log-gamma and digamma are as exact as stated, from 1e-30 to 1e28 and beside the zeros") {
  as_exact_as_stated<float>();
  as_exact_as_stated<double>();
}

template <class Real>
void rises_as_stated() {
  const spread some;
  double most = 0, most_low = 0, most_slope = 0;
  const auto look = [&](Real base, Real steps) {
    const rise r = rise_of(base, steps);
    const wide value = steps == 1 ? std::log(static_cast<wide>(base)) : r.value, size = std::abs(value);
    const wide off = std::abs(static_cast<wide>(kernel::log_rising(base, steps)) - value) / digit<Real>;
    if (steps == 1 || base >= (sizeof(Real) == 4 ? 4 : 8)) {
      most = std::max(most, static_cast<double>(off == 0 ? 0 : off / size));
    } else {
      most_low = std::max(
          most_low,
          static_cast<double>(off / (size + std::min<wide>(steps, std::abs(std::log(static_cast<wide>(base))) + 4))));
    }
    const wide off_slope = std::abs(static_cast<wide>(kernel::digamma_rising(base, steps)) - r.slope) / digit<Real>;
    most_slope = std::max(most_slope, static_cast<double>(off_slope / r.slope));
  };
  for (int i = 0; i < 1000; ++i)
    for (const bool wide_range : {false, true}) {
      const auto base = [&] { return static_cast<Real>(wide_range ? some(1e-28, 1e28) : some(0.01, 100)); };
      look(base(), static_cast<Real>(1 + i % 8));
      look(base(), static_cast<Real>(std::floor(some(9, 1e8))));
      look(base(), static_cast<Real>(some(1e-6, 20)));
      look(base(), Real{1});
      look(static_cast<Real>(1 + some(1e-7, 0.1)), Real{1});
    }
  CAPTURE(most);
  CAPTURE(most_low);
  CAPTURE(most_slope);
  CHECK(most <= 4);
  CHECK(most_low <= 8);
  CHECK(most_slope <= 3);
}
TEST_CASE("how log-gamma and digamma rise is as exact as stated, where the difference of two values would keep no digit") {
  rises_as_stated<float>();
  rises_as_stated<double>();
  // For a dispersion of 1e6 both log-gammas are 1.3e7, of which a float keeps nothing behind the point.
  CHECK(static_cast<double>(kernel::log_rising(1e6F, 2.0F)) == doctest::Approx(2 * std::log(1e6) + 1e-6).epsilon(1e-7));
  CHECK(kernel::digamma_rising(1e20, 1.0) == doctest::Approx(1e-20).epsilon(1e-15));
}

template <class Real>
void alone_as_in_a_row() {
  const spread some;
  std::vector<Real> x, y, steps;
  for (int i = 0; i < 300; ++i) {
    x.push_back(static_cast<Real>(some(1e-6, 1e6)));
    steps.push_back(static_cast<Real>(i % 3 == 0 ? some(1e-3, 1e3) : std::floor(some(1, 30))));
  }
  for (const int first : {0, 1, 5})
    for (std::size_t n = 0; n < 40; ++n) {
      const auto part = std::span<const Real>(x).subspan(usize(7 * first) + n, n);
      const auto by = std::span<const Real>(steps).subspan(n, n);
      y.assign(n + 1, Real{99});
      const auto to = std::span(y).first(n);
      bool same = true;
      const auto all = [&](auto&& one) {
        for (std::size_t i = 0; i < n; ++i) same = same && y[i] == one(i);
      };
      kernel::log_gamma(part, to);
      all([&](std::size_t i) { return kernel::log_gamma(part[i]); });
      kernel::digamma(part, to);
      all([&](std::size_t i) { return kernel::digamma(part[i]); });
      kernel::log_rising(part, by, to);
      all([&](std::size_t i) { return kernel::log_rising(part[i], by[i]); });
      kernel::digamma_rising(part, by, to);
      all([&](std::size_t i) { return kernel::digamma_rising(part[i], by[i]); });
      CHECK(same);
      CHECK(y[n] == 99);
    }
}
TEST_CASE("a number has the same bits alone as at any place of a row, whatever stands beside it") {
  alone_as_in_a_row<float>();
  alone_as_in_a_row<double>();
}

TEST_CASE("laws: a step adds a logarithm, and steps can be taken in two goes") {
  rc::check("log_gamma(x + 1) = log_gamma(x) + log x; rising splits", [] {
    const double x = std::exp(0.001 * *rc::gen::inRange(-15000, 15000)), s = 0.01 * *rc::gen::inRange(0, 5000),
                 t = *rc::gen::inRange(0, 30);
    const double size = 1 + x * (1 + std::abs(std::log(x))) + std::abs(std::log(x));
    RC_ASSERT(std::abs(kernel::log_gamma(x + 1) - kernel::log_gamma(x) - std::log(x)) <= 4e-15 * size);
    const double whole = kernel::log_rising(x, s + t), parts = kernel::log_rising(x, s) + kernel::log_rising(x + s, t);
    RC_ASSERT(std::abs(whole - parts) <=
              2e-14 * (1 + std::abs(std::log(x)) + (s + t) * (1 + std::abs(std::log(x + s + t)))));
  });
}

}  // namespace of_log_gamma
