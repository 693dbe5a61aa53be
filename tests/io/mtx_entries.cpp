#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <tepui/io/mtx_entries.hpp>

#include "io/files.hpp"

namespace test_io_mtx_entries {
namespace {
namespace io = tepui::io;

io::mtx_entries parsed(const std::string& text) { return io::mtx_parser(text, "f.mtx").parse(); }
std::string refused(const std::string& text) {
  return io_files::refusal([&] { return parsed(text); });
}
const std::string banner = "%%MatrixMarket matrix coordinate integer general\n";

TEST_CASE("entries come in the file's order, from 0") {
  const auto m = parsed("%%MatrixMarket matrix coordinate real general\r\n% a note\r\n\r\n3 2 2\r\n3 1 1.5e0\r\n1 2 +2\r\n");
  CHECK(m.n_rows == 3);
  CHECK(m.row == std::vector<std::int64_t>{2, 0});
  CHECK(m.column == std::vector<std::int64_t>{0, 1});
  CHECK(m.value == std::vector<double>{1.5, 2});
}
TEST_CASE("pattern entries are 1, symmetric ones stand twice, an array goes down its columns") {
  CHECK(parsed("%%MatrixMarket matrix coordinate pattern general\n3 3 2\n1 1\n3 2\n").value == std::vector<double>{1, 1});
  CHECK(parsed("%%MatrixMarket matrix coordinate real symmetric\n3 3 2\n1 1 2\n3 2 4\n").row ==
        std::vector<std::int64_t>{0, 2, 1});
  const auto m = parsed("%%MatrixMarket matrix array real general\n2 2\n1\n0\n3\n4\n");
  CHECK(m.row == std::vector<std::int64_t>{0, 0, 1});
  CHECK(m.column == std::vector<std::int64_t>{0, 1, 1});
}
TEST_CASE("what is wrong is said with its line") {
  CHECK(refused("3 3 1\n1 1 5\n").find("line 1: the first line is not") != std::string::npos);
  CHECK(refused("%%MatrixMarket tensor coordinate real general\n").find("'tensor'") != std::string::npos);
  CHECK(refused("%%MatrixMarket matrix coordinate complex general\n").find("'complex'") != std::string::npos);
  CHECK(refused("%%MatrixMarket matrix coordinate real skew-symmetric\n").find("'skew-symmetric'") != std::string::npos);
  CHECK(refused(banner + "3 3 1\n0 1 5\n").find("line 3: the row is 0, and the matrix has rows 1 to 3") != std::string::npos);
  CHECK(refused(banner + "3 3 1\n1 4 5\n").find("line 3: the column is 4") != std::string::npos);
  CHECK(refused(banner + "3 3 1\n1 1 five\n").find("line 3: the value is 'five'") != std::string::npos);
  CHECK(refused(banner + "3 3 1\n1 1 1.5\n").find("a whole number is needed") != std::string::npos);
  CHECK(refused(banner + "3 3 1\n1 1 5 6\n").find("line 3: there is '6' after the last number") != std::string::npos);
  CHECK(refused(banner + "3 3 3\n1 1 5\n2 2 5\n").find("there are 2 entries, and line 2 declares 3") != std::string::npos);
  CHECK(refused(banner + "3 3 1\n1 1 5\n2 2 6\n").find("line 4: there are more entries than the 1") != std::string::npos);
  CHECK(refused(banner).find("the line with the sizes is absent") != std::string::npos);
  CHECK(refused("").find("it is empty") != std::string::npos);
}
TEST_CASE("sizes that the text cannot hold are refused before memory is taken") {
  CHECK(refused(banner + "3 3 900000000000\n1 1 5\n").find("declares 900000000000 entries, which do not fit") !=
        std::string::npos);
  CHECK(refused(banner + "-3 3 1\n").find("'-3'") != std::string::npos);
  CHECK(refused(banner + "99999999999999999999 3 1\n").find("line 2") != std::string::npos);
  CHECK(!refused("%%MatrixMarket matrix array real general\n4000000000 4000000000\n1\n").empty());
}
}  // namespace
}  // namespace test_io_mtx_entries
