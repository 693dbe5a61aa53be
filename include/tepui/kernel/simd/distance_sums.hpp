#pragma once
/// Sums how far some cells lie from others, a small tile of both at a time; the distances themselves are never stored.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

#include <tepui/kernel/simd/distance_products.hpp>
#include <tepui/kernel/simd/highway.hpp>

#if TEPUI_HAS_LANES && defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// Half a squared distance below this share of both half squared norms has lost so many digits that it is computed anew,
/// from differences. A product errs by at most (3 dims + 2) of the last places of both half squared norms, so that what is
/// left has a relative error of at most (2 dims + 4) 2^-39 in the distance (float: (2 dims + 4) 2^-18).
template <class Real>
inline constexpr Real close_share = std::is_same_v<Real, float> ? Real(0x1p-6) : Real(0x1p-14);
/// Below this share even the differences are too wrong, because the points were rounded when they were moved and packed: by
/// half a last place of each norm, 2^-39 of a distance at this share (float: 2^-18). Such pairs are left to the caller, who
/// has the points as they were given.
template <class Real>
inline constexpr Real very_close_share = std::is_same_v<Real, float> ? Real(0x1p-11) : Real(0x1p-27);
/// Below this a number is too small for an approximate root.
template <class Real>
inline constexpr Real tiny_square = std::is_same_v<Real, float> ? Real(1e-34) : Real(1e-290);

/// The root of positive numbers that are not tiny.           errors  relative 2^-51 (float: 2^-22)
template <class V>
HWY_INLINE V root_of(V square) {
#if defined(__AVX512F__)
  // The root's own instruction takes several times as long as a product; two or three terms of its series do not.
  if constexpr (std::is_same_v<V, hn::Vec<hn::CappedTag<double, 8>>> && lanes32 == 16) {
    const hn::CappedTag<double, 8> d;
    const V about{_mm512_rsqrt14_pd(square.raw)};
    const V root = hn::Mul(square, about), off = hn::NegMulAdd(root, about, hn::Set(d, 1.0));
    const V series = hn::MulAdd(off, hn::MulAdd(off, hn::Set(d, 5.0 / 16), hn::Set(d, 3.0 / 8)), hn::Set(d, 0.5));
    return hn::MulAdd(hn::Mul(root, off), series, root);
  } else if constexpr (std::is_same_v<V, hn::Vec<hn::CappedTag<float, 16>>> && lanes32 == 16) {
    const V about{_mm512_rsqrt14_ps(square.raw)};
    const V root = hn::Mul(square, about);
    const V off = hn::NegMulAdd(root, about, hn::Set(hn::CappedTag<float, 16>(), 1.0F));
    return hn::MulAdd(hn::Mul(root, hn::Set(hn::CappedTag<float, 16>(), 0.5F)), off, root);
  }
#endif
  return hn::Sqrt(square);
}

/// What a tile reads, and where it adds.
template <class Real>
struct distance_job {
  std::size_t dims;
  const Real* x;       ///< the first row, in its block
  const Real* x_half;  ///< [rows] half squared norms
  const Real* x_weight;
  const Real* y;  ///< [vectors, dims, lanes]
  const Real* y_half;
  const Real* y_weight;  ///< 0 where a place holds no point
  Real largest_y_half;
  const Real* halves;  ///< [rows, row_of_halves] where products were taken before, or none
  std::size_t row_of_halves;
  Real* row_sum;     ///< [rows, lanes]
  Real* column_sum;  ///< [vectors, lanes], or none
  std::uint32_t* very_close;  ///< [rows of a block x places of y] where pairs that are left to the caller are listed
  std::size_t* n_very_close;
  std::uint32_t first_row;  ///< of the tile, in its block
};
/// A pair that was left to the caller: its row in the block of x, its place in the panel of y.
[[nodiscard]] constexpr std::uint32_t row_of_pair(std::uint32_t pair) noexcept { return pair >> 16; }
[[nodiscard]] constexpr std::uint32_t place_of_pair(std::uint32_t pair) noexcept { return pair & 0xffffU; }

