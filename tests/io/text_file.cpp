#include <doctest/doctest.h>

#include <libdeflate.h>

#include <string>

#include <tepui/io/text_file.hpp>

#include "io/files.hpp"

namespace test_io_text_file {
namespace {
namespace io = tepui::io;

std::string packed(const std::string& text) {
  libdeflate_compressor* packer = libdeflate_alloc_compressor(6);
  std::string out(libdeflate_gzip_compress_bound(packer, text.size()), '\0');
  out.resize(libdeflate_gzip_compress(packer, text.data(), text.size(), out.data(), out.size()));
  libdeflate_free_compressor(packer);
  return out;
}

TEST_CASE("plain text and gzip of one or more members read the same") {
  const std::string text(200'000, 'x');
  CHECK(io::file_text(io_files::write_text("t.txt", text), {}) == text);
  CHECK(io::file_text(io_files::write_text("t.gz", packed(text)), {}) == text);
  CHECK(io::file_text(io_files::write_text("t2.gz", packed("one\n") + packed("two\n")), {}) == "one\ntwo\n");
}
TEST_CASE("gzip that is cut, changed, or too large is refused") {
  std::string bytes = packed("one two three");
  CHECK(io_files::refusal([&] {
          return io::file_text(io_files::write_text("cut.gz", bytes.substr(0, bytes.size() - 3)), {});
        }).find("damaged or cut short") != std::string::npos);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
  CHECK(!io_files::refusal([&] { return io::file_text(io_files::write_text("changed.gz", bytes), {}); }).empty());
  const std::string bomb = io_files::write_text("bomb.gz", packed(std::string(10'000'000, '\0')));
  CHECK(io_files::refusal([&] { return io::file_text(bomb, {.max_bytes = 100'000}); }).find("max_bytes (100000)") !=
        std::string::npos);
}
TEST_CASE("lines are counted from 1 and lose CRLF") {
  io::lines_of lines("a\r\n\nb");
  std::string_view line;
  CHECK((lines.next(line) && line == "a"));
  CHECK((lines.next(line) && line.empty()));
  CHECK((lines.next(line) && line == "b"));
  CHECK(lines.where() == "line 3");
  CHECK_FALSE(lines.next(line));
}
TEST_CASE("what is no file is a sentence") {
  CHECK(io_files::refusal([] { return io::file_text("/no/such", {}); }).find("does not exist") != std::string::npos);
  CHECK(!io_files::refusal([] { return io::file_text("/tmp", {}); }).empty());
}
}  // namespace
}  // namespace test_io_text_file
