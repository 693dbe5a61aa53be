#include <tepui/encode/weighted_sum.hpp>

#include <doctest/doctest.h>

#include "laws/embedder_laws.hpp"
#include "laws/golden_layers.hpp"

namespace tepui::tests::weighted_sum_stage {
namespace {

using encode::sum_length;
using encode::weighted_sum;

TEST_CASE("weighted sums keep the laws of an encoder") {
  laws::encoder_of_vectors<5, channel::value>(weighted_sum<>{});
  laws::encoder_of_vectors<3, channel::bin, channel::value>(weighted_sum<sum_length::as_it_is>{});
}

TEST_CASE("a gene counts as often as it is expressed; the length is 1 where it is asked for") {
  std::vector<float> sum(2);
  const std::vector<float> vectors{1, 0, 0, 2}, value{3, 2};
  weighted_sum<sum_length::as_it_is>::add_up(vectors, value, sum);
  CHECK(sum == std::vector<float>{3, 4});
  weighted_sum<>::add_up(vectors, value, sum);
  CHECK(sum[0] == doctest::Approx(0.6));
  weighted_sum<>::add_up({}, {}, sum);
  CHECK(sum == std::vector<float>{0, 0});
}

TEST_CASE("HEIMDALL's ExpressionWeightedSum multiplies only; ours is its sum over the tokens") {
  if (!shared_is_here()) return;
  const auto vectors = golden("encoders/embeds"), wanted = golden("encoders/ExpressionWeightedSumEncoder.out");
  auto value = golden("encoders/expr");
  const auto text = laws::shared_text(TEPUI_SHARED, "golden/heimdall/encoders/padmask.npy");  // bytes
  for (std::size_t t = 0; t < 16; ++t)
    if (text[text.size() - 16 + t] != 0) value[t] = 0;
  std::vector<float> out(wanted.size());
  encode::compat::expression_weighted(vectors, value, out);
  check_near(out, wanted);
  std::vector<float> sum(6), ours(6);
  for (std::size_t t = 0; t < 8; ++t)
    for (std::size_t d = 0; d < 6; ++d) sum[d] += wanted[6 * t + d];
  weighted_sum<sum_length::as_it_is>::add_up(std::span(vectors).first(48), std::span(value).first(8), ours);
  check_near(ours, sum);
}

}  // namespace
}  // namespace tepui::tests::weighted_sum_stage
