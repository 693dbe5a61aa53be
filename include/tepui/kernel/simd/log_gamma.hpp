#pragma once
/// The logarithm of the gamma function, its slope, and how both grow when a count is added, several at once.

#include <array>

#include <tepui/kernel/simd/lane_math.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

/// From here on the series of Stirling is exact to the last digits.
template <class T>
inline constexpr int stirling_from = sizeof(T) == 4 ? 4 : 8;
/// Whole counts up to here are multiplied out.
inline constexpr int few_counts = 8;
inline constexpr double half_log_two_pi = 0.918938533204672741780329736406;

/// log Gamma(2 + z) / z for |z| <= 1/2.
template <class T>
inline constexpr auto log_gamma_terms = choose<T>(
    std::array{0.4227843351F, 0.322467018F, -0.06735229409F, 0.02058162544F, -7.385920885e-3F, 2.878868684e-3F,
               -1.187484814e-3F, 5.702512503e-4F, -2.505620215e-4F},
    std::array{0.4227843350984671394,    0.3224670334241132182,   -0.06735230105319813938,  0.02058080842778456902,
               -7.385551028668153676e-3, 2.890510330738736988e-3, -1.192753912001022628e-3, 5.096695248853096064e-4,
               -2.231547507452036728e-4, 9.945750909889391572e-5, -4.492635110383333107e-5, 2.050726741605778761e-5,
               -9.438458716242811165e-6, 4.374374916915130721e-6, -2.044920146701511503e-6, 9.578663334114757713e-7,
               -4.303558760359961211e-7, 2.030480675161522786e-7, -1.341281975851728555e-7, 6.379047507619773721e-8});
/// digamma(2 + z) for |z| <= 1/2.
template <class T>
inline constexpr auto digamma_terms = choose<T>(
    std::array{0.422784334F, 0.6449340674F, -0.2020566824F, 0.08232312376F, -0.03693477253F, 0.01734655755F,
               -8.271811921e-3F, 4.038769533e-3F, -2.351245379e-3F, 1.165342954e-3F},
    std::array{0.4227843350984671394,    0.6449340668482264301,   -0.2020569031595942822,   0.08232323371114005945,
               -0.03692775514337086027,  0.01734306198428807912,  -8.349277381842299526e-3, 4.077356204303644383e-3,
               -2.008392829261748925e-3, 9.945749900394507377e-4, -4.941885352327110496e-4, 2.460883433240898381e-4,
               -1.227142425530606766e-4, 6.123361261842340905e-5, -3.058097535995740032e-5, 1.53561874502304848e-5,
               -7.674160254961052404e-6, 3.589412052762599511e-6, -1.794276509813675958e-6, 1.334972379409968728e-6,
               -6.674305497396081455e-7});
/// What Stirling's formula leaves of log Gamma(x), times x; in 1 / x^2.
template <class T>
inline constexpr auto binet_terms = choose<T>(
    std::array{0.08333333326F, -2.777737697e-3F, 7.903748843e-4F, -5.066983345e-4F},
    std::array{0.08333333333333333332, -2.777777777777674757e-3, 7.93650793511728205e-4, -5.952380234291253412e-4,
               8.417325268022404654e-4, -1.914965912162906999e-3, 6.208136766229793359e-3, -0.02085582083746311512});
/// (log x - digamma(x) - 1 / (2 x)) x^2, in 1 / x^2.
template <class T>
inline constexpr auto digamma_tail_terms =
    choose<T>(std::array{0.08333333267F, -8.332990443e-3F, 3.940102003e-3F, -3.397054067e-3F},
              std::array{0.08333333333333333313, -8.333333333331664172e-3, 3.968253965999700647e-3, -4.166665501516724567e-3,
                         7.575459920369176074e-3, -0.02105106090804774173, 0.08002337465397756689, -0.2994253706267350114});

/// A number below stirling_from, seen from 2: x = 2 + z moved by whole steps, whose factors are multiplied out.
/// out    z in [-1/2, 1/2]; factors: (x-1)(x-2)... down to 2 + z; where `below`: x, or x (x+1); slope: their derivative
template <class Tag, class Lanes, class Mask>
HWY_INLINE void steps_from_two(Tag d, Lanes x, Lanes& z, Lanes& factors, Lanes& slope, Mask& below) {
  using T = hn::TFromD<Tag>;
  const auto one = hn::Set(d, T{1});
  const auto whole = hn::Round(x);
  z = hn::Sub(x, whole);
  factors = one;
  slope = hn::Zero(d);
  for (int j = 1; j <= stirling_from<T> - 2; ++j) {
    const auto more = hn::Gt(whole, hn::Set(d, static_cast<T>(j) + T(1.5)));
    const auto factor = hn::Sub(x, hn::Set(d, static_cast<T>(j)));
    slope = hn::IfThenElse(more, hn::MulAdd(slope, factor, factors), slope);
    factors = hn::IfThenElse(more, hn::Mul(factors, factor), factors);
  }
  below = hn::Lt(whole, hn::Set(d, T(1.5)));
  const auto two_below = hn::Lt(whole, hn::Set(d, T(0.5)));
  factors = hn::IfThenElse(below, hn::IfThenElse(two_below, hn::MulAdd(x, x, x), x), factors);
  slope = hn::IfThenElse(below, hn::IfThenElse(two_below, hn::MulAdd(x, hn::Set(d, T{2}), one), one), slope);
}

