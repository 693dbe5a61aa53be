#include "grid.hpp"

#include <iterator>
#include <tepui/compose/grid.hpp>
#include <tepui/encode/gene_vectors.hpp>
#include <tepui/encode/genes.hpp>
#include <tepui/encode/mean_of.hpp>
#include <tepui/encode/pca.hpp>
#include <tepui/metric/probe/knn.hpp>
#include <tepui/metric/probe/logistic.hpp>
#include <tepui/metric/probe/sparse_logistic.hpp>
#include <tepui/tokenize/binned.hpp>
#include <tepui/tokenize/learned_programs.hpp>
#include <tepui/tokenize/programs.hpp>
#include <tepui/tokenize/rank.hpp>
#include <tepui/transform/gene_medians.hpp>
#include <tepui/transform/highly_variable.hpp>
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/normalise.hpp>

namespace ablation {
namespace {

auto token_encoders() {
  return tp::encoders(tp::named("mean of random gene vectors", tp::encode::mean_of<tp::encode::random_vectors<64>>{}),
                      tp::named("mean of learned gene vectors", tp::encode::mean_of<tp::encode::learned_vectors<64>>{}));
}

}  // namespace

shared_heads make_heads() {
  return std::make_shared<const std::vector<st::study_head>>(
      std::vector{st::make_head("kNN", tp::metric::knn_probe{.k = 5}),
                  st::make_head("logistic regression", tp::metric::logistic_probe{.standardise = true})});
}

shared_heads make_family_heads() {
  return std::make_shared<const std::vector<st::study_head>>(
      std::vector{st::make_head("kNN", tp::metric::knn_probe{.k = 5}),
                  st::make_head("logistic regression (L2)", tp::metric::logistic_probe{.C = 1, .standardise = true}),
                  st::make_head("logistic regression (L1)", tp::metric::sparse_logistic_probe{.C = 1, .standardise = true})});
}

std::vector<st::experiment> make_grid(const std::vector<tp::gene_set>& sets, const shared_cells& cells,
                                      const shared_heads& heads, const tp::sample::any_sampler& sampler) {
  namespace tr = tp::transform;
  const auto logs = tp::compose(tr::normalise{}, tr::log1p{});
  const auto variable = tp::compose(logs, tr::highly_variable{.genes = 1000});
  const auto fixed = tp::extend_grid(
      tp::compose_grid(
          tp::tokenizers(tp::named("rank", tp::compose(tr::normalise{}, tr::gene_medians{}, tp::tokenize::rank<512>{})),
                         tp::named("binned", tp::compose(logs, tp::tokenize::binned<51, 1024>{}))),
          token_encoders()),
      tp::without_tokenizer("PCA", tp::compose(variable, tp::encode::pca<{.dims = 50}>{})),
      tp::without_tokenizer("HVG", tp::compose(variable, tp::encode::genes{})));
  auto all = st::make_experiments(fixed, cells, heads, sampler);
  const auto add_programs = [&](const auto& programs) {
    const auto row = tp::compose_grid(tp::tokenizers(tp::named("program", tp::compose(logs, programs))), token_encoders());
    auto more = st::make_experiments(row, cells, heads, sampler);
    all.insert(all.begin() + 4, std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  };
  // Whether programs are given or learned is known only now, so both rows are compiled.
  if (sets.empty()) {
    add_programs(tp::tokenize::learned_programs<50, 20>{});
  } else {
    add_programs(tp::tokenize::programs<>{.sets = sets});
  }
  return all;
}

}  // namespace ablation
