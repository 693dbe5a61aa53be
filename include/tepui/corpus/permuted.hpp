#pragma once
/// A random order of many things that needs no list of them: which comes at place 5,000,000 is worked out when it is asked.

#include <bit>
#include <cstdint>

#include <tepui/kernel/rng.hpp>

namespace tepui::corpus {

/// A random permutation of 0 ... n - 1.
/// in     n >= 1; draws: which permutation               out    operator(): what stands at a place; place_of: its inverse
/// errors the caller asks for places in [0, n)           cost   about 50 ns a place from some 200 things on; below,
///        256 / n times 25 ns (6 microseconds for one thing); O(1) memory
/// repeat bit-equal everywhere
/// source Luby and Rackoff 1988 (rounds of Feistel); Black and Rogaway 2002 (going on until the number is below n)
class permuted {
 public:
  permuted(std::int64_t n, const kernel::draws& random) : n_(static_cast<std::uint64_t>(n)), key_(random.bits(0)) {
    // At least 4 bits on each side: the rounds mix small halves badly, and going on costs little where n is small.
    const auto bits = static_cast<unsigned>(std::bit_width(n_ - (n_ > 0 ? 1 : 0)));
    low_ = bits < 8 ? 4 : bits / 2;
    high_ = bits < 8 ? 4 : bits - low_;
  }

  [[nodiscard]] std::int64_t operator()(std::int64_t place) const {
    auto x = static_cast<std::uint64_t>(place);
    do x = forth(x);
    while (x >= n_);
    return static_cast<std::int64_t>(x);
  }
  [[nodiscard]] std::int64_t place_of(std::int64_t thing) const {
    auto x = static_cast<std::uint64_t>(thing);
    do x = back(x);
    while (x >= n_);
    return static_cast<std::int64_t>(x);
  }

 private:
  static constexpr std::uint64_t rounds = 6;  // even, so that the halves have their own widths again at the end

  [[nodiscard]] std::uint64_t round(std::uint64_t half, std::uint64_t number) const {
    return kernel::mix64(key_ ^ (half + (number << 56U)));
  }
  [[nodiscard]] std::uint64_t mask(std::uint64_t number) const {
    return (std::uint64_t{1} << (number % 2 == 0 ? high_ : low_)) - 1;
  }
  [[nodiscard]] std::uint64_t forth(std::uint64_t x) const {
    std::uint64_t left = x >> low_, right = x & mask(1);
    for (std::uint64_t i = 0; i < rounds; ++i) {
      const std::uint64_t next = (left + round(right, i)) & mask(i);
      left = right;
      right = next;
    }
    return left << low_ | right;
  }
  [[nodiscard]] std::uint64_t back(std::uint64_t x) const {
    std::uint64_t left = x >> low_, right = x & mask(1);
    for (std::uint64_t i = rounds; i-- > 0;) {
      const std::uint64_t before = (right - round(left, i)) & mask(i);
      right = left;
      left = before;
    }
    return left << low_ | right;
  }

  std::uint64_t n_, key_;
  unsigned low_ = 4, high_ = 4;
};

}  // namespace tepui::corpus
