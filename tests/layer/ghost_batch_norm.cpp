#include <tepui/layer/ghost_batch_norm.hpp>

#include <doctest/doctest.h>

#include "laws/layer_laws.hpp"

namespace tepui::tests::ghost_batch_norm_layer {
namespace {

TEST_CASE("ghost batches keep the laws of layers") {
  laws::of_layer(layer::ghost_batch_norm<3, 3>{}, {.training = true, .whole_batch = true});
  laws::of_layer(layer::ghost_batch_norm<3, 3>{});
  laws::of_layer(layer::ghost_batch_norm<3>{}, {.training = true, .whole_batch = true});
}

TEST_CASE("ghost batches say what is not usual about their norm") {
  CHECK(layer::ghost_batch_norm<4>{}.describe() == "batch_norm(4)");
  CHECK(layer::ghost_batch_norm<4, 2, layer::batch_norm_settings{0.1F, 0.001F}>{}.describe() ==
        "batch_norm(4, epsilon 0.001) of 2 rows");
}

TEST_CASE("rows are cut into as many ghost batches as have the rows that are asked for") {
  CHECK(layer::ghost_batches(2048, 256) == 8);
  CHECK(layer::ghost_batches(700, 256) == 2);
  CHECK(layer::ghost_batches(100, 256) == 1);
  CHECK(layer::ghost_batches(100, 0) == 1);
  CHECK(layer::ghost_begin(7, 1, 2) == 3);
}

TEST_CASE("each ghost batch is normalised by itself, and running moments are those of all rows") {
  using half = layer::batch_norm<2>;
  using ghosts = layer::ghost_batch_norm<2, 2>;
  const std::int64_t n = layer::n_weights(half{});
  REQUIRE(layer::n_weights(ghosts{}) == n);
  std::vector<double> w(usize(n)), x{1, 10, 2, 20, 3, 60, 6, 30}, dy{1, 0, 0, 1, 2, -1, 1, 0.5}, y(8), dx(8), dw(usize(n)), y2(8), dx2(8), dw2(usize(n));
  layer::draw_weights<double>(half{}, kernel::draws(1, "norm"), w);
  const std::vector<std::int64_t> begin{0, 1, 2, 3, 4}, id{1, 2, 3, 4};
  const layer::packed at{begin, id, {}, true};
  const std::span<const double> weights(w), in(x), d(dy);
  ghosts::saved<double> saved;
  ghosts::room<double> room;
  ghosts{}.forward(weights, at, in, std::span(y), saved, room);
  ghosts{}.backward(weights, at, in, d, std::span(dw), std::span(dx), saved, room);
  for (std::size_t first : {0U, 4U}) {
    half::saved<double> keep;
    half{}.forward(weights, at, in.subspan(first, 4), std::span(y2).subspan(first, 4), keep, room);
    half{}.backward(weights, at, in.subspan(first, 4), d.subspan(first, 4), std::span(dw2), std::span(dx2).subspan(first, 4), keep, room);
  }
  CHECK(y == y2);
  CHECK(dx == dx2);
  CHECK(dw == dw2);
  CHECK(dw[64] == 4);  // rows of both
}

}  // namespace
}  // namespace tepui::tests::ghost_batch_norm_layer
