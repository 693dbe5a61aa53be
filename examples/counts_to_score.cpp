// From a count matrix to a score, as one type: choose variable genes, reduce them to 20 components, and ask a classifier how much of the
// cell types is left.    counts_to_score [FILE.h5ad LABEL]; without a file, simulated cells
#include <cstdio>
#include <tepui/io/h5ad.hpp>
#include <tepui/tepui.hpp>

namespace tp = tepui;

int main(int argc, char** argv) try {
  const std::string label = argc > 2 ? argv[2] : "cell_type";
  const tp::dataset<> atlas = argc > 2 ? tp::io::read_h5ad(argv[1]) : tp::simulate::to_dataset(tp::simulate::corpus({.cells = 3000}), 0, 3000);

  // Half of the cells to learn from, half to be scored on.
  const auto split = tp::split::by_cell(atlas.n_cells(), {.validation = 0, .test = 0.5}, /*seed*/ 1);
  const tp::chosen_cells train(atlas.x.view(), split.train), test(atlas.x.view(), split.test);

  const auto model = tp::from_counts | tp::transform::normalise{} | tp::transform::log1p{} | tp::transform::highly_variable<1000>{} |
                     tp::encode::pca<{.dims = 20}>{};
  const auto fitted = model.fit(tp::cells_of(train.view(), atlas.genes), {.seed = 1});
  const auto seen = fitted.embed(tp::cells_of(train.view(), atlas.genes));
  const auto fresh = fitted.embed(tp::cells_of(test.view(), atlas.genes));
  std::printf("%s: %s\n", atlas.source.c_str(), fitted.describe().c_str());

  const tp::categorical type = atlas.obs.labels(label);
  SCORES
} catch (const std::exception& error) {
  std::fprintf(stderr, "counts_to_score: %s\n", error.what());
  return 3;
}
