#include <tepui/sample/curriculum.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "laws/plan_laws.hpp"

namespace tepui::tests::sample_curriculum {
namespace {
using sample::curriculum;
using sample::plan;
using sample::population;
using wholes = std::vector<std::int64_t>;

categorical donors_of(const population& cells) {
  const auto code = cells.columns[0].code;
  return {{code.begin(), code.end()}, {"donor_0", "donor_1", "donor_2", "donor_3"}, false};
}
std::vector<std::int64_t> cells_of_stages(const population& cells) {
  std::vector<std::int64_t> all(4, 0), out;
  for (const std::int32_t code : cells.columns[0].code) ++all[usize(code)];
  for (const std::int64_t n : all)
    if (n > 0) out.push_back(n);
  return out;
}
categorical ages() { return {{1, 0, 2, 0, 1, 2, 2, 0}, {"adult", "embryo", "young", "unborn"}, false}; }

TEST_CASE("a curriculum of one level after the other keeps the laws of a plan, with stages as large as their level") {
  laws::plan(
      1,
      [](std::span<const population> corpora, double share, const kernel::draws& random) {
        return curriculum{.column = "donor", .former = {.share = share, .up_to = true}}(corpora[0], donors_of(corpora[0]),
                                                                                       random);
      },
      [](std::span<const population> corpora, double, std::int64_t stage) {
        return cells_of_stages(corpora[0])[usize(stage)];
      });
}

TEST_CASE("a cumulative curriculum keeps the laws of a plan, with as many cells a stage as were asked for") {
  const auto total = [](const population& cells, double share) {
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(share * static_cast<double>(cells_of_stages(cells)[0])));
  };
  laws::plan(
      1,
      [&](std::span<const population> corpora, double share, const kernel::draws& random) {
        const curriculum how{.column = "donor", .cumulative = true, .total = total(corpora[0], share)};
        return how(corpora[0], donors_of(corpora[0]), random);
      },
      [&](std::span<const population> corpora, double share, std::int64_t) { return total(corpora[0], share); });
}

TEST_CASE("embryo, young, adult: one at a time, or each with all before it") {
  const population cells{.n_cells = 8};
  const kernel::draws random(1, "test");
  curriculum by_age{.column = "age", .order = {"embryo", "young", "adult"}};
  const plan one = by_age(cells, ages(), random);
  REQUIRE(one.size() == 3);
  CHECK(one[0] == sample::mixture{"embryo", {{0, 4}}});
  CHECK(one[1] == sample::mixture{"young", {{2, 5, 6}}});
  CHECK(one[2] == sample::mixture{"adult", {{1, 3, 7}}});
  by_age.cumulative = true;
  const plan all = by_age(cells, ages(), random);
  CHECK(all[0] == sample::mixture{"embryo", {{0, 4}}});
  CHECK(all[1] == sample::mixture{"young", {{0, 2, 4, 5, 6}}});
  CHECK(all[2] == sample::mixture{"adult", {{0, 1, 2, 3, 4, 5, 6, 7}}});
}

TEST_CASE("without an order the categories have one, those without cells are no stage, and levels may be left out") {
  const plan made = curriculum{.column = "age"}({.n_cells = 8}, ages(), kernel::draws());
  REQUIRE(made.size() == 3);
  CHECK(made[0].name == "adult");
  CHECK(made[2].name == "young");
  const plan two = curriculum{.column = "age", .order = {"young", "adult"}}({.n_cells = 8}, ages(), kernel::draws());
  REQUIRE(two.size() == 2);
  CHECK(two[0].rows[0] == wholes{2, 5, 6});
}

TEST_CASE("a table gives the column by its name, numbers in their order") {
  const table obs{{"a", "b", "c"}, {{"week", std::vector<std::optional<std::int64_t>>{10, 9, 10}}}};
  const plan made = curriculum{.column = "week"}({.n_cells = 3}, obs, kernel::draws());
  REQUIRE(made.size() == 2);
  CHECK(made[0] == sample::mixture{"9", {{1}}});
  CHECK(made[1] == sample::mixture{"10", {{0, 2}}});
  CHECK_THROWS_AS((void)curriculum{.column = "day"}({.n_cells = 3}, obs, kernel::draws()), bad_data);
}

TEST_CASE("a fifth of each stage is of former levels") {
  categorical level{{}, {"a", "b"}, false};
  for (int i = 0; i < 100; ++i) level.code.push_back(i % 2);
  const curriculum mixed{.column = "level", .former = {.share = 0.2}};
  const plan made = mixed({.n_cells = 100}, level, kernel::draws(1, "test"));
  std::int64_t former = 0;
  for (const std::int64_t row : made[1].rows[0]) former += row % 2 == 0 ? 1 : 0;
  CHECK(made[1].n_cells() == 50);
  CHECK(former == 10);
}

TEST_CASE("a cumulative stage of more cells has those of fewer; a level has its cells whatever its code") {
  CHECK(rc::check([] {
    auto from = laws::some_population();
    const population cells = from.view();
    const kernel::draws random(*rc::gen::arbitrary<std::uint64_t>(), "test");
    const auto most = cells_of_stages(cells)[0];
    const auto one = *rc::gen::inRange<std::int64_t>(1, most + 1), other = *rc::gen::inRange<std::int64_t>(1, most + 1);
    const auto with = [&](std::int64_t total) {
      return curriculum{.column = "donor", .cumulative = true, .total = total}(cells, donors_of(cells), random);
    };
    const plan few = with(std::min(one, other)), many = with(std::max(one, other));
    for (std::size_t t = 0; t < few.size(); ++t) RC_ASSERT(std::ranges::includes(many[t].rows[0], few[t].rows[0]));

    categorical recoded = donors_of(cells);
    std::reverse(recoded.category.begin(), recoded.category.end());
    for (std::int32_t& code : recoded.code) code = 3 - code;
    curriculum by_donor{.column = "donor", .former = {.share = 0.3, .up_to = true}};
    for (const auto& stage : by_donor(cells, donors_of(cells), random)) by_donor.order.push_back(stage.name);
    RC_ASSERT(by_donor(cells, donors_of(cells), random) == by_donor(cells, recoded, random));
  }));
}

TEST_CASE("missing values, unknown levels and totals that are not there are refused in a sentence") {
  const population cells{.n_cells = 8};
  const kernel::draws random;
  categorical missing = ages();
  missing.code[3] = -1;
  CHECK_THROWS_WITH_AS((void)curriculum{.column = "age"}(cells, missing, random),
                       "sample::curriculum: column 'age' has no value in row 3, so its cell belongs to no stage; fill it in "
                       "or leave the cell out",
                       bad_data);
  CHECK_THROWS_WITH_AS((void)(curriculum{.column = "age", .order = {"embryo", "old"}}(cells, ages(), random)),
                       "sample::curriculum: column 'age' has no cells of 'old'; the levels are: adult, embryo, young; name "
                       "those in `order`",
                       bad_data);
  CHECK_THROWS_AS((void)(curriculum{.column = "age", .order = {"unborn"}}(cells, ages(), random)), bad_data);
  CHECK_THROWS_AS((void)(curriculum{.column = "age", .order = {"young", "young"}}(cells, ages(), random)), bad_option);
  CHECK_THROWS_WITH_AS((void)(curriculum{.column = "age", .cumulative = true, .total = 4}(cells, ages(), random)),
                       "sample::curriculum: column 'age' has 3 cells up to 'adult', but total is 4; lower it, or begin with "
                       "a larger level",
                       bad_option);
  CHECK_THROWS_AS((void)(curriculum{.column = "age", .total = 2}(cells, ages(), random)), bad_option);
  CHECK_THROWS_AS((void)(curriculum{.column = "age", .cumulative = true, .former = {.share = 0.2}}(cells, ages(), random)),
                  bad_option);
  CHECK_THROWS_AS((void)curriculum{.column = "age"}({.n_cells = 7}, ages(), random), bad_data);
  CHECK_THROWS_AS((void)curriculum{.column = "age"}({.n_cells = 1}, categorical{{5}, {"a"}, false}, random), bad_data);
}

TEST_CASE("the description names the order") {
  CHECK(curriculum{.column = "age", .order = {"embryo", "adult"}, .cumulative = true}.describe() ==
        "curriculum(age: embryo < adult, cumulative)");
  CHECK(curriculum{.column = "age", .former = {.share = 0.1}}.describe() == "curriculum(age, replay(0.1))");
}

}  // namespace
}  // namespace tepui::tests::sample_curriculum
