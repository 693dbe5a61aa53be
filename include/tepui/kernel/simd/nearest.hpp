#pragma once
/// Bounds how far cells lie from many others, a small tile of both at a time, so that a search can pass over most of them.

#include <cstddef>
#include <cstdint>
#include <utility>

#include <tepui/kernel/simd/gemm_tile.hpp>
#include <tepui/kernel/simd/highway.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {
inline namespace TEPUI_BF16_PAIRS {

#if TEPUI_HAS_LANES

/// Points of x in a tile, and points of y in a panel, which lie in lanes.
inline constexpr std::size_t bound_rows = 6, bound_vectors = tile_vectors;
inline constexpr std::size_t bound_panel = bound_vectors * lanes32;

/// What a tile reads and writes.
struct bound_job {
  const float* x;  ///< [rows, dims]
  std::size_t dims;
  const float* y;      ///< [dims, bound_panel]
  const float* start;  ///< [bound_panel] half the squared norms of y
  float* least;        ///< [rows] of lanes32, least_row apart
  std::size_t least_row;
  bool first;  ///< least is written, else lowered
};

template <std::size_t... J>
HWY_INLINE void bound_step(float x, const float_lanes* y, float_lanes* sum, std::index_sequence<J...>) {
  const auto factor = hn::Set(float_tag(), x);
  ((sum[J] = hn::NegMulAdd(factor, y[J], sum[J])), ...);
}
template <std::size_t... J>
HWY_INLINE float_lanes least_of(const float_lanes* sum, std::index_sequence<J...>) {
  float_lanes least = sum[0];
  ((least = J == 0 ? least : hn::Min(least, sum[J])), ...);
  return least;
}
template <std::size_t... R, std::size_t... J, std::size_t... I>
HWY_INLINE void bound_tile_of(const bound_job& job, std::index_sequence<R...>, std::index_sequence<J...> vectors,
                              std::index_sequence<I...>) {
  const float_tag d;
  constexpr std::size_t width = sizeof...(J);
  const float* const x = job.x;
  const float* y = job.y;
  const std::size_t dims = job.dims;
  float_lanes sum[] = {hn::LoadU(d, job.start + I % width * lanes32)...};
  for (std::size_t k = 0; k < dims; ++k, y += bound_panel) {
    const float_lanes row[] = {hn::LoadU(d, y + J * lanes32)...};
    (bound_step(x[R * dims + k], row, sum + R * width, vectors), ...);
  }
  float_lanes least[] = {least_of(sum + R * width, vectors)...};
  if (!job.first) ((least[R] = hn::Min(least[R], hn::LoadU(d, job.least + R * job.least_row))), ...);
  (hn::StoreU(least[R], d, job.least + R * job.least_row), ...);
}

/// least = the smallest, in every lane, of start - x y over the vectors of a panel.
/// order  of one lane: begins with start, subtracts over dims in order
template <std::size_t Rows>
[[gnu::noinline]] void bound_tile(const bound_job& job) {
  bound_tile_of(job, std::make_index_sequence<Rows>(), std::make_index_sequence<bound_vectors>(),
                std::make_index_sequence<Rows * bound_vectors>());
}
/// The same for any number of rows.
inline void bound_tiles(bound_job job, std::size_t rows) {
  for (; rows >= bound_rows; rows -= bound_rows, job.x += bound_rows * job.dims, job.least += bound_rows * job.least_row)
    bound_tile<bound_rows>(job);
  for (; rows > 0; --rows, job.x += job.dims, job.least += job.least_row) bound_tile<1>(job);
}

/// Moves a point: to = from - centre, rounded to float. Gives the squared norm of `to`, up to a relative 1e-15 dims.
template <class Real>
double move_point(const Real* from, const float* centre, std::size_t dims, float* to) {
  const float_tag d;
  const hn::Repartition<double, float_tag> wide;
  const hn::Half<float_tag> half;
  auto sum = hn::Zero(wide);
  double rest = 0;
  std::size_t k = 0;
  if constexpr (sizeof(Real) == sizeof(float))
    for (; k + lanes32 <= dims; k += lanes32) {
      const auto v = hn::Sub(hn::LoadU(d, from + k), hn::LoadU(d, centre + k));
      hn::StoreU(v, d, to + k);
      const auto low = hn::PromoteTo(wide, hn::LowerHalf(half, v)), high = hn::PromoteTo(wide, hn::UpperHalf(half, v));
      sum = hn::MulAdd(high, high, hn::MulAdd(low, low, sum));
    }
  for (; k < dims; ++k) {
    to[k] = static_cast<float>(from[k] - static_cast<Real>(centre[k]));
    rest += static_cast<double>(to[k]) * static_cast<double>(to[k]);
  }
  return rest + hn::GetLane(hn::SumOfLanes(wide, sum));
}

/// The smallest number of n vectors, one behind the other.
inline float least_of_vectors(const float* v, std::size_t n) {
  const float_tag d;
  auto least = hn::LoadU(d, v);
  for (std::size_t i = 1; i < n; ++i) least = hn::Min(least, hn::LoadU(d, v + i * lanes32));
  return hn::GetLane(hn::MinOfLanes(d, least));
}
/// Where the first of n vectors' numbers is that is `value`; 0 where none is.
inline std::size_t place_of(const float* v, std::size_t n, float value) {
  const float_tag d;
  const auto wanted = hn::Set(d, value);
  for (std::size_t i = 0; i < n; ++i) {
    const std::intptr_t lane = hn::FindFirstTrue(d, hn::Eq(hn::LoadU(d, v + i * lanes32), wanted));
    if (lane >= 0) return i * lanes32 + static_cast<std::size_t>(lane);
  }
  return 0;
}
/// Calls found(place) for every number of n vectors with low < number <= high (WithLow: low <= number), in order.
template <bool WithLow, class Found>
HWY_INLINE void lanes_between(const float* v, std::size_t n, float low, float high, Found&& found) {
  const float_tag d;
  const auto from = hn::Set(d, low), to = hn::Set(d, high);
  for (std::size_t i = 0; i < n; ++i, v += lanes32) {
    const auto now = hn::LoadU(d, v);
    if (hn::AllFalse(d, hn::And(hn::Le(now, to), WithLow ? hn::Ge(now, from) : hn::Gt(now, from)))) continue;
    for (std::size_t lane = 0; lane < lanes32; ++lane)
      if (v[lane] <= high && (WithLow ? v[lane] >= low : v[lane] > low)) found(i * lanes32 + lane);
  }
}

#endif

}  // namespace TEPUI_BF16_PAIRS
}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
