// Geometric sketching beside geosketch, one thread, the same cells: 100,000 x 50 in blobs, to 1 % and 10 %.
//   bench_sketch                the comparison; a python with geosketch is looked for in $TEPUI_PYTHON, else python3
//   bench_sketch million        the same for 1,000,000 cells (the peer takes minutes)
//   bench_sketch scale [cells]  22,200,000 cells to 1 % and 10 %, two threads: time and peak memory, without the peer
// The boxes are checked against the plain reference, and the boxes of every step counted as the peer counts them.
#include "measure.hpp"

#include <sys/resource.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <tepui/kernel/parallel.hpp>
#include <tepui/sample/geometric_sketch.hpp>
#include <unistd.h>

namespace tp = tepui;
namespace kernel = tepui::kernel;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t dims = 50;

/// 40 blobs of falling size; the spread falls from the first dimension to the last as that of principal components does.
/// out  [cells, 50]
std::unique_ptr<float[]> blobs(std::int64_t cells, int threads) {
  auto x = std::unique_ptr<float[]>(new float[tp::usize(cells * dims)]);
  const kernel::draws random(5, "blobs"), centre(6, "centres");
  std::vector<float> middle;
  for (std::int64_t blob = 0; blob < 40; ++blob)
    for (std::uint64_t d = 0; d < 50; ++d) middle.push_back(static_cast<float>(2.5 * centre.normal(blob, d)));
  std::vector<float> spread;
  for (std::int64_t d = 0; d < dims; ++d) spread.push_back(1 / std::sqrt(1 + static_cast<float>(d) / 3));
  const std::int64_t chunk = 1 << 14;
  kernel::parallel_chunks((cells + chunk - 1) / chunk, threads, [&](std::int64_t c, int) {
    for (std::int64_t cell = c * chunk; cell < std::min(cells, (c + 1) * chunk); ++cell) {
      const double u = random.uniform(cell, 99);
      const auto blob = static_cast<std::int64_t>(40 * u * u * u);
      for (std::int64_t d = 0; d < dims; d += 2) {
        // Box and Muller 1958, both numbers of a draw.
        const std::uint64_t bits = random.bits(cell, static_cast<std::uint64_t>(d));
        const float length = std::sqrt(-2 * std::log((static_cast<float>(bits >> 40) + 1) * 0x1p-24F));
        const float turn = static_cast<float>(bits & 0xFFFFFF) * (6.2831853F * 0x1p-24F);
        float* const to = x.get() + cell * dims + d;
        const float* const from = middle.data() + blob * dims + d;
        to[0] = spread[tp::usize(d)] * (from[0] + length * std::cos(turn));
        to[1] = spread[tp::usize(d + 1)] * (from[1] + length * std::sin(turn));
      }
    }
  });
  return x;
}

tp::sample::population population_of(const float* x, std::int64_t cells) {
  return {.n_cells = cells, .embedding = {dims, {x, tp::usize(cells * dims)}, {}}};
}

double peak_gb() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_maxrss) * 1024e-9;
}

void check_plain() {
  const std::int64_t cells = 4000;
  const auto x = blobs(cells, 1);
  const std::span<const float> value(x.get(), tp::usize(cells * dims));
  for (const std::int64_t boxes : {40, 400}) {
    const auto plain = kernel::cover_plaid(value, dims, {.boxes = boxes});
    const auto fast = kernel::simd::cover_plaid(value, dims, {.boxes = boxes, .count_all = true});
    bench::check(plain.box == fast.box && plain.steps == fast.steps && plain.unit == fast.unit, "cover_plaid");
  }
}

