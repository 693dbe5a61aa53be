#include <tepui/metric/silhouette/bras.hpp>

#include <doctest/doctest.h>

#include <string>

#include "metric/silhouette/golden_cells.hpp"

namespace tepui::tests::silhouette_bras {
namespace {

using metric::other_groups;

TEST_CASE("batches in pairs that touch pass for mixed by the nearest batch, not by all others") {
  // Batches 0 and 1 lie together, 2 and 3 lie together, far away: each cell has another batch beside it.
  const silhouette_cells::owned_cells of(1, {0, 1, 2, 0, 1, 2, 100, 101, 102, 100, 101, 102},
                                         {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3});
  const auto straight = kernel::distance_kind::euclidean;
  const metric::score_options options{.resamples = 0};
  const double nearest = metric::silhouette_batch{}(of.cells(), options).at(0).value.value;
  const double all = metric::bras{.distance = straight}(of.cells(), options).at(0).value.value;
  const double furthest = metric::bras{other_groups::furthest, straight}(of.cells(), options).at(0).value.value;
  CHECK(nearest > 0.6);
  CHECK(all < 0.1);
  CHECK(furthest < 0.1);
  CHECK(metric::bras{other_groups::nearest, straight}(of.cells(), options).at(0).value.value == nearest);
  CHECK(metric::bras{}.describe() == "batches compared with all other batches, cosine, ceiling of 500 cells a type");
}

TEST_CASE("as scib-metrics'") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: TEPUI_SHARED is not set");
    return;
  }
  const auto of = silhouette_cells::golden_cells(shared);
  const auto s = metric::bras{}(of.cells(), {.prefix = "x."}).at(0);
  CHECK(s.name == "x.bras");
  CHECK(s.value.value == doctest::Approx(0.847870945930481).epsilon(1e-6));    // in float
  CHECK(s.value.value == doctest::Approx(0.8478708828465278).epsilon(1e-10));  // the same by numpy in double
  const auto f = metric::bras{other_groups::furthest, kernel::distance_kind::euclidean}(of.cells(), {}).at(0);
  CHECK(f.value.value == doctest::Approx(0.9030851125717163).epsilon(1e-6));
  CHECK(f.value.value == doctest::Approx(0.9030850863267652).epsilon(1e-10));
}

}  // namespace
}  // namespace tepui::tests::silhouette_bras
