#include <tepui/split/by_perturbation.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "laws/split_laws.hpp"

namespace tepui::tests::split_by_perturbation {
namespace {
using rows = std::vector<std::int64_t>;
using split::by_perturbation;

/// Ten controls, then two cells each of JUN, FOS, MYC.
table screen() {
  table obs;
  for (int i = 0; i < 16; ++i) obs.index.push_back("c" + std::to_string(i));
  obs.columns.emplace_back("perturbation",
                           categorical{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3}, {"control", "JUN", "FOS", "MYC"}});
  return obs;
}

TEST_CASE("by perturbation keeps the laws of splits, with controls that train and controls that are divided") {
  const auto unit = [](const table& obs) { return obs.labels("perturbation"); };
  laws::split([](const table& obs,
                 std::uint64_t seed) { return by_perturbation(obs, {.n_test = 3, .n_validation = 2, .seed = seed}); },
              unit);
  // Beside the controls there, "A" stands in for a control with enough cells to be divided.
  laws::split(
      [](const table& obs, std::uint64_t seed) {
        return by_perturbation(obs, {.share_test = 0.3, .seed = seed},
                               {.level = {"control", "A"}, .divided = split::shares{.validation = 0, .test = 0.4}});
      },
      unit, {.anywhere = {"control", "A"}});
}

TEST_CASE("controls train, whatever is held out") {
  const auto parts = by_perturbation(screen(), {.test = {"FOS"}, .validation = {"MYC"}});
  CHECK(parts.train == rows{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  CHECK(parts.validation == rows{14, 15});
  CHECK(parts.test == rows{12, 13});
  CHECK(parts.how == "held out perturbation: FOS, MYC (validation); controls train");
  std::set<rows> drawn;
  for (std::uint64_t seed = 0; seed < 30; ++seed) drawn.insert(by_perturbation(screen(), {.seed = seed}).test);
  CHECK(drawn == std::set<rows>{{10, 11}, {12, 13}, {14, 15}});
}

TEST_CASE("controls are divided in the shares asked for, beside whole perturbations") {
  const auto parts =
      by_perturbation(screen(), {.test = {"FOS"}, .seed = 3}, {.divided = split::shares{.validation = 0.2, .test = 0.3}});
  const auto n_controls = [](const rows& these) { return std::ranges::count_if(these, [](auto row) { return row < 10; }); };
  CHECK(n_controls(parts.train) == 5);
  CHECK(n_controls(parts.validation) == 2);
  CHECK(n_controls(parts.test) == 3);
  CHECK(parts.test.size() == 5);
  CHECK(parts.how == "held out perturbation: FOS; controls divided by cell, validation 0.2, test 0.3, seed 3");
}

TEST_CASE("a control that is not there, one that is to be tested, and nothing but controls to train on are refused") {
  CHECK_THROWS_WITH_AS(
      (void)by_perturbation(screen(), {}, {.level = {"DMSO"}}),
      "split: column 'perturbation' has no cells of the control 'DMSO'; the levels are: control, JUN, FOS, MYC; name the "
      "control as it stands there, or no control where there is none",
      bad_data);
  CHECK_THROWS_WITH_AS((void)by_perturbation(screen(), {.test = {"control"}}),
                       "split: perturbation 'control' is named for the train and for the test part; name it for one of them",
                       bad_data);
  CHECK_THROWS_AS((void)by_perturbation(screen(), {.n_test = 3}), bad_data);
  CHECK_THROWS_WITH_AS(
      (void)by_perturbation(screen(), {}, {.divided = split::shares{.validation = 0, .test = 0.01}}),
      "split: controls: a share of 0.01 of 10 cells leaves the test part without a cell; give a larger share, or 0 for no "
      "such part",
      bad_data);
  // No controls at all.
  CHECK(by_perturbation(screen(), {.test = {"control"}}, {.level = {}}).how == "held out perturbation: control");
}

}  // namespace
}  // namespace tepui::tests::split_by_perturbation
