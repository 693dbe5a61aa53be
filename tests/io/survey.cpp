#include <doctest/doctest.h>

#include <filesystem>
#include <set>
#include <string>

#include <tepui/io/survey.hpp>

#include "io/edit.hpp"

namespace test_io_survey {
namespace {
namespace io = tepui::io;

TEST_CASE("a good file is described and nothing is wrong with it") {
  const io::file_survey s = io::survey(io_files::small_file("good.h5ad"));
  CHECK(s.ok());
  CHECK(s.format == "h5ad");
  CHECK(s.n_cells == 3);
  CHECK(s.n_genes == 4);
  REQUIRE(s.matrices.size() == 1);
  CHECK(s.matrices[0].nnz == 4);
  CHECK(s.matrices[0].scale == "raw");
  CHECK(s.matrices[0].largest == 7);
  CHECK(s.raw_counts == "X");
  CHECK(s.median_counts == 3);
  CHECK(s.median_genes == 2);
  CHECK(s.empty_cells == 1);
  CHECK(s.unseen_genes == 0);
  CHECK(s.genes_with_ensembl_id == 3);
  REQUIRE(s.obs.size() == 5);
  CHECK(s.obs[0].kind == "categorical");
  CHECK(s.obs[0].n_levels == 2);
  CHECK(s.obs[0].n_missing == 1);
  CHECK(s.obs[2].kind == "whole_number");
  CHECK(s.obs[2].n_levels == 2);
  CHECK(s.obs[4].n_levels == 3);
}
TEST_CASE("each wrong part is named, and the others are still described") {
  const std::string path = io_files::small_file("parts.h5ad");
  io_files::edit(path)
      .put<std::int8_t>("/obs/type/codes", {9, 9, 9})
      .put<float>("/layers/bad", {1, 2, 3}, H5I_INVALID_HID, {3, 1})
      .put<float>("/obsm/X_short", {1, 2}, H5I_INVALID_HID, {2, 1})
      .put<float>("/obsm/X_pca", {1, 2, 3}, H5I_INVALID_HID, {3, 1});
  const io::file_survey s = io::survey(path);
  std::set<std::string> where;
  for (const auto& p : s.problems) where.insert(p.where);
  CHECK(where == std::set<std::string>{"obs", "layers/bad", "obsm/X_short"});
  CHECK(s.matrices.size() == 1);
  CHECK(s.obsm.size() == 1);
}
TEST_CASE("names that repeat are a note, not a problem") {
  const std::string path = io_files::small_file("repeat.h5ad");
  io_files::edit(path).put_texts("/obs/_index", {"a", "a", "a"}).put_texts("/var/_index", {"A", "A", "B", "C"});
  const io::file_survey s = io::survey(path);
  CHECK(s.ok());
  CHECK(s.duplicate_cells == 2);
  CHECK(s.duplicate_genes == 1);
  CHECK(s.notes.size() >= 2);
}
TEST_CASE("no file, and no known file, are problems too") {
  CHECK_FALSE(io::survey("/no/such").ok());
  CHECK_FALSE(io::survey(io_files::write_text("odd.txt", "?")).ok());
}
TEST_CASE("all shared files are judged as they should be") {
  if (io_files::shared("").empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  // Refused although Python opens them: compressions that need a plugin, counts that int8 has wrapped, negative counts, a NaN
  // in X.
  const std::set<std::string> refused{
      "comp_blosc.h5ad",   "comp_blosc2.h5ad", "comp_lz4.h5ad",     "comp_bitshuffle.h5ad",
      "x_csr_int8.h5ad",   "x_csc_int8.h5ad",  "x_dense_int8.h5ad", "bpcells_mini_mat_int_64_neg.anndata-v0.12.6.h5ad",
      "cellxgene_nan.h5ad"};
  for (const char* folder : {"variants", "by_anndata_version", "upstream", "tenx"})
    for (const auto& entry : std::filesystem::directory_iterator(io_files::shared("formats/" + std::string(folder)))) {
      const std::string name = entry.path().filename().string();
      const io::file_survey s = io::survey(entry.path().string());
      CAPTURE(name);
      CHECK_MESSAGE(s.ok() == (refused.count(name) == 0), (s.ok() ? std::string("nothing wrong") : s.problems[0].message));
    }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(io_files::shared("formats/malformed"))) {
    const std::string name = entry.path().filename().string();
    CAPTURE(name);
    if (entry.is_regular_file())
      CHECK(io::survey(entry.path().string()).ok() == (name.starts_with("ok_") || name == "x_non_integer.h5ad"));
  }
  const io::file_survey s = io::survey(io_files::shared("formats/variants/raw_counts_x_log.h5ad"));
  CHECK(s.matrices[0].scale == "log1p");
  CHECK(s.raw_counts == "raw/X");
  CHECK(s.median_counts == 1259.5);
  CHECK(io::survey(io_files::shared("formats/malformed/x_non_integer.h5ad")).matrices[0].scale == "other");
  CHECK(io::survey(io_files::shared("formats/variants/scaled_dense.h5ad")).matrices[0].scale == "other");
  CHECK(io::survey(io_files::shared("formats/variants/log1p_only.h5ad")).matrices[0].scale == "log1p");
}
}  // namespace
}  // namespace test_io_survey
