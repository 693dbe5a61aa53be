#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <tepui/io/h5ad_outline.hpp>

#include "io/edit.hpp"
#include "io/stored.hpp"

namespace test_io_h5ad_outline {
namespace {
namespace io = tepui::io;
using io::cell_access;

io::h5ad_outline outline(const std::string& path, const std::string& where = "X") {
  io::hdf5::source from(path, {});
  return io::anndata::outline_of(from, where);
}

TEST_CASE("an outline tells sizes, genes and where the cells lie, and no counts") {
  const io::h5ad_outline of = outline(io_files::small_file("outline.h5ad"));
  CHECK(of.matrix == "/X");
  CHECK(of.n_cells == 3);
  CHECK(of.genes.symbol == std::vector<std::string>{"A", "B", "C", ""});
  CHECK(of.position == std::vector<std::int64_t>{0, 2, 2, 4});
  CHECK(of.access == cell_access::direct);
  CHECK(of.value.size == 4);
  CHECK(of.all.gene.empty());
}
TEST_CASE("a matrix by gene is kept, a dense one is left to libhdf5") {
  const std::string path = io_files::small_file("forms.h5ad");
  io_files::edit(path).put<float>("/layers/full", {2, 0, 1, 0, 0, 0, 0, 0, 0, 5, 0, 7}, H5I_INVALID_HID, {3, 4});
  CHECK(outline(path, "layers/full").access == cell_access::through_hdf5);
  {
    io_files::edit file(path);
    file.note("/X", "encoding-type", "csc_matrix");
    file.put<std::int32_t>("/X/indptr", {0, 1, 2, 3, 4});
    file.put<std::int32_t>("/X/indices", {0, 2, 0, 2});
    file.put<std::int32_t>("/X/data", {2, 5, 1, 7});
  }
  const io::h5ad_outline by_gene = outline(path);
  CHECK(by_gene.access == cell_access::in_memory);
  const auto small = io_files::small();
  CHECK(by_gene.all.gene == small.x.gene);
  CHECK(by_gene.all.value == small.x.value);
}
TEST_CASE("some cells through libhdf5 are those of the whole file, with their numbers") {
  const auto data = io_files::some_cells(20, 30);
  const std::string path = io_files::scratch("some.h5ad");
  io::write_h5ad(path, data);
  io::hdf5::source from(path, {});
  const io::h5ad_outline of = io::anndata::outline_of(from, "X");
  const auto some = io::anndata::read_cells(from, of, 8, 5, {});
  const auto view = some.view(), whole = data.x.view();
  REQUIRE(view.n_cells() == 5);
  for (std::int64_t c = 0; c < 5; ++c) {
    CHECK(std::ranges::equal(view.genes_of(c), whole.genes_of(8 + c)));
    CHECK(std::ranges::equal(view.values_of(c), whole.values_of(8 + c)));
    CHECK(view.cells.id[static_cast<std::size_t>(c)] == 8 + c);
    CHECK(view.total[static_cast<std::size_t>(c)] == data.x.total[static_cast<std::size_t>(8 + c)]);
  }
}
}  // namespace
}  // namespace test_io_h5ad_outline
