#pragma once
/// Gathers, for every gene, the cells that express it, from rows of cells: zeros are passed over many at a time.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/simd/highway.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

/// A key that ascends with the value; -0 comes before 0.
[[nodiscard]] constexpr std::uint32_t rising_key(float value) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return (bits >> 31) != 0 ? ~bits : bits | 0x80000000U;
}
[[nodiscard]] constexpr float value_of_rising_key(std::uint32_t key) noexcept {
  return std::bit_cast<float>((key >> 31) != 0 ? key & 0x7FFFFFFFU : ~key);
}

/// For every gene of a block, its values that are not zero, in the order of the cells.
/// pair of gene g: [begin(g), begin(g) + n(g)), the rising key of the value above the group of the cell
/// cost    memory grows and never shrinks; what is never written is never touched
class gene_lists {
 public:
  /// Room for at most `most` values of each of n genes. Lists begin in different sets of the cache.
  void clear(std::int64_t n_genes, std::int64_t most) {
    const std::size_t apart = (usize(most) + 7) / 8 * 8 + 8;
    begin_.resize(usize(n_genes));
    for (std::size_t g = 0; g < begin_.size(); ++g) begin_[g] = g * apart;
    make_room(begin_.size() * apart);
  }
  /// Room for most[g] values of gene g.
  void clear(std::span<const std::int64_t> most) {
    begin_.resize(most.size());
    std::size_t sum = 0;
    for (std::size_t g = 0; g < most.size(); ++g) {
      begin_[g] = sum;
      sum += usize(most[g]);
    }
    make_room(sum);
  }
  HWY_INLINE void add(std::size_t gene, float value, std::int32_t group) {
    pair_[end_[gene]++] = std::uint64_t{rising_key(value)} << 32 | static_cast<std::uint32_t>(group);
  }
  [[nodiscard]] std::span<const std::uint64_t> of(std::size_t gene) const {
    return {pair_.get() + begin_[gene], end_[gene] - begin_[gene]};
  }

 private:
  void make_room(std::size_t n) {
    end_ = begin_;
    if (n <= room_) return;
    pair_ = std::make_unique_for_overwrite<std::uint64_t[]>(n);
    room_ = n;
  }
  std::vector<std::size_t> begin_, end_;
  std::unique_ptr<std::uint64_t[]> pair_;
  std::size_t room_ = 0;
};

/// Adds the values of one cell that are not zero (NaN is not).
/// in     row [n] of the block's genes            cost   O(n / lanes + values not zero)
HWY_INLINE void add_row(const float* row, std::size_t n, std::int32_t group, gene_lists& lists) {
  std::size_t g = 0;
#if TEPUI_HAS_LANES
  const hn::CappedTag<float, lanes32> d;
  for (; g + lanes32 <= n; g += lanes32) {
    std::uint8_t bytes[8] = {};
    hn::StoreMaskBits(d, hn::Ne(hn::LoadU(d, row + g), hn::Zero(d)), bytes);
    auto bits = std::uint32_t{bytes[0]} | std::uint32_t{bytes[1]} << 8;
    for (; bits != 0; bits &= bits - 1) {
      const std::size_t at = g + static_cast<std::size_t>(std::countr_zero(bits));
      lists.add(at, row[at], group);
    }
  }
#endif
  for (; g < n; ++g)
    if (row[g] != 0) lists.add(g, row[g], group);
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
