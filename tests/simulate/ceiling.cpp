#include <tepui/simulate/ceiling.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace tepui::tests::simulate_ceiling {
namespace {
using simulate::best_possible;
using simulate::corpus;
using simulate::corpus_options;

std::vector<std::int64_t> first_cells(std::int64_t n) {
  std::vector<std::int64_t> cells(usize(n));
  std::iota(cells.begin(), cells.end(), std::int64_t{0});
  return cells;
}

double accuracy(const corpus& from, const std::vector<std::int64_t>& cells, const std::vector<std::int32_t>& predicted) {
  double right = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) right += from.type(cells[i]) == predicted[i] ? 1 : 0;
  return right / static_cast<double>(cells.size());
}

corpus_options quick() {
  corpus_options o;
  o.genes = 300;
  o.depth = 100;
  o.types = 6;
  o.lineages = 2;
  o.rarest_share = 0.05;
  o.genes_per_program = 20;
  return o;
}

TEST_CASE("the certainty of the best classifier is its accuracy") {
  const corpus from(quick());
  const auto cells = first_cells(3000);
  const auto best = best_possible(from, cells);
  const double sure = std::accumulate(best.certainty.begin(), best.certainty.end(), 0.0) / 3000;
  const double right = accuracy(from, cells, best.predicted);
  CHECK(right < 0.98);
  // Three standard errors of an accuracy measured on 3,000 cells.
  CHECK(std::abs(right - sure) < 3 * std::sqrt(sure * (1 - sure) / 3000));
}

TEST_CASE("types that do not differ leave the most common one as the best answer") {
  auto o = quick();
  o.lineage_effect = o.twig_effect = o.type_effect = o.shared_effect = 0;
  const corpus from(o);
  const auto best = best_possible(from, first_cells(20));
  for (const std::int32_t type : best.predicted) CHECK(type == 0);
  for (const double certainty : best.certainty) CHECK(certainty == doctest::Approx(from.parameters().share_of_type[0]));
}

TEST_CASE("types that differ in everything are always told apart") {
  auto o = quick();
  o.lineage_effect = o.twig_effect = o.type_effect = 4;
  o.depth = 2000;
  const corpus from(o);
  const auto cells = first_cells(200);
  CHECK(accuracy(from, cells, best_possible(from, cells).predicted) == 1);
}

TEST_CASE("a deeper corpus has a higher ceiling") {
  auto o = quick();
  const auto cells = first_cells(1000);
  const corpus shallow(o);
  o.depth = 400;
  const corpus deep(o);
  CHECK(accuracy(deep, cells, best_possible(deep, cells).predicted) >
        accuracy(shallow, cells, best_possible(shallow, cells).predicted) + 0.02);
}

TEST_CASE("the ceiling of the default corpus leaves something to find and is not out of reach") {
  const corpus from{corpus_options{}};
  const auto cells = first_cells(300);
  const double right = accuracy(from, cells, best_possible(from, cells, 2).predicted);
  CHECK(right >= 0.95);
  CHECK(right <= 1);
}

TEST_CASE("threads, and the company in which a cell is asked for, change nothing") {
  const corpus from(quick());
  const auto cells = first_cells(40);
  const auto one = best_possible(from, cells, 1), three = best_possible(from, cells, 3);
  CHECK(one.predicted == three.predicted);
  CHECK(one.certainty == three.certainty);
  const std::vector<std::int64_t> alone{17};
  CHECK(best_possible(from, alone).certainty[0] == one.certainty[17]);
}

TEST_CASE("no cells, no answers; a cell outside the corpus is refused") {
  const corpus from(quick());
  CHECK(best_possible(from, {}).predicted.empty());
  const std::vector<std::int64_t> outside{from.n_cells()};
  CHECK_THROWS_AS((void)best_possible(from, outside), bad_option);
}

}  // namespace
}  // namespace tepui::tests::simulate_ceiling
