#include <tepui/metric/neighbours/kbet.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "metric/neighbours/known_cells.hpp"

namespace tepui::tests::kbet {
namespace {

TEST_CASE("the statistic is Pearson's, of the cells around against all cells") {
  // Two batches of two cells, in two places: each neighbourhood of 2 has one batch only, of which 1 is expected.
  known_cells::cells c;
  c.embedding.resize(4, 1);
  for (std::int64_t i = 0; i < 4; ++i) c.embedding.row(i)[0] = i < 2 ? 0.0F : 9.0F;
  c.batch = {0, 0, 1, 1};
  c.label = {0, 0, 0, 0};
  c.labels = {"a"};
  c.batches = {"p", "without cells", "q"};
  c.batch[2] = c.batch[3] = 2;
  const auto of = c.view();
  const auto tests = metric::kbet_of_cells(of.neighbours(2), 2, of.batch);
  CHECK(tests.statistic == std::vector<double>{2, 2, 2, 2});  // (2 - 1)^2 / 1 + (0 - 1)^2 / 1
  CHECK(tests.p_value[0] == doctest::Approx(0.15729920705));  // one degree of freedom
  CHECK(tests.accepted(0.05) == std::vector<double>{1, 1, 1, 1});
  CHECK(tests.accepted(0.2) == std::vector<double>{0, 0, 0, 0});
}

TEST_CASE("the head holds its laws, survives poor data, and refuses bad settings") {
  CHECK(rc::check("kbet", [](std::uint16_t seed) { RC_ASSERT(known_cells::holds_its_laws(metric::kbet{.k = 20}, seed)); }));
  CHECK(known_cells::survives(metric::kbet{}, true, false));
  const auto c = known_cells::random_cells(1, 20, 2, 2, 2);
  CHECK_THROWS_AS(static_cast<void>(metric::kbet{.k = 1}(c.view())), bad_option);
  CHECK_THROWS_AS(static_cast<void>(metric::kbet{.alpha = 1}(c.view())), bad_option);
}

TEST_CASE("batches that mix are accepted nearly 1 - alpha of the time, parted ones never") {
  const auto mixed = metric::kbet{}(known_cells::random_cells(1, 500, 3, 2, 2, 4, 0).view())[0];
  CHECK(mixed.value.value > 0.85);
  CHECK(std::abs(mixed.value.value - mixed.ceiling.value) < 0.1);
  const auto parted = metric::kbet{}(known_cells::random_cells(1, 500, 3, 1, 2, 4, 100).view())[0];
  CHECK(parted.value.value == 0);
  CHECK(parted.ceiling.value > 0.85);
}

TEST_CASE("kBET is that of scib-metrics") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: the shared data are not there");
    return;
  }
  const auto c = known_cells::golden(shared);
  auto of = c.view();
  of.use_neighbours(known_cells::golden_neighbours(shared));
  const auto tests = metric::kbet_of_cells(of.neighbours(90), 50, of.batch, 2);
  CHECK(known_cells::apart(tests.statistic, laws::npy<double>(shared, "golden/metrics/kbet_k50_stat.npy")) < 1e-4);
  CHECK(known_cells::apart(tests.p_value, laws::npy<double>(shared, "golden/metrics/kbet_k50_pvalue.npy")) < 1e-4);
  CHECK(known_cells::apart(tests.p_value, laws::npy<double>(shared, "golden/metrics/kbet_k50_pvalue_f64ref.npy")) < 1e-12);
  // embed_results.json: kbet_f64_reference.acceptance
  CHECK(std::abs(metric::kbet{}(of)[0].value.value - 0.38166666666666665) < 1e-12);
}

}  // namespace
}  // namespace tepui::tests::kbet
