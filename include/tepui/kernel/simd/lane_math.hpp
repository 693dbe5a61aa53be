#pragma once
/// Logarithms and exponentials of several floats or doubles at once, right to the last digits even where they nearly vanish.

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <tepui/kernel/simd/highway.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

/// A full vector of T where this target has vectors, otherwise one number. Everything below is written once for both.
template <class T>
using lanes_of = hn::CappedTag<T, has_lanes ? lanes32 * 4 / sizeof(T) : 1>;
/// One number: the same arithmetic, and so the same bits, as in a full vector.
template <class T>
using one_lane = hn::CappedTag<T, 1>;
/// of(tag, lanes...) for single numbers.
template <class Of, class T, class... More>
[[nodiscard]] HWY_INLINE T alone(Of&& of, T x, More... more) {
  const one_lane<T> d;
  return hn::GetLane(of(d, hn::Set(d, x), hn::Set(d, more)...));
}

/// float or double, whichever the lanes are.
template <class T>
[[nodiscard]] constexpr auto choose(const auto& of_float, const auto& of_double) {
  if constexpr (std::is_same_v<T, float>) {
    return of_float;
  } else {
    return of_double;
  }
}

/// c[0] + c[1] x + c[2] x^2 + ...
template <class Tag, class T, std::size_t N, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes polynomial(Tag d, Lanes x, const std::array<T, N>& c) {
  auto p = hn::Set(d, c[N - 1]);
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    ((p = hn::MulAdd(p, x, hn::Set(d, c[N - 2 - I]))), ...);
  }(std::make_index_sequence<N - 1>());
  return p;
}

/// (2 atanh(s) - 2 s) / s^3 in s^2, for |s| <= 0.1716.
template <class T>
inline constexpr auto atanh_terms =
    choose<T>(std::array{0.6666666655F, 0.4000012188F, 0.285508166F, 0.2333058194F},
              std::array{0.6666666666666666646, 0.4000000000000087761, 0.2857142857080323001, 0.2222222239180046933,
                         0.181817956308847532, 0.1538624020581347788, 0.1326875966856061269, 0.1308676700994817371});
/// (exp(r) - 1 - r) / r^2 for |r| <= log(2) / 2.
template <class T>
inline constexpr auto exponential_terms =
    choose<T>(std::array{0.5F, 0.1666657667F, 0.04166655421F, 8.363232884e-3F, 1.392625083e-3F},
              std::array{0.5, 0.1666666666666667103, 0.04166666666666666978, 8.33333333332608312e-3, 1.388888888888371117e-3,
                         1.984126987500227879e-4, 2.48015873256774619e-5, 2.755725517000088744e-6, 2.755727347871858047e-7,
                         2.510531272962210179e-8, 2.09147553258932022e-9});

/// The logarithm of x = 1 + u, where u may be known better than x.
/// in     x positive, normal and finite; u = x - 1 (read only where x lies in [0.71, 1.41])
/// out    log(x); bow: log(1 + u) - u, of which nothing is lost where u is small
/// errors float and double: log 1.5 ulp; bow 2 ulp where x is in [0.71, 1.41], elsewhere 1 ulp of log(x) and of u
/// cost   a division and about 25 instructions            repeat a lane does not depend on its neighbours
/// source the splitting of Cody and Waite 1980; polynomials at Chebyshev's nodes
template <class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes logarithm(Tag d, Lanes x, Lanes u, Lanes& bow) {
  using T = hn::TFromD<Tag>;
  using bits_type = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  const hn::RebindToUnsigned<Tag> du;
  const hn::RebindToSigned<Tag> di;
  constexpr int digits = sizeof(T) == 4 ? 23 : 52;
  constexpr bits_type one = choose<T>(0x3F800000U, 0x3FF0000000000000ULL);
  constexpr bits_type root = choose<T>(0x3F3504F3U, 0x3FE6A09E667F3BCDULL);  // 1 / sqrt(2)
  const auto bits = hn::Add(hn::BitCast(du, x), hn::Set(du, static_cast<bits_type>(one - root)));
  const auto power = hn::BitCast(di, hn::ShiftRight<digits>(bits));
  using signed_type = std::make_signed_t<bits_type>;
  const auto twos = hn::ConvertTo(d, hn::Sub(power, hn::Set(di, static_cast<signed_type>(one >> digits))));
  constexpr bits_type fraction = (bits_type{1} << digits) - 1;
  const auto near_one = hn::BitCast(d, hn::Add(hn::And(bits, hn::Set(du, fraction)), hn::Set(du, root)));
  const auto near = hn::Eq(twos, hn::Zero(d));
  const auto f = hn::IfThenElse(near, u, hn::Sub(near_one, hn::Set(d, T{1})));
  const auto s = hn::Div(f, hn::Add(f, hn::Set(d, T{2})));
  const auto w = hn::Mul(s, s);
  const auto half = hn::Mul(hn::Mul(f, f), hn::Set(d, T(0.5)));
  const auto tail = hn::Mul(s, hn::MulAdd(w, polynomial(d, w, atanh_terms<T>), half));
  const auto high =
      hn::Set(d, choose<T>(0.693138123F, 6.93147180369123816490e-01));  // of so few digits that products are exact
  const auto low = hn::Set(d, choose<T>(9.05800061e-6F, 1.90821492927058770002e-10));
  const auto log = hn::MulAdd(twos, high, hn::Sub(f, hn::Sub(half, hn::MulAdd(twos, low, tail))));
  bow = hn::IfThenElse(near, hn::Sub(tail, half), hn::Sub(log, u));
  return log;
}
/// log(x).            in  x positive, normal and finite            errors  1.5 ulp
template <class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes logarithm(Tag d, Lanes x) {
  Lanes bow;
  return logarithm(d, x, hn::Sub(x, hn::Set(d, hn::TFromD<Tag>{1})), bow);
}
/// log(1 + u) and how far it lies below u.            in  u > -1            errors  log 3 ulp; bow as logarithm's
template <class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes log_one_plus(Tag d, Lanes u, Lanes& bow) {
  return logarithm(d, hn::Add(u, hn::Set(d, hn::TFromD<Tag>{1})), u, bow);
}
template <class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes log_one_plus(Tag d, Lanes u) {
  Lanes bow;
  return log_one_plus(d, u, bow);
}

