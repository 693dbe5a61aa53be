#pragma once
/// Deals labels out anew among the cells, to see what a score would be if they meant nothing.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::metric {

/// in     label [cells]; id [cells] of the cells; a seed and a purpose; group [cells], or empty: labels stay in their group
/// out    label [cells]: the same labels, each as often (in each group), for other cells
/// ties   cells of one id: lower row                      cost   O(cells log cells)
/// repeat depends on the ids, not on the order of the cells nor on the codes of groups
[[nodiscard]] inline std::vector<std::int32_t> dealt_anew(std::span<const std::int32_t> label,
                                                          std::span<const std::int64_t> id, std::uint64_t seed,
                                                          std::string_view purpose,
                                                          std::span<const std::int32_t> group = {}) {
  const kernel::draws random(seed, purpose);
  const auto order = [&](std::uint64_t draw) {
    std::vector<std::tuple<std::int32_t, std::uint64_t, std::size_t>> key;
    for (std::size_t i = 0; i < label.size(); ++i)
      key.emplace_back(group.empty() ? 0 : group[i], random.bits(id[i], draw), i);
    std::sort(key.begin(), key.end());
    return key;
  };
  const auto from = order(0), to = order(1);
  std::vector<std::int32_t> out(label.size());
  for (std::size_t i = 0; i < label.size(); ++i) out[std::get<2>(to[i])] = label[std::get<2>(from[i])];
  return out;
}

}  // namespace tepui::metric
