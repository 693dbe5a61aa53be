#include <tepui/split/by_crossing.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "laws/split_laws.hpp"

namespace tepui::tests::split_by_crossing {
namespace {
using rows = std::vector<std::int64_t>;
using split::by_crossing;

/// Two lines and two drugs, all four combinations, one cell each; and a third drug in one line alone.
table five_cells() {
  table obs;
  obs.index = {"a", "b", "c", "d", "e"};
  obs.columns.emplace_back("cell_line", categorical{{0, 0, 1, 1, 1}, {"A549", "K562"}});
  obs.columns.emplace_back("drug", categorical{{0, 1, 0, 1, 2}, {"DMSO", "JQ1", "SAHA"}});
  return obs;
}

TEST_CASE("by crossing keeps the laws of splits") {
  const auto unit = [](const table& obs) { return split::joint(obs, {"cell_line", "perturbation"}); };
  laws::split(
      [](const table& obs, std::uint64_t seed) {
        return by_crossing(obs, {"cell_line", "perturbation"},
                           {.train = {"control"}, .n_test = 4, .n_validation = 2, .seed = seed});
      },
      unit);
  laws::split(
      [](const table& obs, std::uint64_t seed) {
        return by_crossing(obs, {"cell_line", "perturbation"}, {.share_test = 0.2, .seed = seed});
      },
      unit);
}

TEST_CASE("a combination is held out while each of its levels is seen in another") {
  const auto parts = by_crossing(five_cells(), {"cell_line", "drug"}, {.test = {{"K562", "JQ1"}}});
  CHECK(parts.test == rows{3});
  CHECK(parts.train == rows{0, 1, 2, 4});
  CHECK(parts.how == "held out cell_line | drug: K562 | JQ1");
  CHECK(rc::check([] {
    const table obs = laws::some_obs();
    const auto made = by_crossing(obs, {"cell_line", "perturbation"},
                                  {.n_test = 6, .n_validation = 4, .seed = *rc::gen::arbitrary<std::uint64_t>()});
    for (const char* column : {"cell_line", "perturbation"}) {
      const categorical labels = obs.labels(column);
      std::set<std::int32_t> seen;
      for (const std::int64_t row : made.train) seen.insert(labels.code[usize(row)]);
      for (const std::int32_t level : labels.code) RC_ASSERT(seen.contains(level));
    }
  }));
}

TEST_CASE("levels whose combinations all train") {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const auto parts = by_crossing(five_cells(), {"cell_line", "drug"}, {.train = {"DMSO"}, .seed = seed});
    CHECK((parts.test == rows{1} || parts.test == rows{3}));
  }
}

TEST_CASE("what cannot be held out is refused in a sentence") {
  CHECK_THROWS_WITH_AS(
      (void)by_crossing(five_cells(), {"cell_line", "drug"}, {.test = {{"K562", "SAHA"}}}),
      "split: without 'K562 | SAHA' no cell of drug 'SAHA' is left to train on; hold out another combination, or the "
      "whole level with split::held_out",
      bad_data);
  CHECK_THROWS_WITH_AS(
      (void)by_crossing(five_cells(), {"cell_line", "drug"}, {.test = {{"A549", "SAHA"}}}),
      "split: column 'cell_line | drug' has no cells of 'A549 | SAHA'; the levels are: A549 | DMSO, A549 | JQ1, K562 | "
      "DMSO, K562 | JQ1, K562 | SAHA; name one of them",
      bad_data);
  CHECK_THROWS_AS(
      (void)by_crossing(five_cells(), {"cell_line", "drug"}, {.test = {{"K562", "JQ1"}}, .validation = {{"K562", "JQ1"}}}),
      bad_data);
  CHECK_THROWS_AS((void)by_crossing(five_cells(), {"cell_line", "drug"}, {.n_test = 3}), bad_data);
  CHECK_THROWS_AS((void)by_crossing(five_cells(), {"cell_line", "drug"}, {.n_test = -1}), bad_option);
  CHECK_THROWS_AS((void)by_crossing(five_cells(), {"cell_line", "drug"}, {.train = {"water"}}), bad_data);
  CHECK_THROWS_AS((void)by_crossing(five_cells(), {"cell_line", "dose"}), bad_data);
  CHECK_THROWS_WITH_AS(
      (void)by_crossing(five_cells(), {"drug"}),
      "split::by_crossing: 1 columns were given, but combinations need two or more; for one column use split::held_out",
      bad_option);
}

TEST_CASE("a combination is named by its levels, not by a text that reads the same") {
  table obs;
  obs.index = {"a", "b", "c", "d"};
  obs.columns.emplace_back("line", categorical{{0, 0, 1, 1}, {"A | B", "E"}});
  obs.columns.emplace_back("drug", categorical{{0, 1, 0, 1}, {"C", "D"}});
  CHECK(split::by_crossing(obs, {"line", "drug"}, {.test = {{"A | B", "C"}}}).test == std::vector<std::int64_t>{0});
  CHECK_THROWS_AS((void)split::by_crossing(obs, {"line", "drug"}, {.test = {{"A", "B | C"}}}), bad_data);
}

}  // namespace
}  // namespace tepui::tests::split_by_crossing
