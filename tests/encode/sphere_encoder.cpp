#include <tepui/encode/sphere_encoder.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "laws/encoder_laws.hpp"

namespace tepui::tests::sphere_encoder {
namespace {

constexpr layer::mlp_shape shape{.prelu = true, .batch_norm = true, .dropout_per_mille = 500};
using small = encode::sphere_encoder<shape, 400, 8, 7, 5>;

TEST_CASE("a sphere encoder keeps the laws of an encoder") { laws::encoder_of_counts<scale::log1p>(small{}); }

TEST_CASE("embeddings have length 1, of a cell without counts as well; nothing is dropped where nothing is learned") {
  small::fitted stage;
  stage.genes.n_genes = 4;
  stage.weights.resize(usize(layer::n_weights(stage)));
  layer::draw_weights<float>(stage, kernel::draws(1, "weights"), stage.weights);
  counts<scale::log1p> cells;
  cells.n_genes = 4;
  const std::vector<std::int32_t> two{0, 3}, one{1};
  const std::vector<float> value{2, 0.5F};
  cells.add_cell(7, two, value);
  cells.add_cell(8, {}, {});
  cells.add_cell(9, one, std::span(value).first(1));
  embedding_batch<> out, alone;
  small::fitted::scratch scratch;
  stage(cells.view(), out, scratch, kernel::draws(1, "none"));
  for (std::size_t c = 0; c < 3; ++c) {
    double length = 0;
    for (std::size_t k = 0; k < 5; ++k) length += std::pow(static_cast<double>(out.value[5 * c + k]), 2);
    CHECK(length == doctest::Approx(1).epsilon(1e-6));
  }
  CHECK(out.value[0] != out.value[10]);
  stage(cells.view(), alone, scratch, kernel::draws(2, "others"));
  CHECK(std::equal(out.value.begin(), out.value.end(), alone.value.begin()));
  CHECK(small::dims == 5);
}

}  // namespace
}  // namespace tepui::tests::sphere_encoder
