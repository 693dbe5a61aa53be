#include <tepui/layer/residual.hpp>

#include <doctest/doctest.h>

#include <tepui/layer/chain.hpp>
#include <tepui/layer/feed_forward.hpp>
#include <tepui/layer/layer_norm.hpp>
#include <tepui/layer/linear.hpp>
#include <tepui/layer/rms_norm.hpp>
#include <tepui/layer/self_attention.hpp>

#include "laws/layer_laws.hpp"

namespace of_residual {
using namespace tepui;
using layer::norm_place;

template <norm_place Place, int Drop = 0, int Share = 1000>
using around = layer::residual<layer::layer_norm<8>, layer::feed_forward<8, 12>, Place, Drop, Share>;

TEST_CASE("residual layers keep the laws of layers, wherever the norm stands") {
  laws::of_layer(around<norm_place::before>{});
  laws::of_layer(around<norm_place::after>{});
  laws::of_layer(around<norm_place::stream>{});
  laws::of_layer(layer::residual<layer::rms_norm<20>, layer::linear<20, 20>>{}, {.rows = {17, 0, 1, 2}});
}

TEST_CASE("residual layers keep the laws of layers while some of what they add is dropped") {
  laws::of_layer(around<norm_place::before, 300>{}, {.training = true});
  laws::of_layer(around<norm_place::after, 300>{}, {.training = true});
  laws::of_layer(around<norm_place::stream, 300>{}, {.training = true});
  laws::of_layer(around<norm_place::before, 300>{});
}

TEST_CASE("residual layers keep the laws of layers where what they were given weighs more or less") {
  laws::of_layer(around<norm_place::after, 0, 1861>{});
  laws::of_layer(around<norm_place::after, 200, 500>{}, {.training = true});
}

TEST_CASE("blocks of attention and feed-forward keep the laws of layers") {
  using norm = layer::layer_norm<8>;
  using attention = layer::self_attention<{.dims = 8, .heads = 2}>;
  using block = layer::chain<layer::residual<norm, attention, norm_place::before, 100>,
                             layer::residual<norm, layer::feed_forward<8, 12>, norm_place::before, 100>>;
  laws::of_layer(layer::stack<block, 2>{}, {.training = true, .near = 1e-4});
}

/// What a residual layer makes of the rows of one cell.
template <class Layer>
std::vector<float> through(const std::vector<float>& w, const std::vector<float>& x, bool training = false) {
  const Layer l;
  const std::vector<std::int64_t> begin{0, isize(x.size()) / Layer::dims_in}, id{3};
  std::vector<float> y(x.size(), 77.0F);
  layer::saved_t<Layer, float> saved;
  layer::room_t<Layer, float> room;
  l.forward(std::span<const float>(w), {begin, id, kernel::draws(1, "r"), training}, std::span<const float>(x), std::span<float>(y), saved, room);
  return y;
}

TEST_CASE("where the inner layer says nothing, before hands on x, after its norm, and so does stream") {
  using norm = layer::layer_norm<2, 0.0F>;
  using inner = layer::linear<2, 2>;
  std::vector<float> w(usize(layer::n_weights(layer::residual<norm, inner>{})));
  w[0] = w[1] = 1;  // gains; all else is 0
  const std::vector<float> x{3, 5, 2, -2};
  CHECK(through<layer::residual<norm, inner>>(w, x) == x);
  CHECK(through<layer::residual<norm, inner, norm_place::after>>(w, x) == std::vector<float>{-1, 1, 1, -1});
  CHECK(through<layer::residual<norm, inner, norm_place::stream>>(w, x) == std::vector<float>{-1, 1, 1, -1});
}

TEST_CASE("an inner layer that says its input: norm first adds the normed row, stream doubles it") {
  using norm = layer::layer_norm<2, 0.0F>;
  using inner = layer::linear<2, 2>;
  std::vector<float> w(usize(layer::n_weights(layer::residual<norm, inner>{})));
  w[0] = w[1] = 1;
  w[32] = w[35] = 1;  // the identity, behind gains and shifts
  CHECK(through<layer::residual<norm, inner>>(w, {3, 5}) == std::vector<float>{2, 6});
  CHECK(through<layer::residual<norm, inner, norm_place::stream>>(w, {3, 5}) == std::vector<float>{-2, 2});
  CHECK(through<layer::residual<norm, inner, norm_place::after>>(w, {3, 5}) == std::vector<float>{-1, 1});
}

TEST_CASE("dropout takes from what is added, never from what was given") {
  using l = layer::residual<layer::layer_norm<2, 0.0F>, layer::linear<2, 2>, norm_place::before, 500>;
  std::vector<float> w(usize(layer::n_weights(l{})));
  w[48] = w[49] = 1;  // the bias: what is added is 1, or 2 and 0 while learning
  std::vector<float> x(40, 7.0F);
  for (std::size_t i = 0; i < x.size(); i += 2) x[i] = 3;
  const auto read = through<l>(w, x), learned = through<l>(w, x, true);
  std::int64_t dropped = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    CHECK(read[i] == x[i] + 1);
    CHECK((learned[i] == x[i] || learned[i] == x[i] + 2));
    if (learned[i] == x[i]) ++dropped;
  }
  CHECK(dropped > 5);
  CHECK(dropped < 35);
}

}  // namespace of_residual
