#pragma once
/// The largest values of a row, in order: which genes a cell expresses most.

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>

namespace tepui::kernel {

/// Working memory of row_topk: (value, place in the row). Doubles hold floats and 32-bit counts exactly.
using topk_room = std::vector<std::pair<double, std::int32_t>>;

/// The k largest values that are not zero, largest first.
/// in     values [n], finite; k >= 0               out    `room` holds min(k, values not zero) pairs (value, place in the row)
/// ties   lower place first, also for who is kept   empty  none
/// cost   O(n + k log k)                            repeat bit-equal everywhere
template <class Value>
void row_topk(std::span<const Value> values, std::int64_t k, topk_room& room) {
  room.clear();
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] != Value{}) room.emplace_back(static_cast<double>(values[i]), static_cast<std::int32_t>(i));
  const auto before = [](const auto& a, const auto& b) {
    return a.first > b.first || (a.first == b.first && a.second < b.second);
  };
  if (k < isize(room.size())) {
    std::nth_element(room.begin(), room.begin() + k, room.end(), before);
    room.resize(usize(k));
  }
  std::sort(room.begin(), room.end(), before);
}

}  // namespace tepui::kernel
