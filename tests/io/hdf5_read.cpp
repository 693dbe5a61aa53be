#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <tepui/io/hdf5_read.hpp>
#include <tepui/io/hdf5_write.hpp>

#include "io/files.hpp"

namespace test_io_hdf5_read {
namespace {
namespace hdf5 = tepui::io::hdf5;

/// One dataset "d" with the given type, shape and creation settings; values are written where there are some.
std::string one_dataset(hid_t type, std::vector<hsize_t> dims, const void* values, hid_t memory_type,
                        hid_t create = H5P_DEFAULT) {
  const std::string path = io_files::scratch("one.h5");
  const hdf5::handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
  const hdf5::handle space(H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr), H5Sclose);
  const hdf5::handle made(H5Dcreate2(file.get(), "d", type, space.get(), H5P_DEFAULT, create, H5P_DEFAULT), H5Dclose);
  REQUIRE(made);
  if (values != nullptr) REQUIRE(H5Dwrite(made.get(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
  return path;
}
template <class Read>
std::string refused(const std::string& path, Read read) {
  return io_files::refusal([&] {
    hdf5::source from(path, {.max_bytes = 1 << 26});
    return read(hdf5::dataset(from, "/d"));
  });
}

TEST_CASE("whole numbers of any width and byte order read to the same numbers") {
  const std::vector<std::int64_t> truth{0, 1, 127};
  for (const hid_t type : {H5T_STD_I8LE, H5T_STD_U8LE, H5T_STD_I16BE, H5T_STD_U32BE, H5T_STD_I64BE, H5T_STD_U64LE}) {
    hdf5::source from(one_dataset(type, {3}, truth.data(), H5T_NATIVE_INT64), {});
    CHECK(hdf5::dataset(from, "/d").whole_numbers() == truth);
  }
}
TEST_CASE("a number of 2^63 is not quietly made smaller") {
  const std::uint64_t large = std::uint64_t{1} << 63;
  const std::string path = one_dataset(H5T_STD_U64LE, {1}, &large, H5T_NATIVE_UINT64);
  CHECK(refused(path, [](const hdf5::dataset& d) { return d.whole_numbers(); }).find("9223372036854775808") !=
        std::string::npos);
}
TEST_CASE("half precision reads in both byte orders") {
  const std::vector<double> truth{0, 1.5, -2, 65504, std::numeric_limits<double>::infinity()};
  for (const H5T_order_t order : {H5T_ORDER_LE, H5T_ORDER_BE}) {
    const hdf5::handle half = hdf5::half_type(order);
    hdf5::source from(one_dataset(half.get(), {5}, truth.data(), H5T_NATIVE_DOUBLE), {});
    CHECK(hdf5::dataset(from, "/d").numbers<double>() == truth);
  }
}
TEST_CASE("text of fixed length ends at its padding") {
  const char fields[] = "ab  cd\0\0efgh";
  for (const H5T_str_t padding : {H5T_STR_NULLPAD, H5T_STR_SPACEPAD}) {
    const hdf5::handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type.get(), 4);
    H5Tset_strpad(type.get(), padding);
    hdf5::source from(one_dataset(type.get(), {3}, fields, type.get()), {});
    const auto texts = hdf5::dataset(from, "/d").texts();
    CHECK(texts == std::vector<std::string>{padding == H5T_STR_SPACEPAD ? "ab" : "ab  ", "cd", "efgh"});
  }
}
TEST_CASE("text that is no UTF-8 is refused with its row") {
  const char fields[] = "ab\xE4";
  const hdf5::handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  const std::string path = one_dataset(type.get(), {3}, fields, type.get());
  CHECK(refused(path, [](const hdf5::dataset& d) { return d.texts(); }).find("row 2 is no UTF-8") != std::string::npos);
}
TEST_CASE("a dataset that declares far more than it stores is refused before anything is allocated") {
  const std::string path = one_dataset(H5T_STD_I32LE, {std::uint64_t{1} << 40}, nullptr, 0);
  CHECK(refused(path, [](const hdf5::dataset& d) { return d.size(); }).find("declares 4398046511104 bytes and stores 0") !=
        std::string::npos);
  const std::string overflow = one_dataset(H5T_STD_I64LE, {std::uint64_t{1} << 31, std::uint64_t{1} << 29}, nullptr, 0);
  CHECK(!refused(overflow, [](const hdf5::dataset& d) { return d.size(); }).empty());
}
TEST_CASE("values outside of the file are refused") {
  const std::string raw = io_files::write_text("outside.bin", std::string(64, 'x'));
  const hdf5::handle create(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_external(create.get(), raw.c_str(), 0, 64);
  const std::string path = one_dataset(H5T_STD_I8LE, {64}, nullptr, 0, create.get());
  CHECK(refused(path, [](const hdf5::dataset& d) { return d.size(); }).find("lie in another file") != std::string::npos);
}
TEST_CASE("a virtual dataset is refused") {
  const hdf5::handle create(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  const hsize_t n = 8;
  const hdf5::handle space(H5Screate_simple(1, &n, nullptr), H5Sclose);
  H5Pset_virtual(create.get(), space.get(), "elsewhere.h5", "/x", space.get());
  const std::string path = one_dataset(H5T_STD_I8LE, {8}, nullptr, 0, create.get());
  CHECK(refused(path, [](const hdf5::dataset& d) { return d.size(); }).find("virtual dataset") != std::string::npos);
}
TEST_CASE("three dimensions, and numbers where text is needed, are refused in words") {
  CHECK(refused(one_dataset(H5T_STD_I8LE, {2, 2, 2}, nullptr, 0), [](const hdf5::dataset& d) {
          return d.size();
        }).find("3 dimensions") != std::string::npos);
  const std::string path = one_dataset(H5T_IEEE_F32LE, {2}, nullptr, 0);
  CHECK(refused(path, [](const hdf5::dataset& d) {
          return d.texts();
        }).find("floating-point numbers of 4 bytes where text is needed") != std::string::npos);
  CHECK(refused(path, [](const hdf5::dataset& d) { return d.whole_numbers(); }).find("where whole numbers are needed") !=
        std::string::npos);
}
}  // namespace
}  // namespace test_io_hdf5_read
