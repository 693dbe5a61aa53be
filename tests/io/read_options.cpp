#include <doctest/doctest.h>

#include <limits>

#include <tepui/io/read_options.hpp>

namespace test_io_read_options {
namespace {
namespace io = tepui::io;

TEST_CASE("text from a file cannot garble a message") {
  CHECK(io::in_quotes("a\x1b[31m\nb") == "'a?[31m?b'");
  CHECK(io::in_quotes(std::string(500, 'x')).size() == 205);
}
TEST_CASE("numbers are written as a person writes them") {
  CHECK(tepui::shortest(3) == "3");
  CHECK(tepui::shortest(-1.5) == "-1.5");
  CHECK(tepui::shortest(std::numeric_limits<double>::infinity()) == "inf");
}
TEST_CASE("a refusal names the file, the place, and the rest") {
  CHECK_THROWS_WITH_AS(io::refuse("f.h5ad", "'X'", "it is absent"), "file 'f.h5ad', 'X': it is absent", tepui::bad_data);
  CHECK_THROWS_WITH_AS(io::refuse("f.h5ad", "", "it is absent"), "file 'f.h5ad': it is absent", tepui::bad_data);
}
}  // namespace
}  // namespace test_io_read_options
