#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include <tepui/io/matrix_market.hpp>

#include "io/files.hpp"
#include "io/golden_numbers.hpp"

namespace test_io_matrix_market {
namespace {
namespace io = tepui::io;

std::string folder(const std::string& name, const std::string& matrix, const std::string& features,
                   const std::string& barcodes) {
  std::filesystem::create_directories(io_files::scratch(name));
  io_files::write_text(name + "/matrix.mtx", matrix);
  if (!features.empty()) io_files::write_text(name + "/features.tsv", features);
  if (!barcodes.empty()) io_files::write_text(name + "/barcodes.tsv", barcodes);
  return io_files::scratch(name);
}
const std::string two_by_three = "%%MatrixMarket matrix coordinate integer general\n2 3 2\n1 3 5\n2 1 7\n";

TEST_CASE("a folder names its genes and cells, and rows are genes") {
  const auto data = io::read_matrix_market(folder(
      "run", two_by_three, "ENSG00000198851\tCD3E\tGene Expression\nENSG00000156738\tMS4A1\tGene Expression\n", "a\nb\nc\n"));
  CHECK(data.n_cells() == 3);
  CHECK(data.genes.symbol[1] == "MS4A1");
  CHECK(data.obs.index[2] == "c");
  CHECK(data.x.view().genes_of(2)[0] == 0);
  CHECK(data.x.view().values_of(0)[0] == 7.0F);
}
TEST_CASE("cells by genes is seen from the names") {
  const auto data = io::read_matrix_market(folder("turned", two_by_three, "A\nB\nC\n", "a\nb\n"));
  CHECK(data.n_cells() == 2);
  CHECK(data.x.view().genes_of(0)[0] == 2);
}
TEST_CASE("antibodies beside genes are left out unless asked for") {
  const std::string path =
      folder("cite", two_by_three, "ENSG00000198851\tCD3E\tGene Expression\nCD3\tCD3\tAntibody Capture\n", "a\nb\nc\n");
  CHECK(io::read_matrix_market(path).x.n_genes == 1);
  CHECK(io::read_matrix_market(path, {.gene_expression_only = false}).x.n_genes == 2);
}
TEST_CASE("a matrix without names counts its cells and genes; the options say what rows are") {
  const std::string path = io_files::write_text("bare.mtx", two_by_three);
  CHECK(io::read_matrix_market(path).n_cells() == 3);
  CHECK(io::read_matrix_market(path).genes.symbol[1] == "gene_1");
  CHECK(io::read_matrix_market(path, {.rows = io::mtx_rows::cells}).n_cells() == 2);
}
TEST_CASE("names that do not fit the matrix are refused with both sizes") {
  const std::string path = folder("mixed", two_by_three, "A\nB\nC\nD\n", "a\nb\nc\n");
  CHECK(io_files::refusal([&] {
          return io::read_matrix_market(path);
        }).find("2 genes and 3 cells, and the files beside it name 4 genes and 3 cells") != std::string::npos);
}
TEST_CASE("a negative or fractional count is refused with its cell and gene") {
  const std::string path =
      io_files::write_text("negative.mtx", "%%MatrixMarket matrix coordinate real general\n2 3 1\n1 3 -5\n");
  CHECK(io_files::refusal([&] { return io::read_matrix_market(path); }).find("cell 2 'cell_2', gene 0 'gene_0' holds -5") !=
        std::string::npos);
}
TEST_CASE("millions of rows declared by a few bytes are not believed") {
  const std::string path =
      io_files::write_text("wide.mtx", "%%MatrixMarket matrix coordinate integer general\n2000000000 2000000000 1\n1 1 5\n");
  CHECK(io_files::refusal([&] { return io::read_matrix_market(path); }).find("not believed") != std::string::npos);
}
TEST_CASE("the shared Matrix Market files read to the right numbers or are refused with a line") {
  if (io_files::shared("").empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  CHECK(io_files::numbers_of(io::read_matrix_market(io_files::shared("formats/tenx/v2_mtx"))) ==
        io_files::numbers{12, 343, 12, 12, 6819});
  CHECK(io_files::numbers_of(io::read_matrix_market(io_files::shared("formats/tenx/v3_mtx"))) ==
        io_files::numbers{1107, 507, 23866, 41549, 21209931});
  CHECK(io_files::numbers_of(io::read_matrix_market(io_files::shared("formats/tenx/v3_mtx/matrix.mtx.gz"))) ==
        io_files::numbers{1107, 507, 23866, 41549, 21209931});
  CHECK(io_files::numbers_of(io::read_matrix_market(io_files::shared("formats/tenx/parse_mtx"))) ==
        io_files::numbers{5000, 266, 21443, 23316, 11871728});
  for (const char* bad : {"no_header", "bad_banner", "index_zero", "index_too_big", "too_many", "not_number", "too_few"}) {
    CAPTURE(bad);
    const std::string path = io_files::shared("formats/malformed/mtx/" + std::string(bad) + ".mtx");
    const std::string sentence = io_files::refusal([&] { return io::read_matrix_market(path); });
    CHECK(sentence.find(bad) != std::string::npos);
    CHECK(sentence.find("line ") != std::string::npos);
  }
  for (const char* good : {"ok_pattern", "ok_symmetric", "ok_array", "ok_crlf"})
    CHECK(io_files::refusal([&] {
            return io::read_matrix_market<tepui::scale::other>(
                io_files::shared("formats/malformed/mtx/" + std::string(good) + ".mtx"));
          }).empty());
}
}  // namespace
}  // namespace test_io_matrix_market