/// log Gamma(x), see kernel/log_gamma.hpp. The logarithm of what is multiplied out and that of Stirling are one.
template <class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes log_gamma(Tag d, Lanes x) {
  using T = hn::TFromD<Tag>;
  const auto far = hn::Ge(x, hn::Set(d, static_cast<T>(stirling_from<T>)));
  Lanes z, factors, slope;
  auto below = far;
  steps_from_two(d, hn::IfThenElse(far, hn::Set(d, T{2}), x), z, factors, slope, below);
  const auto log = logarithm(d, hn::IfThenElse(far, x, factors));
  const auto signed_log = hn::IfThenElse(below, hn::Neg(log), log);
  const auto near_value = hn::MulAdd(z, polynomial(d, z, log_gamma_terms<T>), signed_log);
  const auto t = hn::Div(hn::Set(d, T{1}), hn::IfThenElse(far, x, hn::Set(d, T{8})));
  const auto rest = hn::MulAdd(t, polynomial(d, hn::Mul(t, t), binet_terms<T>), hn::Set(d, static_cast<T>(half_log_two_pi)));
  const auto far_value = hn::Add(hn::MulSub(hn::Sub(x, hn::Set(d, T(0.5))), log, x), rest);
  return hn::IfThenElse(far, far_value, near_value);
}

/// The slope of log Gamma(x).
template <class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes digamma(Tag d, Lanes x) {
  using T = hn::TFromD<Tag>;
  const auto far = hn::Ge(x, hn::Set(d, static_cast<T>(stirling_from<T>)));
  const auto one = hn::Set(d, T{1});
  Lanes z, factors, slope;
  auto below = far;
  steps_from_two(d, hn::IfThenElse(far, hn::Set(d, T{2}), x), z, factors, slope, below);
  const auto steps = hn::Div(slope, factors);
  const auto near_value = hn::Add(polynomial(d, z, digamma_terms<T>), hn::IfThenElse(below, hn::Neg(steps), steps));
  const auto from = hn::IfThenElse(far, x, hn::Set(d, T{8}));
  const auto t = hn::Div(one, from);
  const auto tail = hn::Mul(t, hn::MulAdd(t, polynomial(d, hn::Mul(t, t), digamma_tail_terms<T>), hn::Set(d, T(0.5))));
  return hn::IfThenElse(far, hn::Sub(logarithm(d, from), tail), near_value);
}

/// (p(b) - p(a)) / (b - a) of a polynomial, without the difference; at_b = p(b).
template <class Tag, class T, std::size_t N, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes divided_difference(Tag d, Lanes a, Lanes b, const std::array<T, N>& c, Lanes& at_b) {
  auto p = hn::Set(d, c[N - 1]), slope = hn::Zero(d);
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    ((slope = hn::MulAdd(a, slope, p), p = hn::MulAdd(p, b, hn::Set(d, c[N - 2 - I]))), ...);
  }(std::make_index_sequence<N - 1>());
  at_b = p;
  return slope;
}

/// (t(base) - t(base + steps)) base (base + steps) / steps with t(x) = log(x) - digamma(x), for base >= stirling_from: near
/// 1/2, and no difference is taken.
/// in     a = 1 / base, b = 1 / (base + steps)
template <class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes digamma_tail_fall(Tag d, Lanes a, Lanes b) {
  using T = hn::TFromD<Tag>;
  const auto aa = hn::Mul(a, a);
  Lanes at_b;
  const auto slope = divided_difference(d, aa, hn::Mul(b, b), digamma_tail_terms<T>, at_b);
  return hn::MulAdd(hn::Add(a, b), hn::MulAdd(aa, slope, at_b), hn::Set(d, T(0.5)));
}

/// Whole counts up to few_counts: factors = product of (base + i) / scale over i < steps, each divided by (i + 1) where
/// Choose; excess = sum of i / (base + i). scale = max(base, 1), so that nothing overflows. steps = 0: 1 and 0.
template <bool Choose, class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE void few_steps(Tag d, Lanes base, Lanes steps, Lanes& factors, Lanes& excess) {
  using T = hn::TFromD<Tag>;
  const auto one = hn::Set(d, T{1});
  const auto by = hn::Div(one, hn::Max(base, one));
  const auto first = hn::Mul(base, by);
  factors = hn::IfThenElse(hn::Gt(steps, hn::Zero(d)), hn::Min(base, one), one);
  auto sum = hn::Zero(d);
  for (int i = 1; i < few_counts; ++i) {
    const auto more = hn::Gt(steps, hn::Set(d, static_cast<T>(i)));
    if (hn::AllFalse(d, more)) break;
    const auto step = hn::Mul(by, hn::Set(d, static_cast<T>(i)));
    auto factor = hn::Add(first, step), weight = step;
    if constexpr (Choose) {
      const auto share = hn::Set(d, T{1} / static_cast<T>(i + 1));
      factor = hn::Mul(factor, share);
      weight = hn::Mul(weight, share);
    }
    sum = hn::IfThenElse(more, hn::MulAdd(sum, factor, hn::Mul(weight, factors)), sum);
    factors = hn::IfThenElse(more, hn::Mul(factors, factor), factors);
  }
  excess = hn::Div(sum, factors);
}
/// The lanes that few_steps is for.
template <class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE auto are_few(Tag d, Lanes steps) {
  using T = hn::TFromD<Tag>;
  return hn::And(hn::Le(steps, hn::Set(d, static_cast<T>(few_counts))),
                 hn::Eq(hn::Round(hn::Min(steps, hn::Set(d, T{16}))), steps));
}