int compare(std::int64_t cells, int turns) {
  check_plain();
  const auto x = blobs(cells, 2);
  const auto all = population_of(x.get(), cells);

  const fs::path file = fs::temp_directory_path() / ("tepui-sketch-" + std::to_string(getpid()));
  std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(x.get()), cells * dims * 4);
  const char* const named = std::getenv("TEPUI_PYTHON");
  const std::string python = named != nullptr ? named : "python3";
  const std::string script = (fs::path(TEPUI_PEERS).parent_path() / "geosketch_sketch.py").string();
  const bool with_peer = std::system((python + " -c 'import geosketch' 2>/dev/null").c_str()) == 0;
  if (!with_peer) std::printf("no geosketch in %s; set TEPUI_PYTHON to a python that has it\n", python.c_str());

  std::printf("%lld cells x %lld, one thread; seconds, medians of %d turns of each\n", static_cast<long long>(cells),
              static_cast<long long>(dims), turns);
  std::printf("%8s %12s %12s %14s %14s %9s %9s\n", "fraction", "tepui wall", "tepui CPU", "geosketch wall", "geosketch CPU",
              "wall", "CPU");
  for (const double fraction : {0.01, 0.1}) {
    const tp::sample::geometric_sketch how{.fraction = fraction};
    std::vector<double> wall, cpu, peer_wall, peer_cpu;
    for (int turn = 0; turn < turns; ++turn) {
      // Five of ours for one of the peer's: short times need more of them.
      for (int i = 0; i < 5; ++i) {
        const double from = bench::processor_seconds();
        wall.push_back(bench::seconds_of([&] {
          bench::check(tp::isize(how(all, kernel::draws(1, "bench")).size()) == how.wanted_of(cells), "the number of cells");
        }));
        cpu.push_back(bench::processor_seconds() - from);
      }
      if (!with_peer) continue;
      std::FILE* const peer = popen(
          (python + " " + script + " " + file.string() + " " + std::to_string(dims) + " " + tp::shortest(fraction)).c_str(),
          "r");
      std::string line;
      for (int c; peer != nullptr && (c = std::fgetc(peer)) != EOF && c != '\n';) line += static_cast<char>(c);
      if (peer != nullptr) pclose(peer);
      std::istringstream words(line);
      double their_fraction = 0, their_wall = 0, their_cpu = 0;
      std::int64_t chosen = 0;
      words >> their_fraction >> their_wall >> their_cpu >> chosen;
      peer_wall.push_back(their_wall);
      peer_cpu.push_back(their_cpu);
      if (turn > 0) continue;
      const auto exact =
          kernel::simd::cover_plaid(all.embedding.value, dims, {.boxes = how.wanted_of(cells), .count_all = true});
      std::vector<std::int64_t> theirs, ours;
      for (std::int64_t boxes = 0; words >> boxes;) theirs.push_back(boxes);
      for (const auto& step : exact.steps) ours.push_back(step.boxes);
      bench::check(chosen == how.wanted_of(cells) && theirs == ours, "geosketch's boxes of every step");
      std::printf("   %zu side lengths, %lld boxes at the last, %s\n", ours.size(), static_cast<long long>(exact.boxes),
                  "the same as geosketch's at each");
    }
    const double w = bench::median(wall), c = bench::median(cpu);
    std::printf("%8.2f %12.4f %12.4f", fraction, w, c);
    if (with_peer) {
      const double pw = bench::median(peer_wall), pc = bench::median(peer_cpu);
      std::printf(" %14.2f %14.2f %8.0fx %8.0fx", pw, pc, pw / w, pc / c);
    }
    std::printf("\n");
    std::fflush(stdout);
  }
  fs::remove(file);
  return 0;
}

int scale(std::int64_t cells) {
  check_plain();
  std::unique_ptr<float[]> x;
  const double making = bench::seconds_of([&] { x = blobs(cells, 2); });
  std::printf("%lld cells x %lld made in %.1f s, peak memory %.2f GB\n", static_cast<long long>(cells),
              static_cast<long long>(dims), making, peak_gb());
  const auto all = population_of(x.get(), cells);
  for (const double fraction : {0.01, 0.1})
    for (const int threads : {2, 1}) {
      const double from = bench::processor_seconds();
      std::size_t chosen = 0;
      const tp::sample::geometric_sketch how{.fraction = fraction, .threads = threads};
      const double wall = bench::seconds_of([&] { chosen = how(all, kernel::draws(1, "bench")).size(); });
      std::printf(
          "fraction %.2f, %d threads: %zu cells in %.2f s wall, %.2f s CPU, peak memory with the embedding %.2f GB\n",
          fraction, threads, chosen, wall, bench::processor_seconds() - from, peak_gb());
      std::fflush(stdout);
    }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "scale") return scale(argc > 2 ? std::atoll(argv[2]) : 22'200'000);
  if (mode == "million") return compare(1'000'000, 1);
  return compare(100'000, argc > 1 && std::atoi(argv[1]) > 0 ? std::atoi(argv[1]) : 3);
}
