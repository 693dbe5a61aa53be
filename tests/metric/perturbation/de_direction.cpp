#include <tepui/metric/perturbation/de_direction.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace tepui::tests::de_direction {
namespace {

TEST_CASE("genes that go the same way match, and a gene that stays does not match one that goes") {
  const double inf = std::numeric_limits<double>::infinity();
  const std::vector<double> real{1, -inf, 0, 2, 5}, predicted{0.1, -3, 0, 0, -5};
  CHECK(metric::same_direction_share(std::vector<std::int32_t>{0, 1, 2, 3}, real, predicted) == 0.75);
  CHECK(metric::same_direction_share(std::vector<std::int32_t>{4}, real, predicted) == 0);
  CHECK(std::isnan(metric::same_direction_share({}, real, predicted)));
}

}  // namespace
}  // namespace tepui::tests::de_direction
