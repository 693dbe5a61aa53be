// The tokenizers, checked against plain sorts and timed beside a copy of the same bytes: 8 in and 8 out per nonzero.
// ns_each is per nonzero.
#include "measure.hpp"

#include <cstring>
#include <map>
#include <tepui/compose/pipeline.hpp>
#include <tepui/tokenize/binned.hpp>
#include <tepui/tokenize/programs.hpp>
#include <tepui/tokenize/rank.hpp>

namespace tp = tepui;

namespace {

/// The cells of the benches, made once.
const tp::counts<tp::scale::raw>& cells(std::int64_t expressed) {
  static std::map<std::int64_t, tp::counts<tp::scale::raw>> made;
  auto& x = made[expressed];
  if (x.n_cells() == 0) x = bench::synthetic_cells(4'000'000 / expressed, static_cast<std::int32_t>(expressed));
  return x;
}

template <class Tokenizer>
void run(benchmark::State& state, const Tokenizer& tokenizer, void (*check)(const tp::counts_view<tp::scale::raw>&, const Tokenizer&)) {
  const auto& x = cells(state.range(0));
  const auto view = x.view();
  check(view.part(0, 20), tokenizer);
  tp::token_batch<typename Tokenizer::gives::channel_list> out;
  typename Tokenizer::scratch room;
  std::vector<char> to(x.gene.size() * 8);
  bench::beside_floor(
      state, tp::isize(x.gene.size()),
      [&] {
        for (std::int64_t first = 0; first < view.n_cells(); first += tp::cells_per_batch)
          tokenizer(view.part(first, std::min(tp::cells_per_batch, view.n_cells() - first)), out, room, {});
        benchmark::DoNotOptimize(out.id.data());
      },
      [&] {
        std::memcpy(to.data(), x.gene.data(), x.gene.size() * 4);
        std::memcpy(to.data() + x.gene.size() * 4, x.value.data(), x.gene.size() * 4);
        benchmark::DoNotOptimize(to.data());
      });
}

void check_rank(const tp::counts_view<tp::scale::raw>& in, const tp::tokenize::rank<2048>& tokenizer) {
  tp::token_batch<tp::channels<tp::channel::value>> out;
  tp::tokenize::rank<2048>::scratch room;
  tokenizer(in, out, room, {});
  for (std::int64_t c = 0; c < in.n_cells(); ++c) {
    std::vector<std::pair<float, std::int32_t>> plain;
    for (std::size_t i = 0; i < in.genes_of(c).size(); ++i) plain.emplace_back(-in.values_of(c)[i], in.genes_of(c)[i]);
    std::sort(plain.begin(), plain.end());
    for (std::int64_t i = 0; i < out.view().n_tokens(c); ++i)
      bench::check(out.view().ids_of(c)[tp::usize(i)] == plain[tp::usize(i)].second, "rank");
  }
}

void check_binned(const tp::counts_view<tp::scale::raw>& in, const tp::tokenize::binned<51>& tokenizer) {
  tp::token_batch<tp::channels<tp::channel::bin>> out;
  tp::tokenize::binned<51>::scratch room;
  tokenizer(in, out, room, {});
  for (std::int64_t c = 0; c < in.n_cells(); ++c) {
    const auto values = in.values_of(c);
    if (out.view().n_tokens(c) != tp::isize(values.size())) continue;  // some genes found no slot: tokens and values do not stand side by side
    // A bin counts the edges at or below the value; an edge lies at or below it when enough values do.
    for (std::int64_t i = 0; i < out.view().n_tokens(c); ++i)
      for (std::int64_t j = 0; j < out.view().n_tokens(c); ++j)
        if (values[tp::usize(i)] <= values[tp::usize(j)])
          bench::check(out.view().of<tp::channel::bin>(c)[tp::usize(i)] <= out.view().of<tp::channel::bin>(c)[tp::usize(j)], "binned");
  }
}

using bound = tp::tokenize::bound_programs<2048>;

bound some_programs(std::int32_t n) {
  const tp::kernel::draws random(3, "programs");
  std::vector<std::vector<std::int32_t>> members(tp::usize(n));
  std::vector<std::string> names(tp::usize(n), "p");
  for (std::int32_t p = 0; p < n; ++p)
    for (std::uint64_t i = 0; i < 100; ++i) members[tp::usize(p)].push_back(static_cast<std::int32_t>(random.below(20000, p, i)));
  return bound::of(std::move(members), std::move(names), 20000, 2048, "bench");
}

void check_programs(const tp::counts_view<tp::scale::raw>& in, const bound& programs) {
  tp::token_batch<tp::channels<tp::channel::value>> out;
  bound::scratch room;
  programs(in, out, room, {});
  for (std::int64_t c = 0; c < in.n_cells(); ++c) {
    std::vector<double> sum(tp::usize(programs.n_programs()), 0.0);
    for (std::size_t i = 0; i < in.genes_of(c).size(); ++i)
      for (std::int64_t at = programs.gene_begin[tp::usize(in.genes_of(c)[i])]; at < programs.gene_begin[tp::usize(in.genes_of(c)[i]) + 1]; ++at)
        sum[tp::usize(programs.program[tp::usize(at)])] += static_cast<double>(in.values_of(c)[i]);
    for (std::int64_t i = 0; i < out.view().n_tokens(c); ++i) {
      const auto p = tp::usize(out.view().ids_of(c)[tp::usize(i)]);
      bench::check(out.view().of<tp::channel::value>(c)[tp::usize(i)] == static_cast<float>(sum[p] / programs.n_members[p]), "programs");
    }
  }
}

void rank_2048(benchmark::State& state) { run(state, tp::tokenize::rank<2048>{}, check_rank); }
void binned_51(benchmark::State& state) { run(state, tp::tokenize::binned<51>{}, check_binned); }
void programs_50(benchmark::State& state) { run(state, some_programs(50), check_programs); }
void programs_300(benchmark::State& state) { run(state, some_programs(300), check_programs); }

BENCHMARK(rank_2048)->Arg(500)->Arg(2000)->Arg(4000)->UseManualTime();
BENCHMARK(binned_51)->Arg(500)->Arg(2000)->Arg(4000)->UseManualTime();
BENCHMARK(programs_50)->Arg(2000)->UseManualTime();
BENCHMARK(programs_300)->Arg(2000)->UseManualTime();

}  // namespace

BENCHMARK_MAIN();
