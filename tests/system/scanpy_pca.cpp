#include <tepui/system/scanpy_pca.hpp>

#include <doctest/doctest.h>

#include <tepui/simulate/corpus.hpp>

namespace tepui::tests::scanpy_pca {
namespace {

TEST_CASE("counts become as many components as asked for, with as many genes as there are") {
  const auto atlas = simulate::to_dataset(simulate::corpus({.cells = 120, .genes = 300}), 0, 120);
  const auto fitted = system::scanpy_pca<5>(2000).fit(cells_of(atlas), {.seed = 1});
  const auto embedding = fitted.embed(atlas);
  CHECK(embedding.n_cells() == 120);
  CHECK(embedding.n_columns == 5);
}

}  // namespace
}  // namespace tepui::tests::scanpy_pca
