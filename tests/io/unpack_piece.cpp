#include <doctest/doctest.h>

#include <cstring>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include <tepui/io/hdf5_chunks.hpp>
#include <tepui/io/unpack_piece.hpp>

#include "io/stored.hpp"

namespace test_io_unpack_piece {
namespace {
namespace io = tepui::io;
namespace hdf5 = tepui::io::hdf5;

io::chunked_array described(const std::string& path) {
  hdf5::source from(path, {});
  auto found = hdf5::chunked_array_of(hdf5::dataset(from, "/a"));
  REQUIRE(found.has_value());
  return std::move(*found);
}
std::string stored(const io_files::storage& how) {
  const std::string path = io_files::scratch("pieces.h5");
  const hdf5::handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
  std::vector<std::int32_t> values(1000);
  std::iota(values.begin(), values.end(), 0);
  io_files::store(file.get(), "/a", values, how);
  return path;
}
std::vector<std::int32_t> values(const io::open_file& file, const io::chunked_array& a, std::uint64_t first, std::uint64_t n,
                                 io::piece_room& room) {
  std::vector<std::int32_t> out;
  while (out.size() < n) {
    const io::stored_values some = io::values_from(file, a, first + out.size(), n - out.size(), room);
    REQUIRE(some.n > 0);
    for (std::uint64_t i = 0; i < some.n; ++i) {
      std::int32_t v = 0;
      std::memcpy(&v, some.bytes + 4 * i, 4);
      out.push_back(v);
    }
  }
  return out;
}
TEST_CASE("any part of an array reads the same, however it is stored") {
  for (const io_files::storage& how : {io_files::storage{},
                                       {.compact = true},
                                       {.chunk = 7},
                                       {.chunk = 1000},
                                       {.chunk = 4096, .extendible = true},
                                       {.chunk = 64, .gzip = true},
                                       {.chunk = 64, .shuffle = true},
                                       {.chunk = 300, .shuffle = true, .gzip = true}}) {
    CAPTURE(how.chunk);
    const std::string path = stored(how);
    const io::chunked_array a = described(path);
    const io::open_file file(path);
    io::check_pieces(a, file);
    io::piece_room room;
    for (const std::uint64_t first : {0U, 999U, 1U, 63U, 64U, 500U, 2U}) {
      const std::uint64_t n = std::min<std::uint64_t>(1000 - first, 321);
      std::vector<std::int32_t> truth(n);
      std::iota(truth.begin(), truth.end(), static_cast<std::int32_t>(first));
      CHECK(values(file, a, first, n, room) == truth);
    }
  }
}
TEST_CASE("a piece that two reads share is unpacked once") {
  const std::string path = stored({.chunk = 100, .gzip = true});
  io::chunked_array a = described(path);
  const io::open_file file(path);
  io::piece_room room;
  CHECK(values(file, a, 0, 150, room).back() == 149);
  CHECK(room.piece == 1);
  a.address[1] = 0;  // would not unpack
  CHECK(values(file, a, 150, 50, room).back() == 199);
}
TEST_CASE("a piece that does not unpack to its size is refused") {
  const std::string path = stored({.chunk = 100, .gzip = true});
  const io::chunked_array whole = described(path);
  const io::open_file file(path);
  for (const int damage : {0, 1, 2}) {
    io::chunked_array a = whole;
    if (damage == 0) a.address[3] += 5;                            // begins in the middle
    if (damage == 1) a.stored[3] -= 6;                             // ends early
    if (damage == 2) a.piece_values = 99, a.address.push_back(0);  // unpacks to more than it should
    io::piece_room room;
    const std::string sentence = io_files::refusal([&] { return values(file, a, 310, 1, room); });
    CHECK_MESSAGE(sentence.find("do not unpack to what was packed; the file is damaged") != std::string::npos, sentence);
    CHECK(room.piece == io::piece_room::none);
  }
}
TEST_CASE("bytes that were sorted by place are put back together") {
  const std::vector<std::uint8_t> apart{1, 2, 3, 10, 20, 30};
  std::vector<std::uint8_t> out(6);
  io::unshuffle(apart.data(), out.data(), 3, 2);
  CHECK(out == std::vector<std::uint8_t>{1, 10, 2, 20, 3, 30});
}
}  // namespace
}  // namespace test_io_unpack_piece
