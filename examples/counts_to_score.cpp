// From a count matrix to a score, as one type: choose variable genes, reduce them to 20 components, and ask a classifier how much of the
// cell types is left.    counts_to_score [FILE.h5ad LABEL]; without a file, simulated cells
#include <cstdio>
#include <tepui/io/h5ad.hpp>
#include <tepui/metric/probe/evaluate.hpp>
#include <tepui/tepui.hpp>

namespace tp = tepui;

int main(int argc, char** argv) try {
  const std::string label = argc > 2 ? argv[2] : "cell_type";
  const tp::dataset<> atlas = argc > 2 ? tp::io::read_raw_counts(argv[1]) : tp::simulate::to_dataset(tp::simulate::corpus({.cells = 3000}), 0, 3000);

  // Half of the cells to learn from, half to be scored on.
  const auto parts = tp::split::by_cell(atlas.n_cells(), {.validation = 0, .test = 0.5}, /*seed*/ 1);
  const auto train = tp::cells_of(atlas, parts.train), test = tp::cells_of(atlas, parts.test);

  const auto model = tp::from_counts | tp::transform::normalise{} | tp::transform::log1p{} |
                     tp::transform::highly_variable{.genes = 1000} | tp::encode::pca<{.dims = 20}>{};
  const auto fitted = model.fit(train, {.seed = 1});
  const auto seen = fitted.embed(train);
  const auto fresh = fitted.embed(test);
  std::printf("%s\n%s\n", atlas.source.c_str(), fitted.describe().c_str());

  // A classifier learns the labels of the training half and is asked for those of the other: a score, its interval, and what the most
  // common label for every cell would have got.
  const tp::categorical type = atlas.obs.labels(label);
  const auto scores = tp::metric::evaluate(tp::metric::logistic_probe{}, seen.view(), tp::metric::labels_of(type.code, parts.train),
                                           fresh.view(), tp::metric::labels_of(type.code, parts.test), type.category);
  for (const tp::score& s : scores) {
    if (!s.value.known()) {
      std::printf("%-32s not known: %s\n", s.name.c_str(), s.value.reason.c_str());
    } else {
      std::printf("%-32s %.3f  [%.3f, %.3f]  floor %.3f\n", s.name.c_str(), s.value.value, s.low.value, s.high.value, s.floor.value);
    }
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "counts_to_score: %s\n", error.what());
  return 3;
}
