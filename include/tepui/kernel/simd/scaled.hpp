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

/// to[i] = values[i] / total * target / of_gene[genes[i]] in float64 from left to right; 0 where of_gene is 0.
/// in     values [n], float or double; genes [n] in [0, genes of the table); of_gene [genes of the table] >= 0; total > 0
/// out    to [n]            cost   O(n), two divisions each            repeat bit-equal everywhere: each step is rounded once
template <class Value>
void scaled_by_gene(std::span<const Value> values, std::span<const std::int32_t> genes, double total, double target,
                    std::span<const double> of_gene, double* to) {
  std::size_t i = 0;
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Value, float>) {
    constexpr std::size_t lanes = lanes32 / 2;
    const hn::CappedTag<double, lanes> d;
    const hn::Rebind<float, decltype(d)> df;
    const hn::RebindToSigned<decltype(d)> di;
    const hn::Rebind<std::int32_t, decltype(d)> dg;
    const auto of_cell = hn::Set(d, total), wanted = hn::Set(d, target);
    for (; i + lanes <= values.size(); i += lanes) {
      const auto divisor = hn::GatherIndex(d, of_gene.data(), hn::PromoteTo(di, hn::LoadU(dg, genes.data() + i)));
      const auto scaled = hn::Mul(hn::Div(hn::PromoteTo(d, hn::LoadU(df, values.data() + i)), of_cell), wanted);
      hn::StoreU(hn::IfThenElseZero(hn::Gt(divisor, hn::Zero(d)), hn::Div(scaled, divisor)), d, to + i);
    }
  }
#endif
  for (; i < values.size(); ++i) {
    const double divisor = of_gene[usize(genes[i])];
    to[i] = divisor > 0 ? static_cast<double>(values[i]) / total * target / divisor : 0.0;
  }
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
