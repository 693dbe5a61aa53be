#pragma once
/// Sums rows of a table, each as often as a cell's count says, while the sums stay in the registers.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <tepui/kernel/simd/pieces.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// A tile of sums is so many vectors wide; twice as many registers hold it.
inline constexpr std::size_t summed_vectors = lanes32 >= 16 || HWY_ARCH_ARM_A64 == 1 ? 8 : 6;
/// Bytes of the table that are read again and again before others are: they stay in the second cache.
inline constexpr std::size_t near_table_bytes = std::size_t{1} << 19;

/// Columns [first, first + n) of a table: Vectors vectors, of which the last is shorter where Whole is false.
template <std::size_t Vectors, bool Whole>
struct sum_columns {
  std::size_t first, n;
  /// f(piece, which) for each vector.
  template <class F>
  HWY_INLINE void each(F&& f) const {
    [&]<std::size_t... V>(std::index_sequence<V...>) { (one<V>(f), ...); }(std::make_index_sequence<Vectors>());
  }
  [[nodiscard]] sum_columns from_zero() const { return {0, n}; }

 private:
  template <std::size_t V, class F>
  HWY_INLINE void one(F&& f) const {
    if constexpr (Whole || V + 1 < Vectors)
      f(whole_piece{first + V * lanes32}, V);
    else
      f(last_piece{first + V * lanes32, n - V * lanes32}, V);
  }
};

/// A table of rows that lie `apart` floats apart, which may begin with a later row than 0: `skipped` floats behind it.
struct table_at {
  const float* data;
  std::size_t apart, skipped = 0;
  [[nodiscard]] HWY_INLINE const float* row(std::int32_t r) const {
    return data + (static_cast<std::size_t>(r) * apart - skipped);
  }
};

/// to = from + the sum of by[i] times row[i] of the table, in some columns.
/// in     row, by [n]; from: or none, which is zeros            out    to, may be from
/// order  places 0, 2, 4 ... onto `from`, places 1, 3, 5 ... by themselves, then both: two sums, so that none waits
/// repeat never inlined; a column goes through the same steps in a tile of any width
template <std::size_t Vectors, bool Whole>
[[gnu::noinline]] void sum_weighed(sum_columns<Vectors, Whole> at, const std::int32_t* row, const float* by, std::size_t n,
                                   table_at table, const float* from, float* to) {
  const piece_tag d;
  piece_lanes even[Vectors], odd[Vectors];
  at.each([&](auto p, std::size_t v) {
    even[v] = from == nullptr ? hn::Zero(d) : p.load(from);
    odd[v] = hn::Zero(d);
  });
  std::size_t i = 0;
  for (; i + 2 <= n; i += 2) {
    const float *const a = table.row(row[i]), *const b = table.row(row[i + 1]);
    const auto by_a = hn::Set(d, by[i]), by_b = hn::Set(d, by[i + 1]);
    at.each([&](auto p, std::size_t v) { even[v] = hn::MulAdd(by_a, p.load(a), even[v]); });
    at.each([&](auto p, std::size_t v) { odd[v] = hn::MulAdd(by_b, p.load(b), odd[v]); });
  }
  if (i < n) {
    const float* const a = table.row(row[i]);
    const auto by_a = hn::Set(d, by[i]);
    at.each([&](auto p, std::size_t v) { even[v] = hn::MulAdd(by_a, p.load(a), even[v]); });
  }
  at.each([&](auto p, std::size_t v) { p.store(hn::Add(even[v], odd[v]), to); });
}

