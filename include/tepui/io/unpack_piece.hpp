#pragma once
/// Reads an array of numbers out of an HDF5 file without libhdf5: its pieces are fetched from where they lie and unpacked here,
/// by as many threads at once as there are. (libhdf5 lets one thread in at a time.)

#include <libdeflate.h>
#include <zstd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <tepui/io/chunked_array.hpp>
#include <tepui/io/hdf5_filters.hpp>
#include <tepui/io/open_file.hpp>

namespace tepui::io {

/// Working memory of one reader of one array: the piece that was unpacked last, so that two reads that share it unpack it once.
struct piece_room {
  struct release {
    void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
    void operator()(ZSTD_DCtx* d) const { ZSTD_freeDCtx(d); }
  };
  static constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();

  std::uint64_t piece = none;               ///< which piece stands in `values`
  std::vector<std::uint8_t> values, other;  ///< grow, and are never cleared
  std::unique_ptr<libdeflate_decompressor, release> gzip;
  std::unique_ptr<ZSTD_DCtx, release> zstd;

  static std::uint8_t* at_least(std::vector<std::uint8_t>& v, std::uint64_t n) {
    if (v.size() < n) v.resize(static_cast<std::size_t>(n));
    return v.data();
  }
};

/// Puts the bytes of numbers back together: the file holds all first bytes, then all second bytes, and so on.
template <std::size_t Bytes>
void unshuffle(const std::uint8_t* in, std::uint8_t* out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t b = 0; b < Bytes; ++b) out[i * Bytes + b] = in[b * n + i];
}
inline void unshuffle(const std::uint8_t* in, std::uint8_t* out, std::size_t n, std::uint64_t bytes) {
  if (bytes == 1) unshuffle<1>(in, out, n);
  if (bytes == 2) unshuffle<2>(in, out, n);
  if (bytes == 4) unshuffle<4>(in, out, n);
  if (bytes == 8) unshuffle<8>(in, out, n);
}

/// Unpacks exactly n_out bytes. out  whether there were as many
inline bool unpack_bytes(packing how, const std::uint8_t* in, std::size_t n_in, std::uint8_t* out, std::size_t n_out,
                         piece_room& own) {
  switch (how) {
    case packing::gzip:
      if (!own.gzip) own.gzip.reset(libdeflate_alloc_decompressor());
      if (!own.gzip) throw std::bad_alloc();
      return libdeflate_zlib_decompress(own.gzip.get(), in, n_in, out, n_out, nullptr) == LIBDEFLATE_SUCCESS;
    case packing::lzf:
      return hdf5::unpack_lzf(in, n_in, out, n_out) == n_out;
    case packing::zstd:
      if (!own.zstd) own.zstd.reset(ZSTD_createDCtx());
      if (!own.zstd) throw std::bad_alloc();
      return ZSTD_decompressDCtx(own.zstd.get(), out, n_out, in, n_in) == n_out;
    default:
      return false;
  }
}

/// Brings one packed piece into own.values.            errors  bad_data where it does not unpack to a piece's size
inline void unpack_piece(const open_file& file, const chunked_array& a, std::uint64_t piece, piece_room& own) {
  if (own.piece == piece) return;
  own.piece = piece_room::none;
  const std::uint64_t stored = a.stored[piece], wanted = a.piece_bytes();
  const std::uint32_t skipped = a.skipped[piece];
  const bool shuffled = a.shuffled && (skipped & 1U) == 0;
  const bool packed = a.packed != packing::none && (skipped >> (a.shuffled ? 1 : 0) & 1U) == 0;
  // Each step goes from one buffer to the other; the last one must end in `values`.
  std::vector<std::uint8_t>*from = &own.values, *to = &own.other;
  if (packed != shuffled) std::swap(from, to);
  file.read(a.address[piece], piece_room::at_least(*from, stored), stored, a.where);
  if (packed) {
    if (!unpack_bytes(a.packed, from->data(), static_cast<std::size_t>(stored), piece_room::at_least(*to, wanted),
                      static_cast<std::size_t>(wanted), own))
      refuse(file.path(), in_quotes(a.where),
             "values " + std::to_string(piece * a.piece_values) + " to " +
                 std::to_string(std::min(a.size, (piece + 1) * a.piece_values) - 1) +
                 " do not unpack to what was packed; the file is damaged: get it again");
    std::swap(from, to);
  }
  if (shuffled)
    unshuffle(from->data(), piece_room::at_least(*to, wanted), static_cast<std::size_t>(a.piece_values), bytes_of(a.type));
  own.piece = piece;
}

/// Values as the file stores them, one after the other.
struct stored_values {
  const std::uint8_t* bytes = nullptr;
  std::uint64_t n = 0;
};

/// Some values from `first` on: as many of [first, first + n) as lie together, at least one.
/// in     a: checked with check_pieces; first < a.size; n > 0      out  alive until the next call with this room
/// errors bad_data as open_file::read and unpack_piece             cost O(values); packed: once per piece, in ascending order
inline stored_values values_from(const open_file& file, const chunked_array& a, std::uint64_t first, std::uint64_t n,
                                 piece_room& own) {
  constexpr std::uint64_t fits_in_cache = 1 << 16;
  const std::uint64_t bytes = bytes_of(a.type);
  if (!a.held.empty()) return {a.held.data() + first * bytes, n};
  const std::uint64_t piece = first / a.piece_values, within = first % a.piece_values;
  n = std::min(n, a.piece_values - within);
  if (a.packed == packing::none && !a.shuffled) {
    n = std::min(n, fits_in_cache / bytes);
    file.read(a.address[piece] + within * bytes, piece_room::at_least(own.values, n * bytes), n * bytes, a.where);
    return {own.values.data(), n};
  }
  unpack_piece(file, a, piece, own);
  return {own.values.data() + within * bytes, n};
}

}  // namespace tepui::io
