#pragma once
/// How often chance alone gives counts as uneven as these, or more so.

#include <cmath>
#include <cstdint>

namespace tepui::metric {

/// The upper tail of the chi-squared distribution: the regularised incomplete gamma function Q(freedom / 2, x / 2).
/// in     whole degrees of freedom >= 1; x >= 0            out    p in [0, 1]
/// errors relative 1e-13 for freedom and x up to some hundreds, absolute 1e-12 up to thousands
/// cost   up to freedom / 2 + 40 multiplications           repeat  depends on the C library's exp, log and erfc
/// source Abramowitz and Stegun 1964, 6.5.29 for the series below the mean, 26.4.4 and 26.4.5 for the finite sums above it
class chi_squared_tail {
 public:
  explicit chi_squared_tail(std::int64_t freedom) : a_(static_cast<double>(freedom) / 2), half_(freedom % 2 == 1) {
    // log gamma(a), from gamma(1) or gamma(1/2); std::lgamma writes to a variable that threads would share.
    double product = 1;
    for (double at = a_ - 1; at > 0; at -= 1) {
      product *= at;
      if (product < 1e250) continue;
      log_gamma_ += std::log(product);
      product = 1;
    }
    log_gamma_ += std::log(product) + (half_ ? 0.5 * std::log(3.14159265358979323846) : 0.0);
  }

  [[nodiscard]] double operator()(double chi_squared) const {
    const double x = chi_squared / 2;
    if (!(x > 0)) return 1;
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

}  // namespace tepui::metric
