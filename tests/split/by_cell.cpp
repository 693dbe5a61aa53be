#include <tepui/split/by_cell.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "laws/split_laws.hpp"

namespace tepui::tests::split_by_cell {
namespace {
using split::by_cell;
using split::stratified;

/// Every cell is a unit of its own.
categorical each_cell(const table& obs) {
  categorical out;
  for (std::size_t row = 0; row < obs.index.size(); ++row) out.code.push_back(static_cast<std::int32_t>(row));
  out.category = obs.index;
  return out;
}

table cells_of_types(const std::vector<std::int64_t>& n) {
  table obs;
  categorical type;
  for (std::size_t t = 0; t < n.size(); ++t) {
    type.category.push_back("type " + std::to_string(t));
    for (std::int64_t i = 0; i < n[t]; ++i) {
      type.code.push_back(static_cast<std::int32_t>(t));
      obs.index.push_back("c" + std::to_string(obs.index.size()));
    }
  }
  obs.columns.emplace_back("cell_type", type);
  return obs;
}

TEST_CASE("by cell and stratified keep the laws of splits") {
  laws::split([](const table& obs, std::uint64_t seed) { return by_cell(obs, {.validation = 0.1, .test = 0.2}, seed); },
              each_cell, {.named = false});
  laws::split([](const table& obs,
                 std::uint64_t seed) { return stratified(obs, "cell_type", {.validation = 0.1, .test = 0.2}, seed); },
              each_cell, {.named = false});
}

TEST_CASE("ten cells: eight train, one validates, one tests") {
  const auto parts = by_cell(10);
  CHECK(parts.train.size() == 8);
  CHECK(parts.validation.size() == 1);
  CHECK(parts.test.size() == 1);
}

TEST_CASE("shares are met exactly although 0.1 is no binary number") {
  for (const std::int64_t n : {10, 20, 30, 70, 110, 1000, 7770}) {
    const auto parts = by_cell(n, {.validation = 0.1, .test = 0.3});
    CHECK(isize(parts.validation.size()) == n / 10);
    CHECK(isize(parts.test.size()) == 3 * n / 10);
  }
}

TEST_CASE("every cell stands in exactly one part, ascending") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::int64_t>(100, 300);
    const auto parts = by_cell(n, {.validation = *rc::gen::inRange(0, 50) / 100.0, .test = *rc::gen::inRange(0, 50) / 100.0},
                               *rc::gen::arbitrary<std::uint64_t>());
    std::vector<std::int64_t> all;
    for (const auto* part : {&parts.train, &parts.validation, &parts.test}) {
      RC_ASSERT(std::ranges::is_sorted(*part));
      all.insert(all.end(), part->begin(), part->end());
    }
    std::ranges::sort(all);
    RC_ASSERT(isize(all.size()) == n);
    for (std::int64_t row = 0; row < n; ++row) RC_ASSERT(all[usize(row)] == row);
  }));
}

TEST_CASE("the seed decides, and is kept") {
  const auto a = by_cell(100, {}, 1), b = by_cell(100, {}, 1), c = by_cell(100, {}, 2);
  CHECK(a.test == b.test);
  CHECK(a.train == b.train);
  CHECK(a.test != c.test);
  CHECK(c.seed == 2);
  CHECK(c.how == "by cell, validation 0.1, test 0.1, seed 2");
}

TEST_CASE("a smaller test part lies within a larger one") {
  const auto few = by_cell(100, {.validation = 0, .test = 0.1}, 5), many = by_cell(100, {.validation = 0, .test = 0.4}, 5);
  CHECK(std::ranges::includes(many.test, few.test));
  CHECK(rc::check("stratified", [] {
    const table obs = laws::some_obs();
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const double one = *rc::gen::inRange(10, 50) / 100.0, other = *rc::gen::inRange(10, 50) / 100.0;
    RC_ASSERT(
        std::ranges::includes(stratified(obs, "cell_type", {.validation = 0, .test = std::max(one, other)}, seed).test,
                              stratified(obs, "cell_type", {.validation = 0, .test = std::min(one, other)}, seed).test));
  }));
}

