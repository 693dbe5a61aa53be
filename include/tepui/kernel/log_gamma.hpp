#pragma once
/// The logarithm of the gamma function and how it grows: how many ways there are to order, choose or share out counts.

#include <cstddef>
#include <span>

#include <tepui/kernel/simd/log_gamma.hpp>

namespace tepui::kernel {
inline namespace HWY_NAMESPACE {

/// log Gamma(x); log Gamma(n + 1) = log(n!).
/// in     x in [1e-37, 1e36] (double: [1e-307, 1e300])            out    the same bits alone and in a row
/// errors relative 4.8e-7 (double: 8.9e-16), also next to its zeros at 1 and 2
/// cost   two divisions and about 70 instructions a vector (double 90); no table, and unlike std::lgamma no shared state
/// repeat a number does not depend on those beside it
/// source Stirling's series from 4 (double: 8) on (Whittaker and Watson 1927, 12.33), polynomials around 2
template <class Real>
[[nodiscard]] Real log_gamma(Real x) {
  return simd::alone([](auto d, auto v) { return simd::log_gamma(d, v); }, x);
}
/// in     x [n]            out    y [n], may be x
template <class Real>
[[gnu::noinline]] void log_gamma(std::span<const Real> x, std::span<Real> y) {
  simd::in_lanes<Real>(x.size(),
                       [&](auto p) { p.store(simd::log_gamma(simd::lanes_of<Real>(), p.load(x.data())), y.data()); });
}

/// The slope of log Gamma(x).
/// in     as log_gamma            errors 3.6e-7 (6.7e-16) of the value or, around its zero at 1.4616, of 1
/// cost   three divisions and about 70 instructions a vector (double 90)            source as log_gamma
template <class Real>
[[nodiscard]] Real digamma(Real x) {
  return simd::alone([](auto d, auto v) { return simd::digamma(d, v); }, x);
}
/// in     x [n]            out    y [n], may be x
template <class Real>
[[gnu::noinline]] void digamma(std::span<const Real> x, std::span<Real> y) {
  simd::in_lanes<Real>(x.size(),
                       [&](auto p) { p.store(simd::digamma(simd::lanes_of<Real>(), p.load(x.data())), y.data()); });
}

/// log Gamma(base + steps) - log Gamma(base): of a whole number of steps, log(base (base + 1) ... (base + steps - 1)). Not
/// the difference of two numbers that are nearly alike.
/// in     base in [1e-28, 1e28]; steps in [0, 1e28], whole or not            out    exactly 0 for 0 steps
/// errors relative 4.8e-7 (double: 8.9e-16) for one step and for bases from 4 (8) on; for smaller bases, where it passes
///        through 0, twice that of |itself| + min(steps, |log base| + 4)
/// cost   whole steps up to 8: two logarithms and a product; otherwise up to six logarithms
/// repeat a number does not depend on those beside it
/// source Stirling's series at both ends, the difference taken term by term
template <class Real>
[[nodiscard]] Real log_rising(Real base, Real steps) {
  return simd::alone([](auto d, auto b, auto s) { return simd::log_rising(d, b, s); }, base, steps);
}
/// in     base, steps [n]            out    y [n], may be either
template <class Real>
[[gnu::noinline]] void log_rising(std::span<const Real> base, std::span<const Real> steps, std::span<Real> y) {
  simd::in_lanes<Real>(y.size(), [&](auto p) {
    p.store(simd::log_rising(simd::lanes_of<Real>(), p.load(base.data()), p.load(steps.data())), y.data());
  });
}

/// digamma(base + steps) - digamma(base), the slope of log_rising with respect to base: of a whole number of steps,
/// 1 / base + 1 / (base + 1) + ... + 1 / (base + steps - 1).
/// in     as log_rising            out    >= 0, exactly 0 for 0 steps            errors relative 3.6e-7 (double: 6.7e-16)
/// cost   a logarithm, and two divisions a step for bases below 4 (double: 8)            source as log_rising
template <class Real>
[[nodiscard]] Real digamma_rising(Real base, Real steps) {
  return simd::alone([](auto d, auto b, auto s) { return simd::digamma_rising(d, b, s); }, base, steps);
}
/// in     base, steps [n]            out    y [n], may be either
template <class Real>
[[gnu::noinline]] void digamma_rising(std::span<const Real> base, std::span<const Real> steps, std::span<Real> y) {
  simd::in_lanes<Real>(y.size(), [&](auto p) {
    p.store(simd::digamma_rising(simd::lanes_of<Real>(), p.load(base.data()), p.load(steps.data())), y.data());
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
