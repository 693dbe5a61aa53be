// Silhouettes of n cells: ours in double and in float beside the arithmetic of one product a pair (each pair once), and
// beside scikit-learn and scib-metrics where TEPUI_PYTHON names a python that has them (bench/peers/silhouette.py). Medians.
//   bench_silhouette [cells ...]             20,000 and 50,000 cells of 50 dims and 20 labels, where none are named
#include "measure.hpp"
#include "peak.hpp"

#include <cmath>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include <tepui/metric/silhouette/samples.hpp>

namespace tp = tepui;
namespace kernel = tepui::kernel;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t dims = 50;
constexpr std::int32_t labels = 20;

struct cells {
  std::vector<float> value;
  std::vector<std::int32_t> label;
};
/// Types of unequal size, each a cloud, along axes of falling spread, as principal components have.
cells types(std::int64_t n) {
  cells out{std::vector<float>(tp::usize(n * dims)), std::vector<std::int32_t>(tp::usize(n))};
  const kernel::draws random(3, "cells"), middle(4, "types");
  for (std::int64_t i = 0; i < n; ++i) {
    std::int32_t type = 0;
    for (double u = random.uniform(i, 9999), share = 0.15; u > share && type < labels - 1; share *= 0.95, ++type) u -= share;
    out.label[tp::usize(i)] = type;
    for (std::int64_t d = 0; d < dims; ++d)
      out.value[tp::usize(i * dims + d)] = static_cast<float>(
          10 / std::sqrt(1.0 + static_cast<double>(d)) *
          (middle.normal(type, static_cast<std::uint64_t>(d)) + 0.5 * random.normal(i, static_cast<std::uint64_t>(d))));
  }
  return out;
}

double mean(const std::vector<double>& v) { return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size()); }

/// The largest error among some cells, by all distances one after the other; stops where it is not small.
double check(const cells& x, const std::vector<double>& got, double bound) {
  const kernel::points all{tp::isize(x.label.size()), dims, x.value};
  std::vector<std::int64_t> size(tp::usize(labels), 0);
  for (const std::int32_t l : x.label) ++size[tp::usize(l)];
  double worst = 0;
  std::vector<double> sum(tp::usize(labels));
  for (std::int64_t i = 0; i < all.n; i += all.n / 100 + 1) {
    kernel::plain_distance_sums(kernel::points{1, dims, {all.row(i), tp::usize(dims)}}, all, x.label, labels,
                                kernel::distance_kind::euclidean, false, sum);
    worst = std::max(worst, std::abs(got[tp::usize(i)] - tp::metric::silhouette_of(sum, size, x.label[tp::usize(i)])));
  }
  bench::check(worst < bound, "silhouette_samples");
  return worst;
}

template <class Tile>
std::vector<double> ours(const cells& x, int threads, double floor, const char* name) {
  const kernel::points all{tp::isize(x.label.size()), dims, x.value};
  std::vector<double> s;
  const bench::seconds t = bench::median_seconds(5, [&] {
    s = tp::metric::silhouette_samples<Tile>(all, std::span<const std::int32_t>(x.label), labels, {.threads = threads});
  });
  const double worst = check(x, s, sizeof(Tile) == 4 ? 1e-5 : 1e-10);
  std::printf("%-14s %d thread(s) %8.3f s wall %8.3f s cpu   %5.2f x the products at peak   mean %.10f   worst error %.1e\n",
              name, threads, t.wall, t.processor, t.processor / floor, mean(s), worst);
  return s;
}

void peers(const cells& x, const char* python) {
  const bench::peer_folder folder("silhouette");
  bench::write(folder / "cells.bin", x.value);
  bench::write(folder / "label.bin", x.label);
  const std::string script = (fs::path(TEPUI_PEERS).parent_path() / "silhouette.py").string();
  const std::string command = std::string(python) + " " + script + " " + folder.path() + " " + std::to_string(dims);
  if (std::FILE* const peer = popen(command.c_str(), "r")) {
    char name[64];
    int threads = 0;
    double wall = 0, cpu = 0, value = 0;
    while (std::fscanf(peer, "%63s %d %lf %lf %lf", name, &threads, &wall, &cpu, &value) == 5)
      std::printf("%-14s %d thread(s) %8.3f s wall %8.3f s cpu   mean %.10f\n", name, threads, wall, cpu, value);
    pclose(peer);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::int64_t> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(std::atoll(argv[i]));
  if (sizes.empty()) sizes = {20'000, 50'000};
  for (const std::int64_t n : sizes) {
    const cells x = types(n);
    // One step of a product for each dim of each pair; a vector holds half as many doubles as floats.
    const double steps = static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(dims);
    const double in_float = steps / bench::peak<kernel::precision::float32>();
    std::printf("%lld cells of %lld dims, %d labels\n", static_cast<long long>(n), static_cast<long long>(dims), labels);
    for (const int threads : {1, 2}) {
      const auto d = ours<double>(x, threads, 2 * in_float, "double");
      const auto f = ours<float>(x, threads, in_float, "float");
      double apart = 0;
      for (std::size_t i = 0; i < d.size(); ++i) apart = std::max(apart, std::abs(d[i] - f[i]));
      std::printf("  float: at most %.1e from double, mean %.1e\n", apart, std::abs(mean(d) - mean(f)));
    }
    std::fflush(stdout);
    if (const char* const python = std::getenv("TEPUI_PYTHON")) peers(x, python);
  }
}
