#pragma once
/// The random numbers of numpy and of Python, so that a published choice of cells can be made again cell by cell.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/rounded.hpp>

namespace tepui::kernel {

/// The generator behind both: 32 random bits a call, and every call changes the next. New work uses kernel::draws.
/// in     a seed, as one number or as words            out    the next 32 bits
/// cost   a few operations a call, 2.5 KB              repeat bit-equal everywhere
/// source Matsumoto and Nishimura 1998 (MT19937), with their init_genrand and init_by_array of 2002
class mersenne_twister {
 public:
  /// The state that one number gives (init_genrand).
  explicit mersenne_twister(std::uint32_t seed) noexcept { fill(seed); }
  /// The state that words give (init_by_array). errors  none; no words count as the word 0
  explicit mersenne_twister(std::span<const std::uint32_t> words) noexcept {
    constexpr std::uint32_t nothing[] = {0};
    const std::span<const std::uint32_t> key = words.empty() ? std::span<const std::uint32_t>(nothing) : words;
    fill(19650218U);
    std::size_t at = 1, of_key = 0;
    const auto step = [&](std::uint32_t factor) {
      const std::uint32_t before = state_[at - 1];
      state_[at] ^= (before ^ (before >> 30)) * factor;
    };
    const auto go_on = [&] {
      if (++at < state_.size()) return;
      state_[0] = state_.back();
      at = 1;
    };
    for (std::size_t left = std::max(state_.size(), key.size()); left > 0; --left) {
      step(1664525U);
      state_[at] += key[of_key] + static_cast<std::uint32_t>(of_key);
      of_key = (of_key + 1) % key.size();
      go_on();
    }
    for (std::size_t left = state_.size() - 1; left > 0; --left) {
      step(1566083941U);
      state_[at] -= static_cast<std::uint32_t>(at);
      go_on();
    }
    state_[0] = 0x80000000U;
  }

  [[nodiscard]] std::uint32_t operator()() noexcept {
    if (next_ == state_.size()) turn();
    std::uint32_t y = state_[next_++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9D2C5680U;
    y ^= (y << 15) & 0xEFC60000U;
    return y ^ (y >> 18);
  }
  /// Uniform in [0, 1), of 53 bits from two calls (numpy's random_sample, Python's random).
  [[nodiscard]] double uniform() noexcept {
    const std::uint64_t high = (*this)() >> 5, low = (*this)() >> 6;
    return static_cast<double>((high << 26) | low) * 0x1.0p-53;
  }

 private:
  void fill(std::uint32_t seed) noexcept {
    state_[0] = seed;
    for (std::size_t i = 1; i < state_.size(); ++i)
      state_[i] = 1812433253U * (state_[i - 1] ^ (state_[i - 1] >> 30)) + static_cast<std::uint32_t>(i);
  }
  void turn() noexcept {
    constexpr std::size_t n = 624, shift = 397;
    const auto mixed = [&](std::size_t i, std::size_t after, std::size_t far) {
      const std::uint32_t y = (state_[i] & 0x80000000U) | (state_[after] & 0x7FFFFFFFU);
      state_[i] = state_[far] ^ (y >> 1) ^ ((y & 1U) != 0 ? 0x9908B0DFU : 0U);
    };
    for (std::size_t i = 0; i < n - shift; ++i) mixed(i, i + 1, i + shift);
    for (std::size_t i = n - shift; i < n - 1; ++i) mixed(i, i + 1, i + shift - n);
    mixed(n - 1, 0, shift - 1);
    next_ = 0;
  }
  std::array<std::uint32_t, 624> state_{};
  std::size_t next_ = 624;
};

/// numpy.random.RandomState(seed), and numpy.random after numpy.random.seed(seed): every function takes the same numbers in
/// the same order as numpy's of that name.
/// errors bad_option where the seed is 2^32 or more, as in numpy
/// cost   shuffle and permutation O(n), place after place          repeat bit-equal everywhere (normal: where log is)
/// source Harris et al. 2020 (numpy), legacy generator
class numpy_random {
 public:
  explicit numpy_random(std::uint64_t seed) : bits_(checked(seed)) {}

