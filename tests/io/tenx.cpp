#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <tepui/io/hdf5_write.hpp>
#include <tepui/io/tenx.hpp>

#include "io/edit.hpp"
#include "io/golden_numbers.hpp"

namespace test_io_tenx {
namespace {
namespace io = tepui::io;

/// 3 barcodes x 2 features: 0 5 / 0 0 / 7 0, as Cell Ranger 3 writes it.
std::string tiny(const std::string& name, std::vector<std::int64_t> shape = {2, 3}) {
  const std::string path = io_files::scratch(name);
  io::hdf5::file_writer to(path);
  to.group("/matrix");
  to.group("/matrix/features");
  const std::vector<std::int32_t> data{5, 7};
  const std::vector<std::int64_t> indices{1, 0}, indptr{0, 1, 1, 2};
  to.numbers<std::int32_t>("/matrix/data", data, {2});
  to.numbers<std::int64_t>("/matrix/indices", indices, {2});
  to.numbers<std::int64_t>("/matrix/indptr", indptr, {4});
  to.numbers<std::int64_t>("/matrix/shape", shape, {2});
  to.texts("/matrix/barcodes", std::vector<std::string>{"a", "b", "c"});
  to.texts("/matrix/features/id", std::vector<std::string>{"ENSG00000198851", "CD3_protein"});
  to.texts("/matrix/features/name", std::vector<std::string>{"CD3E", "CD3"});
  to.texts("/matrix/features/feature_type", std::vector<std::string>{"Gene Expression", "Antibody Capture"});
  to.commit();
  return path;
}

TEST_CASE("a 10x file reads with barcodes, ids and names; antibodies are left out unless asked for") {
  const auto genes = io::read_tenx(tiny("genes.h5"));
  CHECK(genes.n_cells() == 3);
  CHECK(genes.x.n_genes == 1);
  CHECK(genes.x.view().values_of(2)[0] == 7.0F);
  CHECK(genes.x.view().n_expressed(0) == 0);
  const auto all = io::read_tenx(tiny("all.h5"), {.gene_expression_only = false});
  CHECK(all.genes.symbol == std::vector<std::string>{"CD3E", "CD3"});
  CHECK(all.genes.id[0] == "ENSG00000198851");
  CHECK(all.x.view().genes_of(0)[0] == 1);
}
TEST_CASE("a shape that the names contradict is refused") {
  const std::string path = tiny("shape.h5", {3, 3});
  CHECK(io_files::refusal([&] {
          return io::read_tenx(path);
        }).find("'/matrix/shape': it is 3 x 3, and the file names 2 features and 3 barcodes") != std::string::npos);
}
TEST_CASE("an AnnData file is no 10x file") {
  const std::string path = io_files::small_file("no_tenx.h5ad");
  CHECK(io_files::refusal([&] { return io::read_tenx(path); }).find("no 10x file") != std::string::npos);
}
TEST_CASE("the shared 10x files read to the right numbers") {
  if (io_files::shared("").empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const auto read = [](const char* name, const char* genome = "") {
    return io_files::numbers_of(
        io::read_tenx(io_files::shared("formats/tenx/" + std::string(name) + ".h5"), {.genome = genome}));
  };
  CHECK(read("v2_filtered_gene_bc_matrices_h5") == io_files::numbers{12, 343, 12, 12, 6819});
  CHECK(read("v3_filtered_feature_bc_matrix") == io_files::numbers{1107, 507, 23866, 41549, 21209931});
  CHECK(read("visium_filtered_feature_bc_matrix") == io_files::numbers{100, 100, 656, 932, 465567});
  CHECK(read("visium_raw_probe_bc_matrix") == io_files::numbers{4987, 1000, 858, 3372, 1815825});
  CHECK(read("v2_multiple_genomes", "another_genome") == io_files::numbers{12, 343, 12, 13, 7788});
  CHECK(read("v2_multiple_genomes", "hg19_chr21") == io_files::numbers{12, 343, 12, 12, 6819});
  CHECK(io_files::refusal([&] {
          return read("v2_multiple_genomes");
        }).find("several genomes: 'another_genome', 'hg19_chr21'") != std::string::npos);
  CHECK(io_files::refusal([&] { return read("v2_multiple_genomes", "mm10"); }).find("no genome 'mm10'") != std::string::npos);
}
}  // namespace
}  // namespace test_io_tenx