/// exp(x) - 1, and exp(x).
/// in     x: below -87 (double: -708) it counts as that, above 88 (709) as that
/// errors less_one 2 ulp, also near 0; power 1.5 ulp            cost   about 17 instructions
template <class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes exponential_less_one(Tag d, Lanes x, Lanes& power) {
  using T = hn::TFromD<Tag>;
  const hn::RebindToUnsigned<Tag> du;
  constexpr int digits = sizeof(T) == 4 ? 23 : 52;
  const auto limited = hn::Min(hn::Max(x, hn::Set(d, choose<T>(-87.0F, -708.0))), hn::Set(d, choose<T>(88.0F, 709.0)));
  // 1.5 * 2^23 + 127 (2^52, 1023): the exponent of the power of two stands in the last bits
  const auto magic = hn::Set(d, choose<T>(12583039.0F, 6755399441056767.0));
  const auto shifted = hn::MulAdd(limited, hn::Set(d, choose<T>(1.44269504F, 1.4426950408889634)), magic);
  const auto twos = hn::Sub(shifted, magic);
  const auto high = hn::Set(d, choose<T>(0.693359375F, 6.93147180369123816490e-01));
  const auto low = hn::Set(d, choose<T>(-2.12194440e-4F, 1.90821492927058770002e-10));
  const auto rest = hn::NegMulAdd(twos, low, hn::NegMulAdd(twos, high, limited));
  const auto p = hn::MulAdd(hn::Mul(rest, rest), polynomial(d, rest, exponential_terms<T>), rest);
  const auto scale = hn::BitCast(d, hn::ShiftLeft<digits>(hn::BitCast(du, shifted)));
  power = hn::MulAdd(scale, p, scale);
  return hn::MulAdd(scale, p, hn::Sub(scale, hn::Set(d, T{1})));
}
template <class Tag, class Lanes = hn::Vec<Tag>>
HWY_INLINE Lanes exponential_of(Tag d, Lanes x) {
  Lanes power;
  static_cast<void>(exponential_less_one(d, x, power));
  return power;
}

/// A full vector of the numbers of rows, beginning at number `at`.
template <class T>
struct all_lanes {
  std::size_t at;
  [[nodiscard]] HWY_INLINE auto load(const T* row) const { return hn::LoadU(lanes_of<T>(), row + at); }
  HWY_INLINE void store(hn::Vec<lanes_of<T>> v, T* row) const { hn::StoreU(v, lanes_of<T>(), row + at); }
};
/// The last n numbers of rows, fewer than a vector. Nothing behind them is read or written; lanes without a number load 1.
template <class T>
struct last_lanes {
  std::size_t at, n;
  static constexpr std::size_t wide = has_lanes ? lanes32 * 4 / sizeof(T) : 1;
  [[nodiscard]] HWY_INLINE auto load(const T* row) const {
    HWY_ALIGN T full[wide];
    for (std::size_t i = 0; i < wide; ++i) full[i] = i < n ? row[at + i] : T{1};
    return hn::Load(lanes_of<T>(), full);
  }
  HWY_INLINE void store(hn::Vec<lanes_of<T>> v, T* row) const {
    HWY_ALIGN T full[wide];
    hn::Store(v, lanes_of<T>(), full);
    for (std::size_t i = 0; i < n; ++i) row[at + i] = full[i];
  }
};
/// Calls step(lanes) for every vector of n numbers, in order. A number goes through the same arithmetic in either kind.
template <class T, class Step>
HWY_INLINE void in_lanes(std::size_t n, Step&& step) {
  constexpr std::size_t wide = last_lanes<T>::wide;
  std::size_t i = 0;
  for (; i + wide <= n; i += wide) step(all_lanes<T>{i});
  if (i < n) step(last_lanes<T>{i, n - i});
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
