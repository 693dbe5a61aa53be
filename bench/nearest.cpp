// How far cells lie from chosen ones: all nearest distances beside the same product of matrices (their floor), the
// directed Hausdorff distance, the greedy choice beside copying all cells once a choice, and the k nearest others of all.
// One thread.
//   bench_nearest                            on cells of its own: 100,000 x 50 to 1,000 and 10,000 of them
//   bench_nearest FOLDER CELLS DIMS CHOSEN [hausdorff|nearest|k_center]
//                                            on cells.bin (float32) and chosen.bin (int64) there; prints a line a measure
//                                            and writes nearest.bin (int32) and k_center.bin (int64), for the peers in
//                                            bench/peers/nearest_peers.py
//   bench_nearest FOLDER CELLS DIMS K neighbours [THREADS]
//                                            the k nearest others of every cell of cells.bin there; prints median processor
//                                            and wall seconds and writes neighbours.bin (int32), for bench/peers/nearest.py
#include "measure.hpp"

#include <time.h>

#include <cmath>
#include <cstring>
#include <string>

#include <tepui/kernel/gemm.hpp>
#include <tepui/kernel/k_nearest.hpp>
#include <tepui/kernel/nearest.hpp>

namespace tp = tepui;
namespace kernel = tepui::kernel;

