#pragma once
/// How probable a test statistic at least this large is by chance: tails of distributions.

#include <cmath>
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

/// The upper regularised incomplete gamma function Q(a, x), a > 0, x >= 0.
/// errors NaN outside; relative error about 1e-14
/// source Abramowitz and Stegun 1964, 6.5.29 and 6.5.31 (series, continued fraction)
[[nodiscard]] inline double upper_gamma_share(double a, double x) {
  if (!(a > 0) || !(x >= 0)) return std::numeric_limits<double>::quiet_NaN();
  if (x == 0) return 1;
  if (std::isinf(x)) return 0;
  const double front = std::exp(a * std::log(x) - x - log_gamma(a));
  if (x < a + 1) {
    double term = 1 / a, sum = term;
    for (double k = a + 1; term > sum * 1e-17; k += 1) sum += term *= x / k;
    return 1 - front * sum;
  }
  double b = x + 1 - a, c = 1e300, d = 1 / b, value = d;
  for (double i = 1; i < 100'000; i += 1) {
    const double an = -i * (i - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    value *= d * c;
    if (std::abs(d * c - 1) < 1e-16) break;
  }
  return front * value;
}

/// P(X > x) of a chi-squared with df degrees of freedom.
/// out    NaN where df <= 0 or x < 0
[[nodiscard]] inline double chi2_tail(double x, double df) { return upper_gamma_share(df / 2, x / 2); }

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
