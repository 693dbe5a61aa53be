#include <tepui/split/parts.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

namespace tepui::tests::split_parts {
namespace {

table four_cells() {
  table obs;
  obs.index = {"a", "b", "c", "d"};
  obs.columns.emplace_back("donor", categorical{{0, 0, 1, 2}, {"anna", "ben", "cleo"}});
  obs.columns.emplace_back("batch", std::vector<std::optional<std::string>>{"x", "x", std::nullopt, "y"});
  return obs;
}

TEST_CASE("donors that stand in one part each do not leak") {
  CHECK_NOTHROW(split::refuse_leaks({.train = {0, 1}, .validation = {2}, .test = {3}}, four_cells(), "donor"));
  CHECK_NOTHROW(split::refuse_leaks({}, four_cells(), "donor"));
}

TEST_CASE("a donor on both sides is refused with its name and its cells") {
  CHECK_THROWS_WITH_AS(
      split::refuse_leaks({.train = {0, 2}, .test = {1, 3}}, four_cells(), "donor"),
      "split: donor 'anna' stands on both sides, with 1 cells in train and 1 in test; hold out whole levels with "
      "split::held_out",
      bad_data);
  CHECK_THROWS_AS(split::refuse_leaks({.train = {0}, .validation = {1}}, four_cells(), "donor"), bad_data);
  CHECK_THROWS_AS(split::refuse_leaks({.validation = {0}, .test = {1}}, four_cells(), "donor"), bad_data);
}

TEST_CASE("several columns are checked at once, and levels that may stand anywhere are not") {
  table obs = four_cells();
  obs.columns.emplace_back("lab", categorical{{0, 1, 1, 0}, {"Oslo", "Rome"}});
  CHECK_NOTHROW(split::refuse_leaks({.train = {0, 1}, .test = {2, 3}}, obs, "donor"));
  CHECK_THROWS_WITH_AS(
      split::refuse_leaks({.train = {0, 1}, .test = {2, 3}}, obs, "donor", "lab"),
      "split: lab 'Oslo' stands on both sides, with 1 cells in train and 1 in test; hold out whole levels with "
      "split::held_out",
      bad_data);
  CHECK_THROWS_AS(split::refuse_leaks({.train = {0, 1}, .test = {2, 3}}, obs, {"lab", "donor"}), bad_data);
  const std::string column = "donor";
  CHECK_NOTHROW(split::refuse_leaks({.train = {0, 1}, .test = {2, 3}}, obs, column));
  CHECK_THROWS_AS(split::refuse_leaks({.train = {0, 1}, .test = {2, 3}}, obs.labels("lab"), "lab", {"Oslo"}), bad_data);
  CHECK_NOTHROW(split::refuse_leaks({.train = {0, 1}, .test = {2, 3}}, obs.labels("lab"), "lab", {"Oslo", "Rome"}));
}

TEST_CASE("a missing value, a row that is not there and a column that is not there are refused") {
  CHECK_THROWS_WITH_AS(
      split::refuse_leaks({.train = {0, 2}, .test = {3}}, four_cells(), "batch"),
      "split: column 'batch' has no value in row 2, so nobody can say whether it leaks; fill it in or leave the "
      "cell out",
      bad_data);
  CHECK_NOTHROW(split::refuse_leaks({.train = {0, 1}, .test = {3}}, four_cells(), "batch"));
  CHECK_THROWS_WITH_AS(
      split::refuse_leaks({.train = {0}, .test = {4}}, four_cells(), "donor"),
      "split: the test part names row 4, but the table has 4 rows; use the table that the split was made from", bad_data);
  CHECK_THROWS_AS(split::refuse_leaks({.train = {0}, .test = {3}}, four_cells(), "lab"), bad_data);
}

}  // namespace
}  // namespace tepui::tests::split_parts
