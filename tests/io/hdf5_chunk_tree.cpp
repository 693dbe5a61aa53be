#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include <tepui/io/hdf5_chunk_tree.hpp>

#include "io/stored.hpp"

namespace test_io_hdf5_chunk_tree {
namespace {
namespace io = tepui::io;
namespace hdf5 = tepui::io::hdf5;

/// 10,000 numbers in pieces of 3, some of them packed: a tree of three levels.
std::string many_pieces(const std::string& name, bool newest) {
  const std::string path = io_files::scratch(name);
  const hdf5::handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  if (newest) H5Pset_libver_bounds(access.get(), H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
  const hdf5::handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose);
  std::vector<std::int32_t> values(10'000);
  std::iota(values.begin(), values.end(), 0);
  io_files::store(file.get(), "/a", values, {.chunk = 3, .shuffle = true, .gzip = true});
  return path;
}
TEST_CASE("the tree holds what libhdf5 tells of every chunk") {
  for (const bool newest : {false, true}) {
    CAPTURE(newest);
    hdf5::source from(many_pieces("tree.h5", newest), {});
    const hdf5::dataset d(from, "/a");
    const auto places = hdf5::chunk_places(d, 3334);
    REQUIRE(places.has_value());
    REQUIRE(places->size() == 3334);
    const hdf5::handle space(H5Dget_space(d.id()), H5Sclose);
    for (const hsize_t i : {0U, 1U, 100U, 2000U, 3333U}) {
      hsize_t at[1] = {0}, stored = 0;
      unsigned skipped = 0;
      haddr_t address = 0;
      REQUIRE(H5Dget_chunk_info(d.id(), space.get(), i, at, &skipped, &address, &stored) >= 0);
      const auto same = std::find_if(places->begin(), places->end(), [&](const auto& p) { return p.first_value == at[0]; });
      REQUIRE(same != places->end());
      CHECK(same->address == address);
      CHECK(same->stored == stored);
      CHECK(same->skipped == skipped);
    }
    CHECK_FALSE(hdf5::chunk_places(d, 3333).has_value());
  }
}
#if !H5_VERSION_GE(1, 12, 0)
TEST_CASE("a tree that is none, goes in circles or ends early is not believed") {
  const std::string path = many_pieces("broken.h5", false);
  H5O_info_t about{};
  {
    const hdf5::source from(path, {});
    REQUIRE(H5Oget_info(from.open("/a").get(), &about) >= 0);
  }
  CHECK(hdf5::chunk_tree(path.c_str()).chunks(about.addr, 3334).has_value());
  CHECK_FALSE(hdf5::chunk_tree(path.c_str()).chunks(about.addr, 3335).has_value());
  CHECK_FALSE(hdf5::chunk_tree(path.c_str()).chunks(about.addr, 10).has_value());
  CHECK_FALSE(hdf5::chunk_tree(path.c_str()).chunks(0, 3334).has_value());
  CHECK_FALSE(hdf5::chunk_tree(path.c_str()).chunks(~0ULL, 3334).has_value());
  CHECK_FALSE(hdf5::chunk_tree("/no/such").chunks(about.addr, 3334).has_value());
  std::string bytes;
  {
    std::ifstream file(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  // Every byte of the header and of the first nodes in turn: nothing but "no", or as many chunks as there are.
  const std::size_t tree = bytes.find(std::string("TREE") + '\x01');
  REQUIRE(tree != std::string::npos);
  for (std::size_t i = 0; i < 600; ++i) {
    const std::size_t at = i < 200 ? static_cast<std::size_t>(about.addr) + i : tree + (i - 200);
    std::string broken = bytes;
    broken[at] = static_cast<char>(broken[at] ^ (1 << i % 8));
    const auto found = hdf5::chunk_tree(io_files::write_text("flipped.h5", broken).c_str()).chunks(about.addr, 3334);
    CHECK((!found || found->size() == 3334));
  }
}
#endif
}  // namespace
}  // namespace test_io_hdf5_chunk_tree
