#pragma once
/// Sorts the numbers of one cell in vector registers: small groups by a sorting network, larger ones by dividing them first.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include <tepui/kernel/simd/row_keys.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

using key32 = std::uint32_t;

#if TEPUI_HAS_LANES

inline constexpr std::size_t most_rows = lanes32 == 16 ? 32 : 16;  ///< rows of vectors that a network sorts at once
inline constexpr std::size_t leaf_keys = most_rows * lanes32;      ///< keys that need no dividing
/// Keys that a buffer must have room for beyond the last: networks work on full rows, and fill them up with the largest key.
inline constexpr std::size_t key_padding = leaf_keys + lanes32;

/// Rows of vectors, all in registers.
template <std::size_t Rows>
struct key_rows {
  key_lanes row[Rows];
};

HWY_INLINE void sort_two(key_lanes& low, key_lanes& high) {
  const key_lanes least = hn::Min(low, high);
  high = hn::Max(low, high);
  low = least;
}

/// The comparisons of Batcher's odd-even merge sort of Rows things (Batcher 1968).
template <std::size_t Rows>
struct network {
  struct pair {
    std::size_t low, high;
  };
  static constexpr std::size_t visit(auto&& use) {
    std::size_t n = 0;
    for (std::size_t run = 1; run < Rows; run *= 2)
      for (std::size_t apart = run; apart >= 1; apart /= 2)
        for (std::size_t first = apart % run; first + apart < Rows; first += 2 * apart)
          for (std::size_t i = first; i < first + apart && i + apart < Rows; ++i)
            if (i / (2 * run) == (i + apart) / (2 * run)) use(n++, i, i + apart);
    return n;
  }
  static constexpr std::size_t size = visit([](std::size_t, std::size_t, std::size_t) {});
  static constexpr std::array<pair, size> pairs = [] {
    std::array<pair, size> all{};
    visit([&all](std::size_t n, std::size_t low, std::size_t high) { all[n] = {low, high}; });
    return all;
  }();
};

template <std::size_t Rows, std::size_t... I>
HWY_INLINE void sort_columns(key_rows<Rows>& v, std::index_sequence<I...>) {
  (sort_two(v.row[network<Rows>::pairs[I].low], v.row[network<Rows>::pairs[I].high]), ...);
}

/// Lane c becomes lane c ^ Flip.
template <std::size_t Flip>
HWY_INLINE key_lanes flipped(key_lanes v) {
  if constexpr (Flip == 1) return hn::Shuffle2301(v);
  if constexpr (Flip == 2) return hn::Shuffle1032(v);
  if constexpr (Flip == 3) return hn::Shuffle0123(v);
  if constexpr (Flip == 4) return hn::SwapAdjacentBlocks(v);
  if constexpr (Flip == 7) return hn::Reverse8(key_tag{}, v);
  if constexpr (Flip == 15) return hn::Reverse(key_tag{}, v);
}

/// Sorts lanes that lie Flip apart (as bits), the smaller into the lane that is not in `upper`.
template <std::size_t Flip>
HWY_INLINE void sort_lanes_of(key_lanes& row, hn::Mask<key_tag> upper) {
  const key_lanes other = flipped<Flip>(row);
  row = hn::IfThenElse(upper, hn::Max(row, other), hn::Min(row, other));
}
template <std::size_t Flip, std::size_t High, std::size_t Rows, std::size_t... R>
HWY_INLINE void sort_lanes(key_rows<Rows>& v, std::index_sequence<R...>) {
  const key_tag d;
  const auto bit = hn::Set(d, static_cast<key32>(High));
  const auto upper = hn::Eq(hn::And(hn::Iota(d, 0U), bit), bit);
  (sort_lanes_of<Flip>(v.row[R], upper), ...);
}
template <std::size_t Apart, std::size_t Rows>
HWY_INLINE void merge_lanes(key_rows<Rows>& v) {
  if constexpr (Apart >= 1) {
    sort_lanes<Apart, Apart>(v, std::make_index_sequence<Rows>{});
    merge_lanes<Apart / 2>(v);
  }
}

template <std::size_t Flip>
HWY_INLINE void sort_two_flipped(key_lanes& low, key_lanes& high) {
  high = flipped<Flip>(high);
  sort_two(low, high);
}
/// In each group of rows, the first with the last, the second with the last but one ...; then in each half of the group.
template <std::size_t Lanes, std::size_t Group, std::size_t Rows, std::size_t... I>
HWY_INLINE void merge_rows(key_rows<Rows>& v, std::index_sequence<I...> half) {
  if constexpr (Group >= 2) {
    constexpr std::size_t pairs = Group / 2;
    (sort_two_flipped<Lanes - 1>(v.row[I / pairs * Group + I % pairs], v.row[I / pairs * Group + Group - 1 - I % pairs]), ...);
    merge_rows<Lanes, Group / 2>(v, half);
  }
}

/// Merges blocks of Lanes / 2 columns, each sorted row by row, into blocks of Lanes columns: a bitonic merge whose second half is
/// read backwards, so that low keys collect in low rows and no transposition is needed at the end.
template <std::size_t Lanes, std::size_t Rows>
HWY_INLINE void merge_columns(key_rows<Rows>& v) {
  if constexpr (Lanes <= lanes32) {
    merge_rows<Lanes, Rows>(v, std::make_index_sequence<Rows / 2>{});
    sort_lanes<Lanes - 1, Lanes / 2>(v, std::make_index_sequence<Rows>{});
    merge_lanes<Lanes / 4>(v);
    merge_columns<Lanes * 2>(v);
  }
}

