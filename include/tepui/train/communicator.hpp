#pragma once
/// How several processes train one model together: each knows its number, and they sum their gradients in a fixed order.

#include <bit>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/flow/error.hpp>

namespace tepui::train {

/// Processes ("ranks") 0 .. size() - 1. Each calls the same functions in the same order, with spans of equal length.
///     rank(), size()        size is 1, 2, 4, 8, ...
///     sum(numbers)          on all ranks: the sum over the ranks, the same bits everywhere
///     broadcast(numbers)    on all ranks: those of rank 0
///     barrier()             returns when all ranks have come
/// The sum is a binary tree, the lower rank on the left: a + b; then (a + b) + (c + d). Where the parts of a sum are a power
/// of two, dealt to the ranks in order, and each rank first sums its own in such a tree, the sum of all has the same bits
/// for 1, 2, 4, ... ranks. (Of 6 parts 2 ranks sum 3 and 3, one rank 4 and 2: other bits.)
template <class C>
concept communicator =
    requires(C& ranks, const C& known, std::span<float> f, std::span<double> d, std::span<std::int64_t> n) {
      { known.rank() } -> std::same_as<int>;
      { known.size() } -> std::same_as<int>;
      ranks.sum(f);
      ranks.sum(d);
      ranks.sum(n);
      ranks.broadcast(f);
      ranks.broadcast(d);
      ranks.broadcast(n);
      ranks.barrier();
    };

/// errors  bad_option where so many ranks make no binary tree
inline void check_ranks(int size) {
  if (size < 1 || !std::has_single_bit(static_cast<unsigned>(size)))
    throw bad_option(std::to_string(size) +
                     " ranks make no binary tree, in which sums have fixed bits; start 1, 2, 4, 8 or another power of 2");
}

/// The only process: its numbers are the sum already.       cost   nothing
struct alone {
  [[nodiscard]] int rank() const { return 0; }
  [[nodiscard]] int size() const { return 1; }
  template <class T>
  void sum(std::span<T>) const {}
  template <class T>
  void broadcast(std::span<T>) const {}
  void barrier() const {}
};
static_assert(communicator<alone>);

}  // namespace tepui::train
