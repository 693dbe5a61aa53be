#pragma once
/// Lays factors of a matrix product so that its innermost loop reads them one after the other.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <tepui/kernel/simd/gemm_tile.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {
inline namespace TEPUI_BF16_PAIRS {

/// The upper 16 bits that are nearest to a float, the even ones where two are; what is not a number stays so.
[[nodiscard]] constexpr std::uint32_t bf16_bits(float x) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  if ((bits & 0x7FFFFFFFU) > 0x7F800000U) return (bits >> 16) | 0x40U;
  return (bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16;
}

[[nodiscard]] constexpr float rounded_to_bf16(float x) noexcept { return std::bit_cast<float>(bf16_bits(x) << 16); }

#if TEPUI_HAS_LANES

/// Elements of k that are summed before they are added to the result; rows and columns that are worked on together. A block of
/// rows and one of columns stay in the second cache, a panel of columns in the first or on its way from the second.
inline constexpr std::int64_t gemm_depth = 384, gemm_rows = 192, gemm_columns = 512;

/// Rows that are packed together are written in whole vectors, so that they reach beyond their end.
inline constexpr std::int64_t packed_tile_rows = (most_tile_rows + gemm_lanes - 1) / gemm_lanes * gemm_lanes;
inline constexpr std::int64_t packed_tile = most_tile_rows * gemm_depth + 2 * gemm_lanes;

template <class Product>
using element_lanes = hn::Vec<hn::CappedTag<typename Product::element, lanes32>>;

/// Elements of some rows of k: Lanes of them, or only the first `n` with zeros behind.
template <bool All>
HWY_INLINE float_lanes load_some(const float* p, std::size_t n) {
  const float_tag d;
  if constexpr (All) return hn::LoadU(d, p);
  HWY_ALIGN float some[lanes32] = {};
  std::copy_n(p, n, some);
  return hn::Load(d, some);
}

/// float32 for the product that wants it: as it is, or rounded to bf16.
template <class Product>
HWY_INLINE float_lanes rounded_lanes(float_lanes x) {
  if constexpr (!Product::rounds) {
    return x;
  } else {
    const float_tag d;
    const hn::RebindToUnsigned<float_tag> du;
    const auto bits = hn::BitCast(du, x);
    const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(du, 1U));
    const auto near = hn::Add(bits, hn::Add(odd, hn::Set(du, 0x7FFFU)));
    const auto quiet = hn::Or(bits, hn::Set(du, 0x400000U));
    const auto kept = hn::IfThenElse(hn::RebindMask(du, hn::IsNaN(x)), quiet, near);
    return hn::BitCast(d, hn::And(kept, hn::Set(du, 0xFFFF0000U)));
  }
}

/// One vector of elements from rows of floats: of `low` alone, or of pairs of `low` and `high`, which is the next in k (or
/// zero).
template <class Product>
HWY_INLINE auto elements_of(float_lanes low, float_lanes high) {
  if constexpr (Product::depth == 1) {
    (void)high;
    return rounded_lanes<Product>(low);
  } else {
#if TEPUI_NATIVE_BF16
    const auto bits = [](float_lanes x) { return _mm512_cvtepu16_epi32(std::bit_cast<__m256i>(_mm512_cvtneps_pbh(x.raw))); };
    return element_lanes<Product>{_mm512_or_si512(bits(low), _mm512_slli_epi32(bits(high), 16))};
#endif
  }
}

/// k lies in rows, so that neighbours in memory are neighbours in the panel.
/// in     x [k, width], rows `stride` apart           out    to [elements of k, to_width], of which `width` rounded up to lanes
/// are written
template <class Product>
void pack_rows(const float* x, std::int64_t stride, std::int64_t k, std::int64_t width, typename Product::element* to,
               std::int64_t to_width) {
  const hn::CappedTag<typename Product::element, lanes32> d;
  const std::int64_t whole = width - width % gemm_lanes;
  const auto rest = static_cast<std::size_t>(width - whole);
  for (std::int64_t i = 0; i < k; i += Product::depth, x += Product::depth * stride, to += to_width) {
    const bool two = Product::depth == 2 && i + 1 < k;
    for (std::int64_t j = 0; j < whole; j += gemm_lanes)
      hn::StoreU(elements_of<Product>(load_some<true>(x + j, lanes32),
                                      two ? load_some<true>(x + stride + j, lanes32) : hn::Zero(float_tag())),
                 d, to + j);
    if (rest > 0)
      hn::StoreU(elements_of<Product>(load_some<false>(x + whole, rest),
                                      two ? load_some<false>(x + stride + whole, rest) : hn::Zero(float_tag())),
                 d, to + whole);
  }
}

/// k lies in columns: one row of elements from one row of floats.
/// in     x [k]                    out    to [elements of k]
template <class Product>
HWY_INLINE void pack_row(const float* x, std::int64_t k, typename Product::element* to) {
  constexpr std::int64_t step = gemm_lanes * Product::depth;
  std::int64_t i = 0;
  if constexpr (Product::depth == 1) {
    for (; i + step <= k; i += step) hn::StoreU(rounded_lanes<Product>(load_some<true>(x + i, lanes32)), float_tag(), to + i);
    for (; i < k; ++i) to[i] = Product::rounds ? rounded_to_bf16(x[i]) : x[i];
  } else {
#if TEPUI_NATIVE_BF16
    const auto pairs = [](const float* low) {
      return std::bit_cast<__m512i>(_mm512_cvtne2ps_pbh(_mm512_loadu_ps(low + lanes32), _mm512_loadu_ps(low)));
    };
    for (; i + step <= k; i += step) _mm512_storeu_si512(to + i / 2, pairs(x + i));
    if (i == k) return;
    HWY_ALIGN float some[2 * lanes32] = {};
    std::copy_n(x + i, k - i, some);
    _mm512_mask_storeu_epi32(to + i / 2, static_cast<__mmask16>((1U << ((k - i + 1) / 2)) - 1U), pairs(some));
#endif
  }
}

