#include <tepui/metric/silhouette/batch.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "metric/silhouette/golden_cells.hpp"

namespace tepui::tests::silhouette_batch {
namespace {

using silhouette_cells::owned_cells;

TEST_CASE("batches apart within their type, with a pencil") {
  // Type 0: batches at 0, 1 and 10, 11. Type 1 has one batch; type 2 has batches of one cell each: both are passed over.
  const owned_cells of(1, {0, 1, 10, 11, 50, 51, 90, 95}, {0, 0, 0, 0, 1, 1, 2, 2}, {0, 0, 1, 1, 0, 0, 0, 1});
  const auto s = metric::silhouette_batch{}(of.cells(), {.resamples = 50}).at(0);
  CHECK(s.value.value == doctest::Approx(1 - ((10.5 - 1) / 10.5 + (9.5 - 1) / 9.5) / 2));
  CHECK(s.n == 4);
  CHECK(s.ceiling.known());
  CHECK(!s.floor.known());
  CHECK(s.floor.reason.find("noise") != std::string::npos);
}

TEST_CASE("types count alike, however many cells they have") {
  // Type 0 is mixed (two copies of each batch at one place: silhouette 0), type 1 apart; type 0 has four times the cells.
  std::vector<float> x;
  std::vector<std::int32_t> label, batch;
  for (int i = 0; i < 16; ++i) x.push_back(3), label.push_back(0), batch.push_back(i % 2);
  for (int i = 0; i < 4; ++i)
    x.push_back(static_cast<float>(100 + 1000 * (i % 2))), label.push_back(1), batch.push_back(i % 2);
  const auto s = metric::silhouette_batch{}(owned_cells(1, x, label, batch).cells(), {.resamples = 0}).at(0);
  CHECK(s.value.value == doctest::Approx((1.0 + 0.0) / 2));
  CHECK(!s.low.known());
}

TEST_CASE("where batches cannot be compared the score says why") {
  const owned_cells none(1, {0, 1, 2}, {0, 0, 1}, {}), one(1, {0, 1, 2}, {0, 0, 1}, {0, 0, 0}),
      skipped(1, {0, 1, 2}, {0, 0, 1}, {0, 1, 0});
  for (const auto* of : {&none, &one, &skipped}) {
    CHECK(!metric::silhouette_batch{}(of->cells(), {}).at(0).value.known());
    CHECK(!metric::silhouette_batch{}(of->cells(), {}).at(0).value.reason.empty());
  }
  CHECK(metric::silhouette_of_batches{}(none.cells(), {}).at(0).value.reason == "the cells come without batches");
  CHECK(metric::silhouette_of_batches{}(one.cells(), {}).at(0).value.reason == "all cells are of one batch");
  CHECK(metric::silhouette_of_batches{}(owned_cells(1, {}, {}, {}).cells(), {}).at(0).value.reason ==
        "there are no cells to score");
}

TEST_CASE("the floor is the same score before integration") {
  const owned_cells before(1, {0, 1, 0, 1, 100, 101, 100, 101}, {0, 0, 0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 1, 1, 1, 1});
  owned_cells after = before;
  after.value = {0, 1, 0, 1, 0, 1, 0, 1};
  auto cells = after.cells();
  cells.before = before.view();
  const auto within = metric::silhouette_batch{}(cells, {}).at(0), over = metric::silhouette_of_batches{}(cells, {}).at(0);
  CHECK(within.floor.value < 0.02);
  CHECK(within.value.value > 0.7);
  CHECK(over.floor.value > 0.98);
  CHECK(over.value.value < 0.6);
  CHECK(over.better == direction::lower_is_better);
  const owned_cells other(1, {0, 1}, {0, 0}, {0, 1});
  cells.before = other.view();
  CHECK_THROWS_AS((void)metric::silhouette_batch{}(cells, {}), bad_data);
  CHECK_THROWS_AS((void)metric::silhouette_of_batches{}(cells, {}), bad_data);
}

TEST_CASE("the ceiling does not depend on the order of cells") {
  std::vector<float> x;
  std::vector<std::int32_t> label, batch;
  for (int i = 0; i < 300; ++i) {
    x.push_back(static_cast<float>(std::sin(37.0 * i)));
    label.push_back(i % 3);
    batch.push_back(i % 7 % 2);
  }
  owned_cells of(1, x, label, batch),
      turned(1, {x.rbegin(), x.rend()}, {label.rbegin(), label.rend()}, {batch.rbegin(), batch.rend()});
  turned.id.assign(of.id.rbegin(), of.id.rend());
  const auto s = metric::silhouette_batch{.drawn = 20}(of.cells(), {.resamples = 0}).at(0);
  const auto t = metric::silhouette_batch{.drawn = 20}(turned.cells(2), {.resamples = 0}).at(0);
  CHECK(s.value.value == doctest::Approx(t.value.value).epsilon(1e-13));
  CHECK(s.ceiling.value == doctest::Approx(t.ceiling.value).epsilon(1e-13));
}

TEST_CASE("as scib's: batches within types, type by type, and over all cells") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: TEPUI_SHARED is not set");
    return;
  }
  const auto of = silhouette_cells::golden_cells(shared);
  const auto mixing = metric::mixing_of_batches({600, 20, of.value}, of.label, 5, of.batch, 3);
  const auto means = metric::means_by_label(mixing.value, mixing.label, 5);
  const std::vector<double> expected{0.9373877913099868, 0.9434019378221215, 0.9301830456650643, 0.9314002246265839};
  for (std::size_t l = 0; l < 4; ++l) CHECK(means[l] == doctest::Approx(expected[l]).epsilon(1e-10));
  CHECK(std::isnan(means[4]));  // label 4 lies in batch 0 alone
  const auto s = metric::silhouette_batch{}(of.cells(), {}).at(0), t = metric::silhouette_batch{}(of.cells(2), {}).at(0);
  CHECK(s.value.value == doctest::Approx(0.9355932498559392).epsilon(1e-10));
  CHECK(s.value.value == t.value.value);
  CHECK(s.ceiling.value == t.ceiling.value);
  CHECK(s.low.value < s.value.value);
  CHECK(s.n == 560);
  CHECK(metric::silhouette_of_batches{}(of.cells(), {}).at(0).value.value ==
        doctest::Approx(0.5030646372620741).epsilon(1e-10));
}

}  // namespace
}  // namespace tepui::tests::silhouette_batch
