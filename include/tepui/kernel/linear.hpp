#pragma once
/// Weighted sums of numbers, many rows at once: the linear layer of a network.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <tepui/flow/index.hpp>

namespace tepui::kernel {

/// Columns that are worked on together, and rows that share one reading of the weights.
inline constexpr std::size_t linear_width = 32, linear_rows = 4;

/// Some rows against Width columns of the weights. Compilers round products and sums differently in loops of different shape,
/// so every row of a layer must go through the same one.
/// in     x: Rows rows [n_in]; weight, bias from their first column, bias or none            out    y: Rows rows of Width
template <std::size_t Rows, std::size_t Width>
[[gnu::noinline]] void linear_tile(const std::array<const float*, Rows>& x, std::size_t n_in, const float* weight,
                                   std::size_t n_out, const float* bias, std::array<std::array<float, Width>, Rows>& y) {
  std::array<std::array<float, Width>, Rows> sum{};
  if (bias != nullptr)
    for (auto& row : sum) std::copy_n(bias, Width, row.begin());
  for (std::size_t i = 0; i < n_in; ++i) {
    const float* const w = weight + i * n_out;
    for (std::size_t r = 0; r < Rows; ++r) {
      const float scale = x[r][i];
      for (std::size_t d = 0; d < Width; ++d) sum[r][d] += scale * w[d];
    }
  }
  y = sum;
}

/// y = x weight + bias, row by row.
/// in     x [rows, n_in]; weight [n_in, Out] (a row for every input: torch keeps its transpose); bias [Out], or none
/// out    y [rows, Out], overwritten                       empty  no rows: nothing; n_in = 0: the bias
/// order  bias first, then the inputs in their order       cost   O(rows n_in Out)
/// repeat a row's result does not depend on the rows beside it; compilers may round products and sums at once
template <std::size_t Out>
void linear(std::span<const float> x, std::int64_t n_in, std::span<const float> weight, std::span<const float> bias,
            std::span<float> y) {
  // Few columns: row by row. Many: four rows at a time, the last row again where rows are missing, and the last columns again
  // where columns are; so that nothing goes through a loop of another shape.
  constexpr std::size_t together = Out < linear_width ? 1 : linear_rows, width = std::min(Out, linear_width);
  const std::size_t rows = y.size() / Out, in = usize(n_in);
  std::array<std::array<float, width>, together> sum;
  for (std::size_t r = 0; r < rows; r += together) {
    std::array<const float*, together> row;
    for (std::size_t k = 0; k < together; ++k) row[k] = x.data() + std::min(r + k, rows - 1) * in;
    for (std::size_t c = 0; c < Out; c += width) {
      const std::size_t column = std::min(c, Out - width);
      linear_tile<together, width>(row, in, weight.data() + column, Out, bias.empty() ? nullptr : bias.data() + column, sum);
      for (std::size_t k = 0; k < together && r + k < rows; ++k)
        std::copy(sum[k].begin(), sum[k].end(), y.data() + (r + k) * Out + column);
    }
  }
}

}  // namespace tepui::kernel
