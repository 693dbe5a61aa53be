#include <tepui/encode/token_weights.hpp>

#include <doctest/doctest.h>

#include "laws/encoder_laws.hpp"

namespace tepui::tests::token_weights {
namespace {

/// The weights of one cell with values 3, 1, 0 in this order (bins 4, 2, 1).
template <class Weights, class... Channels>
std::vector<float> weights() {
  const auto tokens = laws::tokens_in<host, Channels...>({{{0, 1.0F}, {1, 0.0F}, {2, 3.0F}}}, 3);
  std::vector<float> out{9, 9, 9, 9, 9};
  Weights::weigh(tokens.view(), 0, out);
  return out;
}

TEST_CASE("the first of n tokens counts 1, the last 1/n") {
  CHECK(weights<encode::by_order>() == std::vector<float>{1.0F, 2.0F / 3, 1.0F / 3});
  CHECK(weights<encode::evenly>() == std::vector<float>{1, 1, 1});
}

TEST_CASE("values count by their logarithm, bins by their number") {
  CHECK(weights<encode::by_value, channel::value>() == std::vector<float>{std::log1p(3.0F), std::log1p(1.0F), 0.0F});
  CHECK(weights<encode::by_bin, channel::bin>() == std::vector<float>{4, 2, 1});
}

TEST_CASE("what the tokenizer gives decides: bins, then values, then the order") {
  CHECK(weights<encode::by_channels, channel::value, channel::bin>() == weights<encode::by_bin, channel::bin>());
  CHECK(weights<encode::by_channels, channel::value>() == weights<encode::by_value, channel::value>());
  CHECK(weights<encode::by_channels, channel::mask>() == weights<encode::by_order>());
}

TEST_CASE("relative weights sum to 1, or are all 0 where nothing counts") {
  const auto tokens = laws::tokens_in<host, channel::value>({{{0, 1.0F}, {1, 3.0F}}, {{0, 0.0F}}, {}}, 3);
  std::vector<float> w;
  encode::relative_weights<encode::by_value>(tokens.view(), 0, w);
  CHECK(w[0] + w[1] == doctest::Approx(1));
  CHECK(w[0] == doctest::Approx(2.0 / 3));
  encode::relative_weights<encode::by_value>(tokens.view(), 1, w);
  CHECK(w == std::vector<float>{0});
  encode::relative_weights<encode::by_value>(tokens.view(), 2, w);
  CHECK(w.empty());
}

}  // namespace
}  // namespace tepui::tests::token_weights
