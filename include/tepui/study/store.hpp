#pragma once
/// Keeps the finished runs of a study in one SQLite file, so that a study that was killed goes on where it stopped.
/// Included by name: needs libsqlite3.

#include <cmath>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/study/run_store.hpp>
#include <tepui/study/sqlite_file.hpp>

namespace tepui::study {

/// The tables of a run store, word for word as SQLite keeps them; a file with other words was made by something else.
inline constexpr std::pair<std::string_view, std::string_view> store_tables[] = {
    {"cost",
     "CREATE TABLE cost (run TEXT PRIMARY KEY REFERENCES run, fit_seconds REAL NOT NULL, embed_seconds REAL NOT NULL, "
     "score_seconds REAL NOT NULL, peak_memory_bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID"},
    {"model",
     "CREATE TABLE model (run TEXT PRIMARY KEY REFERENCES run, parameters INTEGER NOT NULL, operations_per_cell REAL NOT NULL, "
     "steps INTEGER NOT NULL, cells_seen INTEGER NOT NULL) STRICT, WITHOUT ROWID"},
    {"prediction",
     "CREATE TABLE prediction (run TEXT NOT NULL REFERENCES run, position INTEGER NOT NULL, head TEXT NOT NULL, "
     "cells INTEGER NOT NULL, predicted BLOB NOT NULL, checksum TEXT NOT NULL, PRIMARY KEY (run, position)) STRICT"},
    {"run",
     "CREATE TABLE run (hash TEXT PRIMARY KEY, canonical TEXT NOT NULL, tokenizer TEXT NOT NULL, encoder TEXT NOT NULL, "
     "fraction REAL NOT NULL, seed TEXT NOT NULL, training_cells INTEGER NOT NULL, dims INTEGER NOT NULL, "
     "heads INTEGER NOT NULL, checksum TEXT NOT NULL) STRICT"},
};
inline constexpr std::int64_t store_application = 0x74707569;  ///< "tpui", in the header of every run store
inline constexpr std::int64_t store_layout = 2;  ///< 1 had no table `model`; such a file gets one, and its runs stay

/// Label codes as bytes, lowest first on every machine.
[[nodiscard]] inline std::vector<unsigned char> codes_to_bytes(const std::vector<std::int32_t>& codes) {
  std::vector<unsigned char> bytes;
  bytes.reserve(codes.size() * 4);
  for (const std::int32_t code : codes)
    for (unsigned shift = 0; shift < 32; shift += 8)
      bytes.push_back(static_cast<unsigned char>(static_cast<std::uint32_t>(code) >> shift));
  return bytes;
}

/// in     4 bytes a code        out    the codes        errors the caller has checked the length
[[nodiscard]] inline std::vector<std::int32_t> bytes_to_codes(std::span<const unsigned char> bytes) {
  std::vector<std::int32_t> codes(bytes.size() / 4);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    std::uint32_t code = 0;
    for (std::size_t b = 0; b < 4; ++b) code |= std::uint32_t{bytes[4 * i + b]} << (8 * b);
    codes[i] = static_cast<std::int32_t>(code);
  }
  return codes;
}

/// Of a head's name and predictions.
[[nodiscard]] inline std::string checksum_of(std::string_view head, std::span<const unsigned char> bytes) {
  return hex_text(kernel::hash_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, kernel::hash_text(head)));
}

/// Of a run's numbers.
[[nodiscard]] inline std::string checksum_of(std::int64_t training_cells, std::int64_t dims, std::int64_t heads) {
  return hex_text(kernel::hash_text(std::to_string(training_cells) + " " + std::to_string(dims) + " " + std::to_string(heads)));
}

struct store_options {
  int wait_seconds = 60;  ///< how long to wait for another process that is writing
};

/// Runs in an SQLite file. A run is written in one transaction that has reached the disk when put() returns: a process or a
/// machine that dies at any moment leaves a file with whole runs only. Several processes may use one file; one thread at a time
/// may use one `store`. errors bad_data where the file is not a run store or is damaged; store_unavailable where it cannot be
/// written, the disk is full, or
///        another process keeps it too long
/// cost   one flush to the disk a run; opening reads the file once to check it
class store {
 public:
  explicit store(const std::string& path, const store_options& options = {}) : file_(path, options.wait_seconds * 1000) {
    if (file_.read_only()) file_.fail(SQLITE_READONLY);
    // EXTRA also flushes the folder, so that a finished run outlives a power cut.
    file_.execute("PRAGMA synchronous = EXTRA; PRAGMA cell_size_check = ON");
    if (pragma("application_id") == 0 && empty()) create();
    if (pragma("application_id") == store_application && pragma("user_version") == 1) widen();
    check_kind();
    check_health();
  }

