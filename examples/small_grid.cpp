// A grid: two tokenizers with two encoders are four programs, each a type of its own, made from four lines. Every one is fitted on the
// same half of simulated cells and scored on the other, beside its untrained twin and the majority class.
#include <cstdio>
#include <tepui/metric/probe/evaluate.hpp>
#include <tepui/tepui.hpp>

namespace tp = tepui;
namespace tr = tepui::transform;

int main() {
  const tp::simulate::corpus corpus({.cells = 3000});
  const auto atlas = tp::simulate::to_dataset(corpus, 0, corpus.n_cells());
  const tp::categorical type = atlas.obs.labels("cell_type");
  const auto parts = tp::split::by_cell(atlas.n_cells(), {.validation = 0, .test = 0.5}, /*seed*/ 1);
  const auto train = tp::cells_of(atlas, parts.train), test = tp::cells_of(atlas, parts.test);
  const auto train_label = tp::metric::labels_of(type.code, parts.train), test_label = tp::metric::labels_of(type.code, parts.test);

  const auto grid = tp::compose_grid(
      tp::tokenizers(tp::named("rank", tp::compose(tr::normalise{}, tr::gene_medians{}, tp::tokenize::rank<256>{})),
                     tp::named("binned", tp::compose(tr::normalise{}, tr::log1p{}, tp::tokenize::binned<51, 1024>{}))),
      tp::encoders(tp::named("mean of random vectors", tp::encode::mean_of<tp::encode::random_vectors<32>>{}),
                   tp::named("mean of learned vectors", tp::encode::mean_of<tp::encode::learned_vectors<32>>{})));

  // Fits a pipeline on the training half and gives the macro-F1 of a 5-nearest-neighbour probe on the other.
  const auto macro_f1 = [&](const auto& pipeline) {
    const auto fitted = pipeline.fit(train, {.seed = 1});
    const auto seen = fitted.embed(train), fresh = fitted.embed(test);
    return tp::metric::evaluate(tp::metric::knn_probe{.k = 5}, seen.view(), train_label, fresh.view(), test_label, type.category)[1];
  };

  std::printf("macro-F1 of 5 nearest neighbours on %zu test cells\n", parts.test.size());
  std::printf("%-8s %-24s %-22s %-10s %s\n", "rows", "columns", "score and 95 % range", "untrained", "floor");
  tp::for_each_cell(grid, [&](const auto& cell) {
    const tp::score fitted = macro_f1(cell.pipeline), untrained = macro_f1(cell.pipeline.untrained());
    std::printf("%-8s %-24s %.3f [%.3f, %.3f]   %-10.3f %.3f\n", cell.tokenizer.c_str(), cell.encoder.c_str(), fitted.value.value,
                fitted.low.value, fitted.high.value, untrained.value.value, fitted.floor.value);
  });
  const auto best = tp::simulate::best_possible(corpus, parts.test).predicted;
  std::printf("%-8s %-24s %.3f\n", "", "best possible (ceiling)", tp::metric::confusion(test_label, best, static_cast<std::int32_t>(type.category.size())).macro_f1());
}
