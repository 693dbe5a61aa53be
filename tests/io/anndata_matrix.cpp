#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <tepui/io/h5ad.hpp>

#include "io/edit.hpp"

namespace test_io_anndata_matrix {
namespace {
namespace io = tepui::io;
using tepui::scale::other;
using tepui::scale::raw;

std::string refused(const std::string& path) {
  return io_files::refusal([&] { return io::read_h5ad<raw>(path, {.isolate = false}); });
}
/// The values of the small matrix, row after row.
std::vector<float> full(const std::string& path) {
  const auto data = io::read_h5ad<raw>(path, {.isolate = false});
  std::vector<float> out(12, 0.0F);
  for (std::int64_t c = 0; c < 3; ++c)
    for (std::size_t k = 0; k < data.x.view().genes_of(c).size(); ++k)
      out[static_cast<std::size_t>(4 * c + data.x.view().genes_of(c)[k])] = data.x.view().values_of(c)[k];
  return out;
}
const std::vector<float> truth{2, 0, 1, 0, 0, 0, 0, 0, 0, 5, 0, 7};

TEST_CASE("csr, csc and dense read to one matrix, in any width and byte order") {
  const std::string path = io_files::small_file("forms.h5ad");
  CHECK(full(path) == truth);
  for (const hid_t type : {H5T_STD_I8LE, H5T_STD_U64BE, H5T_IEEE_F32BE, H5T_IEEE_F64LE}) {
    io_files::edit(path).put<double>("/X/data", {2, 1, 5, 7}, type);
    CHECK(full(path) == truth);
  }
  io_files::edit(path).put<std::int64_t>("/X/indices", {0, 2, 1, 3}).put<std::int64_t>("/X/indptr", {0, 2, 2, 4});
  CHECK(full(path) == truth);
  io_files::edit(path)
      .note("/X", "encoding-type", "csc_matrix")
      .put<std::int32_t>("/X/indptr", {0, 1, 2, 3, 4})
      .put<std::int32_t>("/X/indices", {0, 2, 0, 2})
      .put<double>("/X/data", {2, 5, 1, 7});
  CHECK(full(path) == truth);
  const tepui::io::hdf5::handle half = tepui::io::hdf5::half_type(H5T_ORDER_BE);
  io_files::edit(path).put<float>("/X", truth, half.get(), {3, 4});
  CHECK(full(path) == truth);
}
TEST_CASE("genes out of order, twice, and stored zeros come right") {
  const std::string path = io_files::small_file("untidy.h5ad");
  io_files::edit(path)
      .put<std::int32_t>("/X/indptr", {0, 4, 4, 6})
      .put<std::int32_t>("/X/indices", {2, 0, 3, 0, 3, 1})
      .put<double>("/X/data", {1, 1.0, 0, 1.0, 7, 5});
  CHECK(full(path) == truth);
  CHECK(io::read_h5ad(path).x.gene.size() == 4);
}
TEST_CASE("what does not hang together is refused by name") {
  const auto with = [](const char* name, auto change) {
    const std::string path = io_files::small_file(name);
    io_files::edit e(path);
    change(e);
    return path;
  };
  CHECK(refused(with("m1.h5ad", [](auto& e) {
          e.template put<std::int32_t>("/X/indices", {0, 4, 1, 3});
        })).find("'/X/indices': position 1 holds 4, and there are 4 genes") != std::string::npos);
  CHECK(refused(with("m2.h5ad", [](auto& e) {
          e.template put<std::int32_t>("/X/indices", {0, -1, 1, 3});
        })).find("position 1 holds -1") != std::string::npos);
  CHECK(refused(with("m3.h5ad", [](auto& e) {
          e.template put<std::int32_t>("/X/indptr", {0, 3, 2, 4});
        })).find("row 1 begins at 3 and ends before") != std::string::npos);
  CHECK(refused(with("m4.h5ad", [](auto& e) {
          e.template put<std::int32_t>("/X/indptr", {0, 2, 4});
        })).find("'/X/indptr': it holds 3 positions") != std::string::npos);
  CHECK(refused(with("m5.h5ad", [](auto& e) {
          e.template put<double>("/X/data", {2, 1});
        })).find("'/X/data': it holds 2 values, and indices holds 4") != std::string::npos);
  CHECK(refused(with("m6.h5ad", [](auto& e) { e.template put<float>("/X/indices", {0, 2, 1, 3}); })).find("floating-point") !=
        std::string::npos);
  CHECK(refused(with("m7.h5ad", [](auto& e) {
          e.put_texts("/X/data", {"a", "b", "c", "d"});
        })).find("'/X/data': it holds text") != std::string::npos);
  CHECK(refused(with("m8.h5ad", [](auto& e) { e.note("/X", "shape", {3, 5}); })).find("its shape is 3 x 5") !=
        std::string::npos);
  CHECK(refused(with("m9.h5ad", [](auto& e) { e.note("/X", "shape", {-1, 4}); })).find("-1 x 4") != std::string::npos);
  CHECK(refused(with("m10.h5ad", [](auto& e) {
          e.note("/X", "shape", {std::int64_t{1} << 40, std::int64_t{1} << 62});
        })).find("1099511627776") != std::string::npos);
  CHECK(refused(with("m12.h5ad", [](auto& e) { e.drop_note("/X", "encoding-type"); })).find("csr or csc") != std::string::npos);
  CHECK(refused(with("m13.h5ad", [](auto& e) { e.drop("/X/indptr"); })).find("'/X/indptr': it is absent") != std::string::npos);
  CHECK(refused(with("m14.h5ad", [](auto& e) { e.external_link("/X/data", "/etc/passwd"); })).find("link to another file") !=
        std::string::npos);
  CHECK(refused(with("m15.h5ad", [](auto& e) {
          e.template put<float>("/X", {1, 2, 3}, H5I_INVALID_HID, {3, 1});
        })).find("its shape is 3 x 1") != std::string::npos);
}
TEST_CASE("values that are no counts are refused with cell, gene and value, by every layout") {
  const std::string path = io_files::small_file("values.h5ad");
  io_files::edit(path).put<double>("/X/data", {2, 1, -5, 7});
  CHECK(refused(path).find("'/X/data': cell 2 'c', gene 1 'B' holds -5, and a raw count is never negative") !=
        std::string::npos);
  io_files::edit(path).put<double>("/X/data", {2, 1, 5, 7.5});
  CHECK(refused(path).find("gene 3 'ENSG00000000004' holds 7.5") != std::string::npos);
  CHECK(io::read_h5ad<other>(path).x.value[3] == 7.5F);
  io_files::edit(path).put<float>("/X", {0, 0, 0, 0, 0, 0, 0.5F, 0, 0, 0, 0, 0}, H5I_INVALID_HID, {3, 4});
  CHECK(refused(path).find("cell 1 'b', gene 2 'C' holds 0.5") != std::string::npos);
}
TEST_CASE("facts of a matrix are seen without keeping it") {
  const std::string path = io_files::small_file("facts.h5ad");
  io::hdf5::source from(path, {});
  CHECK(io::anndata::facts_of(from, "/X").counts());
  CHECK(io::anndata::facts_of(from, "/X").n == 4);
  CHECK(io::anndata::facts_of(from, "/obs/age").fractions);
}
}  // namespace
}  // namespace test_io_anndata_matrix
