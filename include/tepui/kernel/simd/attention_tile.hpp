#pragma once
/// Products of the small matrices of attention, all of which lie in the cache: nothing is packed, and nothing asked for ahead.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <tepui/kernel/simd/gemm_pack.hpp>
#include <tepui/kernel/simd/gemm_tile.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {
inline namespace TEPUI_BF16_PAIRS {

#if TEPUI_HAS_LANES

/// One vector of elements from two rows of floats: of `low` alone, or of pairs of `low` and `high`, the next row (or zero).
template <class Product>
HWY_INLINE auto stacked(float_lanes low, float_lanes high) {
#if TEPUI_NATIVE_BF16
  if constexpr (Product::depth == 2) {
    const hn::CappedTag<std::uint32_t, lanes32> d;
    const auto lane = hn::Iota(d, 0U);
    const auto turns = hn::Or(lane, hn::ShiftLeft<16>(hn::Add(lane, hn::Set(d, 16U))));  // lane i of low, then lane i of high
    const auto both = std::bit_cast<__m512i>(_mm512_cvtne2ps_pbh(high.raw, low.raw));
    return element_lanes<Product>{_mm512_permutexvar_epi16(turns.raw, both)};
  } else
#endif
  {
    (void)high;
    return rounded_lanes<Product>(low);
  }
}

/// Where a factor lies: element (i, k) is data[i * row + k * column].
template <class Element>
struct left_factor {
  const Element* data;
  std::int64_t row, column;
};

/// c = a b, or c + a b where there are sums `before`.
template <class Element>
struct small_product {
  left_factor<Element> a;
  const Element* b;  ///< [depth, whole vectors of columns]
  std::int64_t b_row, depth;
  bool before;
  float* c;
  std::int64_t c_row;
};

template <class Product, std::size_t... J>
HWY_INLINE void small_row(const typename Product::element* a, const typename Product::lanes* b, float_lanes* sum,
                          std::index_sequence<J...>) {
  const auto factor = Product::all(*a);
  ((sum[J] = Product::add(factor, b[J], sum[J])), ...);
}
template <class Product, std::size_t Vectors, std::size_t... R, std::size_t... J>
HWY_INLINE void small_sums(const small_product<typename Product::element>& p, float_lanes* sum, std::index_sequence<R...>,
                           std::index_sequence<J...> columns) {
  const typename Product::element *a = p.a.data, *b = p.b;
  const std::int64_t row = p.a.row, column = p.a.column, b_row = p.b_row;
  for (std::int64_t k = p.depth; k > 0; --k) {
    const typename Product::lanes right[Vectors] = {Product::load(b + J * lanes32)...};
    (small_row<Product>(a + static_cast<std::int64_t>(R) * row, right, sum + R * Vectors, columns), ...);
    a += column;
    b += b_row;
  }
}

/// Rows rows and Vectors vectors of columns, which stay in registers.
/// order  summed over the depth one after the other, then added to what was there: the same for tiles of any size
template <class Product, std::size_t Rows, std::size_t Vectors>
[[gnu::noinline]] void small_tile(const small_product<typename Product::element>& p) {
  const float_tag d;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    const auto at = [&p](std::size_t i) {
      return p.c + static_cast<std::int64_t>(i / Vectors) * p.c_row + i % Vectors * lanes32;
    };
    float_lanes sum[Rows * Vectors] = {((void)I, hn::Zero(d))...};
    small_sums<Product, Vectors>(p, sum, std::make_index_sequence<Rows>(), std::make_index_sequence<Vectors>());
    if (p.before) ((sum[I] = hn::Add(hn::LoadU(d, at(I)), sum[I])), ...);
    (hn::StoreU(sum[I], d, at(I)), ...);
  }(std::make_index_sequence<Rows * Vectors>());
}

template <class Product, std::size_t Rows, std::size_t Vectors>
void small_tiles(small_product<typename Product::element>& p, std::int64_t& rows) {
  constexpr auto together = static_cast<std::int64_t>(Rows);
  for (; rows >= together; rows -= together) {
    small_tile<Product, Rows, Vectors>(p);
    p.a.data += together * p.a.row;
    p.c += together * p.c_row;
  }
}
template <class Product, std::size_t Vectors>
void small_columns(small_product<typename Product::element>& p, std::int64_t rows, std::int64_t& columns) {
  constexpr auto wide = static_cast<std::int64_t>(Vectors * lanes32);
  constexpr bool narrow = 2 * Vectors <= tile_vectors;  // registers for twice as many rows
  for (; columns >= wide; columns -= wide) {
    auto down = p;
    std::int64_t left = rows;
    if constexpr (narrow) small_tiles<Product, 12, Vectors>(down, left);
    small_tiles<Product, 6, Vectors>(down, left);
    small_tiles<Product, 4, Vectors>(down, left);
    small_tiles<Product, 2, Vectors>(down, left);
    small_tiles<Product, 1, Vectors>(down, left);
    p.b += wide;
    p.c += wide;
  }
}

/// Any number of rows, and of whole vectors of columns.            in     p.c [rows, columns]
template <class Product>
void multiply_small(small_product<typename Product::element> p, std::int64_t rows, std::int64_t columns) {
  small_columns<Product, tile_vectors>(p, rows, columns);
  if constexpr (tile_vectors > 2) {
    small_columns<Product, 3>(p, rows, columns);
    small_columns<Product, 2>(p, rows, columns);
  }
  small_columns<Product, 1>(p, rows, columns);
}

#endif

}  // namespace TEPUI_BF16_PAIRS
}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
