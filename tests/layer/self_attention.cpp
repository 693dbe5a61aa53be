#include <tepui/layer/self_attention.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include "laws/layer_laws.hpp"

namespace of_self_attention {
using namespace tepui;
using kernel::sees;
using layer::self_attention;
using layer::turned;

TEST_CASE("attention keeps the laws of layers, for heads of several widths") {
  laws::of_layer(self_attention<{.dims = 8, .heads = 1}>{});
  laws::of_layer(self_attention<{.dims = 8, .heads = 4}>{});
  laws::of_layer(self_attention<{.dims = 20, .heads = 4}>{});
  laws::of_layer(self_attention<{.dims = 3, .heads = 3}>{});
  laws::of_layer(self_attention<{.dims = 32, .heads = 2}>{}, {.rows = {17, 0, 1, 34}});
}
TEST_CASE("attention that sees only what stands before keeps the laws of layers") {
  laws::of_layer(self_attention<{.dims = 8, .heads = 2, .sees = sees::before}>{});
  laws::of_layer(self_attention<{.dims = 20, .heads = 4, .sees = sees::before}>{}, {.rows = {17, 0, 1, 34}});
}
TEST_CASE("attention that is told where tokens stand keeps the laws of layers") {
  laws::of_layer(self_attention<{.dims = 8, .heads = 2, .position = turned::rotary}>{});
  laws::of_layer(self_attention<{.dims = 12, .heads = 2, .sees = sees::before, .position = turned::rotary}>{}, {.rows = {17, 0, 1, 34}});
}
TEST_CASE("attention that is drawn to some tokens keeps the laws of layers") {
  laws::of_layer(self_attention<{.dims = 8, .heads = 2}>{}, {.key_bias = true});
  laws::of_layer(self_attention<{.dims = 8, .heads = 2, .sees = sees::before, .position = turned::rotary}>{}, {.rows = {17, 0, 1, 34}, .key_bias = true});
}
TEST_CASE("attention in bf16 is near that in float32") {
  laws::of_layer(self_attention<{.dims = 32, .heads = 2, .precision = kernel::precision::bf16}>{}, {.rows = {17, 0, 1, 34}, .near = 2e-2});
}

/// Attention of one dim whose query, key and value are given multiples of x.
template <layer::attention_settings S>
std::vector<float> looked(float query, float key, const std::vector<float>& x, const std::vector<float>& key_bias = {}) {
  const self_attention<S> l;
  std::vector<float> w(usize(layer::n_weights(l)));
  w[0] = query, w[1] = key, w[2] = 1;
  w[32] = 1;  // out, behind weight and bias of in
  const std::vector<std::int64_t> begin{0, isize(x.size())}, id{0};
  layer::packed at{begin, id};
  at.key_bias = key_bias;
  std::vector<float> y(x.size());
  typename self_attention<S>::template saved<float> saved;
  typename self_attention<S>::template room<float> room;
  l.forward(std::span<const float>(w), at, std::span<const float>(x), std::span<float>(y), saved, room);
  return y;
}
constexpr layer::attention_settings one{.dims = 1, .heads = 1}, back{.dims = 1, .heads = 1, .sees = sees::before};
void check_near(const std::vector<float>& got, const std::vector<double>& wanted) {
  REQUIRE(got.size() == wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(static_cast<double>(got[i]) == doctest::Approx(wanted[i]).epsilon(1e-5));
}

TEST_CASE("who asks for nothing gets the mean, of all or of those before") {
  check_near(looked<one>(0, 0, {1, 2, 6}), {3, 3, 3});
  check_near(looked<back>(0, 0, {1, 2, 6}), {1, 1.5, 3});
}
TEST_CASE("a token takes up most of what fits its query") {
  const double e = std::exp(1.0);  // of tokens 0 and 1: 1 asks for 1
  check_near(looked<one>(1, 1, {0, 1}), {0.5, e / (1 + e)});
  check_near(looked<one>(100, 1, {1, 3}), {3, 3});
}
TEST_CASE("a score of its own draws attention to a token: log 3 makes it count three times") {
  check_near(looked<one>(0, 0, {1, 5}, {0, std::log(3.0F)}), {4, 4});
  check_near(looked<back>(0, 0, {1, 5}, {0, std::log(3.0F)}), {1, 4});
}
TEST_CASE("looking back, a later token changes nothing before it, bit for bit") {
  const auto early = looked<back>(0.3F, 0.4F, {1, 2, 3, 4});
  const auto late = looked<back>(0.3F, 0.4F, {1, 2, 3, -90});
  CHECK(std::equal(early.begin(), early.begin() + 3, late.begin()));
  CHECK(early[3] != late[3]);
}

}  // namespace of_self_attention
