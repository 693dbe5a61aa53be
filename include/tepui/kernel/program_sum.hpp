#pragma once
/// Sums a cell's values over gene programs: how active each program is in the cell.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include <tepui/flow/index.hpp>

namespace tepui::kernel {

/// Working memory of program_sum. It needs none so far: what is still to be added fits on the stack.
struct program_sum_room {};

/// sum[p] = the sum in double of a row's values over the genes of program p, added in the order of the row.
/// in     gene_begin [genes + 1] and program [memberships]: the programs of each gene; genes, values [n] of one row;
///        sum [programs]                            out    sum, overwritten
/// cost   O(n + memberships of the row), nothing allocated
/// repeat bit-equal everywhere: each program's sum is taken from left to right
template <class Value>
void program_sum(std::span<const std::int64_t> gene_begin, std::span<const std::int32_t> program, std::span<const std::int32_t> genes,
                 std::span<const Value> values, program_sum_room&, std::span<double> sum) {
  // Genes belong to no, one or two programs as if by chance, and a loop over them is mispredicted for most genes. So a few memberships
  // are copied whether they belong to the gene or not, the end moves by those that do, and the additions follow without a branch.
  constexpr std::size_t copied = 4, at_once = 256;
  std::array<std::int32_t, at_once * copied + copied> to;
  std::array<double, at_once * copied + copied> what;
  std::fill(sum.begin(), sum.end(), 0.0);
  std::size_t n = 0;
  const auto add = [&] {
    for (std::size_t i = 0; i < n; ++i) sum[usize(to[i])] += what[i];
    n = 0;
  };
  for (std::size_t i = 0; i < genes.size(); ++i) {
    const std::size_t begin = usize(gene_begin[usize(genes[i])]), count = usize(gene_begin[usize(genes[i]) + 1]) - begin;
    const double value = static_cast<double>(values[i]);
    if (count > copied || begin + copied > program.size()) {
      add();
      for (std::size_t at = begin; at < begin + count; ++at) sum[usize(program[at])] += value;
      continue;
    }
    std::memcpy(to.data() + n, program.data() + begin, copied * sizeof(std::int32_t));
    for (std::size_t k = 0; k < copied; ++k) what[n + k] = value;
    n += count;
    if (n >= at_once * copied) add();
  }
  add();
}

}  // namespace tepui::kernel
