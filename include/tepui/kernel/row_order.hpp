#pragma once
/// The order of a row's values: which genes a cell expresses most, second most, and so on.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include <tepui/flow/index.hpp>

namespace tepui::kernel {

/// What row_order can sort.
template <class Value>
concept orderable = std::is_same_v<Value, float> || std::is_same_v<Value, double> || std::is_same_v<Value, std::int32_t>;

/// Working memory of row_order. The plain form needs none; kernel::simd::row_order has its own.
struct row_order_room {};

/// Places of the k largest values that are not zero, largest first: the plain reference of kernel::simd::row_order.
/// in     values [n], finite, any sign; k >= 0        out    order [min(k, values not zero)]
/// ties   lower place first, also for who is kept     empty  none
/// cost   O(n + k log k), nothing allocated once `order` has grown          repeat bit-equal everywhere
template <orderable Value>
void row_order(std::span<const Value> values, std::int64_t k, row_order_room&, std::vector<std::int32_t>& order) {
  order.clear();
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] != Value{}) order.push_back(static_cast<std::int32_t>(i));
  const auto before = [values](std::int32_t a, std::int32_t b) {
    const Value left = values[usize(a)], right = values[usize(b)];
    return left > right || (left == right && a < b);
  };
  if (k < isize(order.size())) {
    std::nth_element(order.begin(), order.begin() + k, order.end(), before);
    order.resize(usize(k));
  }
  std::sort(order.begin(), order.end(), before);
}

}  // namespace tepui::kernel
