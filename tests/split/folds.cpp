#include <tepui/split/folds.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "laws/split_laws.hpp"

namespace tepui::tests::split_folds {
namespace {
using split::folds_by;
using split::folds_by_cell;

table twelve_cells() {
  table obs;
  categorical donor{{}, {"anna", "ben", "cleo", "dora", "emil", "finn"}}, type{{}, {"B", "T"}};
  for (std::int32_t row = 0; row < 12; ++row) {
    obs.index.push_back("c" + std::to_string(row));
    donor.code.push_back(row / 2);
    type.code.push_back(row < 4 ? 0 : 1);
  }
  obs.columns = {{"donor", donor}, {"cell_type", type}};
  return obs;
}

TEST_CASE("each fold of donors and of cells keeps the laws of splits") {
  laws::split([](const table& obs,
                 std::uint64_t seed) { return folds_by(obs, "donor", {.outer = 3, .inner = 2, .seed = seed})(1, 1); },
              [](const table& obs) { return obs.labels("donor"); }, {.named = false});
  laws::split(
      [](const table& obs, std::uint64_t seed) {
        return folds_by_cell(obs, {.outer = 4, .inner = 3, .seed = seed}, "cell_type")(0, 2);
      },
      [](const table& obs) {
        categorical out{{}, obs.index};
        for (std::size_t row = 0; row < obs.index.size(); ++row) out.code.push_back(static_cast<std::int32_t>(row));
        return out;
      },
      {.named = false});
}

TEST_CASE("every donor is tested once, and validates once in every outer fold that does not test it") {
  CHECK(rc::check([] {
    const table obs = laws::some_obs();
    const auto folds = folds_by(obs, "donor", {.outer = 3, .inner = 2, .seed = *rc::gen::arbitrary<std::uint64_t>()});
    std::vector<int> tested(obs.index.size(), 0);
    for (std::int32_t o = 0; o < folds.n_outer(); ++o) {
      std::vector<int> validated(obs.index.size(), 0);
      for (std::int32_t i = 0; i < folds.n_inner(); ++i) {
        const auto parts = folds(o, i);
        split::refuse_leaks(parts, obs, "donor");
        RC_ASSERT(parts.test == folds(o).test);
        if (i == 0)
          for (const std::int64_t row : parts.test) ++tested[usize(row)];
        for (const std::int64_t row : parts.validation) ++validated[usize(row)];
      }
      for (const std::int64_t row : folds(o).test) ++validated[usize(row)];
      RC_ASSERT(std::ranges::all_of(validated, [](int n) { return n == 1; }));
    }
    RC_ASSERT(std::ranges::all_of(tested, [](int n) { return n == 1; }));
  }));
}

TEST_CASE("six donors in three folds: two in each, and the seed says which") {
  bool differs = false;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const auto folds = folds_by(twelve_cells(), "donor", {.outer = 3, .seed = seed});
    for (std::int32_t o = 0; o < 3; ++o) {
      CHECK(folds(o).test.size() == 4);
      CHECK(folds(o).validation.empty());
      CHECK(folds(o).train.size() == 8);
    }
    differs |= folds(0).test != folds_by(twelve_cells(), "donor", {.outer = 3})(0).test;
  }
  CHECK(differs);
  const auto nested = folds_by(twelve_cells(), "donor", {.outer = 3, .inner = 4, .seed = 9});
  CHECK(nested(2, 1).validation.size() == 2);
  CHECK(nested(2, 1).train.size() == 6);
  CHECK(nested(2, 1).how == "test fold 3 of 3, validation fold 2 of 4 of whole levels of donor, seed 9");
}

TEST_CASE("cells of each type are spread evenly over the folds") {
  const auto folds = folds_by_cell(twelve_cells(), {.outer = 4, .inner = 3}, "cell_type");
  for (std::int32_t o = 0; o < 4; ++o) {
    const auto parts = folds(o, 0);
    CHECK(parts.test.size() == 3);
    CHECK(std::ranges::count_if(parts.test, [](auto row) { return row < 4; }) == 1);
    CHECK(parts.validation.size() == 3);
    CHECK(std::ranges::count_if(parts.validation, [](auto row) { return row < 4; }) == 1);
  }
  CHECK(folds_by_cell(twelve_cells(), {.outer = 12})(3).test.size() == 1);
  CHECK(folds(0).how == "test fold 1 of 4, validation fold 1 of 3 of cells, each cell_type in its share, seed 0");
}

TEST_CASE("folds that cannot be are refused in a sentence") {
  CHECK_THROWS_WITH_AS(
      (void)folds_by(twelve_cells(), "donor", {.outer = 1}),
      "split: 1 outer and 0 inner folds were asked for; give at least 2 outer, and 0 or at least 2 inner folds", bad_option);
  CHECK_THROWS_AS((void)folds_by_cell(twelve_cells(), {.inner = 1}), bad_option);
  CHECK_THROWS_WITH_AS((void)folds_by(twelve_cells(), "donor", {.outer = 7}),
                       "split: 6 levels of column 'donor' cannot be divided into 7 folds; give fewer folds", bad_data);
  CHECK_THROWS_WITH_AS(
      (void)folds_by(twelve_cells(), "donor", {.outer = 2, .inner = 4}),
      "split: 6 levels of column 'donor' cannot be divided into 2 folds and their rest into 4; give fewer folds", bad_data);
  CHECK_THROWS_AS((void)folds_by_cell(twelve_cells(), {.outer = 13}), bad_data);
  CHECK_THROWS_AS((void)folds_by(twelve_cells(), "lab"), bad_data);
  const auto folds = folds_by(twelve_cells(), "donor", {.outer = 3});
  CHECK_THROWS_WITH_AS((void)folds(3),
                       "split: fold 3, 0 was asked for, but there are 3 outer and 0 inner folds; count from 0", bad_option);
  CHECK_THROWS_AS((void)folds(0, 1), bad_option);
}

}  // namespace
}  // namespace tepui::tests::split_folds
