#pragma once
/// The innermost loop of a matrix product: a small tile of the result stays in registers while rows and columns run past it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/simd/highway.hpp>

// 1 where the processor sums products of pairs of bf16 by itself. Part of the names below: Highway's target does not tell.
#if TEPUI_HAS_LANES && defined(__AVX512BF16__) && defined(__AVX512F__) && defined(__AVX512VL__) && defined(__AVX512BW__)
#define TEPUI_NATIVE_BF16 1
#define TEPUI_BF16_PAIRS with_bf16_pairs
#include <immintrin.h>
#else
#define TEPUI_NATIVE_BF16 0
#define TEPUI_BF16_PAIRS without_bf16_pairs
#endif

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {
inline namespace TEPUI_BF16_PAIRS {

/// Element (i, j) is data[i * row + j * column].
template <class T>
struct matrix_at {
  const T* data;
  std::int64_t row, column;
};

#if TEPUI_HAS_LANES

using float_tag = hn::CappedTag<float, lanes32>;
using float_lanes = hn::Vec<float_tag>;
inline constexpr std::int64_t gemm_lanes = static_cast<std::int64_t>(lanes32);

/// The widest tile has so many vectors in a row, and a panel of packed columns is as wide. Registers of a processor decide it: 24 of
/// 32 hold sums, or 12 of 16.
inline constexpr std::size_t tile_vectors = many_registers ? 4 : 2;
inline constexpr std::int64_t panel_width = static_cast<std::int64_t>(tile_vectors) * gemm_lanes;
/// Rows of a tile that is so many vectors wide.
[[nodiscard]] constexpr std::int64_t tile_rows(std::size_t vectors) noexcept { return vectors == tile_vectors ? 6 : 12; }
/// The most rows of a tile, and a multiple of those of the widest: rows that are packed together.
inline constexpr std::int64_t most_tile_rows = 12;

/// Products of float32.
struct float_products {
  using element = float;
  static constexpr std::int64_t depth = 1;  ///< entries of k in one element
  static constexpr bool rounds = false;     ///< whether factors must be rounded to bf16 when they are packed
  using lanes = float_lanes;
  static HWY_INLINE lanes load(const element* p) { return hn::LoadU(float_tag(), p); }
  static HWY_INLINE lanes all(element x) { return hn::Set(float_tag(), x); }
  static HWY_INLINE float_lanes add(lanes a, lanes b, float_lanes sum) { return hn::MulAdd(a, b, sum); }
};

#if TEPUI_NATIVE_BF16
inline constexpr bool native_bf16 = true;
/// Products of bf16, two neighbours in k at a time: the one of lower k lies in the lower half of an element.
struct bf16_products {
  using element = std::uint32_t;
  static constexpr std::int64_t depth = 2;
  static constexpr bool rounds = true;
  using lanes = __m512i;
  static HWY_INLINE lanes load(const element* p) { return _mm512_loadu_si512(p); }
  static HWY_INLINE lanes all(element x) { return _mm512_set1_epi32(static_cast<int>(x)); }
  static HWY_INLINE float_lanes add(lanes a, lanes b, float_lanes sum) {
    return float_lanes{_mm512_dpbf16_ps(sum.raw, (__m512bh)a, (__m512bh)b)};
  }
};
#else
inline constexpr bool native_bf16 = false;
/// The same values, kept as float32 because the processor multiplies no bf16.
struct bf16_products : float_products {
  static constexpr bool rounds = true;
};
#endif

/// Memory that will be read soon: some lines of the cache in each of some rows. Tiles ask for it while they work, a few lines
/// at a time, so that the memory is always busy and never waited for.
class ahead {
 public:
  static constexpr std::int64_t steps = 16;  ///< elements of k between two requests

  ahead() = default;
  /// in     p: `rows` rows of n values, `apart` values apart; requests: how often it will be asked for
  template <class T>
  ahead(const T* p, std::int64_t rows, std::int64_t n, std::int64_t apart, std::int64_t requests)
      : at_(reinterpret_cast<const char*>(p)),
        rows_(n > 0 ? rows : 0),
        lines_((n * isize(sizeof(T)) + line_bytes - 1) / line_bytes),
        row_bytes_(apart * isize(sizeof(T))),
        together_(std::min<std::int64_t>(rows_ * lines_ / std::max<std::int64_t>(requests, 1) + 1, 16)) {}
  HWY_INLINE void ask() {
    for (std::int64_t n = together_; n > 0 && rows_ > 0; --n) {
      __builtin_prefetch(at_ + line_ * line_bytes, 0, 2);
      if (++line_ < lines_) continue;
      line_ = 0;
      at_ += row_bytes_;
      --rows_;
    }
  }

 private:
  static constexpr std::int64_t line_bytes = 64;
  const char* at_ = nullptr;
  std::int64_t rows_ = 0, lines_ = 0, row_bytes_ = 0, together_ = 0, line_ = 0;
};
/// What the next block of a, and the next panel of b, will be made of.
struct both_ahead {
  ahead a, b;
};

/// What a tile reads and writes.
template <class Element>
struct tile_job {
  const Element* a;
  std::int64_t a_row, a_column;
  std::int64_t a_group;  ///< from one group of most_tile_rows rows to the next
  const Element* b;      ///< [depth, at least Vectors vectors]
  std::int64_t b_row;
  const float* from;  ///< what the sums are added to, or none
  std::int64_t from_row;
  float* c;
  std::int64_t c_row;
  std::int64_t depth;  ///< elements of a row of a
  both_ahead* next;    ///< or none, where all is near
};

template <class Product, std::size_t... J>
HWY_INLINE void onto_row(const typename Product::element* a, const typename Product::lanes* b, float_lanes* sum,
                         std::index_sequence<J...>) {
  const auto factor = Product::all(*a);
  ((sum[J] = Product::add(factor, b[J], sum[J])), ...);
}
template <class Product, std::size_t... R, std::size_t... J>
HWY_INLINE void onto_rows(const typename Product::element* a, std::int64_t a_row, const typename Product::element* b,
                          float_lanes* sum, std::index_sequence<R...>, std::index_sequence<J...> columns) {
  const typename Product::lanes row[] = {Product::load(b + J * lanes32)...};
  (onto_row<Product>(a + static_cast<std::int64_t>(R) * a_row, row, sum + R * sizeof...(J), columns), ...);
}
template <bool Add, std::size_t... J>
HWY_INLINE void write_row(const float_lanes* sum, const float* from, float* c, std::index_sequence<J...>) {
  const float_tag d;
  (hn::StoreU(Add ? hn::Add(hn::LoadU(d, from + J * lanes32), sum[J]) : sum[J], d, c + J * lanes32), ...);
}

template <class Product, bool Far, std::size_t... R, std::size_t... J, std::size_t... I>
HWY_INLINE void tile_of(const tile_job<typename Product::element>& job, std::index_sequence<R...> rows,
                        std::index_sequence<J...> columns, std::index_sequence<I...>) {
  const auto *a = job.a, *b = job.b;
  const std::int64_t a_row = job.a_row, a_column = job.a_column, b_row = job.b_row, c_row = job.c_row, from_row = job.from_row;
  float* const c = job.c;
  const float* const from = job.from;
  float_lanes sum[] = {((void)I, hn::Zero(float_tag()))...};
  std::int64_t k = job.depth;
  if constexpr (Far) {
    for (; k >= ahead::steps; k -= ahead::steps) {
      job.next->a.ask();
      job.next->b.ask();
      for (std::int64_t i = ahead::steps; i > 0; --i, a += a_column, b += b_row)
        onto_rows<Product>(a, a_row, b, sum, rows, columns);
    }
  }
  for (; k > 0; --k, a += a_column, b += b_row) onto_rows<Product>(a, a_row, b, sum, rows, columns);
  constexpr std::size_t vectors = sizeof...(J);
  if (from != nullptr)
    (write_row<true>(sum + R * vectors, from + static_cast<std::int64_t>(R) * from_row,
                     c + static_cast<std::int64_t>(R) * c_row, columns),
     ...);
  else
    (write_row<false>(sum + R * vectors, from, c + static_cast<std::int64_t>(R) * c_row, columns), ...);
}

/// c = from + a b for Rows rows and Vectors vectors of columns. Sums over k in order, one after the other, then adds `from`.
/// Far: asks for what comes next, because it is in no near cache
/// repeat an element goes through the same steps in a tile of any size
template <class Product, std::size_t Rows, std::size_t Vectors, bool Far = false>
[[gnu::noinline]] void tile(const tile_job<typename Product::element>& job) {
  tile_of<Product, Far>(job, std::make_index_sequence<Rows>(), std::make_index_sequence<Vectors>(),
                        std::make_index_sequence<Rows * Vectors>());
}

/// Tiles below each other, as long as there are rows for them.
template <class Product, std::size_t Rows, std::size_t Vectors>
void tiles_down(tile_job<typename Product::element>& job, std::int64_t& rows) {
  constexpr auto together = static_cast<std::int64_t>(Rows);
  for (; rows >= together; rows -= together) {
    if (Rows >= 6 && job.next != nullptr)
      tile<Product, Rows, Vectors, Rows >= 6>(job);
    else
      tile<Product, Rows, Vectors>(job);
    job.a += together * job.a_row;
    if (job.from != nullptr) job.from += together * job.from_row;
    job.c += together * job.c_row;
  }
}
/// The same with the largest tiles first.
template <class Product, std::size_t Vectors>
void all_tiles_down(tile_job<typename Product::element> job, std::int64_t rows) {
  for (const auto* a = job.a; rows > 0; rows -= most_tile_rows) {
    job.a = a;
    std::int64_t now = std::min(rows, most_tile_rows);
    if constexpr (tile_rows(Vectors) == 12) tiles_down<Product, 12, Vectors>(job, now);
    tiles_down<Product, 6, Vectors>(job, now);
    tiles_down<Product, 4, Vectors>(job, now);
    tiles_down<Product, 2, Vectors>(job, now);
    tiles_down<Product, 1, Vectors>(job, now);
    a += job.a_group;
  }
}

#endif

}  // namespace TEPUI_BF16_PAIRS
}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
