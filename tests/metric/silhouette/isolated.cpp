#include <tepui/metric/silhouette/isolated.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "metric/silhouette/golden_cells.hpp"

namespace tepui::tests::silhouette_isolated {
namespace {

using metric::all_batches_rule;
using silhouette_cells::owned_cells;
using codes = std::vector<std::int32_t>;

codes isolated_of(const owned_cells& of, std::int64_t threshold = 0,
                  all_batches_rule rule = all_batches_rule::none_isolated) {
  return metric::isolated_labels({of.label, of.label_name}, {of.batch, of.batch_name}, threshold, rule);
}

TEST_CASE("labels in the fewest batches are isolated, unless that is all batches") {
  const owned_cells of(1, {0, 1, 2, 3, 4, 5, 6}, {0, 0, 0, 1, 1, 3, 3}, {0, 1, 2, 0, 1, 2, 1});  // label 2 has no cells
  CHECK(isolated_of(of) == codes{1, 3});
  CHECK(isolated_of(of, 1).empty());
  CHECK(isolated_of(of, 2) == codes{1, 3});
  CHECK(isolated_of(of, 3).empty());
  CHECK(isolated_of(of, 3, all_batches_rule::all_isolated) == codes{0, 1, 3});
  const owned_cells everywhere(1, {0, 1, 2, 3}, {0, 0, 1, 1}, {0, 1, 0, 1});
  CHECK(isolated_of(everywhere).empty());
  CHECK(isolated_of(everywhere, 0, all_batches_rule::all_isolated) == codes{0, 1});
  CHECK(metric::isolated_label_silhouette{}(everywhere.cells(), {}).at(0).value.reason ==
        "every cell type is in all batches, none is isolated");
  CHECK(
      metric::isolated_label_silhouette{.rule = all_batches_rule::all_isolated}(everywhere.cells(), {}).at(0).value.known());
}

TEST_CASE("without batches, with one label, without cells: the reason") {
  const auto why = [](const owned_cells& of) {
    return metric::isolated_label_silhouette{}(of.cells(), {}).at(0).value.reason;
  };
  CHECK(why(owned_cells(1, {0, 1, 2}, {0, 0, 1}, {})) == "the cells come without batches");
  CHECK(!why(owned_cells(1, {0, 1, 2}, {0, 0, 0}, {0, 1, 1})).empty());
  CHECK(why(owned_cells(1, {}, {}, {})) == "there are no cells to score");
}

TEST_CASE("as scib's, with and without a threshold, and as scib-metrics'") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: TEPUI_SHARED is not set");
    return;
  }
  const auto of = silhouette_cells::golden_cells(shared);
  CHECK(isolated_of(of) == codes{4});
  CHECK(isolated_of(of, 2) == codes{3, 4});
  const auto cells = of.cells();
  const auto s = metric::isolated_label_silhouette{}(cells, {}).at(0),
             two = metric::isolated_label_silhouette{.threshold = 2}(cells, {}).at(0);
  CHECK(s.value.value == doctest::Approx(0.694448526552021).epsilon(1e-10));
  CHECK(s.n == 40);
  CHECK(s.low.value < s.value.value);
  CHECK(s.high.value > s.value.value);
  CHECK(s.floor.value < 0.55);
  CHECK(two.value.value == doctest::Approx((0.7031885676536469 + 0.694448526552021) / 2).epsilon(1e-10));
  CHECK(two.n == 130);
}

}  // namespace
}  // namespace tepui::tests::silhouette_isolated
