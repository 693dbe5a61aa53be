// Quantile bins of a row and sums over programs, checked against plain loops and timed beside a copy of the same bytes from and to
// memory: 8 in (gene, value) and 8 out (gene, bin) per nonzero. ns_each is per nonzero.
#include "measure.hpp"

#include <cstring>
#include <map>
#include <span>
#include <tepui/kernel/program_sum.hpp>
#include <tepui/kernel/simd/row_bin.hpp>

namespace tp = tepui;
namespace kernel = tepui::kernel;

namespace {

struct corpus {
  tp::counts<tp::scale::raw> counts;
  std::vector<float> continuous;  ///< [entries] counts divided by a factor of the gene
};

/// Made once; several times what the caches hold.
const corpus& cells(std::int64_t expressed) {
  static std::map<std::int64_t, corpus> made;
  auto& x = made[expressed];
  if (x.counts.n_cells() == 0) {
    x.counts = bench::synthetic_cells(8'000'000 / expressed, static_cast<std::int32_t>(expressed));
    const kernel::draws random(3, "factor of a gene");
    for (std::size_t i = 0; i < x.counts.gene.size(); ++i)
      x.continuous.push_back(static_cast<float>(static_cast<double>(x.counts.value[i]) / (0.5 + 4 * random.uniform(x.counts.gene[i], 0))));
  }
  return x;
}

/// Calls row(genes, counts, continuous) for every cell, beside a copy.
template <class Row>
void run(benchmark::State& state, const corpus& x, Row&& row) {
  const auto view = x.counts.view();
  std::vector<char> to(x.counts.gene.size() * 8);
  bench::beside_floor(
      state, tp::isize(x.counts.gene.size()),
      [&] {
        for (std::int64_t c = 0; c < view.n_cells(); ++c) {
          const auto values = view.values_of(c);
          row(c, view.genes_of(c), values,
              std::span<const float>(x.continuous.data() + (values.data() - x.counts.value.data()), values.size()));
        }
      },
      [&] {
        std::memcpy(to.data(), x.counts.gene.data(), x.counts.gene.size() * 4);
        std::memcpy(to.data() + x.counts.gene.size() * 4, x.counts.value.data(), x.counts.gene.size() * 4);
        benchmark::DoNotOptimize(to.data());
      });
}

template <bool Continuous>
void bins(benchmark::State& state) {
  const corpus& x = cells(state.range(0));
  kernel::row_bin_room<float> plain_room;
  kernel::simd::row_bin_room<float> room;
  std::vector<std::int32_t> bins_of_row, plain, gene(256 * 20000), bin(256 * 20000);
  std::size_t end = 0;
  run(state, x, [&](std::int64_t c, auto genes, auto counts, auto continuous) {
    const auto values = Continuous ? continuous : counts;
    if (c % 256 == 0) end = 0;
    std::memcpy(gene.data() + end, genes.data(), genes.size() * 4);
    kernel::simd::row_bins_into<float>(values, 50, {}, kernel::on_edge::above, room, bin.data() + end);
    end += genes.size();
    if (c >= 20 || !plain.empty()) return;
    for (const auto side : {kernel::on_edge::above, kernel::on_edge::lowest}) {
      kernel::simd::row_bins<float>(values, 50, {}, side, room, bins_of_row);
      kernel::row_bins<float>(values, 50, {}, side, plain_room, plain);
      bench::check(bins_of_row == plain, "row_bins");
    }
    if (c < 19) plain.clear();
  });
  benchmark::DoNotOptimize(bin.data());
}

void programs(benchmark::State& state) {
  const corpus& x = cells(state.range(0));
  const auto n_programs = tp::usize(state.range(1));
  const kernel::draws random(3, "programs");
  std::vector<std::vector<std::int32_t>> of_gene(tp::usize(x.counts.n_genes));
  for (std::size_t p = 0; p < n_programs; ++p)
    for (std::uint64_t i = 0; i < 100; ++i) {
      auto& some = of_gene[tp::usize(random.below(20000, static_cast<std::int64_t>(p), i))];
      if (some.empty() || some.back() != static_cast<std::int32_t>(p)) some.push_back(static_cast<std::int32_t>(p));
    }
  std::vector<std::int64_t> gene_begin{0};
  std::vector<std::int32_t> program;
  for (const auto& some : of_gene) {
    program.insert(program.end(), some.begin(), some.end());
    gene_begin.push_back(tp::isize(program.size()));
  }
  kernel::program_sum_room room;
  std::vector<double> sum(n_programs), plain;
  run(state, x, [&](std::int64_t c, auto genes, auto counts, auto) {
    kernel::program_sum<float>(gene_begin, program, genes, counts, room, sum);
    if (c >= 20 || !plain.empty()) return;
    plain.assign(n_programs, 0.0);
    for (std::size_t i = 0; i < genes.size(); ++i)
      for (auto at = gene_begin[tp::usize(genes[i])]; at < gene_begin[tp::usize(genes[i]) + 1]; ++at)
        plain[tp::usize(program[tp::usize(at)])] += static_cast<double>(counts[i]);
    bench::check(sum == plain, "program_sum");
    if (c < 19) plain.clear();
  });
  benchmark::DoNotOptimize(sum.data());
}

void bins_of_counts(benchmark::State& state) { bins<false>(state); }
void bins_of_continuous(benchmark::State& state) { bins<true>(state); }

BENCHMARK(bins_of_counts)->Arg(500)->Arg(1000)->Arg(2000)->Arg(4000)->UseManualTime();
BENCHMARK(bins_of_continuous)->Arg(500)->Arg(1000)->Arg(2000)->Arg(4000)->UseManualTime();
BENCHMARK(programs)->Args({2000, 50})->Args({2000, 300})->UseManualTime();

}  // namespace

BENCHMARK_MAIN();
