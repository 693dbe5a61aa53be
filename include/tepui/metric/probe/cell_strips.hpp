#pragma once
/// Training cells as logistic regressions read them: centred, in equal units if wanted, 64 cells side by side.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/simd/class_scores.hpp>
#include <tepui/metric/probe/numbered_classes.hpp>
#include <tepui/metric/probe/task.hpp>

namespace tepui::metric {

/// A strip holds the first dim of 64 cells, then their second dim, and so on; places without a cell hold zeros.
/// shapes  mean, unit [dims]: what is taken off and then divided by; a dim that never changes has the unit 1
/// memory  a float32 copy of the training cells; strips of doubles are made of the task's cells when they are asked for, so
///         the cells of the task must outlive this
/// cost    O(cells dims)
struct cell_strips {
  static constexpr std::int64_t wide = static_cast<std::int64_t>(kernel::simd::strip_cells);

  embedding_view<> cells;
  numbered_classes classes;
  std::vector<double> mean, unit;

  /// in     the task, checked; standardise: divide every dim by its standard deviation
  cell_strips(const probe_task& task, bool standardise)
      : cells(task.train), classes(task.label, task.n_classes), mean(usize(dims()), 0), unit(usize(dims()), 1) {
    const auto n = static_cast<double>(n_cells());
    for (std::int64_t c = 0; c < n_cells(); ++c) {
      const float* const row = cells.row(c).data();
      for (std::size_t d = 0; d < mean.size(); ++d) mean[d] += static_cast<double>(row[d]);
    }
    for (double& m : mean) m /= n;
    if (standardise) {
      std::vector<double> square(mean.size(), 0);
      for (std::int64_t c = 0; c < n_cells(); ++c) {
        const float* const row = cells.row(c).data();
        for (std::size_t d = 0; d < mean.size(); ++d) {
          const double off = static_cast<double>(row[d]) - mean[d];
          square[d] += off * off;
        }
      }
      for (std::size_t d = 0; d < mean.size(); ++d) unit[d] = square[d] > 0 ? std::sqrt(square[d] / n) : 1.0;
    }
    per_unit_.resize(unit.size());
    for (std::size_t d = 0; d < unit.size(); ++d) per_unit_[d] = 1 / unit[d];
    rough_.resize(usize(n_strips() * wide * dims()));
    for (std::int64_t s = 0; s < n_strips(); ++s) write(s, rough_.data() + s * wide * dims());
  }

  [[nodiscard]] std::int64_t n_cells() const { return cells.n_cells(); }
  [[nodiscard]] std::int64_t dims() const { return cells.n_columns; }
  [[nodiscard]] std::int64_t n_classes() const { return isize(classes.present.size()); }
  /// Rows of weights: of two classes one is enough, by which the second is ahead of the first.
  [[nodiscard]] std::int64_t n_scores() const { return n_classes() == 2 ? 1 : n_classes(); }
  [[nodiscard]] std::int64_t n_strips() const { return (n_cells() + wide - 1) / wide; }
  [[nodiscard]] std::span<const std::int32_t> labels(std::int64_t strip) const {
    return std::span(classes.label).subspan(usize(strip * wide), usize(std::min(wide, n_cells() - strip * wide)));
  }
  /// -> [dims][64], of single precision; strip after strip
  [[nodiscard]] const float* rough(std::int64_t strip) const { return rough_.data() + strip * wide * dims(); }
  /// The same in full precision.                                            out    to [dims][64]
  void exact(std::int64_t strip, double* to) const { write(strip, to); }
  /// One cell.            in  times: of every number            out  to [dims]
  template <class T>
  void one(std::int64_t cell, double times, T* to) const {
    const float* const row = cells.value.data() + cell * dims();
    for (std::int64_t d = 0; d < dims(); ++d)
      to[d] = static_cast<T>((static_cast<double>(row[d]) - mean[usize(d)]) * (per_unit_[usize(d)] * times));
  }

 private:
  template <class T>
  void write(std::int64_t strip, T* to) const {
    constexpr std::int64_t together = 16;  // dims: a line of the cache is read once and few are written at a time
    const std::int64_t first = strip * wide, n = std::min(wide, n_cells() - first);
    for (std::int64_t begin = 0; begin < dims(); begin += together) {
      const std::int64_t end = std::min(begin + together, dims());
      for (std::int64_t d = begin; d < end; ++d) {
        const float* from = cells.value.data() + first * dims() + d;
        const double off = mean[usize(d)], times = per_unit_[usize(d)];
        T* const row = to + d * wide;
        for (std::int64_t i = 0; i < n; ++i, from += dims())
          row[i] = static_cast<T>((static_cast<double>(*from) - off) * times);
        std::fill(row + n, row + wide, T{0});
      }
    }
  }

  std::vector<double> per_unit_;
  buffer_in<host, float> rough_;
};

}  // namespace tepui::metric
