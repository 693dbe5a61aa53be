#pragma once
/// Looks along a row of distances for cells that are nearer than they should be, several at once.

#include <cstddef>
#include <cstdint>
#include <limits>

#include <tepui/kernel/simd/pieces.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// (from - distance) + margin, for a vector of distances.
HWY_INLINE piece_lanes losses(piece_lanes distance, piece_lanes from, piece_lanes margin) {
  return hn::Add(hn::Sub(from, distance), margin);
}

/// As kernel::keep_near; `to` and `place` have room for a vector more than n, and `to` is filled up with infinity.
[[gnu::noinline]] inline std::size_t keep_near(const float* product, const float* squares, const float* left_out, float own,
                                               float from, float margin, std::size_t n, float* to, std::int32_t* place) {
  const piece_tag d;
  const hn::RebindToSigned<piece_tag> di;
  const auto of_row = hn::Set(d, own), twice = hn::Set(d, -2.0F), f = hn::Set(d, from), m = hn::Set(d, margin);
  const auto beyond = hn::Set(d, std::numeric_limits<float>::infinity());
  std::size_t kept = 0;
  in_pieces(n, [&](auto p) {
    const auto distance = p.inside_or(
        hn::Add(hn::Add(hn::Add(hn::Mul(twice, p.load(product)), p.load(squares)), of_row), p.load(left_out)), beyond);
    const auto near = hn::Gt(losses(distance, f, m), hn::Zero(d));
    if (hn::AllFalse(d, near)) return;
    hn::StoreU(hn::Compress(distance, near), d, to + kept);
    hn::StoreU(hn::Compress(hn::Iota(di, static_cast<std::int32_t>(p.at)), hn::RebindMask(di, near)), di, place + kept);
    kept += hn::CountTrue(d, near);
  });
  hn::StoreU(beyond, d, to + kept);
  return kept;
}

/// As kernel::count_hard, for a row that is filled up with infinity.
[[gnu::noinline]] inline void count_hard(const float* row, std::size_t n, float from, float margin, float below,
                                         std::int64_t& hard, std::int64_t& wanted) {
  const piece_tag d;
  const auto f = hn::Set(d, from), m = hn::Set(d, margin), b = hn::Set(d, below), zero = hn::Zero(d);
  std::size_t all = 0, some = 0;
  for (std::size_t i = 0; i < n; i += lanes32) {
    const auto loss = losses(hn::LoadU(d, row + i), f, m);
    const auto above = hn::Gt(loss, zero);
    all += hn::CountTrue(d, above);
    some += hn::CountTrue(d, hn::And(above, hn::Lt(loss, b)));
  }
  hard = static_cast<std::int64_t>(all);
  wanted = static_cast<std::int64_t>(some);
}

/// As kernel::nth_hard, for a row that is filled up with infinity.
[[gnu::noinline]] inline std::size_t nth_hard(const float* row, std::size_t n, float from, float margin, float below,
                                              std::size_t which) {
  const piece_tag d;
  const auto f = hn::Set(d, from), m = hn::Set(d, margin), b = hn::Set(d, below), zero = hn::Zero(d);
  for (std::size_t i = 0; i < n; i += lanes32) {
    const auto loss = losses(hn::LoadU(d, row + i), f, m);
    const std::size_t here = hn::CountTrue(d, hn::And(hn::Gt(loss, zero), hn::Lt(loss, b)));
    if (which >= here) {
      which -= here;
      continue;
    }
    HWY_ALIGN float each[lanes32];
    hn::Store(loss, d, each);
    for (std::size_t l = 0; l < lanes32; ++l)
      if (each[l] > 0 && each[l] < below && which-- == 0) return i + l;
  }
  return n;
}

/// As kernel::hardest_of, for a row that is filled up with infinity.
[[gnu::noinline]] inline std::size_t hardest_of(const float* row, std::size_t n, float from, float margin) {
  const piece_tag d;
  const auto f = hn::Set(d, from), m = hn::Set(d, margin);
  auto top = losses(hn::LoadU(d, row), f, m);
  for (std::size_t i = lanes32; i < n; i += lanes32) top = hn::Max(top, losses(hn::LoadU(d, row + i), f, m));
  top = hn::MaxOfLanes(d, top);
  for (std::size_t i = 0; i < n; i += lanes32)
    if (const auto at = hn::FindFirstTrue(d, hn::Eq(losses(hn::LoadU(d, row + i), f, m), top)); at >= 0)
      return i + static_cast<std::size_t>(at);
  return n;
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
