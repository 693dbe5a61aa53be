#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include <tepui/io/anndata_table.hpp>

#include "io/edit.hpp"

namespace test_io_anndata_table {
namespace {
namespace io = tepui::io;
using tepui::categorical;

tepui::table obs_of(const std::string& path) {
  io::hdf5::source from(path, {});
  return io::anndata::read_table(from, "/obs");
}
std::string refused(const std::string& path) {
  return io_files::refusal([&] { return obs_of(path); });
}
std::string wrong(const std::string& name) { return io_files::small_file(name); }

TEST_CASE("columns of every kind come back as they were written") {
  const tepui::table before = io_files::small().obs, after = obs_of(io_files::small_file("table.h5ad"));
  CHECK(after.index == before.index);
  REQUIRE(after.columns.size() == before.columns.size());
  for (std::size_t i = 0; i < before.columns.size(); ++i) CHECK(after.columns[i].first == before.columns[i].first);
  CHECK(std::get<categorical>(*after.find("type")).code == std::vector<std::int32_t>{1, -1, 0});
  CHECK(std::get<1>(*after.find("age")) == std::vector<double>{1.5, 2, 3});
  CHECK(std::get<2>(*after.find("n")) == std::get<2>(*before.find("n")));
  CHECK(std::get<3>(*after.find("good")) == std::get<3>(*before.find("good")));
  CHECK(std::get<4>(*after.find("note")) == std::get<4>(*before.find("note")));
}
TEST_CASE("a code beyond the categories is refused with its row") {
  const std::string path = wrong("code.h5ad");
  io_files::edit(path).put<std::int8_t>("/obs/type/codes", {0, 1, 2});
  CHECK(refused(path).find("'/obs/type/codes': row 2 holds category 2, and there are 2") != std::string::npos);
  io_files::edit(path).put<std::int8_t>("/obs/type/codes", {0, -2, 1});
  CHECK(refused(path).find("row 1 holds category -2") != std::string::npos);
}
TEST_CASE("a column of another length is refused, also one that column-order does not name") {
  const std::string path = wrong("short.h5ad");
  io_files::edit(path).put<double>("/obs/age", {1, 2});
  CHECK(refused(path).find("'/obs/age': it has 2 rows, and the index of its table has 3") != std::string::npos);
  const std::string beside = wrong("beside.h5ad");
  io_files::edit(beside).put<double>("/obs/forgotten", {1, 2});
  CHECK(refused(beside).find("'/obs/forgotten'") != std::string::npos);
}
TEST_CASE("an absent index or column is refused by name") {
  const std::string path = wrong("index.h5ad");
  io_files::edit(path).drop("/obs/_index");
  CHECK(refused(path).find("'/obs/_index': it is absent") != std::string::npos);
  const std::string column = wrong("column.h5ad");
  io_files::edit(column).drop("/obs/age");
  CHECK(refused(column).find("'/obs/age'") != std::string::npos);
  const std::string unknown = wrong("unknown.h5ad");
  io_files::edit(unknown).note("/obs/type", "encoding-type", "awkward-array");
  CHECK(refused(unknown).find("'awkward-array'") != std::string::npos);
}
TEST_CASE("a column that is a link to another file is refused") {
  const std::string path = wrong("linked.h5ad");
  io_files::edit(path).external_link("/obs/age", "/etc/passwd");
  CHECK(refused(path).find("link to another file") != std::string::npos);
}
TEST_CASE("categories may be numbers, and old categories stand in __categories") {
  const std::string path = wrong("numbers.h5ad");
  io_files::edit(path).put<std::int64_t>("/obs/type/categories", {10, 7});
  CHECK(std::get<categorical>(*obs_of(path).find("type")).category == std::vector<std::string>{"10", "7"});
  io_files::edit(path).put<double>("/obs/type/categories", {0.5, 2});
  CHECK(std::get<categorical>(*obs_of(path).find("type")).category == std::vector<std::string>{"0.5", "2"});
  const std::string old = wrong("old.h5ad");
  io_files::edit(old)
      .put<std::int8_t>("/obs/type", {1, -1, 0})
      .group("/obs/__categories")
      .put_texts("/obs/__categories/type", {"B", "T"});
  io_files::edit(old).note("/obs/type", "categories", "a reference, whose target is known by its name");
  CHECK(std::get<categorical>(*obs_of(old).find("type")).category == std::vector<std::string>{"B", "T"});
}
TEST_CASE("the shared tables read right, from 0.6 to 0.12") {
  if (io_files::shared("").empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  for (const char* version : {"0.6.22", "0.7.8", "0.8.0", "0.9.2", "0.10.9", "0.11.4", "0.12.19"}) {
    CAPTURE(version);
    const tepui::table obs =
        obs_of(io_files::shared("formats/by_anndata_version/anndata_" + std::string(version) + "_csr.h5ad"));
    REQUIRE(obs.n_rows() == 60);
    CHECK(obs.index[0] == "AAACATACAACCAC");
    const auto& type = std::get<categorical>(*obs.find("cell_type"));
    CHECK(type.category.size() == 7);
    CHECK(type.category[static_cast<std::size_t>(type.code[0])] == "Memory CD4 T");
    CHECK(type.category[static_cast<std::size_t>(type.code[1])] == "B");
    CHECK(std::get<categorical>(*obs.find("batch")).category.size() == 3);
    CHECK(std::get<2>(*obs.find("n")).size() == 60);
    CHECK(std::get<1>(*obs.find("score")).size() == 60);
    CHECK(std::get<3>(*obs.find("flag")).size() == 60);
    CHECK(std::get<4>(*obs.find("name")).size() == 60);
  }
  // Values as anndata 0.12.19 shows them for this file.
  const tepui::table all = obs_of(io_files::shared("formats/variants/obs_all_dtypes.h5ad"));
  CHECK_FALSE(std::get<2>(*all.find("nint"))[5].has_value());
  CHECK(std::get<2>(*all.find("nint"))[3] == 3);
  CHECK_FALSE(std::get<3>(*all.find("nbool"))[0].has_value());
  CHECK(std::get<categorical>(*all.find("ord")).ordered);
  CHECK(std::get<categorical>(*all.find("cat_na")).code[0] == -1);
  CHECK(std::get<categorical>(*all.find("cat_int")).category.size() == 4);
  CHECK(*std::get<4>(*all.find("unicode"))[5] == "β-cell 5 細胞");
  CHECK(std::isnan(std::get<1>(*all.find("fnan"))[0]));
}
}  // namespace
}  // namespace test_io_anndata_table
