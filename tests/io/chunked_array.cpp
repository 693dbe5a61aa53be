#include <doctest/doctest.h>

#include <string>

#include <tepui/io/chunked_array.hpp>

#include "io/files.hpp"

namespace test_io_chunked_array {
namespace {
namespace io = tepui::io;

/// 5 numbers of 4 bytes in pieces of 2, as they are, in a file of 64 bytes.
io::chunked_array five() {
  io::chunked_array a;
  a.where = "/X/data";
  a.size = 5;
  a.piece_values = 2;
  a.address = {0, 8, 56};
  a.stored = {8, 8, 8};
  a.skipped = {0, 0, 0};
  return a;
}
std::string refusal(const io::chunked_array& a) {
  const io::open_file file(io_files::write_text("64.bin", std::string(64, 'x')));
  return io_files::refusal([&] {
    io::check_pieces(a, file);
    return 0;
  });
}
bool says(const std::string& sentence, const char* part) { return sentence.find(part) != std::string::npos; }

TEST_CASE("a true description passes") {
  CHECK(io::bytes_of(io::number_type::float64) == 8);
  CHECK(io::bytes_of(io::number_type::uint16) == 2);
  CHECK(five().piece_bytes() == 8);
  CHECK(refusal(five()) == "");
  CHECK(refusal(io::chunked_array{}) == "");  // no values, no pieces
}
TEST_CASE("a piece outside of the file is refused, also where the numbers overflow") {
  for (const std::uint64_t address : {57ULL, 64ULL, 1ULL << 40, ~0ULL, ~0ULL - 7}) {
    auto a = five();
    a.address[2] = address;
    CHECK(says(refusal(a), "the piece with value 4 lies at bytes "));
  }
  auto a = five();
  a.stored[1] = ~0ULL;
  CHECK(says(refusal(a), "and the file has 64; the file is damaged or cut short"));
}
TEST_CASE("a piece of an impossible size is refused") {
  auto a = five();
  a.stored[1] = 7;
  CHECK(says(refusal(a), "the piece with value 2 stores 7 bytes where it needs 8"));
  a.packed = io::packing::gzip;
  a.skipped = {1, 0, 1};
  CHECK(refusal(a) == "");
  a.skipped[1] = 1;
  CHECK(says(refusal(a), "stores 7 bytes where it needs 8"));
}
TEST_CASE("pieces that do not add up are refused") {
  auto a = five();
  a.size = 7;
  CHECK(says(refusal(a), "'/X/data': its pieces do not add up to its size"));
  a = five();
  a.piece_values = 0;
  CHECK(says(refusal(a), "do not add up"));
  a = five();
  a.stored.pop_back();
  CHECK(says(refusal(a), "do not add up"));
  a = five();
  a.held.assign(19, 0);
  CHECK(says(refusal(a), "it holds fewer values than it says"));
}
}  // namespace
}  // namespace test_io_chunked_array
