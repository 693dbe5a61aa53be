#include <tepui/encode/cell_encoder.hpp>

#include <doctest/doctest.h>

#include "laws/encoder_laws.hpp"

namespace tepui::tests::cell_encoder_stage {
namespace {
using layer::mlp_shape;

TEST_CASE("encoders of counts keep the laws of encoders") {
  laws::encoder_of_counts<scale::log1p>(
      encode::mlp_encoder<mlp_shape{.batch_norm = true, .dropout_per_mille = 100}, 8, 6, 4>{});
  laws::encoder_of_counts<scale::log1p>(encode::mlp_encoder<mlp_shape{}, 4>{});
  laws::encoder_of_counts<scale::raw>(encode::scvi_encoder<3, mlp_shape{.batch_norm = true}, 8>{});
}

/// Two genes, one hidden number, two numbers out, of which the first is the embedding: 1 and 2 for the genes and a bias of 0.5;
/// relu; 3 and -1, and a bias of 10 and 0.
using small = encode::fitted_cell_encoder<layer::mlp_behind<mlp_shape{}, 1, 2>, port::counts<scale::raw>,
                                          encode::cell_encoder_settings{.values = encode::read_as::log1p, .dims = 1}>;
small pencil() {
  small out;
  out.genes.n_genes = 2;
  out.weights.assign(usize(layer::n_weights(out)), 0.0F);
  out.weights[0] = 1, out.weights[1] = 2, out.weights[16] = 0.5F;
  out.weights[32] = 3, out.weights[33] = -1, out.weights[48] = 10;
  return out;
}

TEST_CASE("an embedding can be checked with a pencil") {
  counts<scale::raw> cells;
  cells.n_genes = 2;
  const std::vector<std::int32_t> both{0, 1};
  const std::vector<float> value{1, 3};
  cells.add_cell(7, both, value);
  cells.add_cell(8, {}, {});
  embedding_batch<> out;
  small::scratch scratch;
  pencil()(cells.view(), out, scratch, kernel::draws(1, "none"));
  CHECK(out.n_columns == 1);
  CHECK(out.value[0] == doctest::Approx(10 + 3 * (0.5 + std::log(2.0) + 2 * std::log(4.0))).epsilon(1e-6));
  CHECK(out.value[1] == doctest::Approx(11.5));
  CHECK(pencil().operations(3) == 2 * 3 * 1 + 2 * 1 * 2);
}

TEST_CASE("genes that are dropped while it learns are those of the cell's id, and the others grow") {
  using dropping = encode::fitted_cell_encoder<layer::same<1>, port::any_counts,
                                               encode::cell_encoder_settings{.input_dropout_per_mille = 500}>;
  dropping encoder;
  encoder.genes.n_genes = 400;
  std::vector<double> w(usize(layer::n_weights(encoder)), 1.0), z(2), again(1);
  w[400] = 0;  // the bias
  std::vector<std::int32_t> gene(400);
  for (std::int32_t g = 0; g < 400; ++g) gene[usize(g)] = g;
  const std::vector<float> value(400, 1.0F);
  const std::vector<std::int64_t> begin{0, 0}, end{400, 400}, rows{0, 1, 2}, ids{5, 6};
  const kernel::stored_cells<float> cells{400, begin, end, gene, value};
  dropping::saved<double> saved;
  dropping::room<double> room;
  const kernel::draws random(3, "drop");
  encoder.forward_cells(std::span<const double>(w), {rows, ids, random, true, {}}, cells, std::span(z), saved, room);
  CHECK(z[0] != z[1]);
  CHECK(z[0] > 320);
  CHECK(z[0] < 480);
  const kernel::stored_cells<float> second{400, std::span(begin).last(1), std::span(end).last(1), gene, value};
  encoder.forward_cells(std::span<const double>(w), {std::span(rows).first(2), std::span(ids).last(1), random, true, {}},
                        second, std::span(again), saved, room);
  CHECK(again[0] == z[1]);
  encoder.forward_cells(std::span<const double>(w), {rows, ids, random, false, {}}, cells, std::span(z), saved, room);
  CHECK(z[0] == 400);
}

TEST_CASE("cells of other genes are refused") {
  counts<scale::raw> cells;
  cells.n_genes = 3;
  embedding_batch<> out;
  small::scratch scratch;
  CHECK_THROWS_WITH_AS(pencil()(cells.view(), out, scratch, kernel::draws(1, "none")),
                       doctest::Contains("2 genes was given cells of 3 genes"), bad_data);
}

TEST_CASE("operations of a cell are those of its expressed genes, and of the layers behind them") {
  const encode::mlp_encoder<mlp_shape{.batch_norm = true}, 16, 8>::fitted encoder;
  CHECK(encoder.operations(10) == 2.0 * 10 * 16 + 2.0 * 16 * 8);
}

}  // namespace
}  // namespace tepui::tests::cell_encoder_stage
