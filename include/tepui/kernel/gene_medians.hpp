#pragma once
/// The exact median of each gene over the cells that express it, without holding all cells in memory.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>

namespace tepui::kernel {

/// Medians of the values > 0 of each column, by reading the cells `passes` times: each pass fixes eight more bits of the
/// median. For floats > 0 the order of the numbers is the order of their bits.
///     for (int pass = 0; pass < gene_medians::passes; ++pass) { every cell: add(genes, values); end_pass(); }
/// out    median [genes], the mean of the two middle values for an even number; 0 where a gene is never expressed
/// cost   O(nonzero values) a pass, 2 kB a gene            repeat bit-equal everywhere, for any order of the cells
class gene_medians {
 public:
  static constexpr int passes = 5;  ///< four bytes of the lower middle value, then the value above it

  explicit gene_medians(std::int32_t n_genes) : column_(usize(n_genes)), counted_(usize(n_genes) * 256, 0) {}

  void add(std::span<const std::int32_t> gene, std::span<const float> value) {
    for (std::size_t i = 0; i < gene.size(); ++i) {
      if (!(value[i] > 0.0F)) continue;
      const std::uint32_t bits = std::bit_cast<std::uint32_t>(value[i]);
      column& c = column_[usize(gene[i])];
      if (pass_ == 4) {
        if (bits > c.low) c.above = std::min(c.above, bits);
      } else if (pass_ == 0 || (bits >> (shift() + 8)) == (c.low >> (shift() + 8))) {
        ++counted_[usize(gene[i]) * 256 + ((bits >> shift()) & 0xFFU)];
      }
    }
  }

  void end_pass() {
    if (pass_ < 4) {
      for (std::size_t g = 0; g < column_.size(); ++g) fix_byte(column_[g], std::span(counted_).subspan(g * 256, 256));
      std::fill(counted_.begin(), counted_.end(), 0);
    }
    ++pass_;
  }

  [[nodiscard]] double median(std::int32_t gene) const {
    const column& c = column_[usize(gene)];
    if (c.n == 0) return 0.0;
    const double low = static_cast<double>(std::bit_cast<float>(c.low));
    const bool odd = c.n % 2 == 1, next_is_equal = c.up_to_low > c.n / 2;
    return odd || next_is_equal ? low : (low + static_cast<double>(std::bit_cast<float>(c.above))) / 2;
  }

 private:
  struct column {
    std::int64_t n = 0;          // values > 0
    std::int64_t rank = 0;       // place of the lower middle value among those with the bytes fixed so far
    std::int64_t up_to_low = 0;  // values <= the lower middle value
    std::uint32_t low = 0;       // its bits, as far as they are known
    std::uint32_t above = std::numeric_limits<std::uint32_t>::max();
  };

  [[nodiscard]] int shift() const { return 24 - 8 * pass_; }

  void fix_byte(column& c, std::span<const std::int64_t> counted) const {
    if (pass_ == 0) {
      for (const std::int64_t n : counted) c.n += n;
      c.rank = (c.n - 1) / 2;
    }
    if (c.n == 0) return;
    std::uint32_t byte = 0;
    while (c.rank >= counted[byte]) {
      c.rank -= counted[byte];
      c.up_to_low += counted[byte];
      ++byte;
    }
    c.low |= byte << shift();
    if (pass_ == 3) c.up_to_low += counted[byte];
  }

  std::vector<column> column_;
  std::vector<std::int64_t> counted_;
  int pass_ = 0;
};

}  // namespace tepui::kernel
