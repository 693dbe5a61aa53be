// The tokenizers, checked against plain sorts and sums, and timed beside a copy of the same bytes from and to memory: per nonzero
// 8 in (gene and value) and 8 out (id and channel) for each token. `x_copy` is the multiple, ns_each is per nonzero.
// Tokens of all cells are written behind each other, so that they go to memory as the copy does.
#include "measure.hpp"

#include <cmath>
#include <cstring>
#include <map>
#include <tepui/compose/fitted_pipeline.hpp>
#include <tepui/compose/pipeline.hpp>
#include <tepui/tokenize/binned.hpp>
#include <tepui/tokenize/expression/gene_scaled.hpp>
#include <tepui/tokenize/programs.hpp>
#include <tepui/tokenize/rank.hpp>

namespace tp = tepui;

namespace {

using tp::usize;

constexpr std::int32_t n_genes = 20000;

/// The cells of the benches, made once: raw counts, or their logs.
const tp::counts<tp::scale::raw>& cells(std::int64_t expressed) {
  static std::map<std::int64_t, tp::counts<tp::scale::raw>> made;
  auto& x = made[expressed];
  if (x.n_cells() == 0) x = bench::synthetic_cells(8'000'000 / expressed, static_cast<std::int32_t>(expressed));
  return x;
}
/// Continuous values: each count times a factor of the gene, as normalising and scaling leave them.
const tp::counts<tp::scale::raw>& continuous_cells(std::int64_t expressed) {
  static std::map<std::int64_t, tp::counts<tp::scale::raw>> made;
  auto& x = made[expressed];
  if (x.n_cells() == 0) {
    x = cells(expressed);
    const tp::kernel::draws random(11, "continuous");
    for (std::size_t i = 0; i < x.value.size(); ++i)
      x.value[i] = std::log1p(x.value[i] * static_cast<float>(0.5 + random.uniform(x.gene[i])) * 3.0F);
  }
  return x;
}

template <class Tokenizer>
struct run_once {
  const Tokenizer& tokenizer;
  tp::token_batch<typename Tokenizer::gives::channel_list> out;
  typename Tokenizer::scratch room;
  void operator()(const auto& view) {
    tokenizer(view, out, room, tp::kernel::draws());
    benchmark::DoNotOptimize(out.id.data());
  }
};

/// One thread on all cells, or two threads on half of them each; the copy likewise.
template <class Tokenizer, class Check>
void run(benchmark::State& state, const tp::counts<tp::scale::raw>& x, const Tokenizer& tokenizer, const Check& check) {
  const auto threads = static_cast<int>(state.range(1));
  const auto view = x.view();
  {
    run_once<Tokenizer> once{tokenizer, {}, {}};
    const auto few = view.part(0, 50);
    once(few);
    check(few, once.out.view());
  }
  std::vector<run_once<Tokenizer>> runs;
  for (int t = 0; t < threads; ++t) runs.push_back({tokenizer, {}, {}});
  const auto part = [&](int t) {
    const std::int64_t first = view.n_cells() * t / threads, last = view.n_cells() * (t + 1) / threads;
    return view.part(first, last - first);
  };
  const auto kernel = [&] { tp::kernel::parallel_chunks(threads, threads, [&](std::int64_t t, int) { runs[usize(t)](part(static_cast<int>(t))); }); };
  kernel();
  std::int64_t tokens = 0;
  for (const auto& r : runs) tokens += tp::isize(r.out.id.size());
  const auto n = tp::isize(x.gene.size());
  std::vector<char> to(usize(n) * 8);
  const std::int64_t bytes_out = tokens * 8;  // a cell with more genes than slots writes less
  const auto copy = [&] {
    tp::kernel::parallel_chunks(threads, threads, [&](std::int64_t t, int) {
      const std::size_t a = usize(n * t / threads), b = usize(n * (t + 1) / threads);
      std::memcpy(to.data() + 8 * a, x.gene.data() + a, (b - a) * 4);
      std::memcpy(to.data() + 8 * a + 4 * (b - a), x.value.data() + a, (b - a) * 4);
    });
    benchmark::DoNotOptimize(to.data());
  };
  bench::beside_floor(state, n, kernel, copy);
  state.counters["cells_per_s"] = static_cast<double>(view.n_cells()) / (state.counters["ns_each"] * 1e-9 * static_cast<double>(n));
  state.counters["GB_per_s"] = static_cast<double>(8 * n + bytes_out) / (state.counters["ns_each"] * static_cast<double>(n));
}

/// The order that a sort of (key descending, gene ascending) gives.
template <class KeyOf>
void check_order(const auto& in, const auto& tokens, std::size_t slots, const KeyOf& key_of) {
  for (std::int64_t c = 0; c < in.n_cells(); ++c) {
    std::vector<std::pair<double, std::int32_t>> plain;
    for (std::size_t i = 0; i < in.genes_of(c).size(); ++i) plain.emplace_back(-key_of(c, in.genes_of(c)[i], static_cast<double>(in.values_of(c)[i])), in.genes_of(c)[i]);
    std::sort(plain.begin(), plain.end());
    bench::check(usize(tokens.n_tokens(c)) == std::min(slots, plain.size()), "rank");
    for (std::size_t i = 0; i < usize(tokens.n_tokens(c)); ++i) bench::check(tokens.ids_of(c)[i] == plain[i].second, "rank");
  }
}

void rank_counts(benchmark::State& state) {
  run(state, cells(state.range(0)), tp::tokenize::rank<2048>{}, [](const auto& in, const auto& tokens) {
    check_order(in, tokens, 2048, [](std::int64_t, std::int32_t, double v) { return v; });
  });
}

/// Geneformer's arithmetic in float64: count / total * 10,000 / median of the gene.
void rank_scaled(benchmark::State& state) {
  tp::tokenize::tokenizer<tp::tokenize::identity::columns, tp::tokenize::expression::gene_scaled,
                          tp::tokenize::composition::by_expression<2048, tp::tokenize::key::level>>
      tokenizer;
  const tp::kernel::draws random(5, "medians");
  std::vector<double> usual;
  for (std::int32_t g = 0; g < n_genes; ++g) usual.push_back(0.5 + 3 * random.uniform(g));
  tokenizer.expression = tp::tokenize::expression::gene_scaled(usual);
  auto x = cells(state.range(0));
  for (std::int64_t c = 0; c < x.n_cells(); ++c) x.total.push_back(tp::kernel::row_sum(x.view().values_of(c)));
  run(state, x, tokenizer, [&](const auto& in, const auto& tokens) {
    check_order(in, tokens, 2048, [&](std::int64_t c, std::int32_t g, double v) { return v / in.total[usize(c)] * 1e4 / usual[usize(g)]; });
  });
}

/// numpy.quantile and numpy.digitize, written out.
void check_bins(const auto& in, const auto& tokens) {
  for (std::int64_t c = 0; c < in.n_cells(); ++c) {
    const auto values = in.values_of(c);
    std::vector<double> sorted(values.begin(), values.end()), edges;
    std::sort(sorted.begin(), sorted.end());
    tp::kernel::quantile_edges(sorted, 50, edges);
    std::size_t at = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (at == usize(tokens.n_tokens(c)) || tokens.ids_of(c)[at] != in.genes_of(c)[i]) continue;  // found no slot
      const auto bin = std::count_if(edges.begin(), edges.end(), [&](double e) { return e <= static_cast<double>(values[i]); });
      bench::check(tokens.template of<tp::channel::bin>(c)[at++] == bin, "binned");
    }
    bench::check(at == usize(tokens.n_tokens(c)), "binned");
  }
}
void binned_counts(benchmark::State& state) {
  run(state, cells(state.range(0)), tp::tokenize::binned<51, 4096>{}, [](const auto& in, const auto& tokens) { check_bins(in, tokens); });
}
void binned_continuous(benchmark::State& state) {
  run(state, continuous_cells(state.range(0)), tp::tokenize::binned<51, 4096>{}, [](const auto& in, const auto& tokens) { check_bins(in, tokens); });
}

