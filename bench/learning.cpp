/// What a small transformer learns on simulated cells, and what that is worth: its loss beside its floor, and how well two probes read cell
/// types off its embedding. Run it with growing numbers of steps for the curve; 0 steps is the untrained twin.
///     bench_learning [ranks|no_ranks] [STEPS] [CELLS] [SEED]
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <tepui/metric/probe/evaluate.hpp>
#include <tepui/metric/probe/knn.hpp>
#include <tepui/metric/probe/logistic.hpp>
#include <tepui/tepui.hpp>

namespace {

namespace tp = tepui;
constexpr int dims = 128, slots = 512;
constexpr std::int64_t labelled = 2000;

/// The first cells of a corpus; the others are for the probes.
struct first_cells {
  using room = tp::simulate::corpus::room;
  const tp::simulate::corpus* all;
  std::int64_t n;
  [[nodiscard]] std::int64_t n_cells() const { return n; }
  [[nodiscard]] const tp::gene_table& genes() const { return all->genes(); }
  [[nodiscard]] auto read(std::int64_t first, std::int64_t many, room& own) const { return all->read(first, many, own); }
};

template <class Position>
void learn(const tp::simulate::corpus& corpus, std::int64_t cells, std::int64_t steps, std::uint64_t seed) {
  const auto model = tp::compose(tp::transform::normalise{}, tp::transform::gene_medians{}, tp::tokenize::rank<slots>{},
                                 tp::embed::token_vectors<tp::embed::learned<dims>, tp::embed::no_value, tp::embed::sum, Position>{{.spread = 0.02}},
                                 tp::encode::transformer<{.layers = 2, .dims = dims, .heads = 4, .precision = tp::kernel::precision::bf16}>{});
  const tp::objective::masked_genes<tp::objective::output::tied, tp::objective::front::none, tp::kernel::precision::bf16> hide{};
  tp::train::training_options o;
  o.steps = steps;
  o.seed = seed;
  o.threads = 2;
  o.rate = {.highest = 2e-3, .warm_up = std::min<std::int64_t>(100, steps / 5)};
  o.on_validation = [](const tp::train::validation& v) {
    std::printf("step %lld, %lld tokens: loss %.4f on held-out cells, floor %.4f\n", static_cast<long long>(v.step), static_cast<long long>(v.tokens), v.loss, v.floor);
  };
  const auto learned = tp::train::pretrain(model, hide, first_cells{&corpus, cells}, o);

  const auto seen = learned.embed(tp::simulate::to_dataset(corpus, cells, labelled), {.threads = 2});
  const auto fresh = learned.embed(tp::simulate::to_dataset(corpus, cells + labelled, labelled), {.threads = 2});
  const tp::categorical type = corpus.obs(cells, 2 * labelled).labels("cell_type");
  const std::vector<std::int32_t> known(type.code.begin(), type.code.begin() + labelled), asked(type.code.begin() + labelled, type.code.end());
  const auto report = [](const std::vector<tp::score>& scores) {
    for (const tp::score& s : scores)
      if (s.value.known()) std::printf("%-32s %.3f [%.3f, %.3f]  floor %.3f\n", s.name.c_str(), s.value.value, s.low.value, s.high.value, s.floor.value);
  };
  report(tp::metric::evaluate(tp::metric::knn_probe{.k = 5}, seen.view(), known, fresh.view(), asked, type.category));
  report(tp::metric::evaluate(tp::metric::logistic_probe{.standardise = true}, seen.view(), known, fresh.view(), asked, type.category));
}

}  // namespace

int main(int argc, char** argv) try {
  const bool ranks = argc < 2 || std::strcmp(argv[1], "no_ranks") != 0;
  const std::int64_t steps = argc > 2 ? std::atoll(argv[2]) : 50, cells = argc > 3 ? std::atoll(argv[3]) : 16000;
  const std::uint64_t seed = argc > 4 ? std::strtoull(argv[4], nullptr, 10) : 1;
  const tp::simulate::corpus corpus({.seed = 1, .cells = cells + 2 * labelled});
  std::printf("%lld cells, told %s\n", static_cast<long long>(cells), ranks ? "the rank of each gene" : "which genes, not their ranks");
  if (ranks) {
    learn<tp::embed::learned_position<slots, 0.02>>(corpus, cells, steps, seed);
  } else {
    learn<tp::embed::no_position>(corpus, cells, steps, seed);
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "bench_learning: %s\n", error.what());
  return 3;
}
