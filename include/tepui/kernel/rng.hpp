#pragma once
/// Random numbers that depend only on what they are for, never on the order of calls: (seed, purpose, cell, step, draw).
/// source  Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3" (Philox4x32-10)

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace tepui::kernel {

/// in     a 128-bit counter and a 64-bit key                       out    128 random bits
/// cost   10 rounds, about 40 multiplications                      repeat bit-equal everywhere
[[nodiscard]] constexpr std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                                            std::array<std::uint32_t, 2> key) noexcept {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
               static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key = {key[0] + 0x9E3779B9U, key[1] + 0xBB67AE85U};
  }
  return counter;
}

/// Mixes a number into 64 well-spread bits. source  Steele et al. 2014 (SplitMix64)
[[nodiscard]] constexpr std::uint64_t mix64(std::uint64_t x) noexcept {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

/// A 64-bit hash of a text, the same on every machine. source  Fowler, Noll and Vo (FNV-1a)
[[nodiscard]] constexpr std::uint64_t hash_text(std::string_view text, std::uint64_t start = 0xCBF29CE484222325ULL) noexcept {
  std::uint64_t h = start;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return h;
}

/// A number in [0, 1) from 53 bits.
[[nodiscard]] constexpr double unit_interval(std::uint64_t bits) noexcept {
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

/// The random numbers of one purpose: a stage in its place, a sampler, a bootstrap.
/// in     cell (or any item) id, and which draw of that item       out    the same number at every call
/// cost   one philox a draw
class draws {
 public:
  constexpr draws() = default;
  constexpr draws(std::uint64_t seed, std::uint64_t purpose, std::uint64_t step = 0) noexcept
      : key_(mix64(mix64(mix64(seed) ^ purpose) ^ step)) {}
  constexpr draws(std::uint64_t seed, std::string_view purpose, std::uint64_t step = 0) noexcept
      : draws(seed, hash_text(purpose), step) {}

  [[nodiscard]] constexpr std::uint64_t bits(std::int64_t item, std::uint64_t draw = 0) const noexcept {
    const auto i = static_cast<std::uint64_t>(item);
    const auto r = philox({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i >> 32),
                           static_cast<std::uint32_t>(draw), static_cast<std::uint32_t>(draw >> 32)},
                          {static_cast<std::uint32_t>(key_), static_cast<std::uint32_t>(key_ >> 32)});
    return (std::uint64_t{r[0]} << 32) | r[1];
  }
  /// Uniform in [0, 1).
  [[nodiscard]] constexpr double uniform(std::int64_t item, std::uint64_t draw = 0) const noexcept {
    return unit_interval(bits(item, draw));
  }
  /// A whole number in [0, n), n >= 1; the bias is below n / 2^64.
  [[nodiscard]] constexpr std::int64_t below(std::int64_t n, std::int64_t item, std::uint64_t draw = 0) const noexcept {
    const std::uint64_t b = bits(item, draw), m = static_cast<std::uint64_t>(n);
    // High half of the 128-bit product b * m, in 32-bit parts.
    const std::uint64_t bl = b & 0xFFFFFFFFU, bh = b >> 32, ml = m & 0xFFFFFFFFU, mh = m >> 32;
    const std::uint64_t mid = ((bl * ml) >> 32) + ((bh * ml) & 0xFFFFFFFFU) + ((bl * mh) & 0xFFFFFFFFU);
    return static_cast<std::int64_t>(bh * mh + ((bh * ml) >> 32) + ((bl * mh) >> 32) + (mid >> 32));
  }
  /// Standard normal (Box and Muller 1958). repeat  bit-equal where the C library's log, sqrt and cos are
  [[nodiscard]] double normal(std::int64_t item, std::uint64_t draw = 0) const noexcept {
    const double u = 1.0 - uniform(item, 2 * draw), v = uniform(item, 2 * draw + 1);
    return std::sqrt(-2.0 * std::log(u)) * std::cos(6.283185307179586 * v);
  }
  /// What tells this purpose from others: the key of philox, for kernels that draw for many items at once.
  [[nodiscard]] constexpr std::uint64_t key() const noexcept { return key_; }
  /// The random numbers of a sub-purpose.
  [[nodiscard]] constexpr draws sub(std::uint64_t purpose) const noexcept { return draws(key_, purpose); }

 private:
  std::uint64_t key_ = 0;
};

}  // namespace tepui::kernel
