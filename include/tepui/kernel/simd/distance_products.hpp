#pragma once
/// Products of cells with cells, which are what distances are made of: a tile of both at a time, or without zeros.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <tepui/kernel/simd/gemm_tile.hpp>
#include <tepui/kernel/simd/highway.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// Points lie in blocks [dims, lanes]: a block is a vector of y for each dim, and its parts are the rows of a tile.
template <class Real>
inline constexpr std::size_t sum_lanes = lanes32 * sizeof(float) / sizeof(Real);
template <class Real>
using sum_tag = hn::CappedTag<Real, sum_lanes<Real>>;
template <class Real>
using sum_vector = hn::Vec<sum_tag<Real>>;
/// 24 of 32 registers hold products, or 12 of 16.
template <class Real>
inline constexpr std::size_t sum_rows = std::min<std::size_t>(sum_lanes<Real>, many_registers ? 8 : 4);
template <class Real>
inline constexpr std::size_t sum_vectors = std::min<std::size_t>((many_registers ? 24 : 12) / sum_rows<Real>, 6);
/// Of so many dims the points of a tile stay in the first cache; where there are more, products go through slices of them.
template <class Real>
inline constexpr std::size_t sum_slice = 24'576 / (sum_vectors<Real> * sum_lanes<Real> * sizeof(Real));
/// The same for products that leave out zeros: a row at a time, with so many vectors.
inline constexpr std::size_t sparse_vectors = 12;
template <class Real>
inline constexpr std::size_t sparse_slice = 36'864 / (sparse_vectors * sum_lanes<Real> * sizeof(Real));

template <class Real, std::size_t... V>
HWY_INLINE void less_products(Real x, const sum_vector<Real>* y, sum_vector<Real>* half, std::index_sequence<V...>) {
  const auto factor = hn::Set(sum_tag<Real>(), x);
  ((half[V] = hn::NegMulAdd(factor, y[V], half[V])), ...);
}
/// Takes the products of some dims from a tile of half squared distances.
/// in     x, y: the first of these dims; block: from a vector of y to the next
template <class Real, std::size_t... R, std::size_t... V>
HWY_INLINE void less_dims(const Real* x, const Real* y, std::size_t block, std::size_t dims, sum_vector<Real>* half,
                          std::index_sequence<R...>, std::index_sequence<V...> vectors) {
  const sum_tag<Real> d;
  constexpr std::size_t lanes = sum_lanes<Real>;
  for (std::size_t k = 0; k < dims; ++k, x += lanes, y += lanes) {
    const sum_vector<Real> at[] = {hn::LoadU(d, y + V * block)...};
    (less_products(x[R], at, half + R * sizeof...(V), vectors), ...);
  }
}
/// Asks for numbers that are read next, because columns come from far away.      in  y [vectors, block], at the first dim
template <class Real>
HWY_INLINE void ask_for(const Real* y, std::size_t block, std::size_t vectors, std::size_t first, std::size_t last) {
  for (std::size_t v = 0; v < vectors; ++v)
    for (std::size_t k = first; k < last; ++k) __builtin_prefetch(y + v * block + k * sum_lanes<Real>);
}

/// Products of one slice of dims, for half squared distances that wait in memory.
template <class Real>
struct product_job {
  const Real* x;  ///< the first row, at the first of these dims
  const Real* x_half;
  const Real* y;  ///< [vectors, block], at the first of these dims
  const Real* y_half;
  std::size_t block, dims;
  bool first;    ///< whether half squared distances begin here, with both half squared norms
  Real* halves;  ///< [rows, row_of_halves]
  std::size_t row_of_halves;
};
template <class Real, std::size_t... R, std::size_t... V, std::size_t... I>
HWY_INLINE void product_tile_of(const product_job<Real>& job, std::index_sequence<R...> rows,
                                std::index_sequence<V...> vectors, std::index_sequence<I...>) {
  const sum_tag<Real> d;
  constexpr std::size_t lanes = sum_lanes<Real>, width = sizeof...(V);
  sum_vector<Real> half[] = {hn::Add(hn::Set(d, job.x_half[I / width]), hn::LoadU(d, job.y_half + I % width * lanes))...};
  if (!job.first) ((half[I] = hn::LoadU(d, job.halves + I / width * job.row_of_halves + I % width * lanes)), ...);
  less_dims<Real>(job.x, job.y, job.block, job.dims, half, rows, vectors);
  (hn::StoreU(half[I], d, job.halves + I / width * job.row_of_halves + I % width * lanes), ...);
}
template <class Real, std::size_t Vectors>
[[gnu::noinline]] void product_tile(const product_job<Real>& job) {
  product_tile_of<Real>(job, std::make_index_sequence<sum_rows<Real>>(), std::make_index_sequence<Vectors>(),
                        std::make_index_sequence<sum_rows<Real> * Vectors>());
}
/// Products of the rows of a block with 1 ... sum_vectors vectors. The same steps for each pair as in a tile of all dims.
template <class Real, std::size_t Vectors = sum_vectors<Real>>
void product_tiles(product_job<Real> job, std::size_t vectors) {
  if constexpr (Vectors > 1)
    if (vectors < Vectors) return product_tiles<Real, Vectors - 1>(job, vectors);
  for (std::size_t r = 0; r < sum_lanes<Real>; r += sum_rows<Real>) {
    product_tile<Real, Vectors>(job);
    job.x += sum_rows<Real>;
    job.x_half += sum_rows<Real>;
    job.halves += sum_rows<Real> * job.row_of_halves;
  }
}

