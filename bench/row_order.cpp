// The order of a row, checked against a plain sort and timed beside a copy of the same bytes from and to memory: 8 in (gene, value)
// and 8 out (gene, value, in order) per nonzero. ns_each is per nonzero.
#include "measure.hpp"

#include <cstring>
#include <map>
#include <span>
#include <tepui/kernel/simd/gather.hpp>
#include <tepui/kernel/simd/rank_row.hpp>
#include <tepui/kernel/simd/row_order.hpp>
#include <tepui/kernel/simd/scaled.hpp>

namespace tp = tepui;
namespace simd = tepui::kernel::simd;

namespace {

struct corpus {
  tp::counts<tp::scale::raw> counts;
  std::vector<float> continuous;  ///< [entries] counts divided by a factor of the gene
  std::vector<double> of_gene;    ///< [genes]
};

/// Made once; several times what the caches hold.
const corpus& cells(std::int64_t expressed) {
  static std::map<std::int64_t, corpus> made;
  auto& x = made[expressed];
  if (x.counts.n_cells() == 0) {
    x.counts = bench::synthetic_cells(8'000'000 / expressed, static_cast<std::int32_t>(expressed));
    const tp::kernel::draws random(3, "factor of a gene");
    for (std::int32_t g = 0; g < x.counts.n_genes; ++g) x.of_gene.push_back(0.5 + 4 * random.uniform(g, 0));
    for (std::size_t i = 0; i < x.counts.gene.size(); ++i)
      x.continuous.push_back(static_cast<float>(static_cast<double>(x.counts.value[i]) / x.of_gene[tp::usize(x.counts.gene[i])]));
  }
  return x;
}

/// What a tokenizer does with an order: genes and values in it, in a batch of 256 cells that is used again.
struct emitted {
  static constexpr std::int64_t cells_at_once = 256;
  std::vector<std::int32_t> gene;
  std::vector<float> value;
  std::size_t end = 0;
  void begin(std::int64_t cell, std::size_t most) {
    if (cell % cells_at_once == 0) end = 0;
    simd::grow(gene, end + most);
    simd::grow(value, end + most);
  }
  void add(std::span<const std::int32_t> genes, std::span<const float> values, std::span<const std::int32_t> order) {
    simd::gather_both<float>(genes, values, order, gene.data() + end, value.data() + end);
    end += order.size();
  }
};

template <class KeysOf>
void run(benchmark::State& state, KeysOf&& keys_of, std::int64_t slots) {
  const corpus& x = cells(state.range(0));
  const auto view = x.counts.view();
  emitted out;
  simd::row_order_room room;
  tp::kernel::row_order_room plain_room;
  std::vector<std::int32_t> order, plain;
  for (std::int64_t c = 0; c < 50; ++c) {
    const auto keys = keys_of(x, c);
    using value = typename std::remove_cvref_t<decltype(keys)>::value_type;
    simd::row_order<value>(keys, slots, room, order);
    tp::kernel::row_order<value>(keys, slots, plain_room, plain);
    bench::check(order == plain, "row_order");
  }
  std::vector<char> to(x.counts.gene.size() * 8);
  bench::beside_floor(
      state, tp::isize(x.counts.gene.size()),
      [&] {
        for (std::int64_t c = 0; c < view.n_cells(); ++c) {
          out.begin(c, view.genes_of(c).size());
          const auto keys = keys_of(x, c);
          simd::row_order<typename std::remove_cvref_t<decltype(keys)>::value_type>(keys, slots, room, order);
          out.add(view.genes_of(c), view.values_of(c), order);
        }
        benchmark::DoNotOptimize(out.gene.data());
      },
      [&] {
        std::memcpy(to.data(), x.counts.gene.data(), x.counts.gene.size() * 4);
        std::memcpy(to.data() + x.counts.gene.size() * 4, x.counts.value.data(), x.counts.gene.size() * 4);
        benchmark::DoNotOptimize(to.data());
      });
}

std::span<const float> counts_of(const corpus& x, std::int64_t c) { return x.counts.view().values_of(c); }
std::span<const float> continuous_of(const corpus& x, std::int64_t c) {
  const auto values = x.counts.view().values_of(c);
  return {x.continuous.data() + (values.data() - x.counts.value.data()), values.size()};
}
/// Order and emission in one call.
template <bool Continuous>
void rank(benchmark::State& state) {
  const corpus& x = cells(state.range(0));
  const auto view = x.counts.view();
  emitted out;
  simd::rank_row_room room;
  tp::kernel::row_order_room plain_room;
  std::vector<std::int32_t> plain;
  std::vector<char> to(x.counts.gene.size() * 8);
  const auto cell = [&](std::int64_t c) {
    out.begin(c, view.genes_of(c).size());
    const std::size_t written = simd::rank_row<float>(Continuous ? continuous_of(x, c) : counts_of(x, c), view.genes_of(c), 1 << 20, room,
                                                      out.gene.data() + out.end, out.value.data() + out.end);
    out.end += written;
    return written;
  };
  for (std::int64_t c = 0; c < 50; ++c) {
    const auto keys = Continuous ? continuous_of(x, c) : counts_of(x, c);
    const std::size_t written = cell(c);
    tp::kernel::row_order<float>(keys, 1 << 20, plain_room, plain);
    for (std::size_t i = 0; i < written; ++i)
      bench::check(written == plain.size() && out.gene[out.end - written + i] == view.genes_of(c)[tp::usize(plain[i])], "rank_row");
  }
  bench::beside_floor(
      state, tp::isize(x.counts.gene.size()),
      [&] {
        for (std::int64_t c = 0; c < view.n_cells(); ++c) cell(c);
        benchmark::DoNotOptimize(out.gene.data());
      },
      [&] {
        std::memcpy(to.data(), x.counts.gene.data(), x.counts.gene.size() * 4);
        std::memcpy(to.data() + x.counts.gene.size() * 4, x.counts.value.data(), x.counts.gene.size() * 4);
        benchmark::DoNotOptimize(to.data());
      });
}
void rank_counts(benchmark::State& state) { rank<false>(state); }
void rank_continuous(benchmark::State& state) { rank<true>(state); }

void order_counts(benchmark::State& state) { run(state, counts_of, 1 << 20); }
void order_continuous(benchmark::State& state) { run(state, continuous_of, 1 << 20); }

BENCHMARK(rank_counts)->Arg(500)->Arg(1000)->Arg(2000)->Arg(4000)->UseManualTime();
BENCHMARK(rank_continuous)->Arg(500)->Arg(1000)->Arg(2000)->Arg(4000)->UseManualTime();
BENCHMARK(order_counts)->Arg(500)->Arg(1000)->Arg(2000)->Arg(4000)->UseManualTime();
BENCHMARK(order_continuous)->Arg(500)->Arg(1000)->Arg(2000)->Arg(4000)->Arg(10000)->UseManualTime();

}  // namespace

BENCHMARK_MAIN();
