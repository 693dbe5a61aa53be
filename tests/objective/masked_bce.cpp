#include <tepui/objective/masked_bce.hpp>

#include <limits>

#include "laws/golden_layers.hpp"

namespace tepui::tests::masked_bce_objective {
namespace {

constexpr float unknown = std::numeric_limits<float>::quiet_NaN();

TEST_CASE("the mean over the labels that are known, without overflow") {
  const auto loss = objective::masked_bce(std::vector<float>{0, 100, -100, 3}, std::vector<float>{1, 1, 1, unknown});
  CHECK(loss.n == 3);
  CHECK(loss.value == doctest::Approx((std::log(2.0) + 100) / 3));
  CHECK(objective::masked_bce(std::vector<float>{1}, std::vector<float>{unknown}).value == 0);
}

TEST_CASE("HEIMDALL's mean, which divides by the labels of a row and then by all; and its sum, which is ours over the rows") {
  if (!shared_is_here()) return;
  const auto score = golden("misc/bce_logits"), label = golden("misc/bce_target"), wanted = golden("misc/masked_bce");
  CHECK(std::abs(objective::compat::masked_bce(score, label, 3).value - static_cast<double>(wanted[0])) < 1e-5);
  CHECK(std::abs(objective::masked_bce(score, label).sum() / 4 - static_cast<double>(wanted[1])) < 1e-5);
}

}  // namespace
}  // namespace tepui::tests::masked_bce_objective
