#pragma once
/// Compares many cells with many others in whole numbers, a tile of both at a time, and picks out the pairs that are near.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <tepui/kernel/simd/highway.hpp>

#if TEPUI_HAS_LANES && HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3_DL
#include <immintrin.h>
#endif

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

using whole_tag = hn::CappedTag<std::int32_t, lanes32>;
using whole_lanes = hn::Vec<whole_tag>;

/// A tile's rows and vectors fill 24 of 32 registers with sums, or 12 of 16; a panel is a whole number of tiles long.
inline constexpr std::size_t pair_vectors = 3, pair_rows = lanes32 >= 16 ? 8 : 4, pair_panel = pair_vectors * lanes32;

/// Half squared distances are below this; a limit is below it too, and what fills a panel's end begins with it.
inline constexpr std::int32_t beyond_all = std::int32_t{1} << 30;

/// Points in whole numbers. Two dims share a word: a panel is [word][pair_panel], a word has the even dim in its low half.
/// half: half of each squared norm, rounded down; limit: up to which half squared distance a point's neighbours are wanted.
struct pair_job {
  std::size_t words;
  const std::int32_t *x, *y;              ///< a panel each
  const std::int32_t *x_half, *x_limit;   ///< [pair_panel]
  const std::int32_t *y_half, *y_limit;   ///< [pair_panel]; y_limit is read only where both sides want neighbours
};
/// A pair within one of its two limits: places in their panels, and half the squared distance, at most 1 too small.
struct near_pair {
  std::int32_t x, y, half;
};

/// sum + low x low + high x high of the 16-bit halves.
HWY_INLINE whole_lanes add_products(whole_lanes x, whole_lanes y, whole_lanes sum) {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_EMU128
#if HWY_TARGET <= HWY_AVX3_DL
  sum.raw = _mm512_dpwssd_epi32(sum.raw, x.raw, y.raw);
#else
  const hn::Repartition<std::int16_t, whole_tag> halves;
  auto unused = hn::Zero(whole_tag());
  sum = hn::ReorderWidenMulAccumulate(whole_tag(), hn::BitCast(halves, x), hn::BitCast(halves, y), sum, unused);
#endif
  asm("" : "+v"(sum.raw));  // keeps a sum in its register: g++ 12 otherwise moves all of them through memory
  return sum;
#else
  const auto low = [](whole_lanes v) { return hn::ShiftRight<16>(hn::ShiftLeft<16>(v)); };
  return hn::Add(hn::Add(sum, hn::Mul(low(x), low(y))), hn::Mul(hn::ShiftRight<16>(x), hn::ShiftRight<16>(y)));
#endif
}

template <std::size_t... J>
HWY_INLINE void pair_step(std::int32_t x, const whole_lanes* y, whole_lanes* sum, std::index_sequence<J...>) {
  const auto factor = hn::Set(whole_tag(), x);
  ((sum[J] = add_products(factor, y[J], sum[J])), ...);
}
/// How far sums lie above what they must reach: not below 0 where a pair is near enough for one of the two.
template <bool Both, std::size_t... J>
HWY_INLINE whole_lanes pair_excess(std::int32_t half, std::int32_t limit, const std::int32_t* y_limit,
                                   const whole_lanes* sum, std::index_sequence<J...>) {
  const whole_tag d;
  const auto h = hn::Set(d, half), g = hn::Set(d, limit);
  const whole_lanes excess[] = {
      hn::Sub(sum[J], hn::Sub(h, Both ? hn::Max(g, hn::LoadU(d, y_limit + J * lanes32)) : g))...};
  whole_lanes most = excess[0];
  ((most = J == 0 ? most : hn::Max(most, excess[J])), ...);
  return most;
}

