#pragma once
/// A cell's genes and values in the order of the values, highest first: what a rank tokenizer writes, in one call.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/simd/gather.hpp>
#include <tepui/kernel/simd/row_order.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

/// Working memory of rank_row: grows to the longest row and stays.
struct rank_row_room {
  row_order_room order;
  std::vector<std::int32_t> at;
};

/// The k largest values that are not zero and their genes, as row_order and two gathers give them. Out: how many.
/// in     values, genes [n], values finite; k >= 0; to_gene, to_value: room for min(k, n)
/// out    to_gene, to_value [min(k, values not zero)]
/// ties   lower place first, also for who is kept     empty  none
/// cost   O(n + k log k); counts below 5 are neither sorted nor gathered          repeat bit-equal everywhere
template <class Value>
std::size_t rank_row(std::span<const Value> values, std::span<const std::int32_t> genes, std::int64_t wanted, rank_row_room& room,
                     std::int32_t* to_gene, Value* to_value) {
  static_assert(sizeof(Value) == 4);
#if TEPUI_HAS_LANES
  const std::size_t n = values.size(), k = usize(std::clamp<std::int64_t>(wanted, 0, isize(n)));
  if (k > 0 && begins_with_counts(values.data(), n)) {
    row_order_room& r = room.order;
    const counts_set_aside aside = set_counts_aside(values.data(), n, genes.data(), r);
    if (aside.right) {
      order_left<Value>(aside.n_left, k, r);
      std::size_t done = std::min(k, aside.n_left);
      for (std::size_t i = 0; i < done; ++i) {
        const std::size_t at = usize(r.order[i]);
        to_gene[i] = r.place[at];
        to_value[i] = r.template left<Value>()[at];
      }
      for (std::size_t count = most_runs; count >= 1; --count) {
        const std::size_t more = std::min(k - done, aside.length[count - 1]);
        std::copy_n(r.run[count - 1].data(), more, to_gene + done);
        std::fill_n(to_value + done, more, static_cast<Value>(count));
        done += more;
      }
      return done;
    }
  }
#endif
  row_order(values, wanted, room.order, room.at);
  gather_both(genes, values, std::span<const std::int32_t>(room.at), to_gene, to_value);
  return room.at.size();
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
