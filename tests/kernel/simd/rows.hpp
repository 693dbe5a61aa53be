#pragma once
// Rows of every kind that the kernels tell apart, and a hash of their results.

#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

namespace tepui::tests::simd_rows {

/// Numbers that look random and are the same everywhere.
struct stream {
  std::uint64_t state;
  std::uint64_t next() {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return state >> 11;
  }
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  double uniform() { return static_cast<double>(next()) * 0x1p-53; }
};

inline constexpr int kinds = 12;

/// One value of a row of that kind, made without functions whose last bit depends on a library.
template <class Value>
Value value_of(int kind, stream& random) {
  const double u = random.uniform();
  const auto whole = [](double x) { return static_cast<Value>(static_cast<std::int32_t>(x)); };
  switch (kind) {
    case 0: return whole(1 + 0.6 / (u + 0.004));                          // counts of a cell
    case 1: return static_cast<Value>(u * 1000);                          // positive
    case 2: return static_cast<Value>((u - 0.5) * 10);                    // both signs
    case 3: return whole(u * 5 - 2);                                      // small, with zeros and negative values
    case 4: return static_cast<Value>(std::ldexp(u, static_cast<int>(random.below(60)) - 30));  // 60 orders of two
    case 5: return static_cast<Value>(1.0 + u * 1e-9);                    // doubles that are one float
    case 6: return Value{3};                                              // all the same
    case 7: return static_cast<Value>(1 + static_cast<std::int32_t>(u * 3) + (u > 0.95 ? 0.5 : 0));  // counts and a few fractions
    case 8: return u < 0.3 ? Value{0} : whole(1 + 10 * u);                // counts with zeros
    case 9: return static_cast<Value>((u - 0.3) * 1e-40);                 // below what floats hold in full
    case 10: return whole(1 + 0.6 / (u + 1e-7));                          // counts with giants
    default: return u < 0.5 ? Value{1} : u < 0.8 ? Value{2} : static_cast<Value>(1000000 * u);
  }
}

template <class Value>
std::vector<Value> row_of(int kind, std::size_t n, stream& random) {
  std::vector<Value> row(n);
  for (auto& v : row) v = value_of<Value>(kind, random);
  row.shrink_to_fit();
  return row;
}

/// FNV-1a over 64-bit words.
struct hash {
  std::uint64_t value = 14695981039346656037U;
  void add(std::uint64_t word) { value = (value ^ word) * 1099511628211U; }
  void add(const std::vector<std::int32_t>& words) {
    for (const std::int32_t word : words) add(static_cast<std::uint64_t>(word));
  }
  void add(const std::vector<double>& words) {
    for (const double word : words) add(std::bit_cast<std::uint64_t>(word + 0.0));
  }
};

}  // namespace tepui::tests::simd_rows
