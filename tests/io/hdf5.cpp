#include <doctest/doctest.h>

#include <string>

#include <tepui/io/hdf5.hpp>
#include <tepui/io/hdf5_write.hpp>

#include "io/files.hpp"

namespace test_io_hdf5 {
namespace {
namespace io = tepui::io;
namespace hdf5 = tepui::io::hdf5;

/// A file with every kind of link. Made with the C API, because our writer makes none of them.
std::string file_with_links() {
  const std::string path = io_files::scratch("links.h5"), other = io_files::write_text("secret.txt", "secret");
  const hdf5::quiet no_noise;
  const hdf5::handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
  const hdf5::handle group(H5Gcreate2(file.get(), "g", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  H5Lcreate_external(other.c_str(), "/", file.get(), "out", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft("/g", file.get(), "soft", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft("/out/x", file.get(), "soft_out", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft("/round", file.get(), "round", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_hard(file.get(), "/", group.get(), "up", H5P_DEFAULT, H5P_DEFAULT);
  return path;
}

TEST_CASE("a product that does not fit is the largest number") {
  static_assert(hdf5::times(3, 4) == 12);
  static_assert(hdf5::times(std::uint64_t{1} << 40, std::uint64_t{1} << 40) == ~std::uint64_t{0});
}
TEST_CASE("links inside the file are followed, links out of it are refused") {
  const std::string path = file_with_links();
  const hdf5::source from(path, {});
  CHECK(from.at("/g") == hdf5::item::group);
  CHECK(from.at("/soft") == hdf5::item::group);
  CHECK(from.at("/g/nothing/there") == hdf5::item::nothing);
  for (const char* where : {"/out", "/out/x", "/soft_out"})
    CHECK(io_files::refusal([&] { return from.at(where); }).find("another file") != std::string::npos);
  CHECK(!io_files::refusal([&] { return from.at("/round"); }).empty());
}
TEST_CASE("a circle of groups ends at 64") {
  const std::string path = file_with_links();
  const hdf5::source from(path, {});
  std::string deep = "/g";
  for (int i = 0; i < 40; ++i) deep += "/up/g";
  CHECK(io_files::refusal([&] { return from.at(deep); }).find("64 groups deep") != std::string::npos);
}
TEST_CASE("what is no HDF5 file is refused, and nothing is printed") {
  const std::string text = io_files::write_text("text.h5ad", "hello"), empty = io_files::write_text("empty.h5ad", "");
  for (const std::string& path : {text, empty})
    CHECK(io_files::refusal([&] { return hdf5::source(path, {}).has("/"); }).find("does not open as HDF5") !=
          std::string::npos);
  CHECK(io_files::refusal([&] { return hdf5::source("/no/such", {}).has("/"); }).find("does not exist") != std::string::npos);
  CHECK(io_files::refusal([&] { return hdf5::source("/tmp", {}).has("/"); }).find("no file") != std::string::npos);
}
TEST_CASE("the memory of a read is counted") {
  const std::string path = file_with_links();
  hdf5::source from(path, {.max_bytes = 1000});
  from.spend(100, 8, "/x");
  CHECK(io_files::refusal([&] {
          from.spend(26, 8, "/x");
          return 0;
        }).find("max_bytes") != std::string::npos);
  CHECK(!io_files::refusal([&] {
           from.spend(~std::uint64_t{0}, 8, "/x");
           return 0;
         }).empty());
}
}  // namespace
}  // namespace test_io_hdf5