template <bool Both, std::size_t... R, std::size_t... J, std::size_t... I>
HWY_INLINE near_pair* pair_tile_of(const pair_job& job, std::size_t row, near_pair* found, std::index_sequence<R...>,
                                   std::index_sequence<J...> vectors, std::index_sequence<I...>) {
  const whole_tag d;
  constexpr std::size_t width = sizeof...(J);
  const std::int32_t *x = job.x + row, *y = job.y;
  whole_lanes sum[] = {hn::Neg(hn::LoadU(d, job.y_half + I % width * lanes32))...};
  for (std::size_t k = job.words; k > 0; --k, x += pair_panel, y += pair_panel) {
    const whole_lanes v[] = {hn::LoadU(d, y + J * lanes32)...};
    (pair_step(x[R], v, sum + R * width, vectors), ...);
  }
  const std::int32_t *half = job.x_half + row, *limit = job.x_limit + row;
  const whole_lanes most[] = {pair_excess<Both>(half[R], limit[R], job.y_limit, sum + R * width, vectors)...};
  auto any = most[0];
  ((any = hn::Max(any, most[R])), ...);
  if (HWY_LIKELY(hn::AllTrue(d, hn::Lt(any, hn::Zero(d))))) return found;

  HWY_ALIGN std::int32_t kept[sizeof...(I) * lanes32];
  (hn::Store(sum[I], d, kept + I * lanes32), ...);
  for (std::size_t r = 0; r < sizeof...(R); ++r) {
    const auto h = hn::Set(d, half[r]), g = hn::Set(d, limit[r]);
    for (std::size_t j = 0; j < width; ++j) {
      const auto reach = hn::Sub(h, Both ? hn::Max(g, hn::LoadU(d, job.y_limit + j * lanes32)) : g);
      const std::int32_t* const at = kept + (r * width + j) * lanes32;
      std::uint8_t bytes[8] = {};
      hn::StoreMaskBits(d, hn::Not(hn::Lt(hn::Load(d, at), reach)), bytes);
      for (auto bits = static_cast<std::uint32_t>(bytes[0] | bytes[1] << 8); bits != 0; bits &= bits - 1) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(bits));
        *found++ = {static_cast<std::int32_t>(row + r), static_cast<std::int32_t>(j * lanes32 + lane),
                    half[r] - at[lane]};
      }
    }
  }
  return found;
}

/// The pairs of a tile that are near enough: pair_rows rows of x from `row`, all of y's panel.
/// out    found, room for pair_rows pair_panel pairs                -> behind the last
/// errors half squared distances are exact but for the halves of odd norms, as long as norms are at most 22,500
template <bool Both>
[[gnu::noinline]] near_pair* pair_tile(const pair_job& job, std::size_t row, near_pair* found) {
  return pair_tile_of<Both>(job, row, found, std::make_index_sequence<pair_rows>(),
                            std::make_index_sequence<pair_vectors>(),
                            std::make_index_sequence<pair_rows * pair_vectors>());
}

/// How many of n vectors' numbers are at most `high`.
HWY_INLINE std::size_t count_at_most(const std::int32_t* v, std::size_t n, std::int32_t high) {
  const whole_tag d;
  const auto beyond = hn::Set(d, high + 1);
  std::size_t count = 0;
  for (std::size_t i = 0; i < n; ++i) count += hn::CountTrue(d, hn::Lt(hn::LoadU(d, v + i * lanes32), beyond));
  return count;
}

/// A number up to which at least k of n vectors' numbers reach, and few more: never below the k-th smallest.
/// in     v [n] vectors; k >= 1, at least k numbers are below beyond_all       out    the k-th smallest, or a little more
inline std::int32_t about_kth(const std::int32_t* v, std::size_t n, std::size_t k) {
  const whole_tag d;
  auto least = hn::Set(d, beyond_all), most = hn::Set(d, -2);
  for (std::size_t i = 0; i < n; ++i) {
    const auto now = hn::LoadU(d, v + i * lanes32);
    least = hn::Min(least, now);
    most = hn::Max(most, hn::IfThenElseZero(hn::Lt(now, hn::Set(d, beyond_all)), now));
  }
  std::int32_t low = hn::GetLane(hn::MinOfLanes(d, least)) - 1, high = hn::GetLane(hn::MaxOfLanes(d, most));
  const std::size_t enough = k + k / 16;
  while (high - low > 1) {
    const std::int32_t middle = low + (high - low) / 2;
    const std::size_t count = count_at_most(v, n, middle);
    if (count < k) {
      low = middle;
      continue;
    }
    high = middle;
    if (count <= enough) break;
  }
  return high;
}

/// Keeps the pairs of numbers whose first is at most `high`, in their order; the other places of `v` become beyond_all.
/// in     v, w [n] vectors                                                         -> how many are kept
inline std::size_t keep_at_most(std::int32_t* v, std::int32_t* w, std::size_t n, std::int32_t high) {
  const whole_tag d;
  const auto beyond = hn::Set(d, high + 1);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const auto a = hn::LoadU(d, v + i * lanes32), b = hn::LoadU(d, w + i * lanes32);
    const auto near = hn::Lt(a, beyond);
    // A whole vector is written, but never over what was not read yet.
    hn::StoreU(hn::Compress(a, near), d, v + kept);
    hn::StoreU(hn::Compress(b, near), d, w + kept);
    kept += hn::CountTrue(d, near);
  }
  for (std::size_t i = kept; i < n * lanes32; ++i) v[i] = beyond_all;
  return kept;
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
