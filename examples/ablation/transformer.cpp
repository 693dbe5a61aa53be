#include <algorithm>
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

namespace {

/// Position: whether the model is told the rank of a gene. A hidden gene stands between two that are not, and where many counts are the
/// same, their order alone nearly says which it is: a model that is told the ranks has the lower loss, and not the better embedding.
template <class Position>
st::experiment make_transformer(std::string name, const tp::train::training_options& how, const shared_cells& cells, const shared_heads& heads,
                                const tp::sample::any_sampler& sampler) {
  constexpr int dims = 128;
  const auto model = tp::compose(tp::transform::normalise{}, tp::transform::gene_medians{}, tp::tokenize::rank<512>{},
                                 tp::embed::token_vectors<tp::embed::learned<dims>, tp::embed::no_value, tp::embed::sum, Position>{{.spread = 0.02}},
                                 tp::encode::transformer<{.layers = 2, .dims = dims, .heads = 4}>{});
  auto own = how;
  own.on_validation = [name](const tp::train::validation& v) {
    if (v.step > 0)
      std::fprintf(stderr, "%s, step %lld: loss %.4f on held-out cells, floor %.4f\n", name.c_str(), static_cast<long long>(v.step), v.loss, v.floor);
  };
  auto learner = tp::train::pretraining(model, tp::objective::masked_genes<>{}, own);
  return st::make_experiment(tp::grid_cell<decltype(learner)>{"rank", name, std::move(learner)}, cells, heads, sampler);
}

}  // namespace

std::vector<st::experiment> make_transformers(std::int64_t steps, const shared_cells& cells, const shared_heads& heads,
                                              const tp::sample::any_sampler& sampler) {
  tp::train::training_options how;
  how.steps = steps;
  how.rate = {.highest = 2e-3, .warm_up = std::min<std::int64_t>(100, steps / 5)};
  return {make_transformer<tp::embed::learned_position<512, 0.02>>("transformer", how, cells, heads, sampler),
          make_transformer<tp::embed::no_position>("transformer without ranks", how, cells, heads, sampler)};
}

}  // namespace ablation
