#include <doctest/doctest.h>

#include <tepui/io/utf8.hpp>

namespace test_io_utf8 {
namespace {
TEST_CASE("UTF-8 is told from other bytes") {
  using tepui::io::is_utf8;
  static_assert(is_utf8("CD3E"));
  CHECK(is_utf8("β-cell 細胞 \xF0\x9F\xA7\xAC"));
  CHECK_FALSE(is_utf8("\xE4"));              // Latin-1
  CHECK_FALSE(is_utf8("\xC0\x80"));          // overlong
  CHECK_FALSE(is_utf8("\xE0\x80\x80"));      // overlong
  CHECK_FALSE(is_utf8("\xED\xA0\x80"));      // surrogate
  CHECK_FALSE(is_utf8("\xF4\x90\x80\x80"));  // beyond U+10FFFF
  CHECK_FALSE(is_utf8("\xE7\xB4"));          // cut short
}
}  // namespace
}  // namespace test_io_utf8
