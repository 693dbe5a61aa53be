#include <tepui/layer/norm_of_genes.hpp>

#include <doctest/doctest.h>

#include <tepui/kernel/sparse_linear.hpp>

#include "laws/layer_laws.hpp"

namespace tepui::tests::norm_of_genes_layer {
namespace {

TEST_CASE("a factor and an offset for each gene are the batch norm of the dense matrix, and so is their gradient") {
  // Three cells of three genes: (0, 2, 0), (1, 0, 0), (4, 6, 0); nobody expresses the third.
  const std::vector<std::int64_t> begin{0, 1, 2}, end{1, 2, 4}, rows{0, 1, 2, 3}, id{1, 2, 3};
  const std::vector<std::int32_t> gene{1, 0, 0, 1};
  const std::vector<float> value{2, 1, 4, 6};
  const kernel::stored_cells<float> cells{3, begin, end, gene, value};
  const std::vector<double> dense{0, 2, 0, 1, 0, 0, 4, 6, 0}, dy{1, 2, 3, -1, 0.5, 2, 0.25, 1, 1};
  const layer::norm_of_genes<> of_genes{3};
  const layer::batch_norm<3> of_rows;
  std::vector<double> w(usize(layer::n_weights(of_genes)));
  REQUIRE(layer::n_weights(of_rows) == isize(w.size()));
  layer::draw_weights<double>(of_genes, kernel::draws(1, "norm"), w);
  for (std::size_t g = 0; g < 3; ++g) w[g] = 1 + 0.5 * static_cast<double>(g), w[16 + g] = 0.1, w[32 + g] = 0.5, w[48 + g] = 2;
  for (const bool training : {true, false}) {
    const layer::packed at{rows, id, {}, training};
    std::vector<double> y(9), dx(9), dw(w.size()), slope(3), offset(3), want(w.size()), d_slope(3), d_offset(3);
    layer::batch_norm<3>::saved<double> keep;
    layer::batch_norm<3>::room<double> room;
    of_rows.forward(std::span<const double>(w), at, std::span<const double>(dense), std::span(y), keep, room);
    of_rows.backward(std::span<const double>(w), at, std::span<const double>(dense), std::span<const double>(dy), std::span(want), std::span(dx), keep, room);
    layer::norm_of_genes<>::saved<double> saved;
    of_genes.forward(std::span<const double>(w), at, cells, std::span(slope), std::span(offset), saved);
    for (std::size_t i = 0; i < 9; ++i) {
      CHECK(slope[i % 3] * dense[i] + offset[i % 3] == doctest::Approx(y[i]));
      d_slope[i % 3] += dy[i] * dense[i];
      d_offset[i % 3] += dy[i];
    }
    of_genes.backward(std::span<const double>(w), at, 3, d_slope, d_offset, std::span(dw), saved);
    for (std::size_t i = 0; i < w.size(); ++i) CHECK(dw[i] == doctest::Approx(want[i]));
  }
}

TEST_CASE("a norm of genes says what is not usual about it") {
  CHECK(layer::norm_of_genes<>{3}.describe() == "batch_norm of genes");
  CHECK(layer::norm_of_genes<layer::batch_norm_settings{0.1F, 0.001F}>{3}.describe() == "batch_norm of genes, epsilon 0.001");
}

}  // namespace
}  // namespace tepui::tests::norm_of_genes_layer
