#pragma once
/// How probable a test statistic at least this large is by chance: tails of distributions.

#include <cmath>
#include <cstdint>
#include <limits>

namespace tepui::metric {

/// The logarithm of the gamma function, x > 0; relative error about 1e-15. std::lgamma writes to a variable that all threads
/// share.
/// source Stirling's series, behind the recurrence that brings x above 12
[[nodiscard]] inline double log_gamma(double x) {
  double below = 0;
  while (x < 12) {
    below += std::log(x);
    x += 1;
  }
  const double r = 1 / x, r2 = r * r;
  const double series =
      r * (1.0 / 12 -
           r2 * (1.0 / 360 - r2 * (1.0 / 1260 - r2 * (1.0 / 1680 - r2 * (1.0 / 1188 - r2 * (691.0 / 360360 - r2 / 156))))));
  return (x - 0.5) * std::log(x) - x + 0.91893853320467274178 + series - below;
}

/// P(Z > z) of a standard normal.
[[nodiscard]] inline double normal_tail(double z) { return 0.5 * std::erfc(z * 0.70710678118654752440); }

/// z with P(Z < z) = share, 0 < share < 1.
/// out    NaN outside
/// cost   about 50 steps of a bisection: not for inner loops
[[nodiscard]] inline double normal_quantile(double share) {
  if (!(share > 0 && share < 1)) return std::numeric_limits<double>::quiet_NaN();
  if (share > 0.5) return -normal_quantile(1 - share);
  double low = -39, high = 0;
  for (int step = 0; step < 80; ++step) {
    const double middle = (low + high) / 2;
    (normal_tail(-middle) < share ? low : high) = middle;
  }
  return (low + high) / 2;
}

/// The upper tail of the chi-squared distribution: the regularised incomplete gamma function Q(freedom / 2, x / 2).
/// in     whole degrees of freedom >= 1; x >= 0            out    p in [0, 1]
/// errors relative 1e-13 for freedom and x up to some hundreds, absolute 1e-12 up to thousands
/// cost   up to freedom / 2 + 40 multiplications           repeat  depends on the C library's exp, log and erfc
/// source Abramowitz and Stegun 1964, 6.5.29 for the series below the mean, 26.4.4 and 26.4.5 for the finite sums above it
class chi_squared_tail {
 public:
  explicit chi_squared_tail(std::int64_t freedom) : a_(static_cast<double>(freedom) / 2), half_(freedom % 2 == 1) {
    // log gamma(a), from gamma(1) or gamma(1/2): exact for whole degrees, and once for all statistics.
    double product = 1;
    for (double at = a_ - 1; at > 0; at -= 1) {
      product *= at;
      if (product < 1e250) continue;
      log_gamma_ += std::log(product);
      product = 1;
    }
    log_gamma_ += std::log(product) + (half_ ? 0.5 * std::log(3.14159265358979323846) : 0.0);
  }

  /// P(X > chi_squared).                                    out    NaN for NaN, 1 for what is not above 0
  [[nodiscard]] double operator()(double chi_squared) const {
    const double x = chi_squared / 2;
    if (!(x > 0) || std::isinf(x)) return x > 0 ? 0 : std::isnan(x) ? x : 1;
    if (half_ && a_ < 1) return std::erfc(std::sqrt(x));
    const double last = std::exp((a_ - 1) * std::log(x) - x - log_gamma_);  // x^(a-1) e^-x / gamma(a)
    if (x < a_ + 1) {
      double term = last * x / a_, sum = 0;
      for (double at = a_ + 1; term > 1e-17 * sum; at += 1) {
        sum += term;
        term *= x / at;
      }
      return sum < 1 ? 1 - sum : 0;
    }
    double term = last, sum = half_ ? std::erfc(std::sqrt(x)) : 0;
    for (double at = a_ - 1; at > -0.25; at -= 1) {
      sum += term;
      if (term < 1e-17 * sum) break;
      term *= at / x;
    }
    return sum < 1 ? sum : 1;
  }

 private:
  double a_, log_gamma_ = 0;
  bool half_;
};

/// The regularised incomplete beta function I_x(a, b), a, b > 0, 0 <= x <= 1.
/// errors NaN outside; relative error about 1e-13
/// source Abramowitz and Stegun 1964, 26.5.8 (continued fraction)
[[nodiscard]] inline double beta_share(double x, double a, double b) {
  if (!(a > 0) || !(b > 0) || !(x >= 0 && x <= 1)) return std::numeric_limits<double>::quiet_NaN();
  if (x == 0 || x == 1) return x;
  if (x > (a + 1) / (a + b + 2)) return 1 - beta_share(1 - x, b, a);
  const double front = std::exp(a * std::log(x) + b * std::log1p(-x) + log_gamma(a + b) - log_gamma(a) - log_gamma(b)) / a;
  const auto kept_from_zero = [](double v) { return std::abs(v) < 1e-300 ? 1e-300 : v; };
  double c = 1, d = 1 / kept_from_zero(1 - (a + b) * x / (a + 1)), value = d;
  for (double m = 1; m < 100'000; m += 1) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / kept_from_zero(1 + even * d);
    c = kept_from_zero(1 + even / c);
    value *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / kept_from_zero(1 + odd * d);
    c = kept_from_zero(1 + odd / c);
    value *= d * c;
    if (std::abs(d * c - 1) < 1e-16) break;
  }
  return front * value;
}

/// P(|T| > |t|) of Student's t with df degrees of freedom.
[[nodiscard]] inline double student_two_sided(double t, double df) {
  if (std::isnan(t) || !(df > 0)) return std::numeric_limits<double>::quiet_NaN();
  if (std::isinf(t)) return 0;
  return beta_share(df / (df + t * t), df / 2, 0.5);
}

/// t with P(|T| < t) = level, 0 < level < 1.
/// out    NaN outside
/// cost   a bisection: not for inner loops
[[nodiscard]] inline double student_two_sided_quantile(double level, double df) {
  if (!(level > 0 && level < 1) || !(df > 0)) return std::numeric_limits<double>::quiet_NaN();
  double low = 0, high = 1;
  while (student_two_sided(high, df) > 1 - level && high < 1e300) high *= 2;
  for (int step = 0; step < 80; ++step) {
    const double middle = (low + high) / 2;
    (student_two_sided(middle, df) > 1 - level ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace tepui::metric
