#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <tepui/io/hdf5_records.hpp>

#include "io/files.hpp"

namespace test_io_hdf5_records {
namespace {
namespace hdf5 = tepui::io::hdf5;

struct row {
  const char* name;
  std::int8_t code;
  double score;
  double pca[2];
};

std::string records() {
  const std::string path = io_files::scratch("records.h5");
  const hdf5::handle text(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(text.get(), H5T_VARIABLE);
  const hsize_t two = 2, three = 3;
  const hdf5::handle pair(H5Tarray_create2(H5T_NATIVE_DOUBLE, 1, &two), H5Tclose),
      type(H5Tcreate(H5T_COMPOUND, sizeof(row)), H5Tclose);
  H5Tinsert(type.get(), "index", HOFFSET(row, name), text.get());
  H5Tinsert(type.get(), "code", HOFFSET(row, code), H5T_NATIVE_INT8);
  H5Tinsert(type.get(), "score", HOFFSET(row, score), H5T_NATIVE_DOUBLE);
  H5Tinsert(type.get(), "X_pca", HOFFSET(row, pca), pair.get());
  const row rows[3] = {{"a", 0, 1.5, {1, 2}}, {"b", -1, 2, {3, 4}}, {"c", 1, 3, {5, 6}}};
  const hdf5::handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose),
      space(H5Screate_simple(1, &three, nullptr), H5Sclose);
  const hdf5::handle made(H5Dcreate2(file.get(), "obs", type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                          H5Dclose);
  H5Dwrite(made.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, rows);
  return path;
}

TEST_CASE("each field of a table of records reads by itself") {
  hdf5::source from(records(), {});
  const hdf5::dataset d(from, "/obs");
  CHECK(hdf5::field_names(d) == std::vector<std::string>{"index", "code", "score", "X_pca"});
  CHECK(hdf5::field(d, "index", 0).texts() == std::vector<std::string>{"a", "b", "c"});
  CHECK(hdf5::field(d, "code", 1).whole_numbers() == std::vector<std::int64_t>{0, -1, 1});
  CHECK(hdf5::field(d, "score", 2).numbers<double>() == std::vector<double>{1.5, 2, 3});
  const hdf5::field pca(d, "X_pca", 3);
  CHECK(pca.width() == 2);
  CHECK(pca.numbers<float>() == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK(io_files::refusal([&] { return hdf5::field(d, "score", 2).texts(); }).find("'/obs/score'") != std::string::npos);
}
}  // namespace
}  // namespace test_io_hdf5_records
