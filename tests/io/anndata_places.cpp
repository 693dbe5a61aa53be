#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <tepui/io/anndata_places.hpp>

#include "io/edit.hpp"

namespace test_io_anndata_places {
namespace {
namespace io = tepui::io;

TEST_CASE("a file says what it holds") {
  const std::string path = io_files::small_file("places.h5ad");
  io_files::edit(path)
      .put<float>("/layers/counts", std::vector<float>(12, 1), H5I_INVALID_HID, {3, 4})
      .put<float>("/obsm/X_pca", {1, 2, 3, 4, 5, 6}, H5I_INVALID_HID, {3, 2});
  io::hdf5::source from(path, {});
  const io::h5ad_contents c = io::anndata::contents_of(from);
  CHECK(c.n_cells == 3);
  CHECK(c.n_genes == 4);
  CHECK(c.matrices == std::vector<std::string>{"X", "layers/counts"});
  CHECK(c.obs_columns == std::vector<std::string>{"type", "age", "n", "good", "note"});
  CHECK(c.embeddings == std::vector<std::string>{"X_pca"});
  CHECK(io::anndata::read_embedding(from, "X_pca", 3).row(2)[1] == 6.0F);
  CHECK(io::anndata::read_embedding(from, "obsm/X_pca", 3).n_columns == 2);
  CHECK(io_files::refusal([&] { return io::anndata::read_embedding(from, "X_umap", 3); }).find("it has: 'X_pca'") !=
        std::string::npos);
  CHECK(io_files::refusal([&] {
          return io::anndata::read_embedding(from, "X_pca", 4);
        }).find("3 rows, and obs names 4 cells") != std::string::npos);
  CHECK(io_files::refusal([&] {
          return io::anndata::paths_of(from, "layers/spliced").matrix;
        }).find("it has: 'X', 'layers/counts'") != std::string::npos);
  CHECK_THROWS_AS(io::anndata::paths_of(from, "counts"), tepui::bad_option);
}
TEST_CASE("an embedding that is not finite is refused with cell and dimension") {
  const std::string path = io_files::small_file("nan.h5ad");
  io_files::edit(path).put<float>("/obsm/X_pca", {1, 2, 3, std::numeric_limits<float>::quiet_NaN(), 5, 6}, H5I_INVALID_HID,
                                  {3, 2});
  io::hdf5::source from(path, {});
  CHECK(io_files::refusal([&] { return io::anndata::read_embedding(from, "X_pca", 3); }).find("cell 1, dimension 1 is nan") !=
        std::string::npos);
}
TEST_CASE("raw counts of old and new files are found where they stand") {
  if (io_files::shared("").empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  io::hdf5::source old(io_files::shared("formats/by_anndata_version/anndata_0.6.22_csr.h5ad"), {});
  CHECK(io::anndata::paths_of(old, "raw/X").matrix == "/raw.X");
  io::hdf5::source fresh(io_files::shared("formats/variants/all_slots.h5ad"), {});
  CHECK(io::anndata::paths_of(fresh, "raw").matrix == "/raw/X");
  CHECK(io::anndata::read_embedding(fresh, "X_df", 60).n_columns == 1);
  CHECK(io::anndata::read_embedding(fresh, "X_pca", 60).n_columns == 5);
  io::hdf5::source oldest(io_files::shared("formats/upstream/anndata_archive_v0.5.0.h5ad"), {});
  CHECK(io::anndata::read_embedding(oldest, "X_umap", 700).n_columns == 2);
}
}  // namespace
}  // namespace test_io_anndata_places
