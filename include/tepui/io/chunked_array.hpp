#pragma once
/// Where the pieces of an array of numbers lie in a file, and how they are packed: all that is needed to read it.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include <tepui/io/open_file.hpp>
#include <tepui/io/read_options.hpp>

namespace tepui::io {

/// How one number is stored: always the low byte first.
enum class number_type : std::uint8_t { int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64 };

[[nodiscard]] constexpr std::uint64_t bytes_of(number_type t) {
  constexpr std::uint64_t size[] = {1, 2, 4, 8, 1, 2, 4, 8, 4, 8};
  return size[static_cast<std::size_t>(t)];
}

/// How the bytes of a piece are packed, after they may have been shuffled.
enum class packing : std::uint8_t { none, gzip, lzf, zstd };

/// A one-dimensional array of numbers, as the file holds it.
/// shapes  address, stored, skipped [pieces]; each piece has piece_values values, the last one as many as are left
struct chunked_array {
  std::string where;  ///< "/X/data", for messages
  number_type type = number_type::int32;
  packing packed = packing::none;
  bool shuffled = false;
  std::uint64_t size = 0, piece_values = 1;
  std::vector<std::uint64_t> address, stored;  ///< bytes of the file
  std::vector<std::uint32_t> skipped;          ///< bit i: filter i was not used on this piece
  std::vector<std::uint8_t> held;              ///< all values, of an array so small that the file has no piece for it

  [[nodiscard]] std::uint64_t piece_bytes() const { return piece_values * bytes_of(type); }
};
inline auto members(chunked_array& a) {
  return std::tie(a.where, a.type, a.packed, a.shuffled, a.size, a.piece_values, a.address, a.stored, a.skipped, a.held);
}

/// Checks a description before it is used: every piece inside of the file, and no piece larger than it can be.
/// errors  bad_data naming file, array and piece
inline void check_pieces(const chunked_array& a, const open_file& file) {
  const auto fail = [&](const std::string& what) {
    refuse(file.path(), in_quotes(a.where), what + "; the file is damaged or cut short: get it again");
  };
  if (!a.held.empty()) {
    if (a.held.size() / bytes_of(a.type) < a.size) fail("it holds fewer values than it says");
    return;
  }
  const std::uint64_t pieces = a.size == 0 || a.piece_values == 0 ? 0 : (a.size - 1) / a.piece_values + 1;
  if (a.piece_values == 0 || a.piece_values > std::numeric_limits<std::uint64_t>::max() / 16 || a.address.size() != pieces ||
      a.stored.size() != pieces || a.skipped.size() != pieces)
    fail("its pieces do not add up to its size");
  for (std::size_t i = 0; i < a.address.size(); ++i) {
    const auto piece = [&] { return "the piece with value " + std::to_string(i * a.piece_values); };
    if (a.stored[i] > file.size() || a.address[i] > file.size() - a.stored[i])
      fail(piece() + " lies at bytes " + std::to_string(a.address[i]) + " to " + std::to_string(a.address[i]) + " + " +
           std::to_string(a.stored[i]) + ", and the file has " + std::to_string(file.size()));
    const bool as_it_is = a.packed == packing::none || (a.skipped[i] >> (a.shuffled ? 1 : 0) & 1U) != 0;
    if (as_it_is ? a.stored[i] != a.piece_bytes() : a.stored[i] / 2 > a.piece_bytes() + 2048)
      fail(piece() + " stores " + std::to_string(a.stored[i]) + " bytes where it " + (as_it_is ? "needs " : "unpacks to ") +
           std::to_string(a.piece_bytes()));
  }
}

}  // namespace tepui::io
