#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include <tepui/io/h5ad.hpp>

#include "io/edit.hpp"
#include "io/golden_numbers.hpp"

namespace test_io_h5ad {
namespace {
namespace io = tepui::io;
using io_files::numbers;
using tepui::scale::other;

numbers read(const std::string& file, const std::string& where = "X") {
  return io_files::numbers_of(io::read_h5ad<other>(io_files::shared("formats/" + file), {.where = where}));
}

TEST_CASE("an AnnData file is read part by part") {
  const std::string path = io_files::small_file("handle.h5ad");
  const io::h5ad_file file(path);
  CHECK(file.contents().n_cells == 3);
  CHECK(file.obs().index[1] == "b");
  CHECK(file.genes().symbol == std::vector<std::string>{"A", "B", "C", ""});
  CHECK(file.genes().id[3] == "ENSG00000000004");
  CHECK(file.matrix().value[3] == 7.0F);
  CHECK(file.find_raw_counts() == "X");
  CHECK(file.data<other>("X").source == path);
}
TEST_CASE("raw counts are found beside logarithms, and what is there is said where none are") {
  const std::string path = io_files::small_file("beside.h5ad");
  io_files::edit(path).put<double>("/X/data", {0.5, 1.5, 2.5, 3.5});
  CHECK(io_files::refusal([&] { return io::read_raw_counts(path); }).find("no matrix holds raw counts (X holds fractions)") !=
        std::string::npos);
  io_files::edit(path).put<float>("/layers/counts", {0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0}, H5I_INVALID_HID, {3, 4});
  CHECK(io::h5ad_file(path).find_raw_counts() == "layers/counts");
  CHECK(io::read_raw_counts(path).x.value.size() == 1);
}
TEST_CASE("reading here and reading in a child give the same") {
  const std::string path = io_files::small_file("same.h5ad");
  CHECK(io_files::numbers_of(io::read_h5ad(path)) == io_files::numbers_of(io::read_h5ad(path, {.isolate = false})));
}
TEST_CASE("memory beyond the limit is refused, not taken") {
  const std::string path = io_files::small_file("limit.h5ad");
  CHECK(io_files::refusal([&] { return io::read_h5ad(path, {.max_bytes = 100}); }).find("max_bytes") != std::string::npos);
}
TEST_CASE("every matrix of every anndata version reads to the right numbers") {
  if (io_files::shared("").empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  for (const char* version : {"0.6.22", "0.7.8", "0.8.0", "0.9.2", "0.10.9", "0.11.4", "0.12.19"})
    for (const char* form : {"csr", "csc", "dense"}) {
      const std::string file = "by_anndata_version/anndata_" + std::string(version) + "_" + form + ".h5ad";
      CAPTURE(file);
      CHECK(read(file) == io_files::base_60x80);
      CHECK(read(file, "raw/X") == io_files::base_60x80);
      CHECK(read(file, "layers/scaled") == numbers{60, 80, 4676, 153114, 70682664});
    }
}
TEST_CASE("every valid variant reads to the right numbers") {
  if (io_files::shared("").empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  for (const char* form : {"csr", "csc", "dense"})
    for (const char* type : {"int16", "uint16", "int32", "uint32", "int64", "float32", "float64"}) {
      const std::string file = "variants/x_" + std::string(form) + "_" + type + ".h5ad";
      CAPTURE(file);
      CHECK(read(file) == io_files::base_60x80);
    }
  for (const char* same : {"comp_gzip", "comp_lzf", "comp_none", "comp_zstd", "dense_gzip_chunked", "dense_big_endian",
                           "obs_all_dtypes", "all_slots", "dup_var_names", "dup_obs_names", "ensembl_versioned_index",
                           "csr_unsorted_indices", "csr_int64_indices", "var_index_fixed_length_bytes"}) {
    CAPTURE(same);
    CHECK(read("variants/" + std::string(same) + ".h5ad") == io_files::base_60x80);
  }
  const std::map<std::string, numbers> own{
      {"all_zero", {60, 80, 0, 0, 0}},
      {"csr_duplicate_indices", {60, 80, 4675, 76557, 35341317}},
      {"csr_explicit_zeros", {60, 80, 3117, 49574, 22734315}},
      {"empty_rows_cols", {60, 80, 2339, 40751, 18999647}},
      {"log1p_only", {60, 80, 4676, 21146.1802, 10246529.3}},
      {"raw_counts_x_log", {60, 40, 2327, 5673.02343, 2561006.26}},
      {"scaled_dense", {60, 80, 4800, 0.00000425818143, -173973.601}},
      {"zero_cells", {0, 80, 0, 0, 0}},
      {"zero_genes", {60, 0, 0, 0, 0}},
  };
  for (const auto& [name, truth] : own) {
    CAPTURE(name);
    CHECK(read("variants/" + name + ".h5ad") == truth);
  }
  CHECK(read("variants/all_slots.h5ad", "layers/log") == numbers{60, 80, 4676, 11643.0455, 5549391.55});
  CHECK(read("variants/all_slots.h5ad", "layers/counts") == io_files::base_60x80);
  CHECK(io::h5ad_file(io_files::shared("formats/variants/raw_counts_x_log.h5ad")).find_raw_counts() == "raw/X");
  CHECK(read("variants/raw_counts_x_log.h5ad", "raw/X") == io_files::base_60x80);
  CHECK(io_files::refusal([] { return read("variants/x_none.h5ad"); }).find("no such matrix; it has: none") !=
        std::string::npos);
}
TEST_CASE("files of others read to the right numbers") {
  if (io_files::shared("").empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  CHECK(read("upstream/anndata_archive_v0.5.0.h5ad") == numbers{700, 765, 535433, -243.681058, 101484.67});
  CHECK(read("upstream/anndata_archive_v0.5.0.h5ad", "raw/X") == numbers{700, 765, 174400, 319044.238, 161327672});
  CHECK(read("upstream/anndata_archive_v0.7.0.h5ad") == numbers{30, 20, 228, 285, 84248});
  CHECK(read("upstream/anndata_archive_v0.7.0.h5ad", "layers/array") == numbers{30, 20, 600, 302.830451, 89473.6278});
  CHECK(read("upstream/anndata_archive_v0.7.8.h5ad", "raw/X") == numbers{30, 40, 453, 568, 253397});
  for (const char* writer : {".anndata-v0.10.9", ".anndata-v0.6.22", ".anndata-v0.7", "_uint_16.anndata-v0.10.9"})
    for (const char* where : {"X", "layers/dense", "layers/transpose"})
      CHECK(read("upstream/bpcells_mini_mat" + std::string(writer) + ".h5ad", where) == numbers{3, 5, 8, 15, 117});
  CHECK(read("upstream/bpcells_mini_mat_int_64.anndata-v0.12.6.h5ad") == numbers{5, 6, 30, 1498, 23535});
  CHECK(io_files::numbers_of(io::read_h5ad(io_files::shared("data/pbmc3k.h5ad"))).sum == 6254880);
}
TEST_CASE("counts that a narrow type has wrapped into negative numbers are damaged, and so are negative whole numbers") {
  if (io_files::shared("").empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  for (const char* file : {"variants/x_csr_int8", "variants/x_csc_int8", "variants/x_dense_int8", "malformed/x_negative",
                           "upstream/bpcells_mini_mat_int_64_neg.anndata-v0.12.6"}) {
    CAPTURE(file);
    CHECK(io_files::refusal([&] { return read(std::string(file) + ".h5ad"); }).find("damaged counts") != std::string::npos);
  }
}
TEST_CASE("every malformed file is refused in a sentence that names the file and the place") {
  if (io_files::shared("").empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const std::map<std::string, std::string> says{
      {"no_encoding_attrs", "'/X': it does not say whether it is csr or csc"},
      {"missing_indptr", "'/X/indptr': it is absent"},
      {"missing_obs", "'/obs': it is absent"},
      {"missing_var_index", "'/var/_index': it is absent"},
      {"indices_out_of_range", "'/X/indices': position 5 holds 83, and there are 80 genes"},
      {"indices_negative", "'/X/indices': position 5 holds -1"},
      {"indptr_not_monotonic", "'/X/indptr': row 3 begins at 390 and ends before that, at 318"},
      {"indptr_beyond_data", "'/X/indptr': the last row, 59, ends at 4776, and 4676 values are stored"},
      {"data_indices_length_differ", "'/X/data': it holds 4672 values, and indices holds 4676"},
      {"shape_attr_too_small", "'/X': its shape is 50 x 80"},
      {"shape_attr_huge", "'/X': its shape is 1099511627776 x 1073741824"},
      {"shape_attr_negative", "'/X': its shape is -1 x 80"},
      {"category_code_out_of_range", "'/obs/cell_type/codes': row 0 holds category 99, and there are 7"},
      {"obs_column_short", "'/obs/short': it has 53 rows"},
      {"x_nan", "'/X/data': cell 0 'AAACATACAACCAC', gene 0 'RPL11' holds nan"},
      {"x_inf", "'/X/data': cell 0 'AAACATACAACCAC', gene 0 'RPL11' holds inf"},
      {"x_negative", "'/X/data': "},
      {"x_strings", "'/X/data': it holds text"},
      {"float_indices", "'/X/indices': it holds floating-point numbers"},
      {"truncated", "does not open as HDF5"},
      {"not_hdf5", "does not open as HDF5"},
      {"empty_file", "does not open as HDF5"},
      {"empty_hdf5", "no such matrix"},
      {"corrupt_middle", "'/X/data': rows 0 to 4675 cannot be read (HDF5: "},
  };
  for (const auto& [name, part] : says) {
    CAPTURE(name);
    const std::string sentence = io_files::refusal([&] { return read("malformed/" + name + ".h5ad"); });
    CHECK_MESSAGE(sentence.find(part) != std::string::npos, sentence);
    CHECK(sentence.find(name + ".h5ad") != std::string::npos);
  }
  CHECK(read("malformed/x_non_integer.h5ad").sum == 76517.5);
  const std::string fraction =
      io_files::refusal([] { return io::read_h5ad(io_files::shared("formats/malformed/x_non_integer.h5ad")); });
  CHECK(fraction.find("cell 0 'AAACATACAACCAC', gene 0 'RPL11' holds 1.5, and a raw count is a whole number") !=
        std::string::npos);
  for (const char* filter : {"blosc", "blosc2", "lz4", "bitshuffle"}) {
    const std::string sentence = io_files::refusal([&] { return read("variants/comp_" + std::string(filter) + ".h5ad"); });
    CHECK(sentence.find("compressed with " + std::string(filter) + " (HDF5 filter") != std::string::npos);
    CHECK(sentence.find("rewrite the file with gzip") != std::string::npos);
  }
}
}  // namespace
}  // namespace test_io_h5ad
