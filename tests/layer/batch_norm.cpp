#include <tepui/layer/batch_norm.hpp>

#include <doctest/doctest.h>

#include <tepui/layer/chain.hpp>
#include <tepui/layer/linear.hpp>

#include "laws/layer_laws.hpp"

namespace tepui::tests::batch_norm_layer {
namespace {

TEST_CASE("a batch norm's gradient is exact, with the moments of the batch and with those it keeps") {
  laws::of_layer(layer::batch_norm<4>{}, {.training = true, .whole_batch = true});
  laws::of_layer(layer::batch_norm<3, layer::batch_norm_settings{0.01F, 0.001F}>{}, {.training = true, .whole_batch = true});
  laws::of_layer(layer::batch_norm<4>{});
  laws::of_layer(layer::chain<layer::linear<5, 4>, layer::chain<layer::batch_norm<4>, layer::linear<4, 2>>>{},
                 {.training = true, .whole_batch = true});
}

TEST_CASE("a chain with a batch norm inside compares the rows of a batch, another one does not") {
  using normed = layer::chain<layer::linear<5, 4>, layer::batch_norm<4>>;
  static_assert(layer::reads_whole_batch<layer::chain<normed, layer::linear<4, 2>>>());
  static_assert(!layer::reads_whole_batch<layer::chain<layer::linear<5, 4>, layer::linear<4, 2>>>());
}

TEST_CASE("a batch norm says what is not usual about it, and only that") {
  CHECK(layer::batch_norm<4>{}.describe() == "batch_norm(4)");
  CHECK(layer::batch_norm<4, layer::batch_norm_settings{0.1F, 0.001F}>{}.describe() == "batch_norm(4, epsilon 0.001)");
  CHECK(layer::batch_norm<4, layer::batch_norm_settings{0.01F, 1e-5F}>{}.describe() == "batch_norm(4, momentum 0.01)");
  CHECK(layer::batch_norm<4, layer::batch_norm_settings{0.01F, 0.001F}>{}.describe() ==
        "batch_norm(4, momentum 0.01, epsilon 0.001)");
}

TEST_CASE("parameters are what is learned by a gradient: no padding, no moments") {
  const layer::chain<layer::linear<5, 4>, layer::batch_norm<4>> normed;
  CHECK(layer::n_weights(normed) == 32 + 16 + 5 * 16);
  CHECK(layer::n_parameters(normed) == 5 * 4 + 4 + 4 + 4);  // weight, bias, gain, shift
  CHECK(layer::n_not_learned(normed) == 128 - 32);
}

/// Four cells of two dims, with the numbers that torch.nn.BatchNorm1d(2) gives in training for a loss of sum(dy y).
struct of_torch {
  layer::batch_norm<2> norm;
  std::vector<double> w = std::vector<double>(usize(layer::n_weights(norm)));
  std::vector<double> x{1, 10, 2, 20, 3, 60, 6, 30}, dy{1, 0, 0, 1, 2, -1, 1, 0.5};
  std::vector<std::int64_t> begin{0, 1, 2, 3, 4}, id{1, 2, 3, 4};
  layer::batch_norm<2>::saved<double> saved;
  layer::batch_norm<2>::room<double> room;
  of_torch() {
    layer::draw_weights<double>(norm, kernel::draws(1, "norm"), w);
    w[0] = 2, w[1] = 0.5, w[16] = 1, w[17] = -1;  // gain, shift
  }
};

TEST_CASE("forward, backward and what is kept of a batch can be checked with a pencil") {
  of_torch on;
  const layer::packed at{on.begin, on.id, {}, true};
  std::vector<double> y(8), dx(8), dw(on.w.size());
  on.norm.forward(std::span<const double>(on.w), at, std::span<const double>(on.x), std::span(y), on.saved, on.room);
  on.norm.backward(std::span<const double>(on.w), at, std::span<const double>(on.x), std::span<const double>(on.dy),
                   std::span(dw), std::span(dx), on.saved, on.room);
  // Means 3 and 30, variances (4 + 1 + 0 + 9) / 4 = 3.5 and (400 + 100 + 900 + 0) / 4 = 350.
  const double s0 = 1 / std::sqrt(3.5 + 1e-5F), s1 = 1 / std::sqrt(350 + 1e-5F);
  CHECK(y[0] == doctest::Approx(1 - 2 * 2 * s0));
  CHECK(y[1] == doctest::Approx(-1 - 20 * 0.5 * s1));
  CHECK(y[6] == doctest::Approx(1 + 3 * 2 * s0));
  CHECK(y[7] == doctest::Approx(-1));
  // d gain = sum dy x^: dim 0 (1 (-2) + 2 (0) + 1 (3)) s0, dim 1 (1 (-10) - 1 (30) + 0.5 (0)) s1; d shift = sum dy.
  CHECK(dw[0] == doctest::Approx(1 * s0));
  CHECK(dw[1] == doctest::Approx(-40 * s1));
  CHECK(dw[16] == doctest::Approx(4));
  CHECK(dw[17] == doctest::Approx(0.5));
  // dx = gain s (dy - mean dy - x^ mean (dy x^)), first cell of dim 0: x^ = -2 s0.
  CHECK(dx[0] == doctest::Approx(2 * s0 * (1 - 1 - (-2 * s0) * (s0 / 4))));
  // Sums from the running mean 0: x, x^2, rows.
  CHECK(dw[32] == doctest::Approx(12));
  CHECK(dw[33] == doctest::Approx(120));
  CHECK(dw[48] == doctest::Approx(1 + 4 + 9 + 36));
  CHECK(dw[49] == doctest::Approx(100 + 400 + 3600 + 900));
  CHECK(dw[64] == doctest::Approx(4));
}

TEST_CASE("one row has no spread to learn from, and a batch norm says so") {
  of_torch on;
  const std::vector<std::int64_t> begin{0, 1};
  const layer::packed at{begin, on.id, {}, true};
  std::vector<double> y(2);
  CHECK_THROWS_WITH_AS(on.norm.forward(std::span<const double>(on.w), at, std::span<const double>(on.x).first(2), std::span(y),
                                       on.saved, on.room),
                       doctest::Contains("give at least 2 rows"), bad_data);
}

}  // namespace
}  // namespace tepui::tests::batch_norm_layer
