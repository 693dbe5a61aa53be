#pragma once
/// The innermost loop of a product of sparse cells with themselves: for every gene, the cells that express it are added up.

#include <cstddef>
#include <cstdint>

#include <tepui/kernel/simd/highway.hpp>

namespace tepui::kernel {

/// A value in a tile of cells, and where the cell's row begins in the tile's dense part.
struct tile_entry {
  float value;
  std::int32_t row;
};

namespace simd {
inline namespace HWY_NAMESPACE {

/// Columns of the dense part: as many sums as stay in registers while the cells of a gene run past.
inline constexpr std::int64_t gram_width = has_lanes ? 8 * static_cast<std::int64_t>(lanes32) : 32;

#if TEPUI_HAS_LANES

/// sum.row(g) += the entries of gene g times their rows of the dense part, in order.
/// in     begin [genes + 1]; entry [entries]; dense [cells, gram_width]        out    sum [genes, gram_width]
inline void add_gram_tile(const std::int32_t* begin, const tile_entry* entry, const float* dense, std::int64_t genes,
                          float* sum) {
  const hn::CappedTag<float, lanes32> d;
  for (std::int64_t g = 0; g < genes; ++g, sum += gram_width) {
    const tile_entry *e = entry + begin[g], *const end = entry + begin[g + 1];
    if (e == end) continue;
    const auto at = [&](std::size_t v) { return hn::LoadU(d, sum + v * lanes32); };
    auto s0 = at(0), s1 = at(1), s2 = at(2), s3 = at(3), s4 = at(4), s5 = at(5), s6 = at(6), s7 = at(7);
    for (; e < end; ++e) {
      const auto by = hn::Set(d, e->value);
      const float* const row = dense + e->row;
      const auto of = [&](std::size_t v) { return hn::Load(d, row + v * lanes32); };
      s0 = hn::MulAdd(by, of(0), s0);
      s1 = hn::MulAdd(by, of(1), s1);
      s2 = hn::MulAdd(by, of(2), s2);
      s3 = hn::MulAdd(by, of(3), s3);
      s4 = hn::MulAdd(by, of(4), s4);
      s5 = hn::MulAdd(by, of(5), s5);
      s6 = hn::MulAdd(by, of(6), s6);
      s7 = hn::MulAdd(by, of(7), s7);
    }
    const auto keep = [&](auto s, std::size_t v) { hn::StoreU(s, d, sum + v * lanes32); };
    keep(s0, 0), keep(s1, 1), keep(s2, 2), keep(s3, 3), keep(s4, 4), keep(s5, 5), keep(s6, 6), keep(s7, 7);
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace simd
}  // namespace tepui::kernel