template <class Real, std::size_t... V>
HWY_INLINE void more_squares(Real x, const sum_vector<Real>* y, sum_vector<Real>* square, std::index_sequence<V...>) {
  const auto from = hn::Set(sum_tag<Real>(), x);
  const sum_vector<Real> apart[] = {hn::Sub(from, y[V])...};
  ((square[V] = hn::MulAdd(apart[V], apart[V], square[V])), ...);
}
/// A distance from half its square; Exact: for numbers that may be 0 or tiny.
template <bool Root, bool Exact, class V>
HWY_INLINE V distance_of(V half) {
  if constexpr (!Root)
    return half;
  else if constexpr (Exact)
    return hn::Sqrt(half);
  else
    return root_of(half);
}
/// Distances of a row of a tile, added to the sums of the row and of the columns.
template <class Real, bool Root, bool Exact, std::size_t... V>
HWY_INLINE void add_row(const distance_job<Real>& job, std::size_t r, const sum_vector<Real>* half, sum_vector<Real>* column,
                        std::index_sequence<V...>) {
  const sum_tag<Real> d;
  constexpr std::size_t lanes = sum_lanes<Real>;
  const auto weight = hn::Set(d, job.x_weight[r]);
  auto sum = hn::LoadU(d, job.row_sum + r * lanes);
  const sum_vector<Real> apart[] = {distance_of<Root, Exact>(half[V])...};
  ((sum = hn::MulAdd(apart[V], hn::LoadU(d, job.y_weight + V * lanes), sum)), ...);
  ((column[V] = hn::MulAdd(apart[V], weight, column[V])), ...);
  hn::StoreU(sum, d, job.row_sum + r * lanes);
}
template <class Real>
HWY_INLINE sum_vector<Real> closely(const Real* from_products, sum_vector<Real> square, Real close) {
  const sum_tag<Real> d;
  const auto half = hn::LoadU(d, from_products);
  return hn::IfThenElse(hn::Le(half, hn::Set(d, close)), hn::Mul(square, hn::Set(d, Real(0.5))), half);
}

/// Lists the pairs of a tile that are very close, and makes their distances 0.
template <class Real>
void list_very_close(const distance_job<Real>& job, Real* half, std::size_t rows, std::size_t places, Real very_close) {
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < places; ++c) {
      Real& one = half[r * places + c];
      if (one > very_close) continue;
      one = 0;
      if (job.x_weight[r] != 0 && job.y_weight[c] != 0)
        job.very_close[(*job.n_very_close)++] = (job.first_row + static_cast<std::uint32_t>(r)) << 16 |
                                                static_cast<std::uint32_t>(c);
    }
}

/// The rare tile in which points are close: those distances are computed from differences.
template <class Real, bool Root, std::size_t... R, std::size_t... V, std::size_t... I>
[[gnu::noinline]] void close_tile(const distance_job<Real>& job, const Real* halves, Real close, std::index_sequence<R...>,
                                  std::index_sequence<V...> vectors, std::index_sequence<I...>) {
  const sum_tag<Real> d;
  constexpr std::size_t lanes = sum_lanes<Real>, width = sizeof...(V);
  const std::size_t block = job.dims * lanes;
  sum_vector<Real> square[] = {((void)I, hn::Zero(d))...};
  for (std::size_t k = 0; k < job.dims; ++k) {
    const sum_vector<Real> y[] = {hn::LoadU(d, job.y + V * block + k * lanes)...};
    (more_squares(job.x[k * lanes + R], y, square + R * width, vectors), ...);
  }
  sum_vector<Real> half[] = {closely<Real>(halves + I * lanes, square[I], close)...};
  const Real very_close = std::max(close * (very_close_share<Real> / close_share<Real>), tiny_square<Real>);
  auto least = half[0];
  ((least = hn::Min(least, half[I])), ...);
  if (!hn::AllTrue(d, hn::Gt(least, hn::Set(d, very_close)))) {
    HWY_ALIGN Real each[sizeof...(I) * lanes];
    (hn::Store(half[I], d, each + I * lanes), ...);
    list_very_close(job, each, sizeof...(R), width * lanes, very_close);
    ((half[I] = hn::Load(d, each + I * lanes)), ...);
  }
  sum_vector<Real> column[] = {((void)V, hn::Zero(d))...};
  (add_row<Real, Root, true>(job, R, half + R * width, column, vectors), ...);
  if (job.column_sum != nullptr)
    (hn::StoreU(hn::Add(hn::LoadU(d, job.column_sum + V * lanes), column[V]), d, job.column_sum + V * lanes), ...);
}

