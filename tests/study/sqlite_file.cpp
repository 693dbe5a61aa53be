#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <tepui/study/sqlite_file.hpp>

namespace test_study_sqlite_file {
namespace {
using namespace tepui::study;

TEST_CASE("what was bound is read back, empty bytes and zero bytes in text too") {
  sqlite_file file(":memory:", 0);
  file.execute("CREATE TABLE t (a, b, c, d, e)");
  const std::vector<unsigned char> bytes{0, 255, 7}, none;
  const std::string text("a\0b", 3);
  sqlite_statement(file, "INSERT INTO t VALUES (?1, ?2, ?3, ?4, ?5)")
      .bind(1, text)
      .bind(2, std::int64_t{-5})
      .bind(3, 0.1)
      .bind(4, std::span<const unsigned char>(bytes))
      .bind(5, std::span<const unsigned char>(none))
      .run();
  sqlite_statement row(file, "SELECT * FROM t");
  REQUIRE(row.step());
  CHECK(row.text(0) == text);
  CHECK(row.integer(1) == -5);
  CHECK(row.real(2) == 0.1);
  const auto back = row.bytes(3);
  CHECK(std::vector<unsigned char>(back.begin(), back.end()) == bytes);
  CHECK(row.bytes(4).empty());
  CHECK_FALSE(row.is_null(4));
  CHECK_FALSE(row.step());
}

TEST_CASE("a transaction that is not committed leaves nothing") {
  sqlite_file file(":memory:", 0);
  file.execute("CREATE TABLE t (a)");
  {
    sqlite_transaction undone(file);
    file.execute("INSERT INTO t VALUES (1)");
  }
  sqlite_statement count(file, "SELECT count(*) FROM t");
  REQUIRE(count.step());
  CHECK(count.integer(0) == 0);
}

TEST_CASE("each kind of trouble has its own sentence") {
  const auto kind_of = [](int code) -> std::string {
    try {
      throw_sqlite(code, "runs.db", "details");
    } catch (const tepui::bad_data& e) {
      return std::string("bad data: ") + e.what();
    } catch (const store_unavailable& e) {
      return e.what();
    }
  };
  CHECK(kind_of(SQLITE_NOTADB).starts_with("bad data: the run store 'runs.db' is not an SQLite file"));
  CHECK(kind_of(SQLITE_CORRUPT_INDEX).starts_with("bad data: the run store 'runs.db' is damaged (details)"));
  CHECK(kind_of(SQLITE_FULL).find("the disk is full") != std::string::npos);
  CHECK(kind_of(SQLITE_READONLY_DBMOVED).find("cannot be written") != std::string::npos);
  CHECK(kind_of(SQLITE_BUSY).find("another process") != std::string::npos);
  CHECK(kind_of(SQLITE_CANTOPEN_ISDIR).find("cannot be opened") != std::string::npos);
  CHECK(kind_of(SQLITE_IOERR_WRITE).find("check the disk") != std::string::npos);
  CHECK(kind_of(SQLITE_NOMEM).find("failed: details") != std::string::npos);
}

}  // namespace
}  // namespace test_study_sqlite_file
