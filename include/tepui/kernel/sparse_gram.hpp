#pragma once
/// Adds up how genes go together over all cells: the product of a sparse matrix of cells with itself.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/simd/sparse_gram.hpp>
#include <tepui/kernel/sparse_product.hpp>

namespace tepui::kernel {

/// The plain form of simd::add_gram_tile: sum.row(g) += the entries of gene g times their rows of the dense part, in order.
template <std::size_t Width>
void plain_gram_tile(const std::int32_t* begin, const tile_entry* entry, const float* dense, std::int64_t genes, float* sum) {
  for (std::int64_t g = 0; g < genes; ++g, sum += Width) {
    std::array<float, Width> s;
    std::copy_n(sum, Width, s.begin());
    for (std::int32_t i = begin[g]; i < begin[g + 1]; ++i) {
      const float by = entry[i].value;
      const float* const row = dense + entry[i].row;
      for (std::size_t d = 0; d < Width; ++d) s[d] += by * row[d];
    }
    std::copy(s.begin(), s.end(), sum);
  }
}

inline namespace HWY_NAMESPACE {

/// a'a, or b'b for b = a - 1 mean', from rows that arrive in blocks.
/// in     mean [columns], or empty; then add(block) as often as there are blocks, the columns of a row once each in any order
/// out    finish(): [columns, columns], symmetric, float64
/// order  float32 over 4,096 rows, float64 above. Means are taken off before products are summed, so that a gene that all
///        cells express highly keeps its digits. Of two columns the sparser one is read as it is stored and the other one
///        written out: which is which is decided by the first 4,096 rows
/// cost   entries columns / 4 multiply-adds where genes are as unlike as in cells, columns / 2 where all are alike;
///        16 columns^2 bytes and 8 for every entry of 4,096 rows
/// repeat bit-equal for any number of threads, and however the rows are cut into blocks
class sparse_gram {
 public:
  static constexpr std::int64_t tile_rows = 128, tiles = 32, rows_at_once = tile_rows * tiles;

  sparse_gram(std::int64_t columns, std::span<const double> mean, int threads)
      : columns_(columns), threads_(std::max(threads, 1)), mean_(mean), column_sum_(usize(columns), 0.0),
        sum_(usize(columns * columns), 0.0) {}

  void add(const sparse_rows& block) {
    for (std::int64_t r = 0; r < block.n_rows();) {
      if (pending_.n_rows() == 0 && block.n_rows() - r >= rows_at_once) {
        work(block, r, rows_at_once);
        r += rows_at_once;
        continue;
      }
      const std::int64_t n = std::min(block.n_rows() - r, rows_at_once - pending_.n_rows());
      pending_.append(block, r, n);
      r += n;
      if (pending_.n_rows() == rows_at_once) work_off();
    }
  }

  /// What has been added up; call it once.                    -> [columns, columns]
  [[nodiscard]] std::vector<double> finish() {
    work_off();
    if (order_.empty()) choose_order({}, 0);
    if (!mean_.empty()) correct();
    constexpr std::int64_t side = 32;  // whole lines of the cache in both directions
    for (std::int64_t i = 0; i < columns_; i += side)
      for (std::int64_t j = i; j < columns_; j += side)
        for (std::int64_t p = i; p < std::min(columns_, i + side); ++p)
          for (std::int64_t q = std::max(j, p + 1); q < std::min(columns_, j + side); ++q)
            sum_[usize(p * columns_ + q)] = sum_[usize(q * columns_ + p)];
    std::vector<double> out(sum_.size());
    for (std::int64_t c = 0; c < columns_; ++c) {
      const double* const from = sum_.data() + rank_[usize(c)] * columns_;
      double* const to = out.data() + c * columns_;
      for (std::int64_t d = 0; d < columns_; ++d) to[d] = from[rank_[usize(d)]];
    }
    return out;
  }

 private:
  static constexpr std::int64_t width = simd::gram_width;
  struct worker_room {
    buffer_in<host, float> dense, sum;
  };

  void work_off() {
    if (pending_.n_rows() > 0) work(pending_, 0, pending_.n_rows());
    pending_.clear();
  }

  /// Columns by how many of the first rows have them, the most first and ties by the lower column.
  void choose_order(const sparse_rows& a, std::int64_t n) {
    std::vector<std::int32_t> count(usize(columns_), 0);
    for (std::int64_t i = a.row_begin[0]; i < a.row_begin[usize(n)]; ++i) ++count[usize(a.column[usize(i)])];
    order_.resize(count.size());
    for (std::size_t c = 0; c < order_.size(); ++c) order_[c] = static_cast<std::int32_t>(c);
    std::sort(order_.begin(), order_.end(), [&](std::int32_t x, std::int32_t y) {
      return count[usize(x)] != count[usize(y)] ? count[usize(x)] > count[usize(y)] : x < y;
    });
    rank_.resize(count.size());
    taken_.assign(count.size(), 0.0F);
    for (std::size_t r = 0; r < order_.size(); ++r) {
      rank_[usize(order_[r])] = static_cast<std::int32_t>(r);
      if (!mean_.empty()) taken_[r] = static_cast<float>(mean_[usize(order_[r])]);
    }
  }

  /// The means that were taken off were rounded, only off one of two columns, and need not be the means of these rows.
  void correct() {
    std::vector<double> mean(usize(columns_)), rounding(usize(columns_)), rest(usize(columns_));
    for (std::size_t r = 0; r < mean.size(); ++r) {
      mean[r] = mean_[usize(order_[r])];
      rounding[r] = mean[r] - static_cast<double>(taken_[r]);
      rest[r] = column_sum_[r] - static_cast<double>(n_rows_) * mean[r];
    }
    for (std::int64_t g = 0; g < columns_; ++g) {
      double* const row = sum_.data() + g * columns_;
      const double stored = column_sum_[usize(g)], its_mean = mean[usize(g)];
      for (std::int64_t j = 0; j <= g; ++j) row[j] -= stored * rounding[usize(j)] + its_mean * rest[usize(j)];
    }
  }

  /// The entries of one tile, gene by gene in their order.
  void turn(const sparse_rows& a, std::int64_t first, std::int64_t n, std::int32_t* begin, tile_entry* to) const {
    std::fill_n(begin, columns_ + 1, 0);
    const std::int64_t from = a.row_begin[usize(first)], end = a.row_begin[usize(first + n)];
    for (std::int64_t i = from; i < end; ++i) ++begin[rank_[usize(a.column[usize(i)])]];
    std::int32_t at = 0;
    for (std::int64_t c = 0; c <= columns_; ++c) at += std::exchange(begin[c], at);
    for (std::int64_t r = 0; r < n; ++r)
      for (std::int64_t i = a.row_begin[usize(first + r)]; i < a.row_begin[usize(first + r + 1)]; ++i)
        to[begin[rank_[usize(a.column[usize(i)])]]++] = {a.value[usize(i)], static_cast<std::int32_t>(r * width)};
    for (std::int64_t c = columns_; c > 0; --c) begin[c] = begin[c - 1];
    begin[0] = 0;
  }

  /// Adds the products of rows [first, first + n).
  void work(const sparse_rows& a, std::int64_t first, std::int64_t n) {
    if (order_.empty()) choose_order(a, n);  // `first` is 0
    const std::int64_t n_tiles = (n + tile_rows - 1) / tile_rows, panels = (columns_ + width - 1) / width;
    const std::int64_t from = a.row_begin[usize(first)], entries = a.row_begin[usize(first + n)] - from;
    begin_.resize(usize(tiles * (columns_ + 1)));
    if (isize(entry_.size()) < entries) entry_.resize(usize(entries));
    room_.resize(usize(threads_));
    const auto entries_of = [&](std::int64_t t) { return entry_.data() + (a.row_begin[usize(first + t * tile_rows)] - from); };
    parallel_chunks(n_tiles, threads_, [&](std::int64_t t, int) {
      turn(a, first + t * tile_rows, std::min(tile_rows, n - t * tile_rows), begin_.data() + t * (columns_ + 1), entries_of(t));
    });
    parallel_chunks(panels, threads_, [&](std::int64_t p, int worker) {
      panel(p * width, n_tiles, entries_of, room_[usize(worker)]);
    });
    n_rows_ += n;
  }

  /// Columns from `p` written out, times all genes from there on, which are sparser.
  template <class Entries>
  void panel(std::int64_t p, std::int64_t n_tiles, Entries&& entries_of, worker_room& room) {
    const std::int64_t columns = std::min(width, columns_ - p), genes = columns_ - p;
    room.dense.resize(usize(tile_rows * width));
    room.sum.resize(usize(columns_ * width));
    std::fill_n(room.sum.begin(), genes * width, 0.0F);
    std::array<float, usize(width)> start{};
    for (std::int64_t d = 0; d < columns; ++d) start[usize(d)] = -taken_[usize(p + d)];
    for (std::int64_t t = 0; t < n_tiles; ++t) {
      const std::int32_t* const begin = begin_.data() + t * (columns_ + 1) + p;
      const tile_entry* const entry = entries_of(t);
      for (std::int64_t r = 0; r < tile_rows; ++r) std::copy(start.begin(), start.end(), room.dense.begin() + r * width);
      for (std::int64_t d = 0; d < columns; ++d) {
        double sum = 0;
        for (std::int32_t i = begin[d]; i < begin[d + 1]; ++i) {
          room.dense[usize(entry[i].row + d)] += entry[i].value;
          sum += static_cast<double>(entry[i].value);
        }
        column_sum_[usize(p + d)] += sum;
      }
#if TEPUI_HAS_LANES
      simd::add_gram_tile(begin, entry, room.dense.data(), genes, room.sum.data());
#else
      plain_gram_tile<usize(width)>(begin, entry, room.dense.data(), genes, room.sum.data());
#endif
    }
    for (std::int64_t g = 0; g < genes; ++g) {
      const float* const add = room.sum.data() + g * width;
      double* const to = sum_.data() + (p + g) * columns_ + p;
      for (std::int64_t d = 0; d < columns; ++d) to[d] += static_cast<double>(add[d]);
    }
  }

  std::int64_t columns_, n_rows_ = 0;
  int threads_;
  std::span<const double> mean_;
  std::vector<std::int32_t> order_, rank_;   ///< [columns] column of a rank, rank of a column
  std::vector<float> taken_;                 ///< [ranks] the means as they were taken off
  std::vector<double> column_sum_, sum_;     ///< [ranks], [ranks, ranks]
  sparse_rows pending_;
  buffer_in<host, std::int32_t> begin_;      ///< [tiles, columns + 1]
  buffer_in<host, tile_entry> entry_;
  std::vector<worker_room> room_;
};

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
