#include <tepui/metric/perturbation/trivial_predictors.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include <tepui/metric/head.hpp>
#include <tepui/metric/perturbation/combinations.hpp>
#include <tepui/metric/perturbation/dose_response.hpp>
#include <tepui/metric/perturbation/split_half.hpp>

#include "golden_perturbation.hpp"

namespace tepui::tests::trivial_predictors {
namespace {

using namespace tepui::metric;
using namespace tepui::tests::perturbation;

/// Control (2, 2, 2); A, B and C seen in training; A+B, B+D and gene Y scored.
owned_screen combined() {
  owned_screen s;
  s.genes = {"A", "C", "Y"};
  s.real.name = s.predicted.name = s.training.name = {"control", "A", "B", "A+B", "D", "B+D", "Y", "C"};
  for (owned_cells* side : {&s.real, &s.training})
    for (const auto& [x, y, z] : {std::tuple{1.5F, 3.0F, 1.0F}, {2.0F, 2.0F, 2.0F}, {2.5F, 1.0F, 3.0F}})
      side->add(0, {x, y, z});
  s.training.add(1, {3, 2, 2});  // delta (1, 0, 0)
  s.training.add(2, {2, 2, 4});  // delta (0, 0, 2)
  s.training.add(7, {2, 0.5F, 2});
  s.real.add(3, {3, 3, 4});  // sum of parts (1, 0, 2); interaction (0, 1, 0)
  s.real.add(5, {2, 2, 3});
  s.real.add(6, {2, 2, 0.5F});
  s.predicted = s.real;
  s.bind(true);
  return s;
}

TEST_CASE("no change, the mean, the sum of parts, and the nearest of a pencil case") {
  const auto s = combined();
  const auto mean = [](const trivial_prediction& t, std::int64_t p) {
    REQUIRE(t.applies());
    const auto of = t.bulk.mean_of(p);
    return std::vector<double>(of.begin(), of.end());
  };
  using row = std::vector<double>;
  CHECK(mean(no_change{}(*s.of), 0) == row{2, 2, 2});
  const row all{7.0 / 3, 1.5, 8.0 / 3};
  for (std::size_t g = 0; g < 3; ++g) CHECK(mean(train_mean{}(*s.of), 2)[g] == doctest::Approx(all[g]));
  CHECK(mean(celleval_base_mean{}(*s.of), 1)[1] == doctest::Approx(6.5 / 4));
  CHECK(mean(additive{}(*s.of), 0) == row{3, 2, 4});                // A+B
  CHECK(mean(additive{}(*s.of), 1)[0] == doctest::Approx(all[0]));  // D was not seen: the mean
  const auto nearest = nearest_perturbation{}(*s.of);
  CHECK(mean(nearest, 0) == row{2, 2, 4});  // B has the larger effect
  CHECK(mean(nearest, 1) == row{2, 2, 4});  // the part that was seen
  CHECK(mean(nearest, 2) == row{3, 2, 2});  // over control cells Y goes with A, against C
  CHECK(nearest_perturbation{.least = 1}(*s.of).bulk.mean_of(2)[0] == doctest::Approx(all[0]));
}

TEST_CASE("without training cells only no change applies, and the others say why") {
  auto s = combined();
  s.bind(false);
  CHECK(no_change{}(*s.of).applies());
  for (const trivial_prediction& t : trivial_predictions(*s.of))
    if (!t.name.starts_with("no_change")) CHECK(t.missing == "no training cells were given, from which it would learn");
}

TEST_CASE("combinations: the error of additivity stands beside, and the interaction is what adding leaves") {
  auto s = combined();
  const auto scores = combinations{}(*s.of, {.resamples = 10});
  CHECK(named(scores, "combination_mse").value.value == 0);
  CHECK(named(scores, "combination_mse").n == 1);
  CHECK(named(scores, "combination_mse.additive").value.value == doctest::Approx(1.0 / 3));
  CHECK(named(scores, "interaction_pearson").value.value == doctest::Approx(1));
  CHECK(named(scores, "interaction_pearson.additive").value.value == 0);
  s.bind(false);
  CHECK(combinations{}(*s.of, {})[0].value.reason ==
        "no combination is scored whose parts are all among the training cells");
}

TEST_CASE("higher doses of a compound do more or do not") {
  owned_screen s;
  s.real.name = s.predicted.name = {"control", "low", "middle", "high", "other"};
  for (int c = 0; c < 2; ++c) {
    s.real.add(0, {1.5F, 1});
    s.real.add(1, {1.6F, 1});
    s.real.add(2, {1.5F, 2});
    s.real.add(3, {4, 1});
    s.real.add(4, {0, 0});
  }
  s.predicted = s.real;
  for (int c = 0; c < 2; ++c) s.predicted.cells.value[usize(c) * 10 + 6] = 1.5F;  // high does nothing
  s.bind();
  const std::vector<std::int32_t> compound{-1, 0, 0, 0, 1};
  const std::vector<double> dose{0, 1, 10, 100, 1};
  const auto scores = dose_monotonicity{compound, dose}(*s.of, {.resamples = 10});
  CHECK(named(scores, "dose_monotonicity").value.value == doctest::Approx(-0.5));
  CHECK(named(scores, "dose_monotonicity").n == 1);
  CHECK(named(scores, "dose_monotonicity.real").value.value == doctest::Approx(1));
  CHECK(named(scores, "dose_monotonicity.no_change").value.value == 0);
  const std::vector<std::int32_t> none(5, -1);
  CHECK(dose_monotonicity{none, dose}(*s.of, {})[0].value.reason == "no compound was given in three doses or more");
  CHECK_THROWS_AS(static_cast<void>(dose_monotonicity{compound, {}}(*s.of, {})), bad_data);
}

TEST_CASE("halves are disjoint, equally large, and do not depend on the order of cells") {
  auto s = small_screen(3, 1, 0.3, 7);
  s.bind();
  const half_rows halves = halve(s.of->real(), s.of->real_rows(), 1);
  for (std::int32_t p = 0; p < 4; ++p) {
    CHECK(halves.first.of(p).size() == 3);
    CHECK(halves.second.of(p).size() == 3);
    for (const std::int64_t r : halves.first.of(p)) {
      CHECK(s.real.code[usize(r)] == p);
      const auto other = halves.second.of(p);
      CHECK(std::find(other.begin(), other.end(), r) == other.end());
    }
  }
  CHECK(halve(s.of->real(), s.of->real_rows(), 2).first.row != halves.first.row);
  const bulk_sides& bulks = halved_bulks(*s.of, 1);
  const cell_sides& cells = halved_cells(*s.of, 1);
  CHECK(&halved_bulks(*s.of, 1) == &bulks);
  CHECK(cells.pair->real_bulk().mean == bulks.first.mean);
  CHECK(cells.pair->predicted_bulk().delta == bulks.second.delta);
}

}  // namespace
}  // namespace tepui::tests::trivial_predictors
