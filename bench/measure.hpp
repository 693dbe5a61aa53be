#pragma once
/// Times a kernel beside its floor in the same loop, so that a busy machine slows both, and reports the ratio of the medians.

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <ranges>
#include <string>
#include <system_error>
#include <tepui/flow/counts.hpp>
#include <tepui/kernel/rng.hpp>
#include <vector>

namespace bench {

inline double median(std::vector<double> v) {
  std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2), v.end());
  return v[v.size() / 2];
}

template <class F>
double seconds_of(F&& f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

inline double clock_seconds(clockid_t clock) {
  timespec t;
  clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}
/// Processor time of all threads of this program so far.
inline double processor_seconds() { return clock_seconds(CLOCK_PROCESS_CPUTIME_ID); }

/// Processor time of this thread, which other programs on the machine do not lengthen as they do the clock's.
template <class F>
double own_seconds(F&& f) {
  const double start = clock_seconds(CLOCK_THREAD_CPUTIME_ID);
  f();
  return clock_seconds(CLOCK_THREAD_CPUTIME_ID) - start;
}
template <class F>
double median_own_seconds(int times, F&& f) {
  std::vector<double> all;
  for (int i = 0; i < times; ++i) all.push_back(own_seconds(f));
  return median(all);
}

struct seconds {
  double wall = 0, processor = 0;
};
/// Medians of several runs, of the clock and of the processor time of all threads.
template <class F>
seconds median_seconds(int times, F&& f) {
  std::vector<double> wall, processor;
  for (int i = 0; i < times; ++i) {
    const double start = processor_seconds();
    wall.push_back(seconds_of(f));
    processor.push_back(processor_seconds() - start);
  }
  return {median(wall), median(processor)};
}

/// A folder for the files that pass between this program and a peer's script; gone with the object.
class peer_folder {
 public:
  /// name   of the program, which the folder's name tells
  explicit peer_folder(const std::string& name)
      : path_(std::filesystem::temp_directory_path() / ("tepui_bench_" + name + "_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  peer_folder(const peer_folder&) = delete;
  peer_folder& operator=(const peer_folder&) = delete;
  ~peer_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string path() const { return path_.string(); }
  [[nodiscard]] std::string operator/(const char* file) const { return (path_ / file).string(); }

 private:
  std::filesystem::path path_;
};

/// Writes numbers into a file, one behind the other.
template <std::ranges::contiguous_range Numbers>
void write(const std::string& path, const Numbers& v) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(v.data()), static_cast<std::streamsize>(v.size() * sizeof(v[0])));
}
/// The numbers of a file that a peer's script has written, one behind the other. Stops the program where there is none.
template <class T>
std::vector<T> read(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) {
    std::fprintf(stderr, "bench: cannot read %s\n", path.c_str());
    std::exit(1);
  }
  std::vector<T> out(static_cast<std::size_t>(file.tellg()) / sizeof(T));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size() * sizeof(T)));
  return out;
}

/// items   what one call works on (nonzeros, distances): reported as ns each
/// floor   the same bytes copied, or the same arithmetic at peak; reported as `x_floor`
template <class Kernel, class Floor>
void beside_floor(benchmark::State& state, std::int64_t items, Kernel&& kernel, Floor&& floor) {
  std::vector<double> of_kernel, of_floor;
  kernel();
  floor();
  for (auto _ : state) {
    of_kernel.push_back(seconds_of(kernel));
    of_floor.push_back(seconds_of(floor));
    state.SetIterationTime(of_kernel.back());
  }
  const double k = median(of_kernel), f = median(of_floor);
  state.counters["ns_each"] = 1e9 * k / static_cast<double>(items);
  state.counters["floor_ns_each"] = 1e9 * f / static_cast<double>(items);
  state.counters["x_floor"] = k / f;
}

/// Stops the program when a kernel disagrees with the plain reference: a wrong result is not worth timing.
inline void check(bool right, const char* what) {
  if (right) return;
  std::fprintf(stderr, "bench: %s disagrees with the plain reference\n", what);
  std::exit(1);
}

/// Cells with `expressed` of 20,000 genes and counts as skewed as real ones; many more bytes than the caches hold.
inline tepui::counts<tepui::scale::raw> synthetic_cells(std::int64_t cells, std::int32_t expressed) {
  tepui::counts<tepui::scale::raw> x;
  x.n_genes = 20000;
  const tepui::kernel::draws random(7, "bench");
  std::vector<std::int32_t> genes;
  std::vector<float> values;
  for (std::int64_t c = 0; c < cells; ++c) {
    genes.clear();
    values.clear();
    const double chance = static_cast<double>(expressed) / x.n_genes;
    for (std::int32_t g = 0; g < x.n_genes; ++g) {
      const double u = random.uniform(c, static_cast<std::uint64_t>(g));
      if (u >= chance) continue;
      genes.push_back(g);
      values.push_back(static_cast<float>(1 + static_cast<int>(0.6 / (u / chance + 0.004))));
    }
    x.add_cell(c, genes, values);
  }
  return x;
}

}  // namespace bench
