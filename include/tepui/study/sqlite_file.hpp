#pragma once
/// An SQLite database file behind two small owners: a connection and a prepared statement, with errors in sentences.

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include <sqlite3.h>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>

namespace tepui::study {

/// The store cannot be used for a reason that lies outside its contents: disk, permissions, another process.
class store_unavailable : public std::runtime_error {
 public:
  explicit store_unavailable(const std::string& sentence) : std::runtime_error(sentence) {}
};

/// in     SQLite's result code and the file        errors always: bad_data for damaged contents, store_unavailable for the rest
[[noreturn]] inline void throw_sqlite(int code, const std::string& path, const std::string& message) {
  const std::string file = "the run store '" + path + "' ";
  switch (code & 0xFF) {
    case SQLITE_NOTADB:
      throw bad_data(file + "is not an SQLite file; name a run store or a file that does not exist yet");
    case SQLITE_CORRUPT:
      throw bad_data(file + "is damaged (" + message + "); move it away and start again");
    case SQLITE_FULL:
      throw store_unavailable(file + "cannot grow: the disk is full; free some space and start again, finished runs are kept");
    case SQLITE_READONLY:
      throw store_unavailable(file + "cannot be written; make the file and its folder writable or name another");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw store_unavailable(
          file + "is in use by another process that did not let go in time; wait for it to end or name another store");
    case SQLITE_CANTOPEN:
      throw store_unavailable(file + "cannot be opened; check that its folder exists and that you may write there");
    case SQLITE_IOERR:
      throw store_unavailable(file + "cannot be read or written (" + message +
                              "); check the disk, then start again, finished runs are kept");
    default:
      throw store_unavailable(file + "failed: " + message);
  }
}

/// An open database file. Not to be shared by threads at the same time, nor carried across a fork.
class sqlite_file {
 public:
  /// in     a path, created where absent; how long to wait for another process
  /// errors store_unavailable where the file cannot be opened for writing
  explicit sqlite_file(std::string path, int busy_milliseconds) : path_(std::move(path)) {
    const int code =
        sqlite3_open_v2(path_.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    try {
      if (code != SQLITE_OK || db_ == nullptr) fail(code);
      sqlite3_extended_result_codes(db_, 1);
      sqlite3_busy_timeout(db_, busy_milliseconds);
      // A file from elsewhere is data, not a program.
      sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
      sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
      sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
      sqlite3_db_config(db_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    } catch (...) {
      sqlite3_close(db_);
      throw;
    }
  }
  sqlite_file(const sqlite_file&) = delete;
  sqlite_file& operator=(const sqlite_file&) = delete;
  ~sqlite_file() { sqlite3_close(db_); }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] sqlite3* handle() const { return db_; }
  [[nodiscard]] bool read_only() const { return sqlite3_db_readonly(db_, "main") == 1; }
  void execute(const char* sql) {
    if (const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr); code != SQLITE_OK) fail(code);
  }
  [[noreturn]] void fail(int code) const {
    throw_sqlite(code, path_, db_ != nullptr ? sqlite3_errmsg(db_) : "there is not enough memory");
  }

 private:
  std::string path_;
  sqlite3* db_ = nullptr;
};

/// A prepared statement. Parameters are numbered from 1, columns from 0.
class sqlite_statement {
 public:
  sqlite_statement(sqlite_file& file, std::string_view sql) : file_(file) {
    if (const int code = sqlite3_prepare_v2(file.handle(), sql.data(), static_cast<int>(sql.size()), &statement_, nullptr);
        code != SQLITE_OK)
      file_.fail(code);
  }
  sqlite_statement(const sqlite_statement&) = delete;
  sqlite_statement& operator=(const sqlite_statement&) = delete;
  ~sqlite_statement() { sqlite3_finalize(statement_); }

  sqlite_statement& bind(int at, std::string_view text) {
    return check(sqlite3_bind_text64(statement_, at, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  }
  sqlite_statement& bind(int at, std::int64_t number) { return check(sqlite3_bind_int64(statement_, at, number)); }
  sqlite_statement& bind(int at, double number) { return check(sqlite3_bind_double(statement_, at, number)); }
  sqlite_statement& bind(int at, std::span<const unsigned char> bytes) {
    // A null pointer would be bound as NULL; a blob of no bytes is meant.
    if (bytes.empty()) return check(sqlite3_bind_zeroblob(statement_, at, 0));
    return check(sqlite3_bind_blob64(statement_, at, bytes.data(), bytes.size(), SQLITE_TRANSIENT));
  }

  /// out    true where there is a row to read
  bool step() {
    const int code = sqlite3_step(statement_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) file_.fail(code);
    return code == SQLITE_ROW;
  }
  void run() {
    while (step()) {
    }
  }

  [[nodiscard]] bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  [[nodiscard]] double real(int column) const { return sqlite3_column_double(statement_, column); }
  [[nodiscard]] std::string text(int column) const {
    const unsigned char* begin = sqlite3_column_text(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    return begin == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(begin), usize(size));
  }
  /// Valid until the next step.
  [[nodiscard]] std::span<const unsigned char> bytes(int column) const {
    const auto* begin = static_cast<const unsigned char*>(sqlite3_column_blob(statement_, column));
    return {begin, begin == nullptr ? 0 : usize(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite_statement& check(int code) {
    if (code != SQLITE_OK) file_.fail(code);
    return *this;
  }
  sqlite_file& file_;
  sqlite3_stmt* statement_ = nullptr;
};

/// Begins to write; undoes everything unless commit() was reached.
class sqlite_transaction {
 public:
  explicit sqlite_transaction(sqlite_file& file) : file_(file) { file_.execute("BEGIN IMMEDIATE"); }
  sqlite_transaction(const sqlite_transaction&) = delete;
  sqlite_transaction& operator=(const sqlite_transaction&) = delete;
  // Some errors have already undone the transaction; undoing it twice is harmless.
  ~sqlite_transaction() {
    if (!committed_) sqlite3_exec(file_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
  void commit() {
    file_.execute("COMMIT");
    committed_ = true;
  }

 private:
  sqlite_file& file_;
  bool committed_ = false;
};

}  // namespace tepui::study