/// The same with rows of which only the numbers that are not 0 are kept. What is left out would take 0 away: the same bits.
template <class Real>
struct sparse_job {
  std::size_t rows;
  const std::uint32_t* begin;  ///< [rows + 1] where the numbers of a row begin in this slice of dims
  const std::uint32_t* place;  ///< of the vectors of that dim in y
  const Real* value;
  const Real* x_half;
  const Real* y;  ///< [dims, sparse_vectors, lanes]
  const Real* y_half;
  const Real* next;  ///< the slice after this one, where it lies: [vectors, block]
  std::size_t block, next_dims;
  bool first;
  Real* halves;
  std::size_t row_of_halves;
};
template <class Real, std::size_t... V>
HWY_INLINE void sparse_rows_of(const sparse_job<Real>& job, std::index_sequence<V...>) {
  const sum_tag<Real> d;
  constexpr std::size_t lanes = sum_lanes<Real>;
  Real* halves = job.halves;
  for (std::size_t r = 0; r < job.rows; ++r, halves += job.row_of_halves) {
    if (r < job.next_dims) ask_for(job.next, job.block, sizeof...(V), r, r + 1);
    const auto own = hn::Set(d, job.x_half[r]);
    sum_vector<Real> half[] = {job.first ? hn::Add(own, hn::LoadU(d, job.y_half + V * lanes))
                                         : hn::LoadU(d, halves + V * lanes)...};
    for (std::uint32_t i = job.begin[r], end = job.begin[r + 1]; i < end; ++i) {
      const auto factor = hn::Set(d, job.value[i]);
      const Real* const y = job.y + job.place[i];
      ((half[V] = hn::NegMulAdd(factor, hn::LoadU(d, y + V * lanes), half[V])), ...);
    }
    (hn::StoreU(half[V], d, halves + V * lanes), ...);
  }
}
template <class Real, std::size_t Vectors = sparse_vectors>
[[gnu::noinline]] void sparse_rows(const sparse_job<Real>& job, std::size_t vectors) {
  if constexpr (Vectors > 1)
    if (vectors < Vectors) return sparse_rows<Real, Vectors - 1>(job, vectors);
  sparse_rows_of<Real>(job, std::make_index_sequence<Vectors>());
}
/// Lays the vectors of some dims side by side.                  in  y [vectors, block]; out [dims, sparse_vectors, lanes]
template <class Real>
void gather_slice(const Real* y, std::size_t block, std::size_t vectors, std::size_t dims, Real* out) {
  const sum_tag<Real> d;
  constexpr std::size_t lanes = sum_lanes<Real>;
  for (std::size_t v = 0; v < vectors; ++v)
    for (std::size_t k = 0; k < dims; ++k)
      hn::StoreU(hn::LoadU(d, y + v * block + k * lanes), d, out + (k * sparse_vectors + v) * lanes);
}

/// The squared distance of a point from a centre, in double.    order  4 sums of vectors, then of lanes
template <class Real>
[[nodiscard]] double squared_from(const Real* x, const double* centre, std::size_t dims) {
  const sum_tag<double> d;
  constexpr std::size_t lanes = sum_lanes<double>;
  const auto apart = [&](std::size_t k) {
    if constexpr (std::is_same_v<Real, double>)
      return hn::Sub(hn::LoadU(d, x + k), hn::LoadU(d, centre + k));
    else
      return hn::Sub(hn::PromoteTo(d, hn::LoadU(hn::Rebind<float, sum_tag<double>>(), x + k)), hn::LoadU(d, centre + k));
  };
  auto a = hn::Zero(d), b = a, c = a, e = a;
  const auto more = [&](auto& sum, std::size_t k) {
    const auto off = apart(k);
    sum = hn::MulAdd(off, off, sum);
  };
  std::size_t k = 0;
  for (; k + 4 * lanes <= dims; k += 4 * lanes) {
    more(a, k);
    more(b, k + lanes);
    more(c, k + 2 * lanes);
    more(e, k + 3 * lanes);
  }
  for (; k + lanes <= dims; k += lanes) more(a, k);
  HWY_ALIGN double each[lanes];
  hn::Store(hn::Add(hn::Add(a, b), hn::Add(c, e)), d, each);
  double sum = 0;
  for (const double one : each) sum += one;
  for (; k < dims; ++k) sum += (static_cast<double>(x[k]) - centre[k]) * (static_cast<double>(x[k]) - centre[k]);
  return sum;
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