/// The same from anywhere.                    in     x [k], `stride` apart, k of gemm_depth elements at most
template <class Product>
void pack_strided(const float* x, std::int64_t stride, std::int64_t k, typename Product::element* to) {
  if (stride == 1) return pack_row<Product>(x, k, to);
  HWY_ALIGN float row[gemm_depth * Product::depth];
  for (std::int64_t i = 0; i < k; ++i) row[i] = x[i * stride];
  pack_row<Product>(row, k, to);
}

/// Parts of four elements, each `apart` from the one before.
template <class D>
HWY_INLINE hn::Vec<D> load_fours(const hn::TFromD<D>* p, std::int64_t apart, D d) {
  if constexpr (hn::MaxLanes(D()) <= 4) {
    (void)apart;
    return hn::LoadU(d, p);
  } else {
    const hn::Half<D> half;
    constexpr auto parts = static_cast<std::int64_t>(hn::MaxLanes(D()) / 8);
    return hn::Combine(d, load_fours(p + parts * apart, apart, half), load_fours(p, apart, half));
  }
}

/// Columns become rows: four by four inside vectors, each part of a vector from columns of its own.
/// in     x [width, depth], columns `stride` apart           out    to [depth, to_width], of which `width` rounded up to lanes
/// are written, zeros behind `width`
template <class Element>
void transpose(const Element* x, std::int64_t stride, std::int64_t depth, std::int64_t width, Element* to,
               std::int64_t to_width) {
  const hn::CappedTag<Element, lanes32> d;
  for (std::int64_t j = 0; j < width; j += gemm_lanes, x += gemm_lanes * stride, to += gemm_lanes) {
    std::int64_t i = 0;
    if (j + gemm_lanes <= width) {
      const auto four = [&](std::int64_t column) { return load_fours(x + column * stride + i, 4 * stride, d); };
      for (; i + 4 <= depth; i += 4) {
        const auto v0 = four(0), v1 = four(1), v2 = four(2), v3 = four(3);
        const auto even = hn::InterleaveLower(d, v0, v2), odd = hn::InterleaveLower(d, v1, v3);
        const auto even_high = hn::InterleaveUpper(d, v0, v2), odd_high = hn::InterleaveUpper(d, v1, v3);
        hn::StoreU(hn::InterleaveLower(d, even, odd), d, to + i * to_width);
        hn::StoreU(hn::InterleaveUpper(d, even, odd), d, to + (i + 1) * to_width);
        hn::StoreU(hn::InterleaveLower(d, even_high, odd_high), d, to + (i + 2) * to_width);
        hn::StoreU(hn::InterleaveUpper(d, even_high, odd_high), d, to + (i + 3) * to_width);
      }
    }
    const std::int64_t columns = std::min(gemm_lanes, width - j);
    for (; i < depth; ++i)
      for (std::int64_t lane = 0; lane < gemm_lanes; ++lane)
        to[i * to_width + lane] = lane < columns ? x[lane * stride + i] : Element{};
  }
}

/// A panel of columns of b.
/// in     b [k, width]                                         out    to [elements of k, width rounded up to lanes]
template <class Product>
void pack_panel(matrix_at<float> b, std::int64_t k, std::int64_t width, typename Product::element* to) {
  using element = typename Product::element;
  const std::int64_t to_width = (width + gemm_lanes - 1) / gemm_lanes * gemm_lanes,
                     depth = (k + Product::depth - 1) / Product::depth;
  if (b.column == 1) return pack_rows<Product>(b.data, b.row, k, width, to, to_width);
  if constexpr (std::is_same_v<element, float> && !Product::rounds)
    if (b.row == 1) return transpose(b.data, b.column, k, width, to, to_width);
  HWY_ALIGN element columns[lanes32 * gemm_depth];
  for (std::int64_t j = 0; j < width; j += gemm_lanes) {
    const std::int64_t n = std::min(gemm_lanes, width - j);
    for (std::int64_t l = 0; l < n; ++l) pack_strided<Product>(b.data + (j + l) * b.column, b.row, k, columns + l * gemm_depth);
    transpose(columns, gemm_depth, depth, n, to + j, to_width);
  }
}

/// Rows of a, when they cannot be read where they lie.
/// in     a [m, k]                    out    to, and where it lies
template <class Product>
matrix_at<typename Product::element> pack_block(matrix_at<float> a, std::int64_t m, std::int64_t k,
                                                typename Product::element* to) {
  const std::int64_t depth = (k + Product::depth - 1) / Product::depth;
  if (a.row != 1) {
    for (std::int64_t i = 0; i < m; ++i) pack_strided<Product>(a.data + i * a.row, a.column, k, to + i * depth);
    return {to, depth, 1};
  }
  // A few rows of k at a time, so that their cache lines are still there for the next tile.
  constexpr std::int64_t few = 16 * Product::depth;
  for (std::int64_t begin = 0; begin < k; begin += few)
    for (std::int64_t i = 0; i < m; i += most_tile_rows)
      pack_rows<Product>(a.data + begin * a.column + i, a.column, std::min(few, k - begin), std::min(packed_tile_rows, m - i),
                         to + i / most_tile_rows * packed_tile + begin / Product::depth * most_tile_rows, most_tile_rows);
  return {to, 1, most_tile_rows};
}

#endif

}  // namespace TEPUI_BF16_PAIRS
}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
