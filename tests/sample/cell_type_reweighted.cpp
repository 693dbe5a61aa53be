#include <tepui/sample/cell_type_reweighted.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "laws/sampler_laws.hpp"

namespace tepui::tests::sample_type_reweighted {
namespace {
using sample::cell_type_reweighted;
using sample::water_filling;
using sample::compat::water_filling_that_loses_ties;
using quotas = std::vector<std::int64_t>;

quotas cells_of_type(std::span<const std::int32_t> labels) {
  quotas out;
  for (const std::int32_t label : labels) {
    if (label < 0) continue;
    if (usize(label) >= out.size()) out.resize(usize(label) + 1);
    ++out[usize(label)];
  }
  return out;
}

TEST_CASE("type re-weighting keeps the laws of a sampler, with as many cells as the water filling says") {
  laws::sampler([](double fraction) { return cell_type_reweighted{fraction}; },
                [](const sample::population& cells, double fraction) {
                  const quotas all = cells_of_type(cells.label);
                  const auto labelled = static_cast<double>(std::accumulate(all.begin(), all.end(), std::int64_t{0}));
                  const quotas keep = water_filling(all, static_cast<std::int64_t>(fraction * labelled));
                  return std::accumulate(keep.begin(), keep.end(), std::int64_t{0});
                });
}

TEST_CASE("ten cells of two rich types and a poor one: the poor one is kept whole, the rich ones share the rest") {
  CHECK(water_filling(quotas{100, 2, 50}, 10) == quotas{4, 2, 4});
  CHECK(water_filling(quotas{100, 2, 50}, 0) == quotas{0, 0, 0});
  CHECK(water_filling(quotas{100, 2, 50}, 152) == quotas{100, 2, 50});
  CHECK(water_filling(quotas{100, 0, 50}, 10) == quotas{5, 0, 5});
  CHECK(water_filling(quotas{2, 1}, 3) == quotas{2, 1});
  CHECK(water_filling(quotas{}, 10).empty());
}

// source  the published re-weighting function run on these counts (24 types, 16,276 cells; shares 1 to 75 %)
TEST_CASE("without ties both fillings give the published numbers of cells") {
  const quotas all{7059, 2850, 2689, 1430, 796, 182, 182, 176, 174, 113, 79, 79, 77, 73, 62, 52, 52, 45, 30, 28, 18, 12, 10, 8};
  struct golden {
    std::int64_t target, level, total;
  };
  for (const auto& [target, level, total] : {golden{162, 6, 144}, golden{1627, 100, 1625}, golden{4069, 523, 4067},
                                             golden{8138, 1486, 8136}, golden{12207, 2990, 12207}}) {
    const quotas keep = water_filling(all, target);
    for (std::size_t type = 0; type < all.size(); ++type) CHECK(keep[type] == std::min(all[type], level));
    CHECK(std::accumulate(keep.begin(), keep.end(), std::int64_t{0}) == total);
    CHECK(water_filling_that_loses_ties(all, target) == keep);
  }
  CHECK(water_filling(quotas{100, 100, 5, 35}, 120) == quotas{40, 40, 5, 35});
  CHECK(water_filling(quotas{100, 100, 5, 38}, 97) == quotas{30, 30, 5, 30});
  CHECK(water_filling(quotas{100, 100, 5, 38}, 121) == quotas{38, 38, 5, 38});
  CHECK(water_filling(quotas{100, 100, 5, 38}, 145) == quotas{51, 51, 5, 38});
}

// source  the published function run on these counts: D has 29 cells, the level of the first round, and is lost
TEST_CASE("a type at the level is kept, and lost by the published code") {
  const quotas all{100, 100, 5, 29};
  CHECK(water_filling_that_loses_ties(all, 117) == quotas{56, 56, 5, 0});
  CHECK(water_filling(all, 117) == quotas{41, 41, 5, 29});
  std::vector<std::int32_t> labels;
  for (std::int32_t type = 0; type < 4; ++type) labels.insert(labels.end(), usize(all[usize(type)]), type);
  const auto chosen_of_type = [&](const cell_type_reweighted& how) {
    std::vector<std::int32_t> chosen;
    for (const std::int64_t row : how(labels, kernel::draws(1, "test"))) chosen.push_back(labels[usize(row)]);
    return cells_of_type(chosen);
  };
  CHECK(chosen_of_type({.fraction = 0.5}) == quotas{41, 41, 5, 29});
  CHECK(chosen_of_type({.fraction = 0.5, .published_ties = true}) == quotas{56, 56, 5});
}

TEST_CASE("where the published code has lost every type, it says so") {
  // Round 1: level 2, the type with 1 cell is below it, the other is at it and gone.
  CHECK_THROWS_AS((void)water_filling_that_loses_ties(quotas{1, 2}, 4), bad_data);
}

TEST_CASE("water stands level: every type gives all of its cells or the same number, and little of the target is missed") {
  CHECK(rc::check([] {
    const auto all = *rc::gen::container<quotas>(rc::gen::inRange<std::int64_t>(0, 60));
    const auto sum = std::accumulate(all.begin(), all.end(), std::int64_t{0});
    const auto target = *rc::gen::inRange<std::int64_t>(0, sum + 1);
    const quotas keep = water_filling(all, target);
    const std::int64_t level = keep.empty() ? 0 : *std::max_element(keep.begin(), keep.end());
    std::int64_t at_level = 0, kept = 0;
    for (std::size_t type = 0; type < all.size(); ++type) {
      RC_ASSERT(keep[type] == std::min(all[type], level));
      at_level += keep[type] == level ? 1 : 0;
      kept += keep[type];
    }
    RC_ASSERT(kept <= target);
    RC_ASSERT(kept == target || target - kept < at_level);
  }));
}

TEST_CASE("cells without a label are never chosen") {
  const std::vector<std::int32_t> labels{-1, 0, -1, 0, 1, -1};
  CHECK(cell_type_reweighted{1}(labels, kernel::draws(1, "test")) == std::vector<std::int64_t>{1, 3, 4});
}

TEST_CASE("missing labels are refused in a sentence") {
  CHECK_THROWS_WITH_AS((void)cell_type_reweighted{0.5}(sample::population{.n_cells = 3}, kernel::draws()),
                       "sample::cell_type_reweighted: there are 0 labels for 3 cells; give population::label, one code a cell",
                       bad_option);
}

TEST_CASE("the description tells the published ties apart") {
  CHECK(cell_type_reweighted{0.1}.describe() == "cell_type_reweighted(0.1)");
  CHECK(cell_type_reweighted{0.1, true}.describe() == "cell_type_reweighted(0.1, published ties)");
}

TEST_CASE("a label that is no code is refused") {
  const std::vector<std::int32_t> label{0, -2, 1, -1};
  CHECK_THROWS_WITH_AS(
      (void)cell_type_reweighted{0.5}({.n_cells = 4, .label = label}, kernel::draws()),
      "sample::cell_type_reweighted: the cell in row 1 has the label code -2; codes are 0 and above, and -1 where "
      "the label is missing",
      bad_data);
}

}  // namespace
}  // namespace tepui::tests::sample_type_reweighted
