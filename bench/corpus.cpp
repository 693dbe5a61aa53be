// Shuffled batches straight from .h5ad files: cells a second on the wall and of processor time, the most memory, and how
// well they are mixed. Peers take turns with it where TEPUI_PYTHON names a python that has them (bench/peers/corpus_peers.py).
//   bench_corpus [FILE.h5ad ...]     without files: 50,000 simulated cells x 20,000 genes, as they are and packed with gzip
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <tepui/corpus/joined.hpp>
#include <tepui/corpus/shuffle_quality.hpp>
#include <tepui/corpus/shuffled.hpp>
#include <tepui/io/h5ad_cells.hpp>
#include <tepui/io/write_h5ad.hpp>
#include <tepui/simulate/corpus.hpp>

namespace {
namespace tp = tepui;
namespace corpus = tepui::corpus;

constexpr int rounds = 3;

/// Runs a command or some work in a process of its own, because memory is measured of a process, and gives what it prints.
template <class Work>
std::string printed_by(Work work) {
  int ends[2];
  if (::pipe(ends) != 0) std::exit(1);
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], 1);
    ::close(ends[0]);
    ::close(ends[1]);
    int code = 0;
    try {
      work();
    } catch (const std::exception& e) {
      std::fprintf(stderr, "bench_corpus: %s\n", e.what());
      code = 1;
    }
    std::fflush(stdout);
    ::_exit(code);
  }
  ::close(ends[1]);
  std::string text;
  char some[4096];
  for (ssize_t n; (n = ::read(ends[0], some, sizeof some)) > 0;) text.append(some, static_cast<std::size_t>(n));
  ::close(ends[0]);
  int status = 0;
  if (::waitpid(child, &status, 0) < 0 || status != 0) std::exit(1);
  return text;
}

double processor_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  double sum = 0;
  for (const timeval& t : {used.ru_utime, used.ru_stime})
    sum += static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  return sum;
}
double wall_seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}

struct measured {
  std::vector<double> wall, processor, megabytes;
};
using results = std::map<std::string, measured>;

/// Lines of: name, cells/s, cells/CPU s, peak MB.
void note(results& all, const std::string& text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    char name[128];
    double wall = 0, processor = 0, megabytes = 0;
    if (std::sscanf(line.c_str(), "%127[^|]|%lf|%lf|%lf", name, &wall, &processor, &megabytes) != 4) continue;
    measured& m = all[name];
    m.wall.push_back(wall);
    m.processor.push_back(processor);
    m.megabytes.push_back(megabytes);
  }
}

/// Batches of 64: an epoch to warm up, then two seconds.
template <class Source>
void measure(const Source& source, const char* name, std::int64_t block, std::int64_t window, int threads) {
  corpus::shuffled reader(source,
                          corpus::cell_order(source.n_cells(), {.seed = 1, .batch = 64, .block = block, .window = window}),
                          {.threads = threads});
  while (reader.place().epoch < 1) (void)reader.next();
  const double from = wall_seconds(), used = processor_seconds();
  double n = 0, total = 0;
  while (wall_seconds() - from < 2)
    for (int i = 0; i < 64; ++i) {
      const auto batch = reader.next();
      n += static_cast<double>(batch.n_cells());
      total += batch.total[0];
    }
  const double wall = wall_seconds() - from, processor = processor_seconds() - used;
  if (!(total > 0)) std::abort();
  rusage peak{};
  ::getrusage(RUSAGE_SELF, &peak);
  std::printf("%s: block %lld, window %lld, %d threads|%f|%f|%f\n", name, static_cast<long long>(block),
              static_cast<long long>(window), threads, n / wall, n / processor, static_cast<double>(peak.ru_maxrss) / 1024);
}

