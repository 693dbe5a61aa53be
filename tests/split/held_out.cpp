#include <tepui/split/held_out.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "laws/split_laws.hpp"

namespace tepui::tests::split_held_out {
namespace {
using rows = std::vector<std::int64_t>;

table six_cells() {
  table obs;
  obs.index = {"a", "b", "c", "d", "e", "f"};
  obs.columns.emplace_back("donor", categorical{{0, 1, 2, 0, 1, 2}, {"anna", "ben", "cleo", "nobody"}});
  obs.columns.emplace_back("batch", std::vector<std::optional<std::int64_t>>{9, 9, 10, 9, 9, 10});
  obs.columns.emplace_back("age", std::vector<std::optional<std::int64_t>>{30, 40, std::nullopt, 30, 40, std::nullopt});
  return obs;
}

TEST_CASE("the levels that are named are held out, the rest trains") {
  const auto parts = split::by_donor(six_cells(), {.test = {"ben"}, .validation = {"cleo"}});
  CHECK(parts.train == rows{0, 3});
  CHECK(parts.validation == rows{2, 5});
  CHECK(parts.test == rows{1, 4});
  CHECK(parts.how == "held out donor: ben, cleo (validation)");
}

TEST_CASE("numbers are levels too") {
  CHECK(split::by_batch(six_cells(), {.test = {"10"}}).test == rows{2, 5});
  CHECK(split::held_out(six_cells(), "batch", {.test = {"9"}}).train == rows{2, 5});
}

TEST_CASE("without names the seed chooses whole levels, and every level has its turn") {
  std::set<std::string> chosen;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const auto parts = split::by_donor(six_cells(), {.n_validation = 1, .seed = seed});
    CHECK(parts.test.size() == 2);
    CHECK(parts.validation.size() == 2);
    CHECK(parts.train.size() == 2);
    CHECK(parts.seed == seed);
    CHECK(parts.test == split::by_donor(six_cells(), {.n_validation = 1, .seed = seed}).test);
    chosen.insert(parts.how);
  }
  CHECK(chosen.size() == 6);  // 3 donors for the test, 2 of the others for validation
}

TEST_CASE("another order of the categories holds out the same donors") {
  table other = six_cells();
  other.columns[0].second = categorical{{3, 1, 0, 3, 1, 0}, {"cleo", "ben", "nobody", "anna"}};
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    CHECK(split::by_donor(six_cells(), {.seed = seed}).test == split::by_donor(other, {.seed = seed}).test);
}

TEST_CASE("no level ever stands on two sides, and every cell stands on one") {
  CHECK(rc::check([] {
    auto codes = *rc::gen::container<std::vector<std::int32_t>>(rc::gen::inRange(0, 8));
    codes.insert(codes.end(), {1, 4, 6});  // at least three levels, one for each part
    table obs;
    obs.index.resize(codes.size());
    obs.columns.emplace_back("lab", categorical{codes, {"a", "b", "c", "d", "e", "f", "g", "h"}});
    const auto n_levels = isize(std::set<std::int32_t>(codes.begin(), codes.end()).size());
    const auto parts = split::held_out(obs, "lab",
                                       {.n_test = *rc::gen::inRange<std::int64_t>(1, n_levels - 1),
                                        .n_validation = 1,
                                        .seed = *rc::gen::arbitrary<std::uint64_t>()});
    RC_ASSERT(parts.train.size() + parts.validation.size() + parts.test.size() == codes.size());
    RC_ASSERT(!parts.train.empty());
    split::refuse_leaks(parts, obs, "lab");
  }));
}

TEST_CASE("by donor, study and cell line keep the laws of splits, by number and by share") {
  const auto column = [](const char* name) { return [name](const table& obs) { return obs.labels(name); }; };
  laws::split([](const table& obs,
                 std::uint64_t seed) { return split::by_donor(obs, {.n_test = 2, .n_validation = 1, .seed = seed}); },
              column("donor"));
  laws::split([](const table& obs, std::uint64_t seed) { return split::by_study(obs, {.seed = seed}); }, column("study"));
  laws::split([](const table& obs, std::uint64_t seed) { return split::by_cell_line(obs, {.seed = seed}); },
              column("cell_line"));
  laws::split(
      [](const table& obs, std::uint64_t seed) {
        return split::by_donor(obs, {.share_test = 0.3, .share_validation = 0.2, .seed = seed});
      },
      column("donor"));
}

TEST_CASE("each has the name of its column") {
  table obs = six_cells();
  obs.columns[0].first = "tissue";
  CHECK(split::by_tissue(obs, {.test = {"ben"}}).how == "held out tissue: ben");
  obs.columns[0].first = "cell_line";
  CHECK(split::by_cell_line(obs, {.test = {"ben"}}).test == rows{1, 4});
  obs.columns[0].first = "dataset_id";
  CHECK(split::by_study(obs, {.test = {"ben"}}, "dataset_id").test == rows{1, 4});
}

TEST_CASE("a share of the cells is met to half a level where levels are small, and to one level always") {
  CHECK(rc::check([] {
    const auto sizes = *rc::gen::container<std::vector<int>>(8, rc::gen::inRange(1, 30));
    table obs;
    categorical donor;
    std::int64_t largest = 0, n = 0;
    for (std::size_t d = 0; d < sizes.size(); ++d) {
      donor.category.push_back("d" + std::to_string(d));
      donor.code.insert(donor.code.end(), usize(sizes[d]), static_cast<std::int32_t>(d));
      largest = std::max<std::int64_t>(largest, sizes[d]);
      n += sizes[d];
    }
    obs.index.resize(donor.code.size());
    obs.columns.emplace_back("donor", donor);
    const auto percent = *rc::gen::inRange<std::int64_t>(5, 60);
    const auto parts = split::by_donor(
        obs, {.share_test = static_cast<double>(percent) / 100, .seed = *rc::gen::arbitrary<std::uint64_t>()});
    RC_ASSERT(std::abs(isize(parts.test.size()) - percent * n / 100) <= largest);
    RC_ASSERT_FALSE(parts.train.empty());
  }));
  // Ten donors of ten cells: a fifth is two of them, whatever the seed.
  table obs;
  categorical donor;
  for (std::int32_t i = 0; i < 100; ++i) donor.code.push_back(i % 10);
  for (int d = 0; d < 10; ++d) donor.category.push_back(std::to_string(d));
  obs.index.resize(100);
  obs.columns.emplace_back("donor", donor);
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const auto parts = split::by_donor(obs, {.share_test = 0.2, .share_validation = 0.1, .seed = seed});
    CHECK(parts.test.size() == 20);
    CHECK(parts.validation.size() == 10);
  }
}