template <class Real, bool Root, std::size_t... R, std::size_t... V, std::size_t... I>
HWY_INLINE void distance_tile_of(const distance_job<Real>& job, std::index_sequence<R...> rows,
                                 std::index_sequence<V...> vectors, std::index_sequence<I...> all) {
  const sum_tag<Real> d;
  constexpr std::size_t lanes = sum_lanes<Real>, width = sizeof...(V);
  // Before the products, so that the norms do not take registers from them.
  const Real close = std::max(close_share<Real> * (std::max({job.x_half[R]...}) + job.largest_y_half), tiny_square<Real>);
  // |x - y|^2 / 2 = |x|^2 / 2 + |y|^2 / 2 - x y
  sum_vector<Real> half[] = {hn::Add(hn::Set(d, job.x_half[I / width]), hn::LoadU(d, job.y_half + I % width * lanes))...};
  if (job.halves != nullptr)
    ((half[I] = hn::LoadU(d, job.halves + I / width * job.row_of_halves + I % width * lanes)), ...);
  else
    less_dims<Real>(job.x, job.y, job.dims * lanes, job.dims, half, rows, vectors);
  sum_vector<Real> least_of[] = {half[V]...};  // a chain for each vector: one would wait for itself
  ((least_of[I % width] = hn::Min(least_of[I % width], half[I])), ...);
  auto least = least_of[0];
  ((least = hn::Min(least, least_of[V])), ...);
  if (!hn::AllTrue(d, hn::Gt(least, hn::Set(d, close)))) {
    HWY_ALIGN Real halves[sizeof...(I) * lanes];
    (hn::Store(half[I], d, halves + I * lanes), ...);
    return close_tile<Real, Root>(job, halves, close, rows, vectors, all);
  }
  sum_vector<Real> column[] = {((void)V, hn::Zero(d))...};
  (add_row<Real, Root, false>(job, R, half + R * width, column, vectors), ...);
  if (job.column_sum != nullptr)
    (hn::StoreU(hn::Add(hn::LoadU(d, job.column_sum + V * lanes), column[V]), d, job.column_sum + V * lanes), ...);
}

/// Adds the distances of sum_rows rows from Vectors vectors of points to the sums of both.
/// out    Root: |x - y| / sqrt(2); else |x - y|^2 / 2
template <class Real, bool Root, std::size_t Vectors>
[[gnu::noinline]] void distance_tile(const distance_job<Real>& job) {
  distance_tile_of<Real, Root>(job, std::make_index_sequence<sum_rows<Real>>(), std::make_index_sequence<Vectors>(),
                               std::make_index_sequence<sum_rows<Real> * Vectors>());
}
/// The same for 1 ... sum_vectors vectors and the rows of a whole block.
template <class Real, bool Root, std::size_t Vectors = sum_vectors<Real>>
void distance_tiles(distance_job<Real> job, std::size_t vectors) {
  if constexpr (Vectors > 1)
    if (vectors < Vectors) return distance_tiles<Real, Root, Vectors - 1>(job, vectors);
  for (std::size_t r = 0; r < sum_lanes<Real>; r += sum_rows<Real>) {
    distance_tile<Real, Root, Vectors>(job);
    job.x += sum_rows<Real>;
    job.x_half += sum_rows<Real>;
    job.x_weight += sum_rows<Real>;
    job.first_row += static_cast<std::uint32_t>(sum_rows<Real>);
    if (job.halves != nullptr) job.halves += sum_rows<Real> * job.row_of_halves;
    job.row_sum += sum_rows<Real> * sum_lanes<Real>;
  }
}

/// The sum of the lanes of a vector, in a fixed order.
template <class Real>
[[nodiscard]] HWY_INLINE double sum_of_lanes(const Real* v) {
  double sum[4] = {0, 0, 0, 0};
  for (std::size_t i = 0; i < sum_lanes<Real>; ++i) sum[i % 4] += static_cast<double>(v[i]);
  return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
