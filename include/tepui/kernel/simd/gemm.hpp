#pragma once
/// Products of matrices at the speed of the processor's vectors.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/simd/gemm_pack.hpp>
#include <tepui/kernel/simd/gemm_tile.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {
inline namespace TEPUI_BF16_PAIRS {

#if TEPUI_HAS_LANES

/// Grows and never shrinks; what was in it is lost.
template <class T>
T* room_for(buffer_in<host, T>& v, std::int64_t n) {
  if (isize(v.size()) < n) v.resize(usize(n));
  return v.data();
}

/// What the second cache holds of factors and result; more is asked for before it is needed.
inline constexpr std::int64_t near_bytes = 512 * 1024;
/// In shorter tiles there is no time to ask.
inline constexpr std::int64_t least_depth_ahead = 64;

/// Packed blocks of both factors, for one thread.
template <class Product>
struct gemm_blocks {
  buffer_in<host, typename Product::element> a, b;
  [[nodiscard]] std::int64_t bytes() const noexcept { return isize((a.size() + b.size()) * sizeof(typename Product::element)); }
};

/// Where the panels of a packed matrix begin: blocks of k, and inside a block panels of columns.
template <class Product>
struct panels {
  std::int64_t k, n;
  /// Entries of k in a block: blocks are as equal as whole cache lines allow, and the same for all rows and columns.
  [[nodiscard]] std::int64_t step() const noexcept {
    constexpr std::int64_t most = gemm_depth * Product::depth, line = 16 * Product::depth;
    const std::int64_t blocks = std::max<std::int64_t>((k + most - 1) / most, 1);
    return (k + blocks * line - 1) / (blocks * line) * line;
  }
  [[nodiscard]] std::int64_t columns() const noexcept { return (n + gemm_lanes - 1) / gemm_lanes * gemm_lanes; }
  [[nodiscard]] std::int64_t entries(std::int64_t begin) const noexcept { return std::min(step(), k - begin); }
  [[nodiscard]] std::int64_t depth(std::int64_t begin) const noexcept {
    return (entries(begin) + Product::depth - 1) / Product::depth;
  }
  [[nodiscard]] std::int64_t width(std::int64_t column) const noexcept { return std::min(panel_width, n - column); }
  [[nodiscard]] std::int64_t at(std::int64_t begin, std::int64_t column) const noexcept {
    return begin / Product::depth * columns() + column * depth(begin);
  }
  [[nodiscard]] std::int64_t size() const noexcept { return (k + Product::depth - 1) / Product::depth * columns(); }
};

/// in     b [k, n]                            out    to: all panels
template <class Product>
void pack_all(matrix_at<float> b, std::int64_t k, std::int64_t n, buffer_in<host, typename Product::element>& to) {
  const panels<Product> of{k, n};
  auto* const panel = room_for(to, of.size());
  for (std::int64_t p = 0; p < k; p += of.step())
    for (std::int64_t j = 0; j < n; j += panel_width)
      pack_panel<Product>({b.data + p * b.row + j * b.column, b.row, b.column}, of.entries(p), of.width(j),
                          panel + of.at(p, j));
}

/// Tiles whose last columns are missing: worked out beside the result and copied.
template <class Product, std::size_t Vectors>
void tiles_of_few_columns(tile_job<typename Product::element> job, std::int64_t rows, std::int64_t columns) {
  constexpr auto width = static_cast<std::int64_t>(Vectors) * gemm_lanes;
  HWY_ALIGN float some[most_tile_rows * width];
  for (; rows > 0; rows -= most_tile_rows) {
    const std::int64_t now = std::min(rows, most_tile_rows);
    auto part = job;
    part.c = some;
    part.c_row = width;
    if (job.from != nullptr) {
      for (std::int64_t r = 0; r < now; ++r) {
        std::fill_n(std::copy_n(job.from + r * job.from_row, columns, some + r * width), width - columns, 0.0F);
      }
      part.from = some;
      part.from_row = width;
    }
    all_tiles_down<Product, Vectors>(part, now);
    for (std::int64_t r = 0; r < now; ++r) std::copy_n(some + r * width, columns, job.c + r * job.c_row);
    job.a += job.a_group;
    if (job.from != nullptr) job.from += most_tile_rows * job.from_row;
    job.c += most_tile_rows * job.c_row;
  }
}

/// The tiles of one panel, Vectors wide as long as it lasts.
template <class Product, std::size_t Vectors>
void panel_tiles(tile_job<typename Product::element> job, std::int64_t rows, std::int64_t columns) {
  constexpr auto width = static_cast<std::int64_t>(Vectors) * gemm_lanes;
  while (columns > width - gemm_lanes) {
    if (columns < width)
      tiles_of_few_columns<Product, Vectors>(job, rows, columns);
    else
      all_tiles_down<Product, Vectors>(job, rows);
    columns -= width;
    job.b += width;
    if (job.from != nullptr) job.from += width;
    job.c += width;
  }
  if constexpr (Vectors > 1)
    if (columns > 0) panel_tiles<Product, Vectors / 2>(job, rows, columns);
}

/// Where a part of a matrix lies, to be asked for before it is needed; nothing where the matrix has ended.
inline ahead part_ahead(matrix_at<float> x, std::int64_t rows, std::int64_t columns, std::int64_t i, std::int64_t j,
                        std::int64_t most_rows, std::int64_t most_columns, std::int64_t requests) {
  if (i >= rows || j >= columns) return {};
  const float* const p = x.data + i * x.row + j * x.column;
  const std::int64_t r = std::min(most_rows, rows - i), c = std::min(most_columns, columns - j);
  return x.column == 1 ? ahead(p, r, c, x.row, requests) : ahead(p, c, r, x.column, requests);
}

/// One product, cut into blocks that stay in the caches. B is packed here, panel by panel, unless `packed` holds all its
/// panels. in     a [m, k]; b [k, n]; from [m, n], rows from_row apart (0: the same row for all), or none out    c [m, n], rows
/// c_row apart; may be `from`            empty  k = 0: from, or zeros
template <class Product>
struct product {
  using element = typename Product::element;
  std::int64_t m, n, k;
  matrix_at<float> a, b;
  const element* packed;
  const float* from;
  std::int64_t from_row;
  float* c;
  std::int64_t c_row;

  void operator()(gemm_blocks<Product>& room) const {
    if (m == 0 || n == 0) return;
    if (k == 0) return without_factors();
    const panels<Product> of{k, n};
    if (packed == nullptr) room_for(room.b, std::min(gemm_columns, of.columns()) * of.depth(0));
    if (Product::rounds) room_for(room.a, (std::min(m, gemm_rows) + most_tile_rows - 1) / most_tile_rows * packed_tile);
    both_ahead next;
    both_ahead* const asked =
        (m * k + k * n + m * n) * isize(sizeof(float)) > near_bytes && of.depth(0) >= least_depth_ahead ? &next : nullptr;
    for (std::int64_t j = 0; j < n; j += gemm_columns)
      for (std::int64_t p = 0; p < k; p += of.step())
        for (std::int64_t i = 0; i < m; i += gemm_rows) block(i, j, p, room, next, asked);
  }

 private:
  void without_factors() const {
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t j = 0; j < n; ++j) c[i * c_row + j] = from == nullptr ? 0.0F : from[i * from_row + j];
  }

  /// Rows from i, columns from j, entries of k from p.
  void block(std::int64_t i, std::int64_t first, std::int64_t p, gemm_blocks<Product>& room, both_ahead& next,
             both_ahead* asked) const {
    const panels<Product> of{k, n};
    const std::int64_t rows = std::min(gemm_rows, m - i), end = std::min(n, first + gemm_columns), depth = of.depth(p);
    const matrix_at<float> a_part{a.data + i * a.row + p * a.column, a.row, a.column};
    matrix_at<element> factor{};
    std::int64_t a_group = 0;
    if constexpr (Product::rounds) {
      factor = pack_block<Product>(a_part, rows, of.entries(p), room.a.data());
      a_group = a.row == 1 ? packed_tile : most_tile_rows * factor.row;
    } else {
      factor = a_part;  // read where it lies
      a_group = most_tile_rows * factor.row;
    }
    const std::int64_t a_panel =
        (rows + most_tile_rows - 1) / most_tile_rows * 2 * (depth / ahead::steps);  // requests in a panel
    const bool more_rows = i + gemm_rows < m;
    next.a = part_ahead(a, m, k, more_rows ? i + gemm_rows : 0, more_rows ? p : p + of.step(), gemm_rows, of.step(),
                        a_panel * (end - first + panel_width - 1) / panel_width);
    for (std::int64_t j = first; j < end; j += panel_width) {
      const std::int64_t width = of.width(j);
      const element* panel = nullptr;
      if (packed != nullptr) {
        panel = packed + of.at(p, j);
        if (i == 0) next.b = ahead(panel + panel_width * depth, 1, panel_width * depth, 0, a_panel);
      } else {
        element* const to = room.b.data() + (j - first) * depth;
        if (i == 0) {
          pack_panel<Product>({b.data + p * b.row + j * b.column, b.row, b.column}, of.entries(p), width, to);
          const bool last = j + panel_width >= end;
          next.b =
              part_ahead(b, k, n, last ? p + of.step() : p, last ? first : j + panel_width, of.step(), panel_width, a_panel);
        }
        panel = to;
      }
      float* const to = c + i * c_row + j;
      const float* const add = p > 0 ? to : from == nullptr ? nullptr : from + i * from_row + j;
      panel_tiles<Product, tile_vectors>(
          {factor.data, factor.row, factor.column, a_group, panel, (width + gemm_lanes - 1) / gemm_lanes * gemm_lanes, add,
           p > 0 ? c_row : from_row, to, c_row, depth, asked},
          rows, width);
    }
  }
};

#endif

}  // namespace TEPUI_BF16_PAIRS
}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
