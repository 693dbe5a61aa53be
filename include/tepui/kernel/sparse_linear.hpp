#pragma once
/// The first layer of a network on counts as they are stored: genes that a cell does not express cost nothing.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/simd/sparse_linear.hpp>

namespace tepui::kernel {

/// Cells as they are stored: the part of counts_view that products need. A counts_view does as well.
template <class Value>
struct stored_cells {
  std::int64_t n_genes = 0;
  std::span<const std::int64_t> row_begin, row_end;  ///< [cells]: places in gene and value
  std::span<const std::int32_t> gene;                ///< ascending in a cell, in [0, n_genes)
  std::span<const Value> value;
};

/// The plain forms of the two functions below: every element is summed in order.
template <class Real, class Cells>
[[gnu::noinline]] void plain_sparse_linear(const Cells& x, std::span<const Real> weight, std::span<const Real> bias,
                                           std::int64_t dims, std::span<Real> y) {
  for (std::size_t c = 0; c < x.row_begin.size(); ++c) {
    const auto to = y.subspan(c * usize(dims), usize(dims));
    for (std::size_t d = 0; d < to.size(); ++d) to[d] = bias.empty() ? Real{0} : bias[d];
    for (std::int64_t i = x.row_begin[c]; i < x.row_end[c]; ++i) {
      const auto by = static_cast<Real>(x.value[usize(i)]);
      const Real* const row = weight.data() + x.gene[usize(i)] * dims;
      for (std::size_t d = 0; d < to.size(); ++d) to[d] += by * row[d];
    }
  }
}
template <class Real, class Cells>
[[gnu::noinline]] void plain_sparse_gradient(const Cells& x, std::span<const Real> dy, std::int64_t dims,
                                             std::span<Real> d_weight) {
  for (std::size_t c = 0; c < x.row_begin.size(); ++c)
    for (std::int64_t i = x.row_begin[c]; i < x.row_end[c]; ++i) {
      const auto by = static_cast<Real>(x.value[usize(i)]);
      Real* const to = d_weight.data() + x.gene[usize(i)] * dims;
      for (std::int64_t d = 0; d < dims; ++d) to[d] += by * dy[c * usize(dims) + usize(d)];
    }
}

inline namespace HWY_NAMESPACE {

/// Working memory of the two functions below: grows to the largest batch and stays. One a thread.
template <class Real>
struct sparse_linear_room {};
#if TEPUI_HAS_LANES
template <>
struct sparse_linear_room<float> {
  buffer_in<host, float> panel, value, sorted;
  buffer_in<host, std::int64_t> bound;
  buffer_in<host, const std::int32_t*> gene_of;
  buffer_in<host, const float*> value_of;
  buffer_in<host, std::int32_t> gene_end, cell;

  template <class T>
  [[nodiscard]] static T* grown(buffer_in<host, T>& m, std::int64_t n) {
    if (isize(m.size()) < n) m.resize(usize(n));
    return m.data();
  }
  /// The genes and the values of each cell; values that are no floats are made such.            -> entries of all cells
  template <class Cells>
  std::int64_t look_at(const Cells& x) {
    const std::int64_t n_cells = isize(x.row_begin.size());
    std::int64_t n = 0;
    for (std::int64_t c = 0; c < n_cells; ++c) n += x.row_end[usize(c)] - x.row_begin[usize(c)];
    const auto gene = grown(gene_of, n_cells);
    const auto of_cell = grown(value_of, n_cells);
    constexpr bool floats = std::is_same_v<std::remove_cvref_t<decltype(x.value[0])>, float>;
    float* to = floats ? nullptr : grown(value, n);
    for (std::int64_t c = 0; c < n_cells; ++c) {
      const std::int64_t begin = x.row_begin[usize(c)], end = x.row_end[usize(c)];
      gene[c] = x.gene.data() + begin;
      if constexpr (floats) {
        of_cell[c] = x.value.data() + begin;
      } else {
        of_cell[c] = to;
        for (std::int64_t i = begin; i < end; ++i) *to++ = static_cast<float>(x.value[usize(i)]);
      }
    }
    return n;
  }
  /// Puts the n entries that were looked at in the order of their genes, and those of a gene in the order of the cells.
  /// cost   a counting sort: two passes over the entries
  /// out    gene_end [genes], where the entries of a gene end; cell, sorted [entries]
  template <class Cells>
  void sort(const Cells& x, std::int64_t n) {
    const std::int64_t n_cells = isize(x.row_begin.size());
    std::int32_t* const end = grown(gene_end, x.n_genes);
    std::fill_n(end, x.n_genes, 0);
    const auto n_of = [&](std::int64_t c) { return x.row_end[usize(c)] - x.row_begin[usize(c)]; };
    for (std::int64_t c = 0; c < n_cells; ++c)
      for (std::int64_t i = 0; i < n_of(c); ++i) ++end[gene_of[usize(c)][i]];
    std::int32_t before = 0;
    for (std::int64_t g = 0; g < x.n_genes; ++g) before += std::exchange(end[g], before);
    std::int32_t* const to_cell = grown(cell, n);
    float* const to_value = grown(sorted, n);
    for (std::int64_t c = 0; c < n_cells; ++c) {
      const std::int32_t* const gene = gene_of[usize(c)];
      const float* const from = value_of[usize(c)];
      for (std::int64_t i = 0, last = n_of(c); i < last; ++i) {
        const std::int32_t to = end[gene[i]]++;
        to_cell[to] = static_cast<std::int32_t>(c);
        to_value[to] = from[i];
      }
    }
  }
};
#endif

/// y = counts weight + bias; counts are [cells, genes], and nobody writes them out.
/// in     x: cells as they are stored, genes ascending in a cell; weight [genes, dims] (a row for every gene);
///        bias [dims] or none
/// out    y [cells, dims], overwritten              empty  a cell without genes: the bias
/// order  float: genes in blocks whose weights stay near, in a block two sums of every second gene. Elsewhere: in order
/// cost   2 entries dims operations, while 4 entries dims bytes come from the second cache: that is what it waits for
///        (bench/sparse_linear.cpp); nothing is allocated once the room has seen the largest batch
/// repeat a cell has the same bits whatever cells stand beside it
template <class Real, class Cells>
void sparse_linear(const Cells& x, std::span<const Real> weight, std::span<const Real> bias, std::int64_t dims,
                   std::span<Real> y, [[maybe_unused]] sparse_linear_room<Real>& room) {
  if (dims == 0 || x.row_begin.empty()) return;
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>) {
    const std::int64_t n_cells = isize(x.row_begin.size()), n_genes = x.n_genes, n = room.look_at(x);
    constexpr auto widest = static_cast<std::int64_t>(simd::summed_vectors * simd::lanes32);
    // Cut by dims and genes alone, so that bits do not depend on the batch; not where little more than one block is left.
    const std::int64_t near = static_cast<std::int64_t>(simd::near_table_bytes) / (4 * std::min(dims, widest));
    const std::int64_t cuts = std::max<std::int64_t>(1, (n_genes + near / 4) / near);
    const std::int64_t block = std::max<std::int64_t>(1, (n_genes + cuts - 1) / cuts);
    const std::int64_t n_blocks = std::max<std::int64_t>(1, (n_genes + block - 1) / block);
    std::int64_t* const bound = room.grown(room.bound, (n_blocks + 1) * n_cells);
    for (std::int64_t c = 0; c < n_cells; ++c) {
      const auto genes = x.gene.subspan(usize(x.row_begin[usize(c)]), usize(x.row_end[usize(c)] - x.row_begin[usize(c)]));
      auto at = genes.begin();
      bound[c] = 0;
      for (std::int64_t b = 1; b <= n_blocks; ++b) {
        at = b == n_blocks ? genes.end() : std::lower_bound(at, genes.end(), static_cast<std::int32_t>(b * block));
        bound[b * n_cells + c] = at - genes.begin();
      }
    }
    const bool often = n >= 4 * n_genes;  // each weight is read a few times
    const simd::blocked_cells blocked{usize(n_cells), usize(n_genes),      usize(n_blocks),      usize(block),
                                      often,          room.gene_of.data(), room.value_of.data(), bound};
    simd::sparse_linear(blocked, weight.data(), bias.empty() ? nullptr : bias.data(), usize(dims), y.data(),
                        often && dims > widest ? room.grown(room.panel, block * widest) : nullptr);
    return;
  }
#endif
  plain_sparse_linear<Real>(x, weight, bias, dims, y);
}

/// How a loss changes with weight and bias, when it changes with y by dy.
/// in     x as forward; dy [cells, dims]
/// out    d_weight [genes, dims], d_bias [dims] or none: added to. Rows of genes that no cell expresses are not touched
/// order  cells ascending (float: two sums of every second cell that expresses the gene, then both)
/// errors bad_option: more than 2^31 - 1 entries
/// cost   as forward, and two passes over the entries, which are put in the order of their genes: each row of d_weight is
///        written once
/// repeat decided by the cells and their order alone
template <class Real, class Cells>
void sparse_gradient(const Cells& x, std::span<const Real> dy, std::int64_t dims, std::span<Real> d_weight,
                     std::span<Real> d_bias, [[maybe_unused]] sparse_linear_room<Real>& room) {
  if (dims == 0) return;
  if (!d_bias.empty())
    for (std::size_t at = 0; at < dy.size(); at += usize(dims))
      for (std::size_t d = 0; d < usize(dims); ++d) d_bias[d] += dy[at + d];
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>) {
    const std::int64_t n_cells = isize(x.row_begin.size()), n = room.look_at(x);
    if (n > std::numeric_limits<std::int32_t>::max())
      throw bad_option("a batch of " + std::to_string(n_cells) + " cells has " + std::to_string(n) +
                       " counts, more than the 2147483647 that a gradient is made of at once; cut it into more shards");
    room.sort(x, n);
    constexpr auto widest = static_cast<std::int64_t>(simd::summed_vectors * simd::lanes32);
    simd::sparse_gradient(usize(x.n_genes), room.gene_end.data(), room.cell.data(), room.sorted.data(), usize(n_cells),
                          dy.data(), usize(dims), d_weight.data(),
                          dims > widest ? room.grown(room.panel, n_cells * widest) : nullptr);
    return;
  }
#endif
  plain_sparse_gradient<Real>(x, dy, dims, d_weight);
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