/// log Gamma(base + steps) - log Gamma(base), see kernel/log_gamma.hpp.
template <class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes log_rising(Tag d, Lanes base, Lanes steps) {
  using T = hn::TFromD<Tag>;
  const auto one = hn::Set(d, T{1}), far_from = hn::Set(d, static_cast<T>(stirling_from<T>));
  const auto few = are_few(d, steps);
  auto value = hn::Zero(d);
  if (!hn::AllFalse(d, few)) {
    Lanes factors, excess;
    few_steps<false>(d, base, hn::IfThenElseZero(few, steps), factors, excess);
    value = hn::MulAdd(steps, logarithm(d, hn::Max(base, one)), logarithm(d, factors));
  }
  if (hn::AllTrue(d, few)) return value;
  const auto small = hn::Lt(base, far_from), long_way = hn::And(small, hn::Ge(steps, hn::Set(d, T{8})));
  // Stirling's formula at both ends, the difference taken term by term.
  const auto from = hn::IfThenElse(small, hn::Add(base, far_from), base);
  const auto a = hn::Div(one, from), to = hn::Add(from, steps), b = hn::Div(one, to), share = hn::Mul(steps, a);
  const auto aa = hn::Mul(a, a);
  Lanes at_b, bow;
  const auto log_share = log_one_plus(d, share, bow);
  const auto slope = divided_difference(d, aa, hn::Mul(b, b), binet_terms<T>, at_b);
  const auto fall = hn::Mul(hn::Mul(share, b), hn::MulAdd(hn::Mul(a, hn::Add(a, b)), slope, at_b));
  auto rise =
      hn::MulAdd(from, bow, hn::Sub(hn::Mul(steps, logarithm(d, to)), hn::MulAdd(log_share, hn::Set(d, T(0.5)), fall)));
  if (!hn::AllFalse(d, small)) {
    // Small bases are moved up by stirling_from: less log(product of (base + steps + i) / (base + i)).
    auto low = one, high = one, apart = hn::Zero(d);
    const auto near_steps = hn::Min(steps, hn::Set(d, T{8})), near_base = hn::Min(base, far_from);
    for (int i = 0; i < stirling_from<T>; ++i) {
      const auto at = hn::Add(near_base, hn::Set(d, static_cast<T>(i)));
      apart = hn::MulAdd(apart, at, high);
      low = hn::Mul(low, at);
      high = hn::Mul(high, hn::Add(at, near_steps));
    }
    const auto moved = log_one_plus(d, hn::Mul(near_steps, hn::Div(apart, low)));
    rise = hn::IfThenElse(small, hn::Sub(rise, moved), rise);
    if (!hn::AllFalse(d, long_way))
      rise = hn::IfThenElse(long_way, hn::Sub(log_gamma(d, hn::Add(base, steps)), log_gamma(d, base)), rise);
  }
  return hn::IfThenElse(few, value, rise);
}

/// digamma(base + steps) - digamma(base): sums of positive terms only.
template <class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes digamma_rising(Tag d, Lanes base, Lanes steps) {
  using T = hn::TFromD<Tag>;
  const auto one = hn::Set(d, T{1}), far_from = hn::Set(d, static_cast<T>(stirling_from<T>));
  const auto small = hn::Lt(base, far_from);
  const auto from = hn::IfThenElse(small, hn::Add(base, far_from), base);
  const auto a = hn::Div(one, from), b = hn::Div(one, hn::Add(from, steps)), share = hn::Div(steps, from);
  auto rise = hn::MulAdd(hn::Mul(share, b), digamma_tail_fall(d, a, b), log_one_plus(d, share));
  if (!hn::AllFalse(d, small)) {
    auto moved = hn::Zero(d);
    for (int i = stirling_from<T> - 1; i >= 0; --i) {
      const auto at = hn::Add(base, hn::Set(d, static_cast<T>(i)));
      moved = hn::Add(moved, hn::Div(hn::Div(steps, hn::Add(at, steps)), at));
    }
    rise = hn::IfThenElse(small, hn::Add(rise, moved), rise);
  }
  return rise;
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
