// Metrics on neighbour graphs, one thread, the neighbours given: LISI, kBET and kBET by label, connectivity, graph LISI.
//   bench_neighbours [CELLS]               on cells of its own (20,000 x 50 in 20 types and 3 batches)
//   bench_neighbours FOLDER CELLS DIMS     on cells.bin, distance.bin (float32), neighbour.bin, label.bin, batch.bin (int32)
//                                          there, 90 neighbours a cell; prints a line a measure, for the peers in
//                                          bench/peers/neighbours.py
#include "measure.hpp"

#include <cmath>
#include <ctime>
#include <functional>
#include <string>

#include <tepui/metric/neighbours/graph_connectivity.hpp>
#include <tepui/metric/neighbours/graph_lisi.hpp>
#include <tepui/metric/neighbours/kbet.hpp>
#include <tepui/metric/neighbours/kbet_by_diffusion_map.hpp>
#include <tepui/metric/neighbours/kbet_by_label.hpp>
#include <tepui/metric/neighbours/lisi.hpp>

namespace tp = tepui;
namespace metric = tepui::metric;

namespace {

struct cells {
  tp::embedding_batch<> embedding;
  std::vector<std::int32_t> label, batch;
  std::vector<std::string> labels, batches;
  metric::neighbour_table near;
};

void name_labels(cells& c) {
  for (std::int32_t l = 0; l <= *std::max_element(c.label.begin(), c.label.end()); ++l)
    c.labels.push_back("t" + std::to_string(l));
  for (std::int32_t b = 0; b <= *std::max_element(c.batch.begin(), c.batch.end()); ++b)
    c.batches.push_back("b" + std::to_string(b));
}

cells from(const std::string& folder, std::int64_t n, std::int64_t dims) {
  cells c;
  c.embedding.resize(n, dims);
  const auto value = bench::read<float>(folder + "/cells.bin");
  std::copy(value.begin(), value.end(), c.embedding.value.begin());
  c.label = bench::read<std::int32_t>(folder + "/label.bin");
  c.batch = bench::read<std::int32_t>(folder + "/batch.bin");
  c.near.n_cells = n;
  c.near.k = 90;
  c.near.neighbour = bench::read<std::int32_t>(folder + "/neighbour.bin");
  c.near.distance = bench::read<float>(folder + "/distance.bin");
  return c;
}

cells made(std::int64_t n, std::int64_t dims) {
  const tp::kernel::draws random(3, "cells"), middle(4, "types"), moved(5, "batches");
  cells c;
  c.embedding.resize(n, dims);
  for (std::int64_t i = 0; i < n; ++i) {
    c.label.push_back(static_cast<std::int32_t>(random.below(20, i, 9998)));
    c.batch.push_back(static_cast<std::int32_t>(random.below(3, i, 9999)));
    for (std::int64_t d = 0; d < dims; ++d) {
      const auto at = static_cast<std::uint64_t>(d);
      c.embedding.row(i)[tp::usize(d)] = static_cast<float>(
          (2 * middle.normal(c.label.back(), at) + 0.3 * moved.normal(c.batch.back(), at) + random.normal(i, at)) /
          std::sqrt(1.0 + static_cast<double>(d)));
    }
  }
  c.near = metric::nearest_neighbours(c.embedding.view(), 90);
  return c;
}

}  // namespace

int main(int argc, char** argv) {
  cells c =
      argc > 3 ? from(argv[1], std::atoll(argv[2]), std::atoll(argv[3])) : made(argc > 1 ? std::atoll(argv[1]) : 20'000, 50);
  name_labels(c);
  for (std::int64_t i = 0; i < c.embedding.n_cells(); ++i) c.embedding.cell_id[tp::usize(i)] = i;
  metric::embedded_cells of(c.embedding.view(), {c.label, c.labels}, {c.batch, c.batches});
  of.use_neighbours(c.near);

  // The fast weights of LISI against the halving that defines them, before anything is timed.
  metric::effective_neighbours weigh(30);
  std::vector<double> fast(89), plain(89);
  for (std::int64_t i = 0; i < c.near.n_cells; i += c.near.n_cells / 100 + 1) {
    weigh(c.near.distances_of(i, 90).subspan(1), fast);
    weigh.plainly(c.near.distances_of(i, 90).subspan(1), plain);
    for (std::size_t j = 0; j < fast.size(); ++j) bench::check(std::abs(fast[j] - plain[j]) < 1e-9, "effective_neighbours");
  }

  const auto report = [](const char* name, int times, const std::function<double()>& work) {
    std::vector<double> seconds;
    double value = 0;
    for (int t = 0; t < times; ++t) seconds.push_back(bench::own_seconds([&] { value = work(); }));
    std::printf("%s %.6f %.17g\n", name, bench::median(seconds), value);
    std::fflush(stdout);
  };
  const metric::score_options without_intervals{.resamples = 0};
  const auto scored = [&](const auto& head) { return head(of, without_intervals)[0].value.value; };
  report("lisi", 5, [&] { return metric::lisi_score::median(metric::lisi(c.near, 90, of.batch)); });
  report("kbet", 5, [&] {
    const auto accepted = metric::kbet_of_cells(c.near, 50, of.batch).accepted(0.05);
    double sum = 0;
    for (const double a : accepted) sum += a;
    return sum / static_cast<double>(accepted.size());
  });
  report("umap_weights_15", 3, [&] { return static_cast<double>(metric::umap_weights(c.near, 15).weight.size()); });
  report("umap_weights_50", 3, [&] { return static_cast<double>(metric::umap_weights(c.near, 50).weight.size()); });
  report("paths", 1, [&] { return static_cast<double>(of.path_neighbours(90).distance[0]); });
  (void)of.connectivities(50);
  report("kbet_by_label_walks", 3, [&] { return scored(metric::kbet_by_label_walks{}); });
  report("kbet_by_label_diffusion_map", 1, [&] { return scored(metric::kbet_by_label_diffusion_map{}); });
  // Whole heads, with floors, ceilings and intervals.
  const auto whole = [&](const char* name, const auto& head) {
    report(name, 1, [&] { return head(of, metric::score_options{})[0].value.value; });
  };
  whole("head_ilisi", metric::ilisi{});
  whole("head_clisi", metric::clisi{});
  whole("head_ilisi_graph", metric::ilisi_graph{});
  whole("head_clisi_graph", metric::clisi_graph{});
  whole("head_kbet", metric::kbet{});
  whole("head_kbet_by_label_walks", metric::kbet_by_label_walks{});
  whole("head_graph_connectivity_undirected", metric::graph_connectivity_undirected{});
  whole("head_graph_connectivity_strong", metric::graph_connectivity_strong{});
}
