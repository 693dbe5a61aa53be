#pragma once
/// Sums over pieces of an array: the counts of each cell, the gene vectors of each cell's tokens.

#include <algorithm>
#include <cstdint>
#include <span>

#include <tepui/flow/index.hpp>

namespace tepui::kernel {

/// The sum of a row, from left to right, in double.
/// in     values [n]            out    0 for an empty row; exact for whole numbers below 2^53
template <class Value>
[[nodiscard]] double row_sum(std::span<const Value> values) noexcept {
  double sum = 0;
  for (const Value v : values) sum += static_cast<double>(v);
  return sum;
}

/// Sums of rows, from left to right.
/// in     x [rows, dims], begin [segments + 1] ascending positions in [0, rows]            out    sums [segments, dims]
/// empty  zeros            cost   O(rows dims)
template <class Value>
void segment_sum(std::span<const Value> x, std::int64_t dims, std::span<const std::int64_t> begin,
                 std::span<Value> sums) noexcept {
  std::fill(sums.begin(), sums.end(), Value{});
  for (std::size_t s = 0; s + 1 < begin.size(); ++s) {
    Value* const to = sums.data() + isize(s) * dims;
    for (std::int64_t row = begin[s]; row < begin[s + 1]; ++row) {
      const Value* const from = x.data() + row * dims;
      for (std::int64_t d = 0; d < dims; ++d) to[d] += from[d];
    }
  }
}

}  // namespace tepui::kernel
