#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <tepui/io/gmt.hpp>

#include "io/files.hpp"

namespace test_io_gmt {
namespace {
namespace io = tepui::io;

TEST_CASE("each line is a set: name, note, genes") {
  const auto sets = io::read_gmt(io_files::write_text("a.gmt", "ONE\thttp://x\tCD3E\tMS4A1\tCD3E\r\n\nTWO\t\tAPP\t\t\n"));
  REQUIRE(sets.size() == 2);
  CHECK(sets[0] == tepui::gene_set{"ONE", {"CD3E", "MS4A1"}});
  CHECK(sets[1] == tepui::gene_set{"TWO", {"APP"}});
}
TEST_CASE("what is wrong is said with its line") {
  const auto refused = [](const char* text) {
    return io_files::refusal([&] { return io::read_gmt(io_files::write_text("b.gmt", text)); });
  };
  CHECK(refused("ONE\tx\tA\nTWO\tx\n").find("line 2: the set 'TWO' has no genes") != std::string::npos);
  CHECK(refused("ONE\tx\tA\nONE\tx\tB\n").find("line 2: the set 'ONE' was there before") != std::string::npos);
  CHECK(refused("\tx\tA\n").find("line 1: the set has no name") != std::string::npos);
  CHECK(refused("ONE\tx\t\xFF\n").find("line 1") != std::string::npos);
  CHECK(refused("").find("no gene set") != std::string::npos);
}
TEST_CASE("the hallmark and Reactome sets read, plain and packed") {
  if (io_files::shared("").empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const auto hallmark = io::read_gmt(io_files::shared("resources/human_hallmark.gmt"));
  CHECK(hallmark.size() == 50);
  CHECK(hallmark[0].name == "HALLMARK_ADIPOGENESIS");
  CHECK(io::read_gmt(io_files::shared("resources/human_reactome.gmt.gz")).size() == 1787);
}
}  // namespace
}  // namespace test_io_gmt
