#include <cstdio>
#include <tepui/embed/learned.hpp>
#include <tepui/embed/token_vectors.hpp>
#include <tepui/encode/transformer.hpp>
#include <tepui/objective/masked_genes.hpp>
#include <tepui/tokenize/rank.hpp>
#include <tepui/train/pretrain.hpp>
#include <tepui/transform/gene_medians.hpp>
#include <tepui/transform/normalise.hpp>

#include "grid.hpp"

namespace ablation {

std::vector<st::experiment> make_transformers(std::int64_t steps, const shared_cells& cells, const shared_heads& heads) {
  constexpr int dims = 128, slots = 512;
  const auto model = tp::compose(tp::transform::normalise{}, tp::transform::gene_medians{}, tp::tokenize::rank<slots>{},
                                 tp::embed::token_vectors<tp::embed::learned<dims>, tp::embed::no_value, tp::embed::sum, tp::embed::learned_position<slots, 0.02>>{{.spread = 0.02}},
                                 tp::encode::transformer<{.layers = 2, .dims = dims, .heads = 4}>{});
  tp::train::training_options how;
  how.steps = steps;
  how.rate = {.highest = 2e-3, .warm_up = std::min<std::int64_t>(100, steps / 5)};
  how.on_validation = [](const tp::train::validation& v) {
    if (v.step > 0)
      std::fprintf(stderr, "transformer, step %lld: loss %.4f on held-out cells, floor %.4f\n", static_cast<long long>(v.step), v.loss, v.floor);
  };
  const auto learner = tp::train::pretraining(model, tp::objective::masked_genes<>{}, how);
  return {st::make_experiment(tp::grid_cell<std::remove_const_t<decltype(learner)>>{"rank", "transformer 2 x 128", learner}, cells, heads)};
}

}  // namespace ablation
