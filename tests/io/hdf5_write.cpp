#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <tepui/io/hdf5_read.hpp>
#include <tepui/io/hdf5_write.hpp>

#include "io/files.hpp"

namespace test_io_hdf5_write {
namespace {
namespace hdf5 = tepui::io::hdf5;

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
void write(const std::string& path, bool finish = true) {
  std::vector<float> many(10'000);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<float>(i % 7);
  const std::vector<std::string> texts{"a", "", "β"};
  const std::vector<std::uint8_t> bits{1, 0};
  hdf5::file_writer to(path);
  to.numbers<float>("/many", many, {100, 100});
  to.numbers<std::int64_t>("/none", {}, {0});
  to.texts("/texts", texts);
  to.booleans("/bits", bits);
  if (finish) to.commit();
}

TEST_CASE("what is written reads back, and large arrays are packed") {
  const std::string path = io_files::scratch("written.h5");
  write(path);
  CHECK(std::filesystem::file_size(path) < 20'000);
  hdf5::source from(path, {});
  const hdf5::dataset many(from, "/many");
  CHECK(many.dims() == std::vector<hsize_t>{100, 100});
  CHECK(many.numbers<float>()[9'999] == static_cast<float>(9'999 % 7));
  CHECK(hdf5::dataset(from, "/none").numbers<std::int64_t>().empty());
  CHECK(hdf5::dataset(from, "/texts").texts() == std::vector<std::string>{"a", "", "β"});
  CHECK(hdf5::dataset(from, "/bits").booleans() == std::vector<std::uint8_t>{1, 0});
}
TEST_CASE("the same content gives the same bytes") {
  const std::string one = io_files::scratch("one_way.h5"), other = io_files::scratch("other_way.h5");
  write(one);
  write(other);
  CHECK(content(one) == content(other));
}
TEST_CASE("a file that was not finished leaves the old one as it was, and nothing beside it") {
  const std::string path = io_files::write_text("kept.h5", "old");
  write(path, false);
  CHECK(content(path) == "old");
  for (const auto& entry : std::filesystem::directory_iterator(io_files::scratch_folder()))
    CHECK(entry.path().string().find(".part-") == std::string::npos);
}
TEST_CASE("a folder that is not there is a sentence") {
  CHECK(io_files::refusal([] {
          write("/no/such/folder/f.h5");
          return 0;
        }).find("file '/no/such/folder/f.h5': it cannot be made") == 0);
}
TEST_CASE("text that HDF5 would cut is refused") {
  hdf5::file_writer to(io_files::scratch("cut.h5"));
  const std::vector<std::string> cut{std::string("a\0b", 3)};
  CHECK(!io_files::refusal([&] {
           to.texts("/t", cut);
           return 0;
         }).empty());
}
}  // namespace
}  // namespace test_io_hdf5_write
