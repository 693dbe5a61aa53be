// A file to tokens, batch by batch: cells a second, on the wall and of processor time, and the most memory that was ever taken.
//   bench_stream [FILE.h5ad ...]     without files: 50,000 simulated cells x 20,000 genes, as they are and packed with gzip
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include <tepui/compose/pipeline.hpp>
#include <tepui/io/h5ad_cells.hpp>
#include <tepui/io/write_h5ad.hpp>
#include <tepui/simulate/corpus.hpp>
#include <tepui/tokenize/binned.hpp>
#include <tepui/tokenize/rank.hpp>

namespace {
namespace tp = tepui;
using view = tp::counts_view<tp::scale::raw>;

/// Memory is measured of a process, so every measurement gets one of its own.
template <class Work>
void in_own_process(Work work) {
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child == 0) {
    int code = 0;
    try {
      work();
    } catch (const std::exception& e) {
      std::fprintf(stderr, "bench_stream: %s\n", e.what());
      code = 1;
    }
    std::fflush(stdout);
    ::_exit(code);
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) < 0 || status != 0) std::exit(1);
}

/// Of this process and of the child that opened the file.
double processor_seconds() {
  double sum = 0;
  for (const auto whose : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage used{};
    ::getrusage(whose, &used);
    for (const timeval& t : {used.ru_utime, used.ru_stime})
      sum += static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  }
  return sum;
}
double wall_seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
double median(std::vector<double> v) {
  std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2), v.end());
  return v[v.size() / 2];
}

/// visit sees every batch of the file, in order; opening the file counts.
template <class Visit>
void pass(const std::string& path, Visit visit) {
  const tp::io::h5ad_cells cells = tp::io::open_cells(path);
  tp::io::h5ad_cells::room room;
  for (std::int64_t first = 0; first < cells.n_cells(); first += tp::cells_per_batch)
    visit(cells.read(first, std::min(tp::cells_per_batch, cells.n_cells() - first), room));
}

template <class MakeVisit>
void measure(const std::string& path, const char* what, MakeVisit make_visit) {
  in_own_process([&] {
    const double n = static_cast<double>(tp::io::open_cells(path).n_cells());
    auto visit = make_visit(path);
    std::vector<double> wall, processor;
    for (int i = 0; i < 5; ++i) {
      const double from = wall_seconds(), used = processor_seconds();
      pass(path, visit);
      wall.push_back(wall_seconds() - from);
      processor.push_back(processor_seconds() - used);
    }
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    std::printf("  %-22s %10.0f %16.0f %14.1f\n", what, n / median(wall), n / median(processor),
                static_cast<double>(used.ru_maxrss) / 1024);
  });
}

/// A source that disagrees with the reader of whole files is not worth timing.
void check(const std::string& path) {
  in_own_process([&] {
    const auto whole = tp::io::read_h5ad(path).x;
    std::int64_t at = 0;
    pass(path, [&](const view& cells) {
      for (std::int64_t c = 0; c < cells.n_cells(); ++c, ++at)
        if (!std::ranges::equal(cells.genes_of(c), whole.view().genes_of(at)) ||
            !std::ranges::equal(cells.values_of(c), whole.view().values_of(at)) ||
            cells.total[tp::usize(c)] != whole.total[tp::usize(at)])
          throw tp::bad_data("cell " + std::to_string(at) + " is read otherwise by the reader of whole files");
    });
    if (at != whole.n_cells()) throw tp::bad_data("cells are missing");
  });
}

template <class Tokenizer>
auto through(Tokenizer tokenizer) {
  return [tokenizer](const std::string& path) {
    auto model = tp::compose(tokenizer).fit(tp::io::open_cells(path));
    return [model = std::move(model), room = typename decltype(model)::template rooms_for<view>{}](const view& cells) mutable {
      if (model.run(cells, room).n_cells() != cells.n_cells()) std::abort();
    };
  };
}

void report(const std::string& path) {
  check(path);
  std::printf("%s (%.0f MB)\n  %-22s %10s %16s %14s\n", path.c_str(),
              static_cast<double>(std::filesystem::file_size(path)) / 1e6, "", "cells/s", "cells/CPU s", "peak MB");
  measure(path, "read", [](const std::string&) {
    return [](const view& cells) {
      if (cells.total.empty()) std::abort();
    };
  });
  measure(path, "read, rank", through(tp::tokenize::rank<>{}));
  measure(path, "read, 51 bins", through(tp::tokenize::binned<>{}));
}
}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) report(argv[i]);
  if (argc > 1) return 0;
  for (const bool gzip : {false, true}) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("bench_stream_" + std::to_string(::getpid()) + (gzip ? "_gzip" : "") + ".h5ad");
    in_own_process([&] {
      const tp::simulate::corpus corpus({.cells = 50'000, .genes = 20'000, .depth = 2210});  // 72 million counts
      tp::io::write_h5ad(path.string(), tp::simulate::to_dataset(corpus, 0, corpus.n_cells()), {}, {.gzip = gzip});
    });
    report(path.string());
    std::filesystem::remove(path);
  }
}
