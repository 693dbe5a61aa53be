#include <doctest/doctest.h>

#include <tepui/simulate/corpus.hpp>
#include <tepui/system/epochs.hpp>
#include <tepui/system/scvi.hpp>

namespace tepui::tests::epochs_in_steps_of_systems {
namespace {

TEST_CASE("epochs are counted in cells that are learned from, not in whole batches") {
  const system::epochs_in_steps of(1000, 100, 0.05);
  CHECK(of.cells == 950);
  CHECK(of.batch == 100);
  CHECK(of.steps(1) == 10);  // 9.5
  CHECK(of.steps(2) == 19);
  CHECK(of.steps(100) == 950);
}
TEST_CASE("a batch is never larger than the corpus") {
  const system::epochs_in_steps few(100, 1024, 0.05);
  CHECK(few.batch == 95);
  CHECK(few.steps(8) == 8);
}
TEST_CASE("a preset that is published in epochs goes through the cells as often as it says") {
  const simulate::corpus cells({.seed = 3, .cells = 100, .genes = 60});
  const auto model = system::scvi_published(100, 8).fit(cells, {.seed = 1});
  CHECK(model.report.steps == 8);
  CHECK(model.report.epochs <= 8);
  CHECK(model.report.epochs >= 7);
}

}  // namespace
}  // namespace tepui::tests::epochs_in_steps_of_systems