TEST_CASE("levels that are named for training are never drawn") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto parts = split::by_donor(six_cells(), {.train = {"ben"}, .seed = seed});
    CHECK(parts.test != rows{1, 4});
  }
  CHECK_THROWS_WITH_AS((void)split::by_donor(six_cells(), {.test = {"ben"}, .train = {"ben"}}),
                       "split: donor 'ben' is named for the train and for the test part; name it for one of them", bad_data);
  // All that is not named for training may be named for the test.
  CHECK(split::by_donor(six_cells(), {.test = {"anna", "cleo"}, .train = {"ben"}}).train == rows{1, 4});
}

TEST_CASE("shares that cannot be are refused") {
  CHECK_THROWS_WITH_AS(
      (void)split::by_donor(six_cells(), {.share_test = 0.7, .share_validation = 0.3}),
      "split: shares of 0.7 for testing and 0.3 for validation of 'donor' were asked for, but must be >= 0 and together "
      "below 1; hold out less",
      bad_option);
}

TEST_CASE("a level that is not there is refused with those that are") {
  CHECK_THROWS_WITH_AS((void)split::by_donor(six_cells(), {.test = {"dora"}}),
                       "split: column 'donor' has no cells of 'dora'; the levels are: anna, ben, cleo; name one of them",
                       bad_data);
  // A category without cells is as good as absent.
  CHECK_THROWS_AS((void)split::by_donor(six_cells(), {.test = {"nobody"}}), bad_data);
}

TEST_CASE("a level for two parts, a missing value, a column that is not there, and nothing left to train on are refused") {
  CHECK_THROWS_WITH_AS((void)split::by_donor(six_cells(), {.test = {"ben"}, .validation = {"ben"}}),
                       "split: donor 'ben' is named for the test and for the validation part; name it for one of them",
                       bad_data);
  CHECK_THROWS_WITH_AS(
      (void)split::held_out(six_cells(), "age"),
      "split: column 'age' has no value in row 2, so its cell belongs to no side; fill it in or leave the cell out",
      bad_data);
  CHECK_THROWS_AS((void)split::held_out(six_cells(), "lab"), bad_data);
  CHECK_THROWS_WITH_AS(
      (void)split::by_donor(six_cells(), {.n_test = 3}),
      "split: 3 levels of column 'donor' for testing and 0 for validation were asked for, but only 3 are free and "
      "one must be left to train on; the levels are: anna, ben, cleo; hold out fewer",
      bad_data);
  CHECK_THROWS_AS((void)split::by_donor(six_cells(), {.test = {"anna", "ben", "cleo"}}), bad_data);
}

}  // namespace
}  // namespace tepui::tests::split_held_out