/// What comes shuffled is what the file has: compared cell by cell with reading in order.
void check(const std::string& path) {
  (void)printed_by([&] {
    const auto cells = tp::io::open_cells(path);
    corpus::shuffled reader(cells, corpus::cell_order(cells.n_cells(), {.seed = 1}), {.threads = 2});
    tp::io::h5ad_cells::room room;
    std::vector<char> seen(tp::usize(cells.n_cells()), 0);
    while (reader.place().epoch < 1) {
      const auto batch = reader.next();
      for (std::int64_t c = 0; c < batch.n_cells(); ++c) {
        const std::int64_t id = batch.cells.id[tp::usize(c)];
        const auto one = cells.read(id, 1, room);
        if (seen[tp::usize(id)]++ != 0 || !std::ranges::equal(batch.genes_of(c), one.genes_of(0)) ||
            !std::ranges::equal(batch.values_of(c), one.values_of(0)) || batch.total[tp::usize(c)] != one.total[0])
          throw tp::bad_data("cell " + std::to_string(id) + " comes otherwise than it is read in order");
      }
    }
    if (std::ranges::count(seen, 1) != cells.n_cells()) throw tp::bad_data("cells are missing");
  });
}

void report(const std::string& path) {
  check(path);
  results all;
  for (int round = 0; round < rounds; ++round) {
    struct setting {
      std::int64_t block, window;
      int threads;
    };
    for (const auto& [block, window, threads] :
         {setting{16, 4096, 0}, {16, 4096, 1}, {16, 4096, 2}, {64, 4096, 2}, {1, 4096, 2}, {1, 8192, 0}, {1, 5120, 2}})
      note(all, printed_by([&] { measure(tp::io::open_cells(path), "tepui", block, window, threads); }));
    note(all, printed_by([&] {
           const auto cells = tp::io::open_cells(path);
           tp::gene_table turned = cells.genes();
           std::ranges::reverse(turned.id);
           std::ranges::reverse(turned.symbol);
           measure(corpus::join(std::vector{cells, cells}, turned), "tepui, two files in other genes", 16, 4096, 2);
         }));
    if (const char* python = std::getenv("TEPUI_PYTHON"))
      note(all, printed_by([&] {
             const auto peers = (std::filesystem::path(TEPUI_PEERS).parent_path() / "corpus_peers.py").string();
             ::execlp(python, python, peers.c_str(), path.c_str(), static_cast<char*>(nullptr));
             throw tp::bad_data("TEPUI_PYTHON does not run");
           }));
  }
  std::printf("%s (%.0f MB): medians of %d rounds\n  %-62s %10s %12s %8s\n", path.c_str(),
              static_cast<double>(std::filesystem::file_size(path)) / 1e6, rounds, "", "cells/s", "cells/CPU s", "peak MB");
  for (const auto& [name, m] : all)
    std::printf("  %-62s %10.0f %12.0f %8.0f\n", name.c_str(), median(m.wall), median(m.processor), median(m.megabytes));
}

/// 14 plates one behind the other, as in Tahoe-100M (here 100,000 cells each).
void report_mixing() {
  constexpr std::int64_t n = 1'400'000;
  std::vector<std::int32_t> plate;
  for (std::int64_t cell = 0; cell < n; ++cell) plate.push_back(static_cast<std::int32_t>(cell / 100'000));
  std::printf("entropy of 14 plates in batches of 64, bits\n  %8s %8s %22s %12s %8s\n", "block", "window", "entropy [95 %]",
              "random", "share");
  for (const std::int64_t block : {1, 16, 64, 512})
    for (const std::int64_t window : {256, 1024, 4096, 16384}) {
      const auto q =
          corpus::quality_of(corpus::cell_order(n, {.seed = 1, .batch = 64, .block = block, .window = window}), plate, 4000);
      std::printf("  %8lld %8lld %8.3f [%.3f, %.3f] %12.3f %8.3f\n", static_cast<long long>(block),
                  static_cast<long long>(window), q.entropy, q.low, q.high, q.random, q.share());
    }
}
}  // namespace

int main(int argc, char** argv) {
  report_mixing();
  for (int i = 1; i < argc; ++i) report(argv[i]);
  if (argc > 1) return 0;
  for (const bool gzip : {false, true}) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("bench_corpus_" + std::to_string(::getpid()) + (gzip ? "_gzip" : "") + ".h5ad");
    (void)printed_by([&] {
      const tp::simulate::corpus cells({.cells = 50'000, .genes = 20'000, .depth = 2210});  // 70 million counts
      tp::io::write_h5ad(path.string(), tp::simulate::to_dataset(cells, 0, cells.n_cells()), {}, {.gzip = gzip});
    });
    report(path.string());
    std::filesystem::remove(path);
  }
}
