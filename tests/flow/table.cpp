#include <doctest/doctest.h>

#include <limits>
#include <tepui/flow/table.hpp>

namespace test_flow_table {
namespace {
using namespace tepui;

table example() {
  table t;
  t.index = {"a", "b", "c"};
  t.columns.emplace_back("type", categorical{{1, -1, 0}, {"B", "T"}, false});
  t.columns.emplace_back("batch", std::vector<std::optional<std::int64_t>>{10, 9, std::nullopt});
  t.columns.emplace_back("donor", std::vector<std::optional<std::string>>{"d2", "d1", "d2"});
  t.columns.emplace_back("share", std::vector<double>{0.5, 1, 2});
  t.columns.emplace_back("plate", std::vector<double>{2, std::numeric_limits<double>::quiet_NaN(), 1});
  t.columns.emplace_back("treated", std::vector<std::optional<bool>>{true, false, true});
  return t;
}

TEST_CASE("categories come as the file has them") {
  const auto type = example().labels("type");
  CHECK(type.code == std::vector<std::int32_t>{1, -1, 0});
  CHECK(type.category[1] == "T");
}

TEST_CASE("chosen rows keep the categories that they have, missing stays missing") {
  const categorical type{{2, -1, 0, 2}, {"B", "NK", "T"}, false};
  const std::vector<std::int64_t> rows{3, 1, 0};
  CHECK(type.of_rows(rows).category == std::vector<std::string>{"T"});
  CHECK(type.of_rows(rows).code == std::vector<std::int32_t>{0, -1, 0});
}

TEST_CASE("numbers become labels in the order of numbers, missing stays missing") {
  const auto batch = example().labels("batch");
  CHECK(batch.category == std::vector<std::string>{"9", "10"});
  CHECK(batch.code == std::vector<std::int32_t>{1, 0, -1});
  const auto plate = example().labels("plate");
  CHECK(plate.category == std::vector<std::string>{"1", "2"});
  CHECK(plate.code == std::vector<std::int32_t>{1, -1, 0});
}

TEST_CASE("text and yes-or-no columns become labels") {
  CHECK(example().labels("donor").code == std::vector<std::int32_t>{1, 0, 1});
  CHECK(example().labels("treated").category == std::vector<std::string>{"False", "True"});
}

TEST_CASE("a column that is not there is refused with those that are") {
  CHECK_THROWS_WITH_AS((void)example().labels("cell_type"),
                       "there is no column 'cell_type'; the columns are: type, batch, donor, share, plate, treated; name one of them",
                       bad_data);
}

TEST_CASE("fractions are no labels") {
  CHECK_THROWS_WITH_AS((void)example().labels("share"), doctest::Contains("holds the fraction 0.5"), bad_data);
}
}  // namespace
}  // namespace test_flow_table
