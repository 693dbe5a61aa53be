#pragma once
/// Unpacks the two compressions that h5py and anndata users meet and libhdf5 lacks (lzf, zstd), and names those that it cannot
/// unpack.

#include <hdf5.h>
#include <zstd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include <tepui/io/read_options.hpp>

namespace tepui::io::hdf5 {

inline constexpr H5Z_filter_t lzf_filter = 32000, zstd_filter = 32015;

/// Bytes that a chunk may and must have when it is unpacked: set by whoever reads a dataset, so that a small chunk cannot claim
/// all memory and a short one cannot make libhdf5 read past its end.
struct chunk_size {
  std::size_t least = 0, most = std::size_t{1} << 30;
};
inline chunk_size& unpacked_chunk() {
  thread_local chunk_size size;
  return size;
}

/// Unpacks one LZF block (Marc Lehmann's liblzf format: literal runs, and copies of what was already unpacked).
/// out    bytes written, or 0 where the block is damaged or does not fit
inline std::size_t unpack_lzf(const std::uint8_t* in, std::size_t n_in, std::uint8_t* out, std::size_t n_out) {
  std::size_t i = 0, o = 0;
  while (i < n_in) {
    const std::size_t control = in[i++];
    if (control < 32) {
      const std::size_t run = control + 1;
      if (run > n_in - i || run > n_out - o) return 0;
      std::memcpy(out + o, in + i, run);
      i += run;
      o += run;
      continue;
    }
    std::size_t length = control >> 5;
    if (length == 7) {
      if (i >= n_in) return 0;
      length += in[i++];
    }
    length += 2;
    if (i >= n_in) return 0;
    const std::size_t back = ((control & 31) << 8) + in[i++] + 1;
    if (back > o || length > n_out - o) return 0;
    for (std::size_t k = 0; k < length; ++k, ++o) out[o] = out[o - back];  // may overlap itself: byte by byte
  }
  return o;
}

/// Unpacks a chunk into new memory, as HDF5 asks a filter to. out  bytes in *buffer, or 0 for failure
template <class Unpack>
std::size_t unpack_chunk(unsigned flags, std::size_t* n_buffer, void** buffer, Unpack unpack) {
  if ((flags & H5Z_FLAG_REVERSE) == 0) return 0;  // writing goes through gzip
  const chunk_size expected = unpacked_chunk();
  void* out = std::calloc(expected.most, 1);
  if (out == nullptr) return 0;
  const std::size_t n = unpack(out, expected.most);
  if (n == 0 || n > expected.most || n < expected.least) {
    std::free(out);
    return 0;
  }
  std::free(*buffer);
  *buffer = out;
  *n_buffer = expected.most;
  return n;
}

inline std::size_t lzf_call(unsigned flags, std::size_t, const unsigned*, std::size_t n_in, std::size_t* n_buffer,
                            void** buffer) {
  return unpack_chunk(flags, n_buffer, buffer, [&](void* out, std::size_t room) {
    return unpack_lzf(static_cast<const std::uint8_t*>(*buffer), n_in, static_cast<std::uint8_t*>(out), room);
  });
}

inline std::size_t zstd_call(unsigned flags, std::size_t, const unsigned*, std::size_t n_in, std::size_t* n_buffer,
                             void** buffer) {
  return unpack_chunk(flags, n_buffer, buffer, [&](void* out, std::size_t room) {
    const std::size_t n = ZSTD_decompress(out, room, *buffer, n_in);
    return ZSTD_isError(n) ? std::size_t{0} : n;
  });
}

/// Makes lzf and zstd known to libhdf5, once a process.
inline void register_filters() {
  static const bool done = [] {
    static const H5Z_class2_t lzf{H5Z_CLASS_T_VERS, lzf_filter, 0, 1, "lzf", nullptr, nullptr, lzf_call};
    static const H5Z_class2_t zstd{H5Z_CLASS_T_VERS, zstd_filter, 0, 1, "zstd", nullptr, nullptr, zstd_call};
    return H5Zregister(&lzf) >= 0 && H5Zregister(&zstd) >= 0;
  }();
  (void)done;
}

/// A registered filter's usual name.
inline std::string filter_name(H5Z_filter_t id) {
  switch (id) {
    case H5Z_FILTER_DEFLATE:
      return "gzip";
    case H5Z_FILTER_SZIP:
      return "szip";
    case 307:
      return "bzip2";
    case lzf_filter:
      return "lzf";
    case 32001:
      return "blosc";
    case 32004:
      return "lz4";
    case 32008:
      return "bitshuffle";
    case 32013:
      return "zfp";
    case zstd_filter:
      return "zstd";
    case 32026:
      return "blosc2";
    default:
      return "unknown";
  }
}

/// Refuses a compression that cannot be unpacked here, before libhdf5 looks for a plugin on the disk.
inline void check_filter(H5Z_filter_t id, std::string_view path, std::string_view where) {
  switch (id) {
    case H5Z_FILTER_DEFLATE:
    case H5Z_FILTER_SHUFFLE:
    case H5Z_FILTER_FLETCHER32:
    case H5Z_FILTER_SZIP:
    case H5Z_FILTER_NBIT:
    case H5Z_FILTER_SCALEOFFSET:
    case lzf_filter:
    case zstd_filter:
      if (H5Zfilter_avail(id) > 0) return;
      break;
    default:
      break;
  }
  refuse(path, in_quotes(where),
         "it is compressed with " + filter_name(id) + " (HDF5 filter " + std::to_string(id) +
             "), which cannot be unpacked here; rewrite the file with gzip, in Python: "
             "anndata.read_h5ad(file).write_h5ad(new_file, "
             "compression='gzip')");
}

}  // namespace tepui::io::hdf5
