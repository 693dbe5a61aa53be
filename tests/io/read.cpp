#include <doctest/doctest.h>

#include <string>

#include <tepui/io/read.hpp>

#include "io/edit.hpp"

namespace test_io_read {
namespace {
namespace io = tepui::io;

TEST_CASE("the kind of a file is found by its content") {
  const std::string h5ad = io_files::small_file("content.bin"),
                    mtx = io_files::write_text("content.txt", "%%MatrixMarket matrix array real general\n1 1\n2\n");
  CHECK(io::format_of(h5ad) == io::file_format::h5ad);
  CHECK(io::format_of(mtx) == io::file_format::matrix_market);
  CHECK(io::read(h5ad).n_cells() == 3);
  CHECK(io::read(mtx).n_cells() == 1);
  CHECK(io::read_counts(h5ad).n_cells() == 3);
  CHECK(io::read_counts(mtx).n_cells() == 1);
  CHECK(std::string(io::format_name(io::file_format::tenx_h5)) == "10x_h5");
}
TEST_CASE("what is nothing known is refused with what would be") {
  const std::string text = io_files::write_text("letter.txt", "dear reader");
  CHECK(io_files::refusal([&] { return io::read(text); }).find("neither AnnData (.h5ad), nor 10x (.h5), nor Matrix Market") !=
        std::string::npos);
  CHECK(io_files::refusal([] { return io::read("/no/such"); }).find("does not exist") != std::string::npos);
  const std::string named = io_files::write_text("letter.h5ad", "dear reader");
  CHECK(io_files::refusal([&] { return io::read(named); }).find("does not open as HDF5") != std::string::npos);
}
}  // namespace
}  // namespace test_io_read