namespace {

struct cells {
  std::int64_t n, dims, m;
  std::vector<float> value, chosen;
  [[nodiscard]] kernel::points all() const { return {n, dims, value}; }
  [[nodiscard]] kernel::points among() const { return {m, dims, chosen}; }
  void choose(const std::vector<std::int64_t>& rows) {
    m = tp::isize(rows.size());
    chosen.clear();
    for (const std::int64_t row : rows) chosen.insert(chosen.end(), all().row(row), all().row(row) + dims);
  }
};

/// Types of unequal size, each a cloud, along axes of falling spread, as principal components have.
cells types(std::int64_t n, std::int64_t m, std::int64_t dims) {
  cells out{n, dims, m, std::vector<float>(tp::usize(n * dims)), {}};
  const kernel::draws random(3, "cells"), middle(4, "types");
  for (std::int64_t i = 0; i < n; ++i) {
    std::int64_t type = 0;
    for (double u = random.uniform(i, 9999), share = 0.3; u > share && type < 19; share *= 0.75, ++type) u -= share;
    for (std::int64_t d = 0; d < dims; ++d) {
      const double spread = 10 / std::sqrt(1.0 + static_cast<double>(d));
      out.value[tp::usize(i * dims + d)] =
          static_cast<float>(spread * (middle.normal(type, static_cast<std::uint64_t>(d)) +
                                       0.35 * random.normal(i, static_cast<std::uint64_t>(d))));
    }
  }
  std::vector<std::int64_t> rows;
  for (std::int64_t j = 0; j < m; ++j) rows.push_back(random.below(n, j, 7777));
  out.choose(rows);
  return out;
}

/// Stops where a sample of the cells does not have the distance and the nearest that all distances give.
void check(const cells& x, const std::vector<float>& distance, const std::vector<std::int32_t>& which, double hausdorff) {
  for (std::int64_t i = 0; i < x.n; i += x.n / 200 + 1) {
    const auto found = kernel::plain_nearest(x.all().row(i), x.among());
    bench::check(distance[tp::usize(i)] == static_cast<float>(std::sqrt(found.squared)) && which[tp::usize(i)] == found.row,
                 "nearest");
  }
  bench::check(*std::max_element(distance.begin(), distance.end()) == static_cast<float>(hausdorff), "hausdorff");
}

struct measured {
  double hausdorff, nearest, product;
};
measured measure(const cells& x, std::vector<std::int32_t>& which, double& value) {
  std::vector<float> distance(tp::usize(x.n));
  which.resize(distance.size());
  measured out{};
  out.hausdorff = bench::median_own_seconds(5, [&] { value = kernel::directed_hausdorff(x.all(), x.among()); });
  out.nearest = bench::median_own_seconds(3, [&] { kernel::nearest_distances(x.all(), x.among(), distance, which); });
  check(x, distance, which, value);
  // The products alone, 480 cells at a time so that they stay near.
  kernel::packed_factor<kernel::precision::float32, float> packed;
  packed.pack({x.chosen.data(), 1, x.dims}, x.dims, x.m);
  kernel::gemm_room<float> room;
  constexpr std::int64_t together = 480;
  std::vector<float> product(tp::usize(together * x.m));
  out.product = bench::median_own_seconds(3, [&] {
    for (std::int64_t i = 0; i < x.n; i += together)
      kernel::gemm(std::min(together, x.n - i), x.m, x.dims, {x.all().row(i), x.dims, 1}, packed, product.data(), x.m,
                   kernel::into::overwrite, room);
  });
  return out;
}

struct k_neighbours {
  double own = 0, wall = 0;  ///< processor seconds of all threads, and seconds
  std::vector<float> distance;
  std::vector<std::int32_t> which;
};
/// The k nearest others of all cells; stops where a sample does not have those that all distances give.
k_neighbours neighbours_of(const kernel::points& all, std::int64_t k, int threads) {
  k_neighbours out;
  out.distance.resize(tp::usize(all.n * k));
  out.which.resize(out.distance.size());
  const auto taken = bench::median_seconds(3, [&] { kernel::k_nearest_others(all, k, out.distance, out.which, threads); });
  out.own = taken.processor;
  out.wall = taken.wall;
  std::vector<kernel::measured_neighbour> plain;
  for (std::int64_t i = 0; i < all.n; i += all.n / 100 + 1) {
    kernel::plain_k_nearest(all.row(i), all, k, i, plain);
    for (std::size_t c = 0; c < plain.size(); ++c)
      bench::check(out.which[tp::usize(i * k) + c] == plain[c].second, "k_nearest");
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::int32_t> which;
  double value = 0;
  if (argc >= 6 && std::string(argv[5]) == "neighbours") {
    const std::string folder = argv[1];
    const auto numbers = bench::read<float>(folder + "/cells.bin");
    const int threads = argc > 6 ? std::atoi(argv[6]) : 1;
    const auto found = neighbours_of({std::atoll(argv[2]), std::atoll(argv[3]), numbers}, std::atoll(argv[4]), threads);
    std::printf("neighbours %.6f %.6f\n", found.own, found.wall);
    bench::write(folder + "/neighbours.bin", found.which);
    return 0;
  }
  if (argc >= 5) {
    const std::string folder = argv[1];
    cells x{std::atoll(argv[2]), std::atoll(argv[3]), 0, bench::read<float>(folder + "/cells.bin"), {}};
    x.choose(bench::read<std::int64_t>(folder + "/chosen.bin"));
    const std::string only = argc > 5 ? argv[5] : "";
    if (only.empty() || only == "hausdorff") {
      const double seconds = bench::median_own_seconds(5, [&] { value = kernel::directed_hausdorff(x.all(), x.among()); });
      std::printf("hausdorff %.6f %.17g\n", seconds, value);
    }
    if (only.empty() || only == "nearest") {
      std::vector<float> distance(tp::usize(x.n));
      which.resize(distance.size());
      std::printf("nearest %.6f\n",
                  bench::median_own_seconds(3, [&] { kernel::nearest_distances(x.all(), x.among(), distance, which); }));
      bench::write(folder + "/nearest.bin", which);
    }
    if (only.empty() || only == "k_center") {
      std::vector<std::int64_t> rows(tp::usize(x.m));
      std::vector<float> radius(rows.size());
      std::printf("k_center %.6f\n",
                  bench::median_own_seconds(3, [&] { kernel::farthest_first(x.all(), x.m, 0, rows, radius); }));
      bench::write(folder + "/k_center.bin", rows);
    }
    return 0;
  }
  const std::int64_t n = 100'000;
  for (const std::int64_t m : {1000, 10'000}) {
    const cells x = types(n, m, 50);
    const measured t = measure(x, which, value);
    std::printf("%lld x 50 to %lld: hausdorff %.1f ms; all nearest %.1f ms, %.2f x the products alone (%.1f ms)\n",
                static_cast<long long>(n), static_cast<long long>(m), 1e3 * t.hausdorff, 1e3 * t.nearest, t.nearest / t.product,
                1e3 * t.product);
    std::vector<std::int64_t> rows(tp::usize(m)), plain(20);
    std::vector<float> radius(rows.size()), plain_radius(20);
    kernel::plain_farthest_first<float, float>(x.all(), 20, 0, plain, plain_radius);
    const double greedy = bench::median_own_seconds(3, [&] { kernel::farthest_first(x.all(), m, 0, rows, radius); });
    bench::check(std::equal(plain.begin(), plain.end(), rows.begin()), "farthest_first");
    std::vector<float> copy(x.value.size());
    const double copied = bench::median_own_seconds(5, [&] { std::memcpy(copy.data(), x.value.data(), 4 * copy.size()); });
    std::printf("  k-center, %lld choices: %.1f ms; copying the cells as often: %.1f ms\n", static_cast<long long>(m),
                1e3 * greedy, 1e3 * copied * static_cast<double>(m));
  }
  for (const std::int64_t some : {20'000, 50'000}) {
    const cells x = types(some, 1, 50);
    for (const std::int64_t k : {15, 90}) {
      const auto found = neighbours_of(x.all(), k, 1);
      std::printf("%lld x 50: the %lld nearest others of all in %.0f ms, %.0f G operations/s were it all products\n",
                  static_cast<long long>(some), static_cast<long long>(k), 1e3 * found.own,
                  1e-9 * 2 * 50 * static_cast<double>(some) * static_cast<double>(some) / found.own);
    }
  }
}
