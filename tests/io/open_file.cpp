#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <tepui/io/open_file.hpp>

#include "io/files.hpp"

namespace test_io_open_file {
namespace {
namespace io = tepui::io;

TEST_CASE("bytes are read from anywhere") {
  const io::open_file file(io_files::write_text("bytes.txt", "abcdefgh"));
  std::string three(3, ' ');
  file.read(4, three.data(), 3, "/X");
  CHECK(three == "efg");
  CHECK(file.size() == 8);
  file.check_unchanged();
}
TEST_CASE("a file that is cut short, or changes, is noticed") {
  const std::string path = io_files::write_text("cut.txt", "abcdefgh");
  const io::open_file file(path);
  std::filesystem::resize_file(path, 5);
  std::string three(3, ' ');
  CHECK(io_files::refusal([&] {
          file.read(4, three.data(), 3, "/X");
          return 0;
        }).find("byte 5 cannot be read") != std::string::npos);
  CHECK(io_files::refusal([&] {
          file.check_unchanged();
          return 0;
        }).find("it has changed since it was opened") != std::string::npos);
}
TEST_CASE("another file under the same name is noticed") {
  const std::string path = io_files::write_text("name.txt", "abcdefgh"), other = io_files::write_text("other.txt", "abcdefgh");
  const io::open_file file(path);
  file.check_same_path();
  std::filesystem::rename(other, path);
  file.check_unchanged();
  CHECK(io_files::refusal([&] {
          file.check_same_path();
          return 0;
        }).find("it has changed") != std::string::npos);
}
TEST_CASE("what is no file is refused") {
  CHECK(io_files::refusal([] { return io::open_file("/no/such").size(); }).find("does not exist") != std::string::npos);
  CHECK(io_files::refusal([] { return io::open_file("/tmp").size(); }).find("it is no file but a folder") != std::string::npos);
}
}  // namespace
}  // namespace test_io_open_file
