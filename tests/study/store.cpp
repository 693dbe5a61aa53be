#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tepui/kernel/rng.hpp>
#include <tepui/study/results_csv.hpp>
#include <tepui/study/run.hpp>
#include <tepui/study/store.hpp>

#include "study/toy_study.hpp"

namespace test_study_store {
namespace {
using namespace tepui::study;
namespace fs = std::filesystem;

/// A folder that goes away with the test.
struct scratch_folder {
  fs::path path;
  scratch_folder() {
    std::string name = (fs::temp_directory_path() / "tepui_store_XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  std::string file(const std::string& name) const { return (path / name).string(); }
};

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write_bytes(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

run_key key_at(std::uint64_t seed) {
  return key_of({"rank", "mean", "s", nullptr}, {.fraction = 1, .seed = seed}, {.corpus = "c", .heads = "h"});
}

run_output output_at(std::uint64_t seed) {
  run_output out;
  out.training_cells = 100 + static_cast<std::int64_t>(seed);
  out.dims = 8;
  out.heads = {{"knn", {}}, {"empty", {}}, {"logistic \xC3\xA9", {-1, 0, 2147483647, -2147483647 - 1}}};
  for (std::int32_t i = 0; i < 500; ++i) out.heads[0].predicted.push_back(i * static_cast<std::int32_t>(seed + 1));
  out.model = model_facts{123, 4.5e9, 6, 7000};
  out.fit_seconds = 0.1;
  out.embed_seconds = std::numeric_limits<double>::infinity();
  out.peak_memory_bytes = 1'000'000'000'000;
  return out;
}

bool same(const run_output& a, const run_output& b) {
  if (a.training_cells != b.training_cells || a.dims != b.dims || a.heads.size() != b.heads.size()) return false;
  for (std::size_t i = 0; i < a.heads.size(); ++i)
    if (a.heads[i].head != b.heads[i].head || a.heads[i].predicted != b.heads[i].predicted) return false;
  return true;
}

/// Runs `child` in a process of its own and ends it after `microseconds`, or lets it finish (-1).
template <class Child>
int run_process(Child&& child, long microseconds = -1) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    int code = 1;
    try {
      code = child();
    } catch (...) {
    }
    ::_exit(code);
  }
  if (microseconds >= 0) {
    ::usleep(static_cast<useconds_t>(microseconds));
    ::kill(pid, SIGKILL);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_CASE("what was stored is read back, also after the file was closed") {
  const scratch_folder folder;
  {
    store runs(folder.file("runs.db"));
    CHECK_FALSE(runs.contains(key_at(1)));
    CHECK(runs.put(key_at(1), output_at(1)));
    CHECK_FALSE(runs.put(key_at(1), output_at(2)));
    CHECK(same(*runs.find(key_at(1)), output_at(1)));
  }
  store again(folder.file("runs.db"));
  CHECK(again.size() == 1);
  const run_output back = *again.find(key_at(1));
  CHECK(same(back, output_at(1)));
  CHECK(back.model->parameters == 123);
  CHECK(back.model->operations_per_cell == 4.5e9);
  CHECK(back.model->steps == 6);
  CHECK(back.model->cells_seen == 7000);
  CHECK(back.fit_seconds == 0.1);
  CHECK(back.embed_seconds == 0.0);  // infinite: not measured
  CHECK(back.peak_memory_bytes == 1'000'000'000'000);
  CHECK_FALSE(again.find(key_at(2)).has_value());
}

TEST_CASE("a file of the first layout keeps its runs, and takes new ones with what their models are") {
  const scratch_folder folder;
  {
    store runs(folder.file("runs.db"));
    runs.put(key_at(1), output_at(1));
  }
  tepui::study::sqlite_file(folder.file("runs.db"), 1000).execute("DROP TABLE model; PRAGMA user_version = 1");
  store again(folder.file("runs.db"));
  CHECK(same(*again.find(key_at(1)), output_at(1)));
  CHECK_FALSE(again.find(key_at(1))->model.has_value());  // not "no parameters": nobody wrote them down
  CHECK(again.put(key_at(2), output_at(2)));
  CHECK(again.find(key_at(2))->model->parameters == 123);
}

TEST_CASE("a run that knows nothing of its model is stored without it") {
  const scratch_folder folder;
  store runs(folder.file("runs.db"));
  run_output bare = output_at(1);
  bare.model.reset();
  CHECK(runs.put(key_at(1), bare));
  CHECK(same(*runs.find(key_at(1)), bare));
  CHECK_FALSE(runs.find(key_at(1))->model.has_value());
}

TEST_CASE("another run under the same hash is refused, not returned") {
  const scratch_folder folder;
  store runs(folder.file("runs.db"));
  runs.put(key_at(1), output_at(1));
  run_key changed = key_at(1);
  changed.canonical += "x";
  CHECK_THROWS_AS((void)runs.contains(changed), tepui::bad_data);
  CHECK_THROWS_AS((void)runs.find(changed), tepui::bad_data);
  CHECK_THROWS_AS(runs.put(changed, output_at(1)), tepui::bad_data);
}

TEST_CASE("a file that is not a run store is refused and left as it was") {
  const scratch_folder folder;
  const std::string path = folder.file("notes.txt");
  write_bytes(path, "these are my notes, and they are longer than a header would be");
  CHECK_THROWS_AS(store{path}, tepui::bad_data);
  CHECK(bytes_of(path) == "these are my notes, and they are longer than a header would be");

  const std::string other = folder.file("other.db");
  sqlite_file(other, 0).execute("CREATE TABLE mine (x)");
  CHECK_THROWS_AS(store{other}, tepui::bad_data);

  const std::string extended = folder.file("extended.db");
  { store runs(extended); }
  sqlite_file(extended, 0).execute("CREATE TABLE mine (x)");
  CHECK_THROWS_AS(store{extended}, tepui::bad_data);

  const std::string newer = folder.file("newer.db");
  { store runs(newer); }
  sqlite_file(newer, 0).execute("PRAGMA user_version = 3");
  CHECK_THROWS_AS(store{newer}, tepui::bad_data);

  CHECK_THROWS_AS(store{folder.path.string()}, store_unavailable);
  CHECK_THROWS_AS(store{folder.file("no/such/folder.db")}, store_unavailable);
}

TEST_CASE("an empty file becomes a run store") {
  const scratch_folder folder;
  write_bytes(folder.file("empty.db"), "");
  CHECK(store(folder.file("empty.db")).size() == 0);
}

TEST_CASE("a file that lost its end is refused") {
  const scratch_folder folder;
  const std::string path = folder.file("runs.db");
  {
    store runs(path);
    for (std::uint64_t s = 0; s < 5; ++s) runs.put(key_at(s), output_at(s));
  }
  const std::string whole = bytes_of(path);
  for (const std::size_t keep : {std::size_t{50}, std::size_t{1000}, std::size_t{5000}, whole.size() - 4096}) {
    write_bytes(path, whole.substr(0, keep));
    CHECK_THROWS_AS(store{path}, tepui::bad_data);
  }
}

TEST_CASE("no changed byte is read as a result") {
  const scratch_folder folder;
  const std::string path = folder.file("runs.db");
  {
    store runs(path);
    for (std::uint64_t s = 0; s < 3; ++s) runs.put(key_at(s), output_at(s));
  }
  const std::string whole = bytes_of(path);
  const tepui::kernel::draws draws(1, "changed bytes");
  int refused = 0;
  for (std::int64_t i = 0; i < 400; ++i) {
    std::string bytes = whole;
    const std::size_t at = tepui::usize(draws.below(tepui::isize(whole.size()), i, 0));
    bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U + static_cast<unsigned>(draws.below(255, i, 1))));
    write_bytes(path, bytes);
    try {
      store runs(path, {.wait_seconds = 0});
      for (std::uint64_t s = 0; s < 3; ++s)
        if (const auto found = runs.find(key_at(s))) CHECK(same(*found, output_at(s)));
    } catch (const tepui::bad_data&) {
      ++refused;
    } catch (const store_unavailable&) {
      ++refused;
    }
  }
  CHECK(refused > 0);
}

TEST_CASE("a prediction of another length or content than was written is refused") {
  const scratch_folder folder;
  const std::string path = folder.file("runs.db");
  { store(path).put(key_at(1), output_at(1)); }
  const auto after = [&](const char* sql) {
    const std::string damaged = folder.file("damaged.db");
    fs::copy_file(path, damaged, fs::copy_options::overwrite_existing);
    sqlite_file(damaged, 0).execute(sql);
    store runs(damaged);
    return runs.find(key_at(1));
  };
  CHECK(after("UPDATE cost SET fit_seconds = 2")->fit_seconds == 2);
  CHECK_THROWS_AS((void)after("UPDATE prediction SET cells = 499 WHERE position = 0"), tepui::bad_data);
  CHECK_THROWS_AS((void)after("UPDATE prediction SET predicted = x'00' WHERE position = 0"), tepui::bad_data);
  CHECK_THROWS_AS((void)after("UPDATE prediction SET predicted = zeroblob(2000) WHERE position = 0"), tepui::bad_data);
  CHECK_THROWS_AS((void)after("UPDATE prediction SET head = 'other' WHERE position = 0"), tepui::bad_data);
  CHECK_THROWS_AS((void)after("DELETE FROM prediction WHERE position = 0"), tepui::bad_data);
  CHECK_THROWS_AS((void)after("DELETE FROM prediction WHERE position = 2"), tepui::bad_data);
  CHECK_THROWS_AS((void)after("UPDATE run SET dims = 9"), tepui::bad_data);
  CHECK_THROWS_AS((void)after("UPDATE run SET canonical = 'x'"), tepui::bad_data);
}

TEST_CASE("a file that another process keeps is waited for, then named") {
  const scratch_folder folder;
  const std::string path = folder.file("runs.db");
  store runs(path, {.wait_seconds = 0});
  sqlite_file other(path, 0);
  {
    sqlite_transaction writing(other);
    CHECK_THROWS_AS(runs.put(key_at(1), output_at(1)), store_unavailable);
  }
  CHECK(runs.put(key_at(1), output_at(1)));
}

TEST_CASE("a disk that takes no more is named, and what was stored stays") {
  const scratch_folder folder;
  const std::string path = folder.file("runs.db");
  const int code = run_process([&] {
    // A limit on the size of files stands in for a full disk.
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{60'000, 60'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    store runs(path);
    for (std::uint64_t s = 0; s < 1000; ++s) {
      try {
        runs.put(key_at(s), output_at(s));
      } catch (const store_unavailable&) {
        return s > 2 && same(*runs.find(key_at(s - 1)), output_at(s - 1)) && !runs.contains(key_at(s)) ? 0 : 2;
      }
    }
    return 3;
  });
  CHECK(code == 0);
  store runs(path);
  CHECK(runs.size() > 2);
  CHECK(same(*runs.find(key_at(0)), output_at(0)));
  CHECK(runs.put(key_at(5000), output_at(5000)));
}

TEST_CASE("a study that is killed at any moment goes on and ends with the same results") {
  const std::string expected = [] {
    memory_store runs;
    run_study(toy_study::experiments(), toy_study::steps(), toy_study::identity(), runs);
    return results_csv(collect(toy_study::experiments(), toy_study::steps(), toy_study::identity(), runs, toy_study::key()));
  }();
  const tepui::kernel::draws draws(1, "killed at");
  int kills = 0;
  for (std::int64_t round = 0; round < 3; ++round) {
    const scratch_folder folder;
    const std::string path = folder.file("runs.db");
    const auto study = [&] {
      auto experiments = toy_study::experiments();
      for (auto& e : experiments) e.run = [run = e.run](const run_request& r) { return ::usleep(300), run(r); };
      store runs(path);
      return run_study(experiments, toy_study::steps(), toy_study::identity(), runs).complete() ? 0 : 1;
    };
    for (std::int64_t attempt = 0; attempt < 40; ++attempt) {
      if (run_process(study, 500 + draws.below(9'000, round, static_cast<std::uint64_t>(attempt))) == 0) break;
      ++kills;
      if (fs::exists(path)) {
        store runs(path);  // whole runs only: every one that is there can be read
        for (const auto& planned : plan_of(toy_study::experiments(), toy_study::steps(), toy_study::identity()))
          (void)runs.find(planned.key);
      }
    }
    CHECK(run_process(study) == 0);
    store runs(path);
    CHECK(runs.size() == 12);
    CHECK(results_csv(collect(toy_study::experiments(), toy_study::steps(), toy_study::identity(), runs, toy_study::key())) ==
          expected);
  }
  CHECK(kills > 4);
}

TEST_CASE("several processes may fill one store") {
  const scratch_folder folder;
  const std::string path = folder.file("runs.db");
  std::vector<pid_t> children;
  for (int i = 0; i < 3; ++i) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      int code = 1;
      try {
        store runs(path);
        code = run_study(toy_study::experiments(), toy_study::steps(), toy_study::identity(), runs).failed.empty() ? 0 : 2;
      } catch (...) {
      }
      ::_exit(code);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    CHECK(status == 0);
  }
  store runs(path);
  CHECK(runs.size() == 12);
  CHECK(collect(toy_study::experiments(), toy_study::steps(), toy_study::identity(), runs, toy_study::key()).missing.empty());
}

}  // namespace
}  // namespace test_study_store
