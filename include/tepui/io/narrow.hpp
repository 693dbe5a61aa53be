#pragma once
/// Turns numbers as files hold them into counts and gene positions, and notices in the same pass what cannot be either.

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <type_traits>

#include <tepui/io/chunked_array.hpp>
#include <tepui/io/value_rules.hpp>

namespace tepui::io {

/// What a pass over values has met.
struct met {
  bool refused = false;  ///< something that is no raw count, or no gene position
  bool zeros = false;    ///< stored zeros, which counts do not keep
};

/// Narrows stored whole numbers of type T to raw counts.      cost  about as much as copying them
template <std::integral T>
[[nodiscard]] met narrow_counts_of(const std::uint8_t* from, std::span<float> out) {
  using natural = std::make_unsigned_t<T>;  // a negative number is a very large one
  constexpr auto largest = static_cast<natural>(std::min<std::uint64_t>(
      static_cast<std::uint64_t>(largest_count), static_cast<std::uint64_t>(std::numeric_limits<T>::max())));
  unsigned refused = 0, zeros = 0;
  const std::size_t n = out.size();
  for (std::size_t i = 0; i < n; ++i) {
    T v;
    std::memcpy(&v, from + i * sizeof(T), sizeof(T));
    refused |= static_cast<unsigned>(static_cast<natural>(v) > largest);
    zeros |= static_cast<unsigned>(v == 0);
    out[i] = static_cast<float>(v);
  }
  return {refused != 0, zeros != 0};
}

/// The same for floating-point numbers. Bits of numbers >= 0 are ordered as the numbers are; all others have larger ones. The
/// tests are made on them because compilers turn tests of whole numbers into vectors, and hesitate with the others.
template <std::floating_point T>
[[nodiscard]] met narrow_counts_of(const std::uint8_t* from, std::span<float> out) {
  using bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  // Adding 2^23 (2^52) leaves no room behind the point: what comes back the same was whole. From there on all are.
  constexpr T no_fractions = sizeof(T) == 4 ? T(0x1p23) : T(0x1p52);
  constexpr bits largest = std::bit_cast<bits>(static_cast<T>(largest_count)), all_whole = std::bit_cast<bits>(no_fractions);
  bits refused = 0, zeros = 0;
  const std::size_t n = out.size();
  for (std::size_t i = 0; i < n; ++i) {
    T v;
    std::memcpy(&v, from + i * sizeof(T), sizeof(T));
    v += T(0);  // -0 becomes 0
    const bits own = std::bit_cast<bits>(v), rounded = std::bit_cast<bits>((v + no_fractions) - no_fractions);
    refused |= static_cast<bits>(own > largest) | (static_cast<bits>(own != rounded) & static_cast<bits>(own < all_whole));
    zeros |= static_cast<bits>(own == 0);
    if constexpr (sizeof(T) > sizeof(float)) v = own > largest ? T(0) : v;  // narrowing a larger number has no meaning
    out[i] = static_cast<float>(v);
  }
  return {refused != 0, zeros != 0};
}

/// Narrows stored values of type T to gene positions; whether they are below the number of genes is asked of the row.
template <class T>
[[nodiscard]] met narrow_genes_of(const std::uint8_t* from, std::span<std::int32_t> out) {
  if constexpr (std::is_same_v<T, std::int32_t>) {
    std::memcpy(out.data(), from, out.size_bytes());
    return {};
  } else {
    unsigned refused = 0;
    const std::size_t n = out.size();
    for (std::size_t i = 0; i < n; ++i) {
      T v;
      std::memcpy(&v, from + i * sizeof(T), sizeof(T));
      if constexpr (sizeof(T) >= sizeof(std::int32_t))
        refused |= static_cast<unsigned>(static_cast<std::make_unsigned_t<T>>(v) >
                                         static_cast<std::make_unsigned_t<T>>(std::numeric_limits<std::int32_t>::max()));
      out[i] = static_cast<std::int32_t>(v);
    }
    return {refused != 0, false};
  }
}

/// The same for a type known when the program runs.
[[nodiscard]] inline met narrow_counts(number_type type, const std::uint8_t* from, std::span<float> out) {
  switch (type) {
    case number_type::int8:
      return narrow_counts_of<std::int8_t>(from, out);
    case number_type::int16:
      return narrow_counts_of<std::int16_t>(from, out);
    case number_type::int32:
      return narrow_counts_of<std::int32_t>(from, out);
    case number_type::int64:
      return narrow_counts_of<std::int64_t>(from, out);
    case number_type::uint8:
      return narrow_counts_of<std::uint8_t>(from, out);
    case number_type::uint16:
      return narrow_counts_of<std::uint16_t>(from, out);
    case number_type::uint32:
      return narrow_counts_of<std::uint32_t>(from, out);
    case number_type::uint64:
      return narrow_counts_of<std::uint64_t>(from, out);
    case number_type::float32:
      return narrow_counts_of<float>(from, out);
    default:
      return narrow_counts_of<double>(from, out);
  }
}
[[nodiscard]] inline met narrow_genes(number_type type, const std::uint8_t* from, std::span<std::int32_t> out) {
  switch (type) {
    case number_type::int8:
      return narrow_genes_of<std::int8_t>(from, out);
    case number_type::int16:
      return narrow_genes_of<std::int16_t>(from, out);
    case number_type::int32:
      return narrow_genes_of<std::int32_t>(from, out);
    case number_type::int64:
      return narrow_genes_of<std::int64_t>(from, out);
    case number_type::uint8:
      return narrow_genes_of<std::uint8_t>(from, out);
    case number_type::uint16:
      return narrow_genes_of<std::uint16_t>(from, out);
    case number_type::uint32:
      return narrow_genes_of<std::uint32_t>(from, out);
    case number_type::uint64:
      return narrow_genes_of<std::uint64_t>(from, out);
    default:
      return {true, false};  // a fraction is no position
  }
}

/// Whether genes stand in ascending order, each once: then the first and the last tell whether all are in range.
[[nodiscard]] inline bool ascending(std::span<const std::int32_t> gene) {
  unsigned wrong = 0;
  for (std::size_t k = 1; k < gene.size(); ++k) wrong |= static_cast<unsigned>(gene[k - 1] >= gene[k]);
  return wrong == 0;
}
[[nodiscard]] inline bool in_range(std::span<const std::int32_t> gene, std::int32_t n_genes) {
  for (const std::int32_t g : gene)
    if (g < 0 || g >= n_genes) return false;
  return true;
}

/// Sum of whole numbers up to 2^24: exact, so that it is the same in any order.
[[nodiscard]] inline double total_of(std::span<const float> value) {
  std::int64_t sum = 0;
  for (const float v : value) sum += static_cast<std::int32_t>(v);
  return static_cast<double>(sum);
}

}  // namespace tepui::io
