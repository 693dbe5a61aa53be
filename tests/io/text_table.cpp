#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <tepui/io/text_table.hpp>

#include "io/files.hpp"

namespace test_io_text_table {
namespace {
namespace io = tepui::io;
using row = std::vector<std::string>;

TEST_CASE("tabs or commas, blanks and quotes around fields, empty lines") {
  const auto table = io::read_text_table("\xEF\xBB\xBFgene, \"idx\"\r\nA,1\r\n\n \"B c\" , 2\n", "x");
  CHECK(table.column == row{"gene", "idx"});
  CHECK(table.field == std::vector<row>{{"A", "1"}, {"B c", "2"}});
  CHECK(table.line == std::vector<std::int64_t>{2, 4});
  CHECK(io::read_text_table("a\tb,c\n1,5\t\n", "x").field == std::vector<row>{{"1,5", ""}});
}
TEST_CASE("columns are found whatever their letter case, the first name that is there") {
  const auto table = io::read_text_table("Chrom,START,gene_Symbol\n1,2,3\n", "x");
  CHECK(table.find({"chromosome", "chrom"}) == 0);
  CHECK(table.find({"start"}) == 1);
  CHECK(table.find({"gene_symbol", "start"}) == 2);
  CHECK(table.find({"gene"}) == -1);
}
TEST_CASE("what is wrong is said with its line") {
  const auto refused = [](std::string_view text) {
    return io_files::refusal([&] { return io::read_text_table(text, "x.csv"); });
  };
  CHECK(refused("a,b\n1\n") ==
        "file 'x.csv', line 2: it has 1 fields where the header has 2; give every row a field for each column");
  CHECK(refused("a,b\n\"1,2\",3\n").find("line 2: there is a quote inside") != std::string::npos);
  CHECK(refused("a,b\n1,\xFF\n").find("line 2: it is no text") != std::string::npos);
  CHECK(refused("a,b\n").find("no row under a header") != std::string::npos);
  CHECK(refused("").find("no row under a header") != std::string::npos);
}
}  // namespace
}  // namespace test_io_text_table