  [[nodiscard]] bool contains(const run_key& key) {
    sqlite_statement query(file_, "SELECT canonical FROM run WHERE hash = ?1");
    if (!query.bind(1, key.hash).step()) return false;
    if (query.text(0) != key.canonical) throw hash_collision("the run store '" + file_.path() + "'", key);
    return true;
  }

  /// errors bad_data where a stored prediction has another length or checksum than was written
  [[nodiscard]] std::optional<run_output> find(const run_key& key) {
    if (!contains(key)) return std::nullopt;
    run_output out;
    sqlite_statement run(file_, "SELECT training_cells, dims, heads, checksum FROM run WHERE hash = ?1");
    if (!run.bind(1, key.hash).step()) damaged(key, "its row is gone");
    out.training_cells = run.integer(0);
    out.dims = run.integer(1);
    const std::int64_t heads = run.integer(2);
    if (checksum_of(out.training_cells, out.dims, heads) != run.text(3))
      damaged(key, "its numbers do not match their checksum");
    sqlite_statement rows(file_,
                          "SELECT position, head, cells, predicted, checksum FROM prediction WHERE run = ?1 ORDER BY position");
    rows.bind(1, key.hash);
    while (rows.step()) {
      const std::span<const unsigned char> bytes = rows.bytes(3);
      const std::string head = rows.text(1);
      if (rows.integer(0) != isize(out.heads.size())) damaged(key, "head " + std::to_string(out.heads.size()) + " is missing");
      if (bytes.size() % 4 != 0 || isize(bytes.size() / 4) != rows.integer(2))
        damaged(key, "head '" + head + "' has " + std::to_string(bytes.size()) + " bytes for " +
                         std::to_string(rows.integer(2)) + " cells");
      if (checksum_of(head, bytes) != rows.text(4))
        damaged(key, "the predictions of head '" + head + "' do not match their checksum");
      out.heads.push_back({head, bytes_to_codes(bytes)});
    }
    if (isize(out.heads.size()) != heads)
      damaged(key, "it has " + std::to_string(out.heads.size()) + " of " + std::to_string(heads) + " heads");
    sqlite_statement cost(file_,
                          "SELECT fit_seconds, embed_seconds, score_seconds, peak_memory_bytes FROM cost WHERE run = ?1");
    if (cost.bind(1, key.hash).step()) {
      out.fit_seconds = cost.real(0);
      out.embed_seconds = cost.real(1);
      out.score_seconds = cost.real(2);
      out.peak_memory_bytes = cost.integer(3);
    }
    sqlite_statement model(file_, "SELECT parameters, operations_per_cell, steps, cells_seen FROM model WHERE run = ?1");
    if (model.bind(1, key.hash).step())
      out.model = model_facts{model.integer(0), model.real(1), model.integer(2), model.integer(3)};
    return out;
  }

