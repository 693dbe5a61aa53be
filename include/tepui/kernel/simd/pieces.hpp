#pragma once
/// Walks through the numbers of a row in pieces as wide as a vector, the last of which may be shorter.

#include <cstddef>
#include <type_traits>

#include <tepui/kernel/simd/highway.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

using piece_tag = hn::CappedTag<float, lanes32>;
using piece_lanes = hn::Vec<piece_tag>;

/// A full vector of numbers, beginning at number `at`.
struct whole_piece {
  std::size_t at;
  [[nodiscard]] HWY_INLINE piece_lanes load(const float* row) const { return hn::LoadU(piece_tag(), row + at); }
  HWY_INLINE void store(piece_lanes v, float* row) const { hn::StoreU(v, piece_tag(), row + at); }
  /// The lanes that hold numbers; 0 in the others.
  [[nodiscard]] HWY_INLINE piece_lanes inside(piece_lanes v) const { return v; }
  /// The same lanes; `other` in those that hold no numbers.
  [[nodiscard]] HWY_INLINE piece_lanes inside_or(piece_lanes v, piece_lanes) const { return v; }
};

/// The last n numbers of a row, fewer than a vector. Nothing behind them is read or written; lanes without a number load 0.
struct last_piece {
  std::size_t at, n;
  [[nodiscard]] HWY_INLINE piece_lanes load(const float* row) const {
    const piece_tag d;
#if HWY_MEM_OPS_MIGHT_FAULT
    HWY_ALIGN float full[lanes32] = {};
    for (std::size_t i = 0; i < n; ++i) full[i] = row[at + i];
    return hn::Load(d, full);
#else
    return hn::MaskedLoad(hn::FirstN(d, n), d, row + at);
#endif
  }
  HWY_INLINE void store(piece_lanes v, float* row) const {
    const piece_tag d;
#if HWY_MEM_OPS_MIGHT_FAULT
    HWY_ALIGN float full[lanes32];
    hn::Store(v, d, full);
    for (std::size_t i = 0; i < n; ++i) row[at + i] = full[i];
#else
    hn::BlendedStore(v, hn::FirstN(d, n), d, row + at);
#endif
  }
  [[nodiscard]] HWY_INLINE piece_lanes inside(piece_lanes v) const { return hn::IfThenElseZero(hn::FirstN(piece_tag(), n), v); }
  [[nodiscard]] HWY_INLINE piece_lanes inside_or(piece_lanes v, piece_lanes other) const {
    return hn::IfThenElse(hn::FirstN(piece_tag(), n), v, other);
  }
};

/// Calls step(piece) for every piece of n numbers, in order. A number goes through the same arithmetic in either kind of piece.
template <class Step>
HWY_INLINE void in_pieces(std::size_t n, Step&& step) {
  std::size_t i = 0;
  for (; i + lanes32 <= n; i += lanes32) step(whole_piece{i});
  if (i < n) step(last_piece{i, n - i});
}

/// The same with step(piece, which), which = 0, 1, 2, 3, 0, ... known when compiling: four sums do not wait for each other.
template <class Step>
HWY_INLINE void in_pieces_by_four(std::size_t n, Step&& step) {
  std::size_t i = 0;
  for (; i + 4 * lanes32 <= n; i += 4 * lanes32) {
    step(whole_piece{i}, std::integral_constant<int, 0>{});
    step(whole_piece{i + lanes32}, std::integral_constant<int, 1>{});
    step(whole_piece{i + 2 * lanes32}, std::integral_constant<int, 2>{});
    step(whole_piece{i + 3 * lanes32}, std::integral_constant<int, 3>{});
  }
  for (; i + lanes32 <= n; i += lanes32) step(whole_piece{i}, std::integral_constant<int, 0>{});
  if (i < n) step(last_piece{i, n - i}, std::integral_constant<int, 0>{});
}

/// Four registers of sums.
struct piece_sums {
  piece_lanes part[4] = {hn::Zero(piece_tag()), hn::Zero(piece_tag()), hn::Zero(piece_tag()), hn::Zero(piece_tag())};
  [[nodiscard]] HWY_INLINE float all() const {
    return hn::GetLane(hn::SumOfLanes(piece_tag(), hn::Add(hn::Add(part[0], part[1]), hn::Add(part[2], part[3]))));
  }
};

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
