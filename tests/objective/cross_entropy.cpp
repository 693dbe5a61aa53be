#include <tepui/objective/cross_entropy.hpp>

#include "laws/golden_layers.hpp"

namespace tepui::tests::cross_entropy_objective {
namespace {

TEST_CASE("the mean of -log of each label's share; rows without a label do not count") {
  const std::vector<float> score{0, 0, 0, 1.0986123F, 5, 5};
  const auto loss = objective::cross_entropy(score, 2, std::vector<std::int32_t>{0, 1, -1});
  CHECK(loss.n == 2);
  CHECK(loss.value == doctest::Approx((std::log(2.0) + std::log(4.0 / 3)) / 2));
  CHECK(loss.sum() == doctest::Approx(2 * loss.value));
  CHECK(objective::cross_entropy({}, 2, {}).value == 0);
  CHECK_THROWS_WITH_AS(static_cast<void>(objective::cross_entropy(std::span<const float>(score).first(2), 2, std::vector<std::int32_t>{2})),
                       doctest::Contains("row 0 has label 2"), bad_data);
}

TEST_CASE("HEIMDALL's cross entropy") {
  if (!shared_is_here()) return;
  const auto loss = objective::cross_entropy(golden("misc/bce_logits"), 3, std::vector<std::int32_t>{0, 2, 1, 1});
  CHECK(std::abs(loss.value - static_cast<double>(golden("misc/ce_labels_0211")[0])) < 1e-5);
}

}  // namespace
}  // namespace tepui::tests::cross_entropy_objective
