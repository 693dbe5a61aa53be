#pragma once
/// Products of a sparse matrix (cells and the genes they express) with a thin dense one: what principal components are found with.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/parallel.hpp>

namespace tepui::kernel {

/// Sparse rows that own their memory.               row_begin [rows + 1]; column, value [entries]
struct sparse_rows {
  std::vector<std::int64_t> row_begin{0};
  std::vector<std::int32_t> column;
  std::vector<float> value;

  [[nodiscard]] std::int64_t n_rows() const { return isize(row_begin.size()) - 1; }
  [[nodiscard]] std::int64_t n_entries() const { return isize(column.size()); }
  void add(std::int32_t c, float v) {
    column.push_back(c);
    value.push_back(v);
  }
  /// Several entries of the row that is being written.              columns, values  of the same length
  template <class Value>
  void add(std::span<const std::int32_t> columns, std::span<const Value> values) {
    column.insert(column.end(), columns.begin(), columns.end());
    value.resize(column.size());
    std::transform(values.begin(), values.end(), value.end() - isize(values.size()), [](Value v) { return static_cast<float>(v); });
  }
  void end_row() { row_begin.push_back(n_entries()); }
  /// Rows [first, first + n) of another.
  void append(const sparse_rows& from, std::int64_t first, std::int64_t n) {
    const std::int64_t begin = from.row_begin[usize(first)], end = from.row_begin[usize(first + n)], shift = n_entries() - begin;
    column.insert(column.end(), from.column.begin() + begin, from.column.begin() + end);
    value.insert(value.end(), from.value.begin() + begin, from.value.begin() + end);
    for (std::int64_t r = first + 1; r <= first + n; ++r) row_begin.push_back(from.row_begin[usize(r)] + shift);
  }
  void clear() {
    row_begin.assign(1, 0);
    column.clear();
    value.clear();
  }
};

/// A thin dense matrix, kept as panels of 32 columns: a row of a panel is two cache lines, and a panel is one thread's work.
/// shapes  value [panels, rows, 32]; columns behind the last wanted one hold zeros
class panels {
 public:
  static constexpr std::int64_t width = 32;

  panels() = default;
  panels(std::int64_t rows, std::int64_t columns) { resize(rows, columns); }
  /// All zeros afterwards.
  void resize(std::int64_t rows, std::int64_t columns) {
    rows_ = rows;
    columns_ = columns;
    value_.assign(usize(n_panels() * rows * width), 0.0F);
  }
  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] std::int64_t columns() const { return columns_; }
  [[nodiscard]] std::int64_t n_panels() const { return (columns_ + width - 1) / width; }
  [[nodiscard]] float* row(std::int64_t panel, std::int64_t r) { return value_.data() + (panel * rows_ + r) * width; }
  [[nodiscard]] const float* row(std::int64_t panel, std::int64_t r) const { return value_.data() + (panel * rows_ + r) * width; }
  [[nodiscard]] float& at(std::int64_t r, std::int64_t c) { return row(c / width, r)[c % width]; }
  [[nodiscard]] float at(std::int64_t r, std::int64_t c) const { return row(c / width, r)[c % width]; }

 private:
  std::int64_t rows_ = 0, columns_ = 0;
  buffer_in<host, float> value_;
};

/// y = a x - 1 shift'.
/// in     a [rows, columns] sparse; x [columns, dims]; shift [dims]        out    y [rows, dims], resized
/// cost   O(entries dims)            repeat bit-equal for any number of threads
inline void times(const sparse_rows& a, const panels& x, std::span<const double> shift, panels& y, int threads) {
  y.resize(a.n_rows(), x.columns());
  parallel_chunks(x.n_panels(), threads, [&](std::int64_t p, int) {
    const float* const from = x.row(p, 0);
    std::array<float, panels::width> start{};
    for (std::int64_t d = 0; d < panels::width && p * panels::width + d < x.columns(); ++d)
      start[usize(d)] = -static_cast<float>(shift[usize(p * panels::width + d)]);
    for (std::int64_t r = 0; r < a.n_rows(); ++r) {
      std::array<float, panels::width> sum = start;
      for (std::int64_t i = a.row_begin[usize(r)]; i < a.row_begin[usize(r) + 1]; ++i) {
        const float v = a.value[usize(i)];
        const float* const row = from + std::ptrdiff_t{a.column[usize(i)]} * panels::width;
        for (std::size_t d = 0; d < usize(panels::width); ++d) sum[d] += v * row[d];
      }
      std::copy(sum.begin(), sum.end(), y.row(p, r));
    }
  });
}

/// z += a' y, and the sums of the columns of y are added to `y_sum`.
/// in     a [rows, columns] sparse; y [rows, dims]            out    z [columns, dims], y_sum [dims]
/// cost   O(entries dims)            repeat bit-equal for any number of threads, and however the rows are cut into blocks
inline void add_transposed_times(const sparse_rows& a, const panels& y, panels& z, std::span<double> y_sum, int threads) {
  parallel_chunks(y.n_panels(), threads, [&](std::int64_t p, int) {
    float* const to = z.row(p, 0);
    const std::int64_t wanted = std::min(panels::width, y.columns() - p * panels::width);
    for (std::int64_t r = 0; r < a.n_rows(); ++r) {
      std::array<float, panels::width> row{};
      std::copy_n(y.row(p, r), panels::width, row.begin());
      for (std::int64_t d = 0; d < wanted; ++d) y_sum[usize(p * panels::width + d)] += static_cast<double>(row[usize(d)]);
      for (std::int64_t i = a.row_begin[usize(r)]; i < a.row_begin[usize(r) + 1]; ++i) {
        const float v = a.value[usize(i)];
        float* const sum = to + std::ptrdiff_t{a.column[usize(i)]} * panels::width;
        for (std::size_t d = 0; d < usize(panels::width); ++d) sum[d] += v * row[d];
      }
    }
  });
}

/// Rows of a table that lies in memory.                value [rows, Dims]
template <std::size_t Dims>
struct table_rows {
  const float* value;
  [[nodiscard]] const float* row(std::int32_t r) const { return value + usize(r) * Dims; }
};

/// sum += weight[i] * rows.row(id[i]), in the order of i.
/// in     id, weight [n]; rows, whose row(id) points at Dims floats            out    sum [Dims]
/// cost   O(n Dims); the number of dims is in the type, because compilers then work on whole registers
/// repeat never inlined: compilers fuse products and sums as the surroundings suggest, and all callers must get the same bits
template <std::size_t Dims, class Value, class Rows>
[[gnu::noinline]] void add_weighted_rows(std::span<const std::int32_t> id, std::span<const Value> weight, Rows& rows,
                                         std::array<float, Dims>& sum) {
  std::array<float, Dims> total = sum;
  for (std::size_t i = 0; i < id.size(); ++i) {
    const auto scale = static_cast<float>(weight[i]);
    const float* const row = rows.row(id[i]);
    for (std::size_t d = 0; d < Dims; ++d) total[d] += scale * row[d];
  }
  sum = total;
}

}  // namespace tepui::kernel