TEST_CASE("stratified: 80 and 20 cells give 8 and 2 to a tenth, exactly, for every seed") {
  const table obs = cells_of_types({80, 20});
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto parts = stratified(obs, "cell_type", {.validation = 0.2, .test = 0.1}, seed);
    const auto of_first = [](const std::vector<std::int64_t>& rows) {
      return std::ranges::count_if(rows, [](auto row) { return row < 80; });
    };
    CHECK(of_first(parts.test) == 8);
    CHECK(parts.test.size() == 10);
    CHECK(of_first(parts.validation) == 16);
    CHECK(parts.validation.size() == 20);
    CHECK(parts.how == "by cell, each cell_type in its share, validation 0.2, test 0.1, seed " + std::to_string(seed));
  }
}

TEST_CASE("stratified: every type is met to a cell, and one of a single cell trains") {
  CHECK(rc::check([] {
    auto n = *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(1, 40));
    n.insert(n.end(), {1, 100});
    const table obs = cells_of_types(n);
    const double test = *rc::gen::inRange(5, 60) / 100.0, validation = *rc::gen::inRange(5, 40) / 100.0;
    const auto parts =
        stratified(obs, "cell_type", {.validation = validation, .test = test}, *rc::gen::arbitrary<std::uint64_t>());
    const categorical type = obs.labels("cell_type");
    const auto count = [&](const std::vector<std::int64_t>& rows) {
      std::vector<double> out(n.size(), 0);
      for (const std::int64_t row : rows) ++out[usize(type.code[usize(row)])];
      return out;
    };
    const auto in_test = count(parts.test), in_validation = count(parts.validation), in_train = count(parts.train);
    for (std::size_t t = 0; t < n.size(); ++t) {
      const auto cells = static_cast<double>(n[t]);
      RC_ASSERT(std::abs(in_test[t] - test * cells) < 1 + 1e-9);
      RC_ASSERT(std::abs(in_validation[t] - validation * cells) < 2 + 1e-9);
      RC_ASSERT(std::abs(in_train[t] - (1 - test - validation) * cells) < 1 + 1e-9);
      RC_ASSERT(in_train[t] >= 1);
    }
  }));
}

TEST_CASE("shares that leave nothing to train on are refused in a sentence") {
  CHECK_THROWS_WITH_AS(
      (void)by_cell(10, {.validation = 0.5, .test = 0.5}),
      "split::by_cell: the shares of validation and test are 0.5 and 0.5, but must be >= 0 and together below 1; "
      "choose smaller ones",
      bad_option);
  CHECK_THROWS_AS((void)by_cell(10, {.validation = -0.1, .test = 0.5}), bad_option);
  CHECK_THROWS_AS((void)by_cell(10, {.validation = std::nan(""), .test = 0.5}), bad_option);
  CHECK_THROWS_AS((void)stratified(cells_of_types({5}), "cell_type", {.validation = 1, .test = 0}), bad_option);
}

TEST_CASE("a part that was asked for and has no cell is refused") {
  CHECK_THROWS_WITH_AS(
      (void)by_cell(9, {.validation = 0.2, .test = 0.1}),
      "split::by_cell: a share of 0.1 of 9 cells leaves the test part without a cell; give a larger share, or 0 for no "
      "such part",
      bad_data);
  CHECK_THROWS_AS((void)by_cell(0), bad_data);
  CHECK(by_cell(0, {.validation = 0, .test = 0}).train.empty());
  CHECK_THROWS_WITH_AS(
      (void)stratified(cells_of_types({1, 1, 1}), "cell_type", {.validation = 0, .test = 0.5}),
      "split::stratified: a share of 0.5 of 3 cells leaves the test part without a cell; give a larger share, or 0 for no "
      "such part",
      bad_data);
}

}  // namespace
}  // namespace tepui::tests::split_by_cell
