#include <tepui/metric/perturbation/de_overlap.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace tepui::tests::de_overlap {
namespace {

using genes = std::vector<std::int32_t>;

TEST_CASE("overlap asks for real genes, precision for predicted ones") {
  const genes real{4, 2, 7, 1}, predicted{2, 9, 4};
  CHECK(metric::de_overlap_at(real, predicted, 0) == 0.5);  // 2 and 4 of four
  CHECK(metric::de_overlap_at(real, predicted, 2) == 0.5);  // {4, 2} and {2, 9} share 2
  CHECK(metric::de_overlap_at(real, predicted, 1) == 0);
  CHECK(metric::de_overlap_at(real, predicted, 50) == 0.5);
  CHECK(metric::de_precision_at(real, predicted, 0) == doctest::Approx(2.0 / 3));
  CHECK(metric::de_precision_at(real, predicted, 2) == 0.5);
}

TEST_CASE("without genes there is no overlap; naming none where some changed has no precision") {
  CHECK(std::isnan(metric::de_overlap_at({}, genes{1}, 0)));
  CHECK(metric::de_overlap_at(genes{1}, {}, 50) == 0);
  CHECK(metric::de_precision_at(genes{1}, {}, 50) == 0);
  CHECK(metric::de_precision_at({}, genes{1}, 50) == 0);
  CHECK(std::isnan(metric::de_precision_at({}, {}, 0)));
}

}  // namespace
}  // namespace tepui::tests::de_overlap
