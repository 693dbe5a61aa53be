// K-means, agreement of partitions and, where igraph is there, Leiden and Louvain scans, on cells of many types. One thread.
//   bench_clustering [CELLS]                 50,000 x 50 by default: seconds of each, and how many rounds k-means took
//   bench_clustering FOLDER CELLS DIMS K     on cells.bin (float32), label.bin (int32) and the graph indptr.bin (int64),
//                                            indices.bin (int32), data.bin (float32) there: a line a measure, for
//                                            bench/peers/clustering.py
#include "measure.hpp"

#include <time.h>

#include <cmath>
#include <fstream>
#include <string>

#include <tepui/metric/clustering/kmeans.hpp>
#include <tepui/metric/partition/ami.hpp>
#include <tepui/metric/partition/ari.hpp>
#include <tepui/metric/partition/nmi.hpp>
#ifdef TEPUI_BENCH_IGRAPH
#include <tepui/metric/clustering/igraph.hpp>
#include <tepui/metric/clustering/modularity.hpp>
#include <tepui/metric/neighbours/umap_weights.hpp>
#endif

namespace tp = tepui;
namespace metric = tepui::metric;

namespace {

template <class Values>
void read(const std::string& path, Values& out) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) {
    std::fprintf(stderr, "bench: cannot read %s\n", path.c_str());
    std::exit(1);
  }
  out.resize(static_cast<std::size_t>(file.tellg()) / sizeof(out[0]));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size() * sizeof(out[0])));
}

struct cells {
  tp::embedding_batch<> points;
  std::vector<std::int32_t> label;
};

/// Types of unequal size, each a cloud, along axes of falling spread.
cells types(std::int64_t n, std::int64_t dims) {
  cells out;
  out.points.resize(n, dims);
  const tp::kernel::draws random(3, "cells"), middle(4, "types");
  for (std::int64_t i = 0; i < n; ++i) {
    std::int32_t type = 0;
    for (double u = random.uniform(i, 9999), share = 0.3; u > share && type < 19; share *= 0.75, ++type) u -= share;
    out.label.push_back(type);
    out.points.cell_id[tp::usize(i)] = i;
    for (std::int64_t d = 0; d < dims; ++d)
      out.points.row(i)[tp::usize(d)] = static_cast<float>(
          10 / std::sqrt(1.0 + static_cast<double>(d)) *
          (middle.normal(type, static_cast<std::uint64_t>(d)) + 0.35 * random.normal(i, static_cast<std::uint64_t>(d))));
  }
  return out;
}

void agreement(const std::vector<std::int32_t>& truth, const std::vector<std::int32_t>& found) {
  double value = 0;
  const double table = bench::own_seconds([&] { value += static_cast<double>(metric::contingency(truth, found).n); });
  const metric::contingency of(truth, found);
  const double nmi = bench::own_seconds([&] { value += metric::normalized_information(of); });
  const double ari = bench::own_seconds([&] { value += metric::adjusted_rand(of); });
  const double ami = bench::own_seconds([&] { value += metric::adjusted_information(of); });
  const metric::two_partitions both(truth, found);
  const double scored = bench::own_seconds([&] { value += metric::nmi{}(both, {})[0].high.value; });
  std::printf("agreement table %.6f nmi %.6f ari %.6f ami %.6f nmi-with-1000-resamples %.6f of %.6f\n", table, nmi, ari, ami,
              scored, value);
}

#ifdef TEPUI_BENCH_IGRAPH
void scans(const tp::graph<>& of, const std::vector<std::int32_t>& truth) {
  const auto at = metric::resolutions{}.list();
  const auto scan = [&](const char* name, const auto& method) {
    std::vector<tp::partition<>> found;
    const double seconds = bench::own_seconds([&] { found = method.scan(of, at); });
    const metric::best_of_scan best(truth, found);
    std::printf("scan %s %.6f best nmi %.6f modularity at 1 %.6f clusters at 1 %d\n", name, seconds, best.nmi,
                metric::modularity(of, found[4].label, at[4]), found[4].n_labels);
    std::fflush(stdout);
  };
  scan("leiden(2-rounds)", metric::leiden{.iterations = 2});
  scan("leiden(until-still)", metric::leiden{});
  scan("leiden(2-rounds,warm)", metric::leiden{.iterations = 2, .warm_start = true});
  scan("leiden(until-still,warm)", metric::leiden{.warm_start = true});
  scan("louvain", metric::louvain{});
}
#endif

}  // namespace

int main(int argc, char** argv) {
  cells x;
  std::int64_t k = 20;
  tp::graph<> graph;
  if (argc == 5) {
    const std::string folder = argv[1];
    x.points.resize(std::atoll(argv[2]), std::atoll(argv[3]));
    k = std::atoll(argv[4]);
    read(folder + "/cells.bin", x.points.value);
    read(folder + "/label.bin", x.label);
    read(folder + "/indptr.bin", graph.row_begin);
    read(folder + "/indices.bin", graph.neighbour);
    read(folder + "/data.bin", graph.weight);
    for (std::size_t i = 0; i < x.points.cell_id.size(); ++i) x.points.cell_id[i] = tp::isize(i);
  } else {
    x = types(argc > 1 ? std::atoll(argv[1]) : 50'000, 50);
#ifdef TEPUI_BENCH_IGRAPH
    graph = metric::umap_weights(metric::nearest_neighbours(x.points.view(), 15), 15);
#endif
  }
  metric::kmeans_clusters found;
  std::vector<double> seconds;
  for (int times = 0; times < 3; ++times)
    seconds.push_back(bench::own_seconds([&] { found = metric::kmeans{}.of(x.points.view(), k); }));
  std::printf("kmeans %.6f rounds %d inertia %.8g nmi %.6f\n", bench::median(seconds), found.rounds, found.inertia,
              metric::normalized_information(metric::contingency(x.label, found.cells.label)));
  agreement(x.label, {found.cells.label.begin(), found.cells.label.end()});
#ifdef TEPUI_BENCH_IGRAPH
  scans(graph, x.label);
#endif
}
