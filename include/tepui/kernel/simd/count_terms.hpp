#pragma once
/// The formulas of laws of counting: how probable a count is and how that changes with the parameters, several at once.

#include <tepui/kernel/simd/log_gamma.hpp>

namespace tepui::kernel {

/// By which law a count comes about.
enum class count_law {
  poisson,                         ///< mean alone; the variance is the mean
  zero_truncated_poisson,          ///< a Poisson count of which it is known that it is not 0
  negative_binomial,               ///< mean and dispersion theta: the variance is mean + mean^2 / theta
  zero_inflated_negative_binomial  ///< and with probability 1 / (1 + exp(-dropout logit)) the count was lost: 0
};
[[nodiscard]] constexpr bool has_dispersion(count_law law) {
  return law == count_law::negative_binomial || law == count_law::zero_inflated_negative_binomial;
}
[[nodiscard]] constexpr bool has_dropout(count_law law) { return law == count_law::zero_inflated_negative_binomial; }

/// What mean and dispersion are derived by: their logarithms, which networks usually give, or themselves.
enum class slopes_of { logarithms, values };

/// Means and dispersions nearer to 0 count as this; dispersions above one over this as that.
inline constexpr double least_parameter = 1e-28;

namespace simd {
inline namespace HWY_NAMESPACE {

/// 1 / (1 + exp(-x)) and its complement, by exp(-|x|).
template <class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE void shares_of_logit(Tag d, Lanes x, Lanes small, Lanes& yes, Lanes& no) {
  const auto one = hn::Set(d, hn::TFromD<Tag>{1});
  const auto large_share = hn::Div(one, hn::Add(one, small)), small_share = hn::Mul(small, large_share);
  const auto positive = hn::Gt(x, hn::Zero(d));
  yes = hn::IfThenElse(positive, large_share, small_share);
  no = hn::IfThenElse(positive, small_share, large_share);
}

/// A count of 0: -theta log(1 + mean / theta). Slopes with respect to the parameters or their logarithms.
template <slopes_of By, class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes negative_binomial_of_zero(Tag d, Lanes mean, Lanes theta, Lanes& d_mean, Lanes& d_theta) {
  using T = hn::TFromD<Tag>;
  const auto one = hn::Set(d, T{1});
  const auto y = hn::Div(mean, theta), rest = hn::Div(one, hn::Add(one, y)), share = hn::Mul(y, rest);
  Lanes bow;
  const auto log = log_one_plus(d, y, bow);
  // log(1 + y) - y / (1 + y): for small y, where both are y, from what each lies below it
  const auto gap = hn::IfThenElse(hn::Lt(y, hn::Set(d, T(0.4))), hn::MulAdd(y, share, bow), hn::Sub(log, share));
  const auto toward = hn::Neg(rest);
  d_mean = By == slopes_of::values ? toward : hn::Mul(toward, mean);
  d_theta = By == slopes_of::values ? hn::Neg(gap) : hn::Neg(hn::Mul(theta, gap));
  return hn::Neg(hn::Mul(theta, log));
}

/// A count of 0 that may be a loss: log(lost + kept exp(zero)); zero and its slopes: those of the law without losses.
template <class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes maybe_lost(Tag d, Lanes zero, Lanes logit, Lanes& d_mean, Lanes& d_theta, Lanes& d_logit) {
  using T = hn::TFromD<Tag>;
  Lanes of_zero, lost, kept, was_zero, was_lost;
  const auto small = exponential_of(d, hn::Neg(hn::Abs(logit)));
  const auto missing = hn::Neg(exponential_less_one(d, zero, of_zero));
  shares_of_logit(d, logit, small, lost, kept);
  const auto apart = hn::Sub(zero, logit), other = exponential_of(d, hn::Neg(hn::Abs(apart)));
  shares_of_logit(d, apart, other, was_zero, was_lost);
  // 1 - kept (1 - exp(zero)) while that is not small; otherwise the larger of both probabilities is taken out, that is for
  // logit < 0 alone, where kept = 1 / (1 + small).
  const auto loss = hn::Mul(kept, missing);
  const auto direct = hn::Le(loss, hn::Set(d, T(0.5)));
  const auto argument = hn::IfThenElse(direct, hn::Neg(loss), hn::Mul(hn::Sub(other, small), kept));
  const auto value = hn::Add(log_one_plus(d, argument), hn::IfThenElse(direct, hn::Zero(d), hn::Max(zero, logit)));
  d_mean = hn::Mul(d_mean, was_zero);
  d_theta = hn::Mul(d_theta, was_zero);
  d_logit = hn::Mul(was_lost, loss);
  return value;
}

/// What Stirling's formula leaves of log Gamma(t), for every t > 0.
template <class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes binet(Tag d, Lanes t) {
  using T = hn::TFromD<Tag>;
  const auto from = hn::Set(d, static_cast<T>(stirling_from<T>));
  const auto far = hn::Ge(t, from);
  const auto a = hn::Div(hn::Set(d, T{1}), hn::IfThenElse(far, t, from));
  const auto series = hn::Mul(a, polynomial(d, hn::Mul(a, a), binet_terms<T>));
  if (hn::AllTrue(d, far)) return series;
  const auto near = hn::IfThenElse(far, from, t);
  const auto line = hn::Sub(
      near, hn::MulAdd(hn::Sub(near, hn::Set(d, T(0.5))), logarithm(d, near), hn::Set(d, static_cast<T>(half_log_two_pi))));
  return hn::IfThenElse(far, series, hn::Add(log_gamma(d, near), line));
}

/// A count x of many: the deviance form, in which nothing large is subtracted; x > 0, whole or not.
/// source Loader 2000 (saddle-point expansion), here for both ends of the law and its slope
template <class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes negative_binomial_of_many(Tag d, Lanes x, Lanes mean, Lanes theta, Lanes share, Lanes rest,
                                           Lanes& d_log_theta) {
  using T = hn::TFromD<Tag>;
  const auto one = hn::Set(d, T{1}), low = hn::Set(d, T(-0.5));
  const auto all = hn::Add(theta, x), apart = hn::Sub(x, mean), whole = hn::Add(theta, mean);
  const auto to_all = hn::Div(apart, whole), to_x = hn::Neg(hn::Mul(rest, hn::Div(apart, x)));
  // Where 1 + u is nearly 0 it is known better than u.
  Lanes bow_all, bow_x;
  const auto lies_all = hn::IfThenElse(hn::Lt(to_all, low), hn::Div(all, whole), hn::Add(to_all, one));
  const auto lies_x = hn::IfThenElse(hn::Lt(to_x, low), hn::Mul(share, hn::Div(all, x)), hn::Add(to_x, one));
  static_cast<void>(logarithm(d, lies_all, to_all, bow_all));
  static_cast<void>(logarithm(d, lies_x, to_x, bow_x));
  const auto deviance = hn::MulAdd(x, bow_x, hn::Mul(theta, bow_all));
  const auto width = hn::Sub(logarithm(d, hn::Div(theta, all)), logarithm(d, x));
  const auto rests = hn::Sub(binet(d, all), hn::Add(binet(d, theta), binet(d, x)));
  const auto value =
      hn::Add(deviance, hn::MulAdd(width, hn::Set(d, T(0.5)), hn::Sub(rests, hn::Set(d, static_cast<T>(half_log_two_pi)))));
  // theta (t(theta) - t(theta + x)) with t(theta) = log theta - digamma(theta)
  const auto from = hn::Set(d, static_cast<T>(stirling_from<T>));
  const auto far = hn::Ge(theta, from);
  const auto a = hn::Div(one, hn::IfThenElse(far, theta, from)), b = hn::Div(one, all);
  auto fall = hn::Mul(hn::Mul(x, b), digamma_tail_fall(d, a, b));
  if (!hn::AllTrue(d, far)) {
    const auto tail = [&](Lanes t) { return hn::Mul(theta, hn::Sub(logarithm(d, t), digamma(d, t))); };
    fall = hn::IfThenElse(far, fall, hn::Sub(tail(theta), tail(all)));
  }
  d_log_theta = hn::MulAdd(theta, bow_all, fall);
  return value;
}

/// A count x > 0.
template <slopes_of By, class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes negative_binomial_of_count(Tag d, Lanes x, Lanes given_mean, Lanes theta, Lanes& d_mean, Lanes& d_theta) {
  using T = hn::TFromD<Tag>;
  const auto one = hn::Set(d, T{1});
  const auto mean = hn::Max(given_mean, hn::Set(d, static_cast<T>(least_parameter)));
  const auto y = hn::Div(mean, theta), rest = hn::Div(one, hn::Add(one, y)), share = hn::Mul(y, rest);
  const auto few = are_few(d, x);
  auto value = hn::Zero(d), slope = value;
  if (!hn::AllFalse(d, few)) {
    Lanes bow, factors, excess;
    const auto log = log_one_plus(d, y, bow);
    const auto gap = hn::IfThenElse(hn::Lt(y, hn::Set(d, T(0.4))), hn::MulAdd(y, share, bow), hn::Sub(log, share));
    few_steps<true>(d, theta, hn::IfThenElse(few, x, one), factors, excess);
    // theta^x of the rising product and theta^-x of the mean's share meet here, so that large dispersions lose nothing.
    const auto scaled = hn::Mul(hn::IfThenElse(hn::Ge(theta, one), mean, y), rest);
    value = hn::MulAdd(x, logarithm(d, scaled), hn::NegMulAdd(theta, log, logarithm(d, factors)));
    slope = hn::Sub(hn::Sub(hn::Mul(x, share), excess), hn::Mul(theta, gap));
  }
  if (!hn::AllTrue(d, few)) {
    Lanes of_many;
    const auto many = negative_binomial_of_many(d, x, mean, theta, share, rest, of_many);
    value = hn::IfThenElse(few, value, many);
    slope = hn::IfThenElse(few, slope, of_many);
  }
  const auto toward = hn::Mul(hn::Sub(x, mean), rest);
  d_mean = By == slopes_of::values ? hn::Div(toward, mean) : toward;
  d_theta = By == slopes_of::values ? hn::Div(slope, theta) : slope;
  return value;
}

/// A count x > 0 of a Poisson law; Truncated: it is known not to be 0. Many counts as in negative_binomial_of_many.
template <bool Truncated, slopes_of By, class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes poisson_of_count(Tag d, Lanes x, Lanes given_mean, Lanes& d_mean) {
  using T = hn::TFromD<Tag>;
  const auto one = hn::Set(d, T{1});
  const auto mean = hn::Max(given_mean, hn::Set(d, static_cast<T>(least_parameter)));
  // The mean of those that are not 0, m / (1 - exp(-m)); without truncation it is m.
  auto centre = mean, missing = one;
  if constexpr (Truncated) {
    Lanes power;
    missing = hn::Neg(exponential_less_one(d, hn::Neg(mean), power));
    centre = hn::Div(mean, missing);
  }
  const auto few = are_few(d, x);
  auto value = hn::Zero(d);
  if (!hn::AllFalse(d, few)) {
    auto ways = one;  // 1 / x!
    for (int i = 2; i <= few_counts; ++i) {
      const auto more = hn::Ge(x, hn::Set(d, static_cast<T>(i)));
      ways = hn::IfThenElse(more, hn::Mul(ways, hn::Set(d, T{1} / static_cast<T>(i))), ways);
    }
    const auto powers = Truncated ? hn::Sub(x, one) : x;
    value = hn::MulAdd(powers, logarithm(d, mean), hn::Sub(logarithm(d, Truncated ? hn::Mul(ways, centre) : ways), mean));
  }
  if (!hn::AllTrue(d, few)) {
    const auto u = hn::Div(hn::Sub(mean, x), x);
    const auto lies = hn::IfThenElse(hn::Lt(u, hn::Set(d, T(-0.5))), hn::Div(mean, x), hn::Add(u, one));
    Lanes bow;
    static_cast<void>(logarithm(d, lies, u, bow));
    auto many = hn::Sub(hn::MulSub(x, bow, hn::MulAdd(logarithm(d, x), hn::Set(d, T(0.5)), binet(d, x))),
                        hn::Set(d, static_cast<T>(half_log_two_pi)));
    if constexpr (Truncated) many = hn::Sub(many, logarithm(d, missing));
    value = hn::IfThenElse(few, value, many);
  }
  const auto toward = hn::Sub(x, centre);
  d_mean = By == slopes_of::values ? hn::Div(toward, mean) : toward;
  return value;
}

/// One vector of counts, all of them 0: log-likelihood and slopes. What a law does not have is neither read nor written.
template <count_law Law, slopes_of By, class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes likelihood_of_zero(Tag d, Lanes mean, Lanes theta, Lanes logit, Lanes& d_mean, Lanes& d_theta,
                                    Lanes& d_logit) {
  using T = hn::TFromD<Tag>;
  if constexpr (Law == count_law::poisson) {
    d_mean = By == slopes_of::values ? hn::Set(d, T{-1}) : hn::Neg(mean);
    return hn::Neg(mean);
  } else if constexpr (Law == count_law::zero_truncated_poisson) {
    d_mean = hn::Zero(d);
    return hn::Neg(hn::Inf(d));
  } else {
    const auto value = negative_binomial_of_zero<By>(d, mean, theta, d_mean, d_theta);
    if constexpr (Law == count_law::negative_binomial) return value;
    return maybe_lost(d, value, logit, d_mean, d_theta, d_logit);
  }
}
/// One vector of counts, none of them 0.
template <count_law Law, slopes_of By, class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes likelihood_of_count(Tag d, Lanes x, Lanes mean, Lanes theta, Lanes logit, Lanes& d_mean, Lanes& d_theta,
                                     Lanes& d_logit) {
  if constexpr (!has_dispersion(Law)) {
    return poisson_of_count < Law == count_law::zero_truncated_poisson, By > (d, x, mean, d_mean);
  } else {
    const auto value = negative_binomial_of_count<By>(d, x, mean, theta, d_mean, d_theta);
    if constexpr (!has_dropout(Law)) return value;
    Lanes lost, kept;
    const auto small = exponential_of(d, hn::Neg(hn::Abs(logit)));
    shares_of_logit(d, logit, small, lost, kept);
    d_logit = hn::Neg(lost);
    return hn::Sub(value, hn::Add(hn::Max(logit, hn::Zero(d)), log_one_plus(d, small)));
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace simd
}  // namespace tepui::kernel