  /// out    false where another process has stored the same run meanwhile; its result stays
  bool put(const run_key& key, const run_output& output) {
    sqlite_transaction transaction(file_);
    if (contains(key)) return false;
    sqlite_statement(file_, "INSERT INTO run VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
        .bind(1, key.hash)
        .bind(2, key.canonical)
        .bind(3, key.tokenizer)
        .bind(4, key.encoder)
        .bind(5, key.request.fraction)
        .bind(6, std::to_string(key.request.seed))
        .bind(7, output.training_cells)
        .bind(8, output.dims)
        .bind(9, isize(output.heads.size()))
        .bind(10, checksum_of(output.training_cells, output.dims, isize(output.heads.size())))
        .run();
    for (std::size_t i = 0; i < output.heads.size(); ++i) {
      const std::vector<unsigned char> bytes = codes_to_bytes(output.heads[i].predicted);
      sqlite_statement(file_, "INSERT INTO prediction VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
          .bind(1, key.hash)
          .bind(2, isize(i))
          .bind(3, output.heads[i].head)
          .bind(4, isize(output.heads[i].predicted.size()))
          .bind(5, std::span<const unsigned char>(bytes))
          .bind(6, checksum_of(output.heads[i].head, bytes))
          .run();
    }
    sqlite_statement(file_, "INSERT INTO cost VALUES (?1, ?2, ?3, ?4, ?5)")
        .bind(1, key.hash)
        .bind(2, finite(output.fit_seconds))
        .bind(3, finite(output.embed_seconds))
        .bind(4, finite(output.score_seconds))
        .bind(5, output.peak_memory_bytes)
        .run();
    if (output.model)
      sqlite_statement(file_, "INSERT INTO model VALUES (?1, ?2, ?3, ?4, ?5)")
          .bind(1, key.hash)
          .bind(2, output.model->parameters)
          .bind(3, finite(output.model->operations_per_cell))
          .bind(4, output.model->steps)
          .bind(5, output.model->cells_seen)
          .run();
    transaction.commit();
    return true;
  }

  /// Finished runs in the file, those of other studies too.
  [[nodiscard]] std::int64_t size() {
    sqlite_statement query(file_, "SELECT count(*) FROM run");
    return query.step() ? query.integer(0) : 0;
  }

 private:
  /// SQLite keeps a not-a-number as NULL, which the table refuses; a cost that was not measured is 0.
  static double finite(double measured) { return std::isfinite(measured) ? measured : 0.0; }

  [[noreturn]] void damaged(const run_key& key, const std::string& how) const {
    throw bad_data("the run store '" + file_.path() + "' is damaged at the run '" + key.label() + "': " + how +
                   "; move the file away and start again");
  }
  [[nodiscard]] std::int64_t pragma(const std::string& name) {
    sqlite_statement query(file_, "PRAGMA " + name);
    return query.step() ? query.integer(0) : 0;
  }
  [[nodiscard]] bool empty() {
    sqlite_statement query(file_, "SELECT count(*) FROM sqlite_schema");
    return query.step() && query.integer(0) == 0;
  }
  void create() {
    sqlite_transaction transaction(file_);
    // Two processes may come here at once; the second finds the tables made.
    if (!empty()) return;
    for (const auto& [name, sql] : store_tables) file_.execute(std::string(sql).c_str());
    file_.execute(("PRAGMA application_id = " + std::to_string(store_application)).c_str());
    file_.execute(("PRAGMA user_version = " + std::to_string(store_layout)).c_str());
    transaction.commit();
  }
  void widen() {
    sqlite_transaction transaction(file_);
    if (pragma("user_version") == 1) {  // two processes may come here at once
      for (const auto& [name, sql] : store_tables)
        if (name == "model") file_.execute(std::string(sql).c_str());
      file_.execute(("PRAGMA user_version = " + std::to_string(store_layout)).c_str());
    }
    transaction.commit();
  }
  void check_kind() {
    const std::string file = "'" + file_.path() + "' ";
    if (pragma("application_id") != store_application)
      throw bad_data(
          file + "is an SQLite file of another program, not a run store; name a run store or a file that does not exist yet");
    if (const std::int64_t layout = pragma("user_version"); layout != store_layout)
      throw bad_data("the run store " + file + "has layout " + std::to_string(layout) + ", but this program reads layout " +
                     std::to_string(store_layout) + "; name another file");
    sqlite_statement rows(file_, "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name");
    std::size_t found = 0;
    while (rows.step()) {
      const bool known = found < std::size(store_tables) && rows.text(0) == store_tables[found].first &&
                         rows.text(1) == store_tables[found].second;
      if (!known)
        throw bad_data("the run store " + file + "has a table '" + rows.text(0) +
                       "' that this program did not make; name another file");
      ++found;
    }
    if (found != std::size(store_tables))
      throw bad_data("the run store " + file + "lacks a table; move the file away and start again");
  }
  void check_health() {
    sqlite_statement query(file_, "PRAGMA integrity_check(1)");
    const std::string found = query.step() ? query.text(0) : "no answer";
    if (found != "ok") throw_sqlite(SQLITE_CORRUPT, file_.path(), found);
  }

  sqlite_file file_;
};
static_assert(run_store<store>);

}  // namespace tepui::study