using bound = tp::tokenize::bound_programs<2048>;

void programs(benchmark::State& state, std::int32_t n) {
  const tp::kernel::draws random(3, "programs");
  std::vector<std::vector<std::int32_t>> members(usize(n));
  for (std::int32_t p = 0; p < n; ++p)
    for (std::uint64_t i = 0; i < 100; ++i) members[usize(p)].push_back(static_cast<std::int32_t>(random.below(n_genes, p, i)));
  const bound sets = bound::of(std::move(members), std::vector<std::string>(usize(n), "p"), n_genes, 2048, "bench");
  run(state, cells(state.range(0)), sets, [&](const auto& in, const auto& tokens) {
    for (std::int64_t c = 0; c < in.n_cells(); ++c) {
      std::vector<double> sum(usize(n), 0.0);
      for (std::size_t i = 0; i < in.genes_of(c).size(); ++i)
        for (std::int64_t at = sets.gene_begin[usize(in.genes_of(c)[i])]; at < sets.gene_begin[usize(in.genes_of(c)[i]) + 1]; ++at)
          sum[usize(sets.program[usize(at)])] += static_cast<double>(in.values_of(c)[i]);
      for (std::size_t i = 0; i < usize(tokens.n_tokens(c)); ++i) {
        const auto p = usize(tokens.ids_of(c)[i]);
        bench::check(tokens.template of<tp::channel::value>(c)[i] == static_cast<float>(sum[p] / sets.n_members[p]), "programs");
      }
    }
  });
}
void programs_50(benchmark::State& state) { programs(state, 50); }
void programs_300(benchmark::State& state) { programs(state, 300); }

// Genes expressed, threads.
#define TEPUI_BENCH(what) BENCHMARK(what)->ArgsProduct({{500, 1000, 2000, 4000}, {1}})->Args({2000, 2})->UseManualTime()
TEPUI_BENCH(rank_counts);
TEPUI_BENCH(rank_scaled);
TEPUI_BENCH(binned_counts);
TEPUI_BENCH(binned_continuous);
TEPUI_BENCH(programs_50);
TEPUI_BENCH(programs_300);

}  // namespace

BENCHMARK_MAIN();
