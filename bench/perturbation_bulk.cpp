// Metrics of predicted perturbations that need no differential expression, on one thread, beside cell-eval in the same run:
//   bench_perturbation_bulk [perturbations] [genes] [times]       TEPUI_PYTHON names a python with cell-eval; without it
//   only ours is timed
// Each line: what, median milliseconds on the wall and on the processor; of cell-eval also how many times ours, and the
// largest difference.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "measure.hpp"

#include <tepui/metric/head.hpp>
#include <tepui/metric/perturbation/bulk_errors.hpp>
#include <tepui/metric/perturbation/celleval_profile.hpp>
#include <tepui/metric/perturbation/delta_correlations.hpp>
#include <tepui/metric/perturbation/discrimination.hpp>
#include <tepui/metric/perturbation/mmd.hpp>
#include <tepui/metric/perturbation/tail_recall.hpp>
#include <tepui/metric/perturbation/wasserstein.hpp>

namespace tp = tepui;
namespace m = tepui::metric;
namespace fs = std::filesystem;
using tp::isize;
using tp::usize;

namespace {

double timed(const char* name, int times, const std::function<void()>& run) {
  const bench::seconds t = bench::median_seconds(times, run);
  std::printf("ours       %-34s %9.1f %9.1f\n", name, 1e3 * t.wall, 1e3 * t.processor);
  std::fflush(stdout);
  return t.wall;
}

/// log1p of counts of 1,000 control cells and 100 of each perturbation; a perturbation moves one gene in twenty.
tp::dense<> cells(const std::vector<std::int32_t>& code, std::int64_t genes, std::uint64_t seed, double effect) {
  const tp::kernel::draws noise(seed, "bench: counts"), truth(1, "bench: genes");
  tp::dense<> out;
  out.resize(isize(code.size()), genes);
  for (std::int64_t c = 0; c < out.n_cells(); ++c) {
    out.cell_id[usize(c)] = c;
    for (std::int64_t g = 0; g < genes; ++g) {
      const std::uint64_t bits = truth.bits(g, static_cast<std::uint64_t>(code[usize(c)]) + 1);
      double rate = 2 * std::pow(truth.uniform(g), 3);
      if (code[usize(c)] > 0 && bits % 20 == 0) rate *= (bits >> 8) % 2 == 0 ? 1 + 2 * effect : 1 - 0.6 * effect;
      // A Poisson count by waiting times.
      int count = -1;
      for (double wait = 0; wait < rate && count < 40; ++count)
        wait -= std::log(1 - noise.uniform(c * genes + g, static_cast<std::uint64_t>(count + 1)));
      out.value[usize(c * genes + g)] = static_cast<float>(std::log1p(1.3 * std::max(count, 0)));
    }
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const int n_perturbations = argc > 1 ? std::atoi(argv[1]) : 100;
  const std::int64_t genes = argc > 2 ? std::atoll(argv[2]) : 2000;
  const int times = argc > 3 ? std::atoi(argv[3]) : 5;
  std::vector<std::int32_t> code(1000, 0);
  std::vector<std::string> names{"control"}, gene_names;
  for (int p = 1; p <= n_perturbations; ++p) {
    code.insert(code.end(), 100, p);
    names.push_back("g" + std::string(p < 10 ? "000" : p < 100 ? "00" : p < 1000 ? "0" : "") + std::to_string(p));
  }
  for (std::int64_t g = 0; g < genes; ++g)
    gene_names.push_back("g" + std::string(g < 10 ? "000" : g < 100 ? "00" : g < 1000 ? "0" : "") + std::to_string(g));
  const tp::dense<> real = cells(code, genes, 1, 1), predicted = cells(code, genes, 2, 0.6);
  const m::labelled_cells truth{real.view(), {code, names}}, said{predicted.view(), {code, names}};
  std::printf("%zu cells, %d perturbations, %lld genes: what, wall ms, cpu ms\n", code.size(), n_perturbations,
              static_cast<long long>(genes));

  m::celleval_table table;
  const auto profile = [&](bool exact) {
    const m::perturbed_cells of(truth, said, 0, gene_names);
    table = m::celleval_profile(of, {.differential_expression = false, .exact_distances = exact});
  };
  timed("subject: checks and pseudobulks", times, [&] { const m::perturbed_cells of(truth, said, 0, gene_names); });
  const double in_float = timed("cell-eval's columns, distances float", times, [&] { profile(false); });
  const double in_double = timed("cell-eval's columns, distances double", times, [&] { profile(true); });
  const m::perturbed_cells of(truth, said, 0, gene_names);
  m::score_options options;
  timed("all bulk heads, trivial and ceiling", std::max(1, times / 2), [&] {
    m::perturbed_cells fresh(truth, said, 0, gene_names);
    fresh.learn_from(truth);
    const auto scores =
        m::measure(fresh, options, m::mse{}, m::mae{}, m::mse_delta{}, m::mae_delta{}, m::r2{}, m::r2_of_means_denadel{},
                   m::pearson_delta{}, m::spearman_delta{}, m::pearson_delta_without_systematic{}, m::pearson_delta_top{},
                   m::discrimination_score{}, m::target_ranking{}, m::tail_recall{});
    bench::check(scores.size() > 90, "the number of scores");
  });
  timed("energy distance, predicted to real", 1, [&] { static_cast<void>(m::energy_distance{}(of, options)); });
  timed("mmd", 1, [&] { static_cast<void>(m::mmd_rbf{}(of, options)); });
  timed("wasserstein of genes", 1, [&] { static_cast<void>(m::wasserstein{}(of, options)); });

  const char* const python = std::getenv("TEPUI_PYTHON");
  if (python == nullptr) return 0;
  const bench::peer_folder folder("bulk");
  bench::write(folder / "real.bin", real.value);
  bench::write(folder / "predicted.bin", predicted.value);
  bench::write(folder / "code.bin", code);
  std::ofstream columns(folder / "ours.csv");
  columns.precision(17);
  for (const auto& c : table.column) {
    columns << c.name;
    for (const double v : c.each) columns << ',' << v;
    columns << '\n';
  }
  columns.close();
  const std::string script = (fs::path(TEPUI_PEERS).parent_path() / "perturbation_bulk.py").string();
  char command[2048];
  std::snprintf(command, sizeof command, "%s %s %s %lld %d %.6f %.6f", python, script.c_str(), folder.path().c_str(),
                static_cast<long long>(genes), std::max(1, times / 2), in_float, in_double);
  const int failed = std::system(command);
  return failed == 0 ? 0 : 1;
}
