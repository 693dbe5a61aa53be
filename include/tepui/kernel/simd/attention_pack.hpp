#pragma once
/// Lays the tokens of one head of attention so that products read them one after the other, and lays results back.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/simd/attention_tile.hpp>
#include <tepui/kernel/simd/gemm_pack.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {
inline namespace TEPUI_BF16_PAIRS {

#if TEPUI_HAS_LANES

/// Tokens both ways: rows of elements along the width, and elements of neighbouring tokens above each other.
template <class Element>
struct token_factor {
  const Element* by_width;  ///< [tokens, depth of width]
  std::int64_t by_width_row;
  const Element* by_token;  ///< [depth of tokens, columns]
  std::int64_t columns;
  [[nodiscard]] left_factor<Element> rows_from(std::int64_t token) const {
    return {by_width + token * by_width_row, by_width_row, 1};
  }
  [[nodiscard]] left_factor<Element> columns_from(std::int64_t element) const {
    return {by_token + element * columns, 1, columns};
  }
};

[[nodiscard]] constexpr std::int64_t whole_vectors(std::int64_t n) noexcept {
  return (n + gemm_lanes - 1) / gemm_lanes * gemm_lanes;
}
template <class Product>
[[nodiscard]] constexpr std::int64_t depth_of(std::int64_t n) noexcept {
  return (n + Product::depth - 1) / Product::depth;
}

/// Memory for n numbers: grows and never shrinks.
template <class T>
T* at_least(buffer_in<host, T>& v, std::int64_t n) {
  if (isize(v.size()) < n) v.resize(usize(n));
  return v.data();
}

/// Both ways, or by token only where there is no memory for the other.
template <class Product>
token_factor<typename Product::element> packed_tokens(const float* x, std::int64_t stride, std::int64_t tokens,
                                                      std::int64_t width, buffer_in<host, typename Product::element>* by_width,
                                                      buffer_in<host, typename Product::element>& by_token) {
  const std::int64_t columns = whole_vectors(width), depth = depth_of<Product>(width);
  auto* const pairs = at_least(by_token, depth_of<Product>(tokens) * columns);
  pack_rows<Product>(x, stride, tokens, width, pairs, columns);
  if (by_width == nullptr || Product::depth == 1) return {pairs, columns, pairs, columns};
  auto* const rows = at_least(*by_width, tokens * depth);
  for (std::int64_t t = 0; t < tokens; ++t) pack_row<Product>(x + t * stride, width, rows + t * depth);
  return {rows, depth, pairs, columns};
}

/// Rows of elements along the width only.
template <class Product>
token_factor<typename Product::element> packed_widths(const float* x, std::int64_t stride, std::int64_t tokens,
                                                      std::int64_t width,
                                                      buffer_in<host, typename Product::element>& by_width) {
  const std::int64_t depth = depth_of<Product>(width);
  auto* const rows = at_least(by_width, tokens * depth);
  for (std::int64_t t = 0; t < tokens; ++t) pack_row<Product>(x + t * stride, width, rows + t * depth);
  return {rows, depth, nullptr, 0};
}

/// Queries side by side: element (d, q) of a panel, with zeros behind the last query.
template <class Product>
void pack_queries(const float* x, std::int64_t stride, std::int64_t queries, std::int64_t width,
                  typename Product::element* to) {
  constexpr std::int64_t step = gemm_depth * Product::depth;
  for (std::int64_t d = 0; d < width; d += step)
    pack_panel<Product>({x + d, 1, stride}, std::min(step, width - d), queries,
                        to + d / Product::depth * whole_vectors(queries));
}

/// Columns of x become rows, times `by`.
/// in     x [width, columns]                    out    to [queries, width], rows `stride` apart
inline void rows_from_columns(const float* x, std::int64_t columns, std::int64_t width, std::int64_t queries, float by,
                              float* to, std::int64_t stride) {
  const float_tag d;
  HWY_ALIGN float row[lanes32 * lanes32];
  for (std::int64_t first = 0; first < width; first += gemm_lanes) {
    const std::int64_t wide = std::min(gemm_lanes, width - first);
    for (std::int64_t q = 0; q < queries; q += gemm_lanes) {
      const std::int64_t n = std::min(gemm_lanes, queries - q);
      transpose(x + first * columns + q, columns, n, wide, row, gemm_lanes);
      for (std::int64_t i = 0; i < n; ++i) {
        float* const at = to + (q + i) * stride + first;
        const auto scaled = hn::Mul(hn::Load(d, row + i * gemm_lanes), hn::Set(d, by));
        if (wide == gemm_lanes) {
          hn::StoreU(scaled, d, at);
        } else {
          hn::Store(scaled, d, row + i * gemm_lanes);
          std::copy_n(row + i * gemm_lanes, wide, at);
        }
      }
    }
  }
}

#endif

}  // namespace TEPUI_BF16_PAIRS
}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
