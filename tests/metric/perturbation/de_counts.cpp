#include <tepui/metric/perturbation/de_counts.hpp>

#include <doctest/doctest.h>

#include "metric/perturbation/de_cells.hpp"

namespace tepui::tests::de_counts {
namespace {

TEST_CASE("numbers of changed genes are means over all perturbations, and have neither floor nor ceiling") {
  // P1 moves the first gene of two, P2 none.
  const auto names = de_cells::names_of(3);
  de_cells::cells cells{2, {}, {}, {}};
  for (int c = 0; c < 60; ++c) {
    const float v = static_cast<float>(c / 3) / 100 + (c % 3 == 1 ? 2.0F : 0.0F);
    cells.add(std::vector<float>{v, 0.5F}, c % 3);
  }
  const metric::perturbed_cells subject(cells.view(names), cells.view(names), 0, {});
  const auto scores = metric::de_counts{}(subject, {.resamples = 10});
  REQUIRE(scores.size() == 3);
  CHECK(scores[0].name == "de_genes_real");
  CHECK(scores[0].unit == "genes");
  CHECK(scores[0].value.value == 0.5);
  CHECK(scores[1].value.value == scores[0].value.value);
  CHECK(scores[2].value.value == 0.5);
  for (const auto& s : scores) CHECK(s.floor.reason == "a number of genes is neither good nor bad");
}

}  // namespace
}  // namespace tepui::tests::de_counts
