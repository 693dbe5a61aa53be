#pragma once
/// Exponentials of the scores of a row and their sum, several at once.

#include <cmath>
#include <cstddef>
#include <cstdint>

#include <tepui/kernel/simd/exponential.hpp>
#include <tepui/kernel/simd/pieces.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// The largest of x [n], n >= 1.
[[nodiscard, gnu::noinline]] inline float largest(const float* x, std::size_t n) {
  const piece_tag d;
  const auto first = hn::Set(d, x[0]);
  auto a = first, b = first, c = first, e = first;
  std::size_t i = 0;
  for (; i + 4 * lanes32 <= n; i += 4 * lanes32) {
    a = hn::Max(a, hn::LoadU(d, x + i));
    b = hn::Max(b, hn::LoadU(d, x + i + lanes32));
    c = hn::Max(c, hn::LoadU(d, x + i + 2 * lanes32));
    e = hn::Max(e, hn::LoadU(d, x + i + 3 * lanes32));
  }
  in_pieces(n - i, [&](auto p) { a = hn::Max(a, p.inside_or(p.load(x + i), first)); });
  return hn::GetLane(hn::MaxOfLanes(d, hn::Max(hn::Max(a, b), hn::Max(c, e))));
}

/// The sum of exp(x - top); where Keep, the exponentials stay in x.
template <bool Keep, class Number>
[[nodiscard, gnu::noinline]] float sum_of_exponentials(Number* x, std::size_t n, float top) {
  const piece_tag d;
  const auto from = hn::Set(d, top);
  auto all = hn::Zero(d);
  const auto one = [&](auto p, Number* at) {
    const auto v = exponential(d, hn::Sub(p.load(at), from));
    if constexpr (Keep) p.store(v, at);
    return v;
  };
  std::size_t i = 0;
  while (i + 4 * lanes32 <= n) {
    auto a = hn::Zero(d), b = a, c = a, e = a;
    // Sums of at most 64 numbers a lane, then a sum of these: a long row loses no more digits than a short one.
    for (const std::size_t end = i + 256 * lanes32; i < end && i + 4 * lanes32 <= n; i += 4 * lanes32) {
      a = hn::Add(a, one(whole_piece{0}, x + i));
      b = hn::Add(b, one(whole_piece{lanes32}, x + i));
      c = hn::Add(c, one(whole_piece{2 * lanes32}, x + i));
      e = hn::Add(e, one(whole_piece{3 * lanes32}, x + i));
    }
    all = hn::Add(all, hn::Add(hn::Add(a, b), hn::Add(c, e)));
  }
  in_pieces(n - i, [&](auto p) { all = hn::Add(all, p.inside(one(p, x + i))); });
  return hn::GetLane(hn::SumOfLanes(d, all));
}

/// x *= by
[[gnu::noinline]] inline void scale_all(float* x, std::size_t n, float by) {
  const auto factor = hn::Set(piece_tag(), by);
  in_pieces(n, [&](auto p) { p.store(hn::Mul(p.load(x), factor), x); });
}

/// x *= by, number by number
[[gnu::noinline]] inline void multiply_all(float* x, std::size_t n, const float* by) {
  in_pieces(n, [&](auto p) { p.store(hn::Mul(p.load(x), p.load(by)), x); });
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