template <std::size_t Rows, std::size_t... R>
HWY_INLINE void sort_rows(key32* at, std::index_sequence<R...>) {
  const key_tag d;
  key_rows<Rows> v;
  ((v.row[R] = hn::LoadU(d, at + R * lanes32)), ...);
  sort_columns(v, std::make_index_sequence<network<Rows>::size>{});
  merge_columns<2>(v);
  (hn::StoreU(v.row[R], d, at + R * lanes32), ...);
}
/// Sorts the Rows vectors of keys at `at`.
template <std::size_t Rows>
HWY_NOINLINE void sort_leaf_of(key32* at) {
  sort_rows<Rows>(at, std::make_index_sequence<Rows>{});
}

/// Sorts n <= leaf_keys keys. May also sort keys behind them, which the caller knows to be no smaller.
template <class Key>
HWY_INLINE void sort_leaf(Key* at, std::size_t n) {
  if (n <= 1) return;
  if (n <= lanes32) return sort_leaf_of<1>(at);
  if (n <= 2 * lanes32) return sort_leaf_of<2>(at);
  if (n <= 4 * lanes32) return sort_leaf_of<4>(at);
  if (n <= 8 * lanes32) return sort_leaf_of<8>(at);
  if (n <= 16 * lanes32) return sort_leaf_of<16>(at);
  sort_leaf_of<most_rows>(at);
}

/// Moves keys that are smaller (or, with OrEqual, not larger) than `pivot` to the front and gives their number.
/// in     at [n]; spare, room for n + lanes32 keys
template <bool OrEqual, class Key>
HWY_INLINE std::size_t divide(Key* at, std::size_t n, Key pivot, Key* spare) {
  const key_tag d;
  const auto middle = hn::Set(d, pivot);
  const auto is_low = [&](key_lanes v) {
    if constexpr (OrEqual)
      return hn::Not(hn::Gt(v, middle));
    else
      return hn::Lt(v, middle);
  };
  std::size_t low = 0, high = 0, i = 0;
  for (; i + lanes32 <= n; i += lanes32) {
    const key_lanes v = hn::LoadU(d, at + i);
    const auto mask = is_low(v);
    const std::size_t more = hn::CountTrue(d, mask);
    hn::StoreU(compressed(v, mask), d, at + low);  // never beyond what has been read: low <= i
    hn::StoreU(compressed(v, hn::Not(mask)), d, spare + high);
    low += more;
    high += lanes32 - more;
  }
  if (i < n) {
    const key_lanes v = hn::LoadU(d, at + i);  // there is room behind the last key
    const auto inside = hn::FirstN(d, n - i), is = is_low(v);
    const auto mask = hn::And(is, inside), rest = hn::AndNot(is, inside);
    const std::size_t more = hn::CountTrue(d, mask);
    hn::BlendedStore(compressed(v, mask), hn::FirstN(d, more), d, at + low);
    hn::StoreU(compressed(v, rest), d, spare + high);
    low += more;
    high += n - i - more;
  }
  std::size_t back = 0;
  for (; back + lanes32 <= high; back += lanes32) hn::StoreU(hn::LoadU(d, spare + back), d, at + low + back);
  if (back < high) hn::BlendedStore(hn::LoadU(d, spare + back), hn::FirstN(d, high - back), d, at + low + back);
  return low;
}

/// A key near the middle of n >= leaf_keys.
template <class Key>
HWY_INLINE Key middle_key(const Key* at, std::size_t n) {
  const key_tag d;
  const std::size_t step = (n - lanes32) / 4;
  const key_lanes a = hn::LoadU(d, at + step), b = hn::LoadU(d, at + 2 * step), c = hn::LoadU(d, at + 3 * step);
  HWY_ALIGN Key medians[lanes32];
  hn::Store(hn::Max(hn::Min(a, b), hn::Min(hn::Max(a, b), c)), d, medians);
  sort_leaf_of<1>(medians);
  return medians[lanes32 / 2];
}

template <class Key>
void sort_first(Key* at, std::size_t n, std::size_t k, Key* spare, int levels) {
  while (n > leaf_keys) {
    if (levels-- == 0) {  // pivots that never lie in the middle: data made to hurt
      std::sort(at, at + n);
      return;
    }
    const Key pivot = middle_key(at, n);
    std::size_t low = divide<false>(at, n, pivot, spare);
    if (low == 0)  // the pivot is the smallest key: all that equal it are in place
      low = divide<true>(at, n, pivot, spare);
    else
      sort_first(at, low, std::min(k, low), spare, levels);
    if (k <= low) return;
    at += low;
    n -= low;
    k -= low;
  }
  sort_leaf(at, n);
}

/// The k smallest keys, ascending; the others follow in any order.
/// in     at [n] with room for key_padding keys behind; spare, room for n + lanes32 keys; k <= n
/// cost   O(n log n), O(n + k log k) for k < n
template <class Key>
void sort_keys(Key* at, std::size_t n, std::size_t k, Key* spare) {
  if (n <= 1 || k == 0) return;
  std::fill_n(at + n, key_padding, std::numeric_limits<Key>::max());
  sort_first(at, n, k, spare, 2 * static_cast<int>(std::bit_width(n)));
}

#else

inline constexpr std::size_t key_padding = 1;

template <class Key>
void sort_keys(Key* at, std::size_t n, std::size_t k, Key*) {
  if (k < n) std::nth_element(at, at + k, at + n);
  std::sort(at, at + std::min(n, k));
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
