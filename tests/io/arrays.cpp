#include <doctest/doctest.h>

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include <tepui/io/arrays.hpp>

#include "io/edit.hpp"

namespace test_io_arrays {
namespace {
namespace io = tepui::io;

tepui::named_arrays some() {
  tepui::named_arrays a;
  a.put<float>("0/weights", {1.5F, std::numeric_limits<float>::infinity()});
  a.put<double>("mean", {});
  a.put<std::int32_t>("bins", {-1, 2});
  a.put<std::int64_t>("shape", {std::int64_t{1} << 60});
  a.put<std::string>("genes", {"CD3E", "", "β"});
  return a;
}

TEST_CASE("arrays and notes come back, in order, with their types") {
  const std::string path = io_files::scratch("arrays.h5");
  io::save_arrays(path, some(), {{"pipeline", "rank | mean"}, {"version", "1"}});
  const io::saved_arrays back = io::load_arrays(path);
  CHECK(back.arrays.all == some().all);
  CHECK(back.attributes.at("pipeline") == "rank | mean");
  CHECK(back.attributes.size() == 2);
}
TEST_CASE("no array and no note are fine") {
  const std::string path = io_files::scratch("nothing.h5");
  io::save_arrays(path, {});
  CHECK(io::load_arrays(path).arrays.all.empty());
}
TEST_CASE("a name that stands twice is refused before anything is written") {
  tepui::named_arrays twice = some();
  twice.put<float>("mean", {1});
  CHECK_THROWS_WITH_AS(io::save_arrays(io_files::scratch("twice.h5"), twice),
                       doctest::Contains("'mean' is empty or stands twice"), tepui::bad_option);
}
TEST_CASE("another file, or a damaged one, is refused in a sentence") {
  const std::string other = io_files::small_file("other.h5ad");
  CHECK(io_files::refusal([&] { return io::load_arrays(other); }).find("'tepui arrays 1' is needed") != std::string::npos);
  const std::string path = io_files::scratch("cut.h5");
  io::save_arrays(path, some());
  io_files::edit(path).drop("/array/2");
  CHECK(io_files::refusal([&] { return io::load_arrays(path); }).find("'/array/2': it is absent") != std::string::npos);
  io::save_arrays(path, some());
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  CHECK(!io_files::refusal([&] { return io::load_arrays(path); }).empty());
}
}  // namespace
}  // namespace test_io_arrays
