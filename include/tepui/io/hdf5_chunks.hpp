#pragma once
/// Asks libhdf5, once, how an array is stored, so that it need not be asked again.

#include <hdf5.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>

#include <tepui/io/chunked_array.hpp>
#include <tepui/io/hdf5_chunk_tree.hpp>
#include <tepui/io/hdf5_read.hpp>

namespace tepui::io::hdf5 {

/// The number type of a dataset, where it is one that is read here.
inline std::optional<number_type> number_type_of(const dataset& d) {
  const element& e = d.holds();
  const bool one_byte = e.bytes == 1;
  if (!one_byte && H5Tget_order(d.type()) != H5T_ORDER_LE) return {};
  if (e.bytes != 1 && e.bytes != 2 && e.bytes != 4 && e.bytes != 8) return {};
  const int power = std::countr_zero(e.bytes);  // 1, 2, 4, 8 bytes: 0, 1, 2, 3
  const auto nth = [&](number_type of_one_byte) { return static_cast<number_type>(static_cast<int>(of_one_byte) + power); };
  switch (e.what) {
    case family::whole:
      return nth(number_type::int8);
    case family::natural:
      return nth(number_type::uint8);
    case family::boolean:
      return number_type::uint8;
    case family::real:
      if (e.bytes == 4) return number_type::float32;
      if (e.bytes == 8) return number_type::float64;
      return {};
    default:
      return {};
  }
}

/// Describes a one-dimensional dataset so that it can be read without libhdf5.
/// out    nothing where it is stored in a way that is left to libhdf5: other filters (szip, checksums ...), other byte order,
///        half precision, pieces that were never written, a file that begins behind a block of the user's
/// errors bad_data where libhdf5 cannot describe it
inline std::optional<chunked_array> chunked_array_of(const dataset& d) {
  const std::optional<number_type> type = number_type_of(d);
  if (std::endian::native != std::endian::little || !type || d.dims().size() != 1) return {};
  chunked_array out;
  out.where = d.path();
  out.type = *type;
  out.size = d.size();
  out.piece_values = std::max<std::uint64_t>(out.size, 1);
  if (out.size == 0) return out;

  const handle file(H5Iget_file_id(d.id()), H5Fclose), made(H5Dget_create_plist(d.id()), H5Pclose);
  const handle file_made(H5Fget_create_plist(file.get()), H5Pclose);
  hsize_t user_block = 0;
  if (!made || !file_made || H5Pget_userblock(file_made.get(), &user_block) < 0 || user_block != 0) return {};
  switch (H5Pget_layout(made.get())) {
    case H5D_COMPACT:
      out.held.resize(static_cast<std::size_t>(out.size * bytes_of(out.type)));
      d.read_rows(0, out.size, d.type(), out.held.data());
      return out;
    case H5D_CONTIGUOUS: {
      const haddr_t address = H5Dget_offset(d.id());
      if (address == HADDR_UNDEF) return {};
      out.address = {address};
      out.stored = {out.piece_bytes()};
      out.skipped = {0};
      return out;
    }
    case H5D_CHUNKED:
      break;
    default:
      return {};
  }

  const int n_filters = H5Pget_nfilters(made.get());
  for (int i = 0; i < n_filters; ++i) {
    unsigned flags = 0, parameter[8] = {};
    std::size_t n_parameters = 8;
    const H5Z_filter_t filter =
        H5Pget_filter2(made.get(), static_cast<unsigned>(i), &flags, &n_parameters, parameter, 0, nullptr, nullptr);
    const bool last = i + 1 == n_filters;
    if (filter == H5Z_FILTER_SHUFFLE && i == 0 && (n_parameters == 0 || parameter[0] == bytes_of(out.type))) {
      out.shuffled = true;
    } else if (last && filter == H5Z_FILTER_DEFLATE) {
      out.packed = packing::gzip;
    } else if (last && filter == lzf_filter) {
      out.packed = packing::lzf;
    } else if (last && filter == zstd_filter) {
      out.packed = packing::zstd;
    } else {
      return {};
    }
  }
  hsize_t chunk = 0;
  if (H5Pget_chunk(made.get(), 1, &chunk) != 1 || chunk == 0) return {};
  out.piece_values = chunk;
  const std::uint64_t pieces = (out.size - 1) / chunk + 1;
  const auto places = chunk_places(d, pieces);
  if (!places) return {};
  out.address.assign(static_cast<std::size_t>(pieces), HADDR_UNDEF);
  out.stored.resize(static_cast<std::size_t>(pieces));
  out.skipped.resize(static_cast<std::size_t>(pieces));
  for (const chunk_place& p : *places) {
    const auto i = static_cast<std::size_t>(p.first_value / chunk);
    if (p.first_value % chunk != 0 || i >= pieces || out.address[i] != HADDR_UNDEF) return {};
    out.address[i] = p.address;
    out.stored[i] = p.stored;
    out.skipped[i] = p.skipped;
  }
  return out;
}

}  // namespace tepui::io::hdf5
