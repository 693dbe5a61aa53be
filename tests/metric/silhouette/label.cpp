#include <tepui/metric/silhouette/label.hpp>

#include <doctest/doctest.h>

#include <string>

#include "metric/silhouette/golden_cells.hpp"

namespace tepui::tests::silhouette_label {
namespace {

using silhouette_cells::owned_cells;

TEST_CASE("two types far apart score nearly 1, and permuted labels about a half") {
  const owned_cells of(1, {0, 1, 0, 1, 100, 101, 100, 101}, {0, 0, 0, 0, 1, 1, 1, 1}, {});
  const auto s = metric::silhouette_label{}(of.cells(), {.prefix = "raw."}).at(0);
  CHECK(s.name == "raw.silhouette_label");
  CHECK(s.n == 8);
  CHECK(s.value.value > 0.99);
  CHECK(s.value.value <= 1);
  CHECK(s.floor.value < 0.75);
  CHECK(s.low.value <= s.value.value);
  CHECK(s.high.value >= s.value.value);
  CHECK(!s.ceiling.known());
  CHECK(!s.ceiling.reason.empty());
}

TEST_CASE("where labels cannot be compared the score says why") {
  const owned_cells one(1, {0, 1, 2}, {0, 0, 0}, {}), own(1, {0, 1, 2}, {0, 1, 2}, {}), none(1, {}, {}, {});
  for (const auto* of : {&one, &own, &none}) {
    const auto s = metric::silhouette_label{}(of->cells(), {}).at(0);
    CHECK(!s.value.known());
    CHECK(!s.value.reason.empty());
    CHECK(s.n == isize(of->label.size()));
  }
  CHECK(
      metric::silhouette_label{.floor_cells = 0}(owned_cells(1, {0, 1, 5}, {0, 0, 1}, {}).cells(), {}).at(0).floor.reason ==
      "no cells were asked for to compute the floor from");
  CHECK_THROWS_AS((void)metric::silhouette_label{}(one.cells(), {.level = 2}), bad_option);
}

TEST_CASE("as scib's and scib-metrics', the floor near a half, the same bits for any threads") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: TEPUI_SHARED is not set");
    return;
  }
  const auto of = silhouette_cells::golden_cells(shared);
  const auto s = metric::silhouette_label{}(of.cells(), {}).at(0), t = metric::silhouette_label{}(of.cells(3), {}).at(0);
  CHECK(s.value.value == doctest::Approx(0.6565138192245442).epsilon(1e-10));
  CHECK(s.value.value == t.value.value);
  CHECK(s.floor.value == t.floor.value);
  CHECK(s.floor.value < 0.5);
  CHECK(s.low.value < s.value.value);
  CHECK(s.high.value > s.value.value);
}

}  // namespace
}  // namespace tepui::tests::silhouette_label
