#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <string>

#include <tepui/io/hdf5_filters.hpp>

#include "io/files.hpp"

namespace test_io_hdf5_filters {
namespace {
namespace hdf5 = tepui::io::hdf5;

std::string unpacked(std::initializer_list<int> block, std::size_t room = 64) {
  std::string in, out(room, '\0');
  for (const int b : block) in += static_cast<char>(b);
  out.resize(hdf5::unpack_lzf(reinterpret_cast<const std::uint8_t*>(in.data()), in.size(),
                              reinterpret_cast<std::uint8_t*>(out.data()), room));
  return out;
}

TEST_CASE("an LZF block is literals and copies of what came before") {
  CHECK(unpacked({2, 'a', 'b', 'c'}) == "abc");
  CHECK(unpacked({0, 'a', 0x20, 0}) == "aaaa");                  // 3 bytes from 1 back, over itself
  CHECK(unpacked({1, 'a', 'b', 0xE0, 1, 1}) == "abababababab");  // long form: 7 + 1 + 2 bytes from 2 back
}
TEST_CASE("a damaged LZF block gives nothing and writes nowhere else") {
  CHECK(unpacked({5, 'a'}).empty());        // literals cut short
  CHECK(unpacked({0x20, 0}).empty());       // copy from before the beginning
  CHECK(unpacked({0, 'a', 0x20}).empty());  // distance cut short
  CHECK(unpacked({0, 'a', 0xE0}).empty());  // length cut short
  CHECK(unpacked({3, 'a', 'b', 'c', 'd'}, 3).empty());
  CHECK(unpacked({0, 'a', 0xE0, 200, 0}, 64).empty());
}
TEST_CASE("a compression that cannot be unpacked is named") {
  const auto sentence = [](H5Z_filter_t id) {
    return io_files::refusal([&] {
      hdf5::check_filter(id, "f", "/X");
      return 0;
    });
  };
  CHECK(sentence(32001).find("blosc (HDF5 filter 32001)") != std::string::npos);
  CHECK(sentence(32008).find("bitshuffle") != std::string::npos);
  CHECK(sentence(32004).find("compression='gzip'") != std::string::npos);
  CHECK(sentence(4242).find("unknown (HDF5 filter 4242)") != std::string::npos);
  hdf5::register_filters();
  for (const H5Z_filter_t id : {H5Z_filter_t{H5Z_FILTER_DEFLATE}, hdf5::lzf_filter, hdf5::zstd_filter})
    CHECK(sentence(id).empty());
}
}  // namespace
}  // namespace test_io_hdf5_filters
