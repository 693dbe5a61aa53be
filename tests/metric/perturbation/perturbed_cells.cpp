#include <tepui/metric/perturbation/perturbed_cells.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "golden_perturbation.hpp"

namespace tepui::tests::perturbed_cells_of {
namespace {

using namespace tepui::tests::perturbation;
using metric::perturbed_cells;

owned_screen two_perturbations() {
  owned_screen s;
  s.real.name = s.predicted.name = s.training.name = {"control", "A", "B", "never"};
  s.genes = {"A", "X"};
  s.real.add(0, {1.5F, 2});
  s.real.add(0, {0.5F, 2});
  s.real.add(1, {0.25F, 2});
  s.real.add(2, {1, 3.5F});
  s.predicted = s.real;
  s.training = s.real;
  return s;
}

TEST_CASE("pseudobulks are means, deltas are from the side's own control, labels without cells are not scored") {
  auto s = two_perturbations();
  s.predicted.cells.value[0] = 2.5F;  // another control
  s.bind(true);
  CHECK(s.of->n_scored() == 2);
  CHECK(s.of->scored()[1] == 2);
  CHECK(s.of->real_bulk().control == std::vector<double>{1, 2});
  CHECK(s.of->predicted_bulk().control == std::vector<double>{1.5, 2});
  CHECK(s.of->real_bulk().delta == std::vector<double>{-0.75, 0, 0, 1.5});
  CHECK(s.of->predicted_bulk().delta == std::vector<double>{-1.25, 0, -0.5, 1.5});
  CHECK(s.of->training_bulk().mean == s.of->real_bulk().mean);
  CHECK(s.of->target_gene(1) == 0);
  CHECK(s.of->target_gene(2) == -1);
  CHECK(metric::code_named(s.real.name, "B") == 2);
  CHECK_THROWS_WITH_AS(
      static_cast<void>(metric::code_named(s.real.name, "ctrl")),
      "no perturbation is called 'ctrl'; there are 'control', 'A', 'B', 'never'; name the control as it stands there",
      bad_data);
}

TEST_CASE("predicted pseudobulks borrow the real control where they bring none") {
  const auto s = two_perturbations();
  prediction<> bulk;
  bulk.resize(2, 2);
  bulk.value = {1, 2, 1, 3};
  bulk.cell_id = {2, 1};
  const perturbed_cells of(s.real.view(), bulk.view(), 0, s.genes);
  CHECK(!of.has_predicted_cells());
  CHECK(of.predicted_bulk().delta == std::vector<double>{0, 1, 0, 0});
  bulk.resize(3, 2);
  bulk.value = {1, 2, 1, 3, 0, 0};
  bulk.cell_id = {2, 1, 0};
  CHECK(perturbed_cells(s.real.view(), bulk.view(), 0, s.genes).predicted_bulk().delta == std::vector<double>{1, 3, 1, 2});
  bulk.cell_id = {2, 1, 1};
  CHECK_THROWS_WITH_AS(
      perturbed_cells(s.real.view(), bulk.view(), 0, s.genes),
      "row 2 of the predicted pseudobulks is of perturbation 1; codes must lie between 0 and 3, and each may come once",
      bad_data);
}

TEST_CASE("what does not fit is refused in one sentence") {
  const auto refuses = [](auto&& change, const char* sentence) {
    auto s = two_perturbations();
    change(s);
    CHECK_THROWS_WITH_AS(s.bind(), sentence, bad_data);
  };
  refuses(
      [](owned_screen& s) {
        s.predicted.code = {1, 1, 1, 2};
      },
      "no predicted cell is of the control 'control'; put control cells among the predicted ones");
  refuses(
      [](owned_screen& s) {
        s.real.code = {1, 1, 1, 2};
      },
      "no real cell is of the control 'control'; name the control as it stands in the data");
  refuses(
      [](owned_screen& s) {
        s.predicted.code = {0, 0, 1, 1};
      },
      "perturbation 'B' has real cells but no predicted ones; leave it out, or add what is missing");
  refuses(
      [](owned_screen& s) {
        s.predicted.code = {0, 1, 2, 3};
      },
      "perturbation 'never' has predicted cells but no real ones; leave it out, or add what is missing");
  refuses(
      [](owned_screen& s) { s.predicted.name[1] = "C"; },
      "the names of the predicted perturbations are not those of the real ones; give both sides codes into the same names");
  refuses([](owned_screen& s) { s.predicted.cells.value[1] = -0.5F; },
          "the predicted cells hold the negative value -0.5, which log1p expression cannot be; cut predictions at 0, or "
          "allow negative values");
  refuses([](owned_screen& s) { s.real.cells.value[1] = 20.5F; },
          "the real cells hold the value 20.5, but log1p expression lies below 15; take log1p of what is not logged yet");
  refuses([](owned_screen& s) { s.real.cells.value = {1, 2, 3, 4, 5, 6, 7, 8}; },
          "the real cells hold whole numbers only, which look like counts; normalise them and take log1p, or allow whole "
          "numbers");
  refuses([](owned_screen& s) { s.genes.pop_back(); }, "there are 1 gene names for 2 genes; give each one");
  auto s = two_perturbations();
  owned_cells narrow;
  narrow.name = s.real.name;
  narrow.add(0, {0.5F});
  CHECK_THROWS_WITH_AS(perturbed_cells(s.real.view(), narrow.view(), 0),
                       "the predicted cells have 1 genes and the real cells 2; give both the same genes in the same order",
                       bad_data);
  s.real.cells.value = s.predicted.cells.value = {1, 2, 3, 4, -5, 6, 7, 8};
  CHECK_NOTHROW(s.bind(false, {.whole_numbers = true, .negative = true}));
}

TEST_CASE("golden: pseudobulks") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("no golden data");
    return;
  }
  const auto s = golden_screen(shared, "pred");
  for (const std::string side : {"real", "pred"}) {
    const auto expected = laws::npy<double>(shared, "golden/metrics/pert_bulk_" + side + "_41x80.npy");
    const auto& bulk = side == "real" ? s.of->real_bulk() : s.of->predicted_bulk();
    double worst = 0;
    for (std::size_t g = 0; g < 80; ++g) worst = std::max(worst, std::abs(bulk.control[g] - expected[g]));
    for (std::size_t i = 0; i < bulk.mean.size(); ++i) worst = std::max(worst, std::abs(bulk.mean[i] - expected[80 + i]));
    CHECK(bulk.size() == 40);
    CHECK(worst < 1e-12);
  }
}

}  // namespace
}  // namespace tepui::tests::perturbed_cells_of