/// Cuts dims into tiles of nearly equal width and calls work(sum_columns) for each.
template <class Work>
void each_sum_tile(std::size_t dims, Work&& work) {
  const std::size_t vectors = (dims + lanes32 - 1) / lanes32, tiles = (vectors + summed_vectors - 1) / summed_vectors;
  std::size_t first = 0;
  const auto go = [&]<std::size_t V>(std::integral_constant<std::size_t, V>, std::size_t n) {
    if (n == V * lanes32)
      work(sum_columns<V, true>{first, n});
    else
      work(sum_columns<V, false>{first, n});
  };
  for (std::size_t t = 0; t < tiles; ++t) {
    const std::size_t wide = vectors / tiles + (t < vectors % tiles ? 1 : 0), n = std::min(dims - first, wide * lanes32);
    [&]<std::size_t... V>(std::index_sequence<V...>) {
      ((V + 1 == wide ? go(std::integral_constant<std::size_t, V + 1>(), n) : void()), ...);
    }(std::make_index_sequence<summed_vectors>());
    first += n;
  }
}

/// Columns of a table, copied so that its rows lie side by side: rows far apart push one another out of the cache.
template <std::size_t Vectors, bool Whole>
table_at as_panel(sum_columns<Vectors, Whole> at, std::size_t rows, const float* table, std::size_t apart, float* panel) {
  constexpr std::size_t wide = Vectors * lanes32;
  for (std::size_t r = 0; r < rows; ++r)
    at.from_zero().each([&](auto p, std::size_t) { p.store(p.load(table + r * apart + at.first), panel + r * wide); });
  return {panel, wide, 0};
}

/// Cells as they are stored, and where each cell's genes of each block of genes begin.
struct blocked_cells {
  std::size_t n_cells, n_genes, n_blocks, block;  ///< the last block may be shorter
  bool often;                                     ///< whether most of a block is read
  const std::int32_t* const* gene;                ///< [cells]: of each cell the first of its genes
  const float* const* value;                      ///< [cells]
  const std::int64_t* bound;                      ///< [blocks + 1, cells]: places in a cell
};

/// As kernel::sparse_linear.
/// in     panel: none, or room for a block of genes and a tile of dims
inline void sparse_linear(const blocked_cells& x, const float* weight, const float* bias, std::size_t dims, float* y,
                          float* panel) {
  each_sum_tile(dims, [&](auto at) {
    for (std::size_t b = 0; b < x.n_blocks; ++b) {
      const std::size_t first = b * x.block, genes = std::min(x.n_genes - first, x.block);
      table_at table{weight + at.first, dims, 0};
      if (panel != nullptr) {
        table = as_panel(at, genes, weight + first * dims, dims, panel);
        table.skipped = first * table.apart;
      }
      // Cells read it here and there, which no processor foresees: it is asked for in order first.
      if (panel == nullptr && x.often && x.n_blocks > 1)
        for (std::size_t l = first * dims; l < (first + genes) * dims; l += 16) __builtin_prefetch(weight + l, 0, 2);
      for (std::size_t c = 0; c < x.n_cells; ++c) {
        const std::int64_t begin = x.bound[b * x.n_cells + c], end = x.bound[(b + 1) * x.n_cells + c];
        float* const to = y + c * dims + at.first;
        const float* const start = b > 0 ? to : bias == nullptr ? nullptr : bias + at.first;
        if (b == 0 || begin < end)
          sum_weighed(at.from_zero(), x.gene[c] + begin, x.value[c] + begin, static_cast<std::size_t>(end - begin), table,
                      start, to);
      }
    }
  });
}

/// As kernel::sparse_gradient, for entries that lie gene by gene.
/// in     end [genes]: where a gene's entries end; cell, value [entries]; panel: none, or room for cells and a tile of dims
inline void sparse_gradient(std::size_t n_genes, const std::int32_t* end, const std::int32_t* cell, const float* value,
                            std::size_t n_cells, const float* dy, std::size_t dims, float* d_weight, float* panel) {
  each_sum_tile(dims, [&](auto at) {
    table_at table{dy + at.first, dims, 0};
    if (panel != nullptr) table = as_panel(at, n_cells, dy, dims, panel);
    std::int32_t first = 0;
    for (std::size_t g = 0; g < n_genes; ++g) {
      const std::int32_t n = end[g] - first;
      float* const to = d_weight + g * dims + at.first;
      if (n > 0) sum_weighed(at.from_zero(), cell + first, value + first, static_cast<std::size_t>(n), table, to, to);
      first = end[g];
    }
  });
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
