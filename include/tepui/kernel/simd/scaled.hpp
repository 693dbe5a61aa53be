#pragma once
/// Scales the counts of a cell by its total and by a number of each gene, several at once.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/simd/highway.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

/// to[i] = values[i] * factor[genes[i]] * scale, in float from left to right.
/// in     values [n]; genes [n] in [0, genes of the table); factor [genes of the table]
/// out    to [n]            cost   O(n)            repeat bit-equal everywhere: two products, each rounded once
template <class Value>
void scaled_by_gene(std::span<const Value> values, std::span<const std::int32_t> genes, std::span<const float> factor, float scale, float* to) {
  std::size_t i = 0;
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Value, float>) {
    const hn::CappedTag<float, lanes32> d;
    const hn::RebindToSigned<decltype(d)> di;
    const auto by = hn::Set(d, scale);
    for (; i + lanes32 <= values.size(); i += lanes32) {
      const auto of_gene = hn::GatherIndex(d, factor.data(), hn::LoadU(di, genes.data() + i));
      hn::StoreU(hn::Mul(hn::Mul(hn::LoadU(d, values.data() + i), of_gene), by), d, to + i);
    }
  }
#endif
  for (; i < values.size(); ++i) to[i] = static_cast<float>(values[i]) * factor[usize(genes[i])] * scale;
}

/// Whether a value is zero.            cost   O(n)
template <class Value>
[[nodiscard]] bool has_zero(std::span<const Value> values) {
  std::size_t i = 0;
#if TEPUI_HAS_LANES
  if constexpr (sizeof(Value) == 4) {
    const hn::CappedTag<Value, lanes32> d;
    auto zeros = hn::Eq(hn::Zero(d), hn::Set(d, Value{1}));  // none
    for (; i + lanes32 <= values.size(); i += lanes32) zeros = hn::Or(zeros, hn::Eq(hn::LoadU(d, values.data() + i), hn::Zero(d)));
    if (!hn::AllFalse(d, zeros)) return true;
  }
#endif
  return std::find(values.begin() + isize(i), values.end(), Value{}) != values.end();
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