  [[nodiscard]] std::uint32_t bits() noexcept { return bits_(); }
  [[nodiscard]] double uniform() noexcept { return bits_.uniform(); }
  /// A whole number in [0, most]: bits below the next power of 2 are drawn until they are small enough (random_interval).
  [[nodiscard]] std::uint64_t interval(std::uint64_t most) noexcept {
    if (most == 0) return 0;
    const std::uint64_t mask = ~std::uint64_t{0} >> std::countl_zero(most);
    for (;;) {
      std::uint64_t drawn = bits_();
      if (most > 0xFFFFFFFFU) drawn = (drawn << 32) | bits_();
      if ((drawn & mask) <= most) return drawn & mask;
    }
  }
  /// A whole number in [0, n), n >= 1 (randint(n), choice(n)).
  [[nodiscard]] std::int64_t below(std::int64_t n) noexcept {
    return static_cast<std::int64_t>(interval(static_cast<std::uint64_t>(n - 1)));
  }
  /// Standard normal, two from one pair of numbers (standard_normal).        source  Marsaglia and Bray 1964 (polar method)
  [[nodiscard]] double normal() noexcept {
    if (has_normal_) {
      has_normal_ = false;
      return normal_;
    }
    for (;;) {
      const double x = 2.0 * uniform() - 1.0, y = 2.0 * uniform() - 1.0, square = rounded(x * x) + rounded(y * y);
      if (square >= 1.0 || square == 0.0) continue;
      const double stretch = std::sqrt(-2.0 * std::log(square) / square);
      normal_ = stretch * x;
      has_normal_ = true;
      return stretch * y;
    }
  }
  /// Puts the values in a random order, from the last place down.             source  Fisher and Yates, Durstenfeld 1964
  template <class T>
  void shuffle(std::span<T> values) noexcept {
    for (std::size_t i = values.size(); i-- > 1;) std::swap(values[i], values[usize(interval(i))]);
  }
  /// 0 ... n-1 in a random order.
  [[nodiscard]] std::vector<std::int64_t> permutation(std::int64_t n) {
    std::vector<std::int64_t> out(usize(n));
    std::iota(out.begin(), out.end(), std::int64_t{0});
    shuffle(std::span(out));
    return out;
  }
  /// `k` of 0 ... n-1 in the order drawn: choice(n, k, replace=False), and pandas' sample.
  /// errors bad_option where k is not in [0, n]            cost   O(n) whatever k is
  [[nodiscard]] std::vector<std::int64_t> choice(std::int64_t n, std::int64_t k) {
    if (k < 0 || k > n)
      throw bad_option("kernel::numpy_random: " + std::to_string(k) + " of " + std::to_string(n) +
                       " cannot be chosen without replacement; ask for at most as many as there are");
    std::vector<std::int64_t> out = permutation(n);
    out.resize(usize(k));
    return out;
  }

 private:
  static std::uint32_t checked(std::uint64_t seed) {
    if (seed > 0xFFFFFFFFU)
      throw bad_option("kernel::numpy_random: seed is " + std::to_string(seed) +
                       ", but numpy's legacy generator takes seeds below 4294967296; choose one");
    return static_cast<std::uint32_t>(seed);
  }
  mersenne_twister bits_;
  double normal_ = 0;
  bool has_normal_ = false;
};

/// Python's random module after random.seed(seed) with a whole number: every function takes the same numbers in the same
/// order as CPython's (3.2 and later) of that name.
/// in     a seed; Python drops its sign                 cost   shuffle O(n), sample O(k) with memory O(k) or n / 8 bytes
/// repeat bit-equal everywhere                          source CPython, Lib/random.py and Modules/_randommodule.c
class python_random {
 public:
  explicit python_random(std::int64_t seed) noexcept : bits_(words_of(seed)) {}

  /// Uniform in [0, 1) (random()).
  [[nodiscard]] double uniform() noexcept { return bits_.uniform(); }
  /// `k` random bits, 0 <= k <= 64 (getrandbits).
  [[nodiscard]] std::uint64_t bits(int k) noexcept {
    if (k <= 0) return 0;
    if (k <= 32) return bits_() >> (32 - k);
    const std::uint64_t low = bits_();
    return low | (std::uint64_t{bits_()} >> (64 - k)) << 32;
  }
  /// A whole number in [0, n), n >= 1 (randrange(n), _randbelow).
  [[nodiscard]] std::int64_t below(std::int64_t n) noexcept {
    const auto k = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(n)));
    for (;;)
      if (const auto drawn = static_cast<std::int64_t>(bits(k)); drawn < n) return drawn;
  }
  template <class T>
  void shuffle(std::span<T> values) noexcept {
    for (std::size_t i = values.size(); i-- > 1;) std::swap(values[i], values[usize(below(isize(i) + 1))]);
  }
  /// `k` of 0 ... n-1 without replacement, in the order drawn (sample(range(n), k)).
  /// errors bad_option where k is not in [0, n]
  [[nodiscard]] std::vector<std::int64_t> sample(std::int64_t n, std::int64_t k) {
    if (k < 0 || k > n)
      throw bad_option("kernel::python_random: a sample of " + std::to_string(k) + " of " + std::to_string(n) +
                       " was asked for; ask for at most as many as there are");
    std::vector<std::int64_t> out;
    out.reserve(usize(k));
    // Python keeps what is left to draw from in a list where that is smaller than the set of what was drawn, and which of
    // the two it is decides which numbers come out.
    std::int64_t size_of_set = 21;
    if (k > 5) {
      std::int64_t power = 4;
      while (power < 3 * k) power *= 4;
      size_of_set += power;
    }
    if (n <= size_of_set) {
      std::vector<std::int64_t> left(usize(n));
      std::iota(left.begin(), left.end(), std::int64_t{0});
      for (std::int64_t i = 0; i < k; ++i) {
        const std::size_t at = usize(below(n - i));
        out.push_back(left[at]);
        left[at] = left[usize(n - i - 1)];
      }
      return out;
    }
    std::vector<bool> drawn(usize(n), false);
    for (std::int64_t i = 0; i < k; ++i) {
      std::int64_t at = below(n);
      while (drawn[usize(at)]) at = below(n);
      drawn[usize(at)] = true;
      out.push_back(at);
    }
    return out;
  }

 private:
  static mersenne_twister words_of(std::int64_t seed) noexcept {
    const std::uint64_t size = seed < 0 ? ~static_cast<std::uint64_t>(seed) + 1 : static_cast<std::uint64_t>(seed);
    const std::array<std::uint32_t, 2> words{static_cast<std::uint32_t>(size), static_cast<std::uint32_t>(size >> 32)};
    return mersenne_twister(std::span(words).first(words[1] != 0 ? 2 : 1));
  }
  mersenne_twister bits_;
};

}  // namespace tepui::kernel
