#include <doctest/doctest.h>

#include <numeric>
#include <string>
#include <vector>

#include <tepui/io/hdf5_chunks.hpp>

#include "io/stored.hpp"

namespace test_io_hdf5_chunks {
namespace {
namespace io = tepui::io;
namespace hdf5 = tepui::io::hdf5;

std::optional<io::chunked_array> described(const io_files::storage& how, hsize_t user_block = 0) {
  const std::string path = io_files::scratch("described.h5");
  {
    const hdf5::handle made(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
    H5Pset_userblock(made.get(), user_block);
    const hdf5::handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, made.get(), H5P_DEFAULT), H5Fclose);
    std::vector<std::int32_t> values(10);
    std::iota(values.begin(), values.end(), 0);
    io_files::store(file.get(), "/a", values, how);
  }
  hdf5::source from(path, {});
  return hdf5::chunked_array_of(hdf5::dataset(from, "/a"));
}
TEST_CASE("an array is described as it is stored") {
  const auto whole = described({});
  REQUIRE(whole.has_value());
  CHECK(whole->where == "/a");
  CHECK(whole->size == 10);
  CHECK(whole->piece_values == 10);
  CHECK(whole->stored == std::vector<std::uint64_t>{40});
  const auto small = described({.compact = true, .type = H5T_STD_I16LE});
  REQUIRE(small.has_value());
  CHECK(small->type == io::number_type::int16);
  CHECK(small->held.size() == 20);
  CHECK(small->held[2] == 1);
  const auto pieces = described({.chunk = 4, .shuffle = true, .gzip = true, .type = H5T_IEEE_F64LE, .extendible = true});
  REQUIRE(pieces.has_value());
  CHECK(pieces->type == io::number_type::float64);
  CHECK(pieces->shuffled);
  CHECK(pieces->packed == io::packing::gzip);
  CHECK(pieces->piece_values == 4);
  CHECK(pieces->address.size() == 3);
}
TEST_CASE("what is stored in a rare way is left to libhdf5") {
  CHECK_FALSE(described({.chunk = 4, .checksum = true}).has_value());
  CHECK_FALSE(described({.type = H5T_STD_I32BE}).has_value());
  CHECK_FALSE(described({.type = H5T_IEEE_F32BE}).has_value());
  CHECK_FALSE(described({.chunk = 4}, 512).has_value());
  CHECK(described({.chunk = 4, .type = H5T_STD_U8LE}).has_value());
}
}  // namespace
}  // namespace test_io_hdf5_chunks
