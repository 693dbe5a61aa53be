#include <tepui/split/joint.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tepui/split/held_out.hpp>

#include "laws/split_laws.hpp"

namespace tepui::tests::split_joint {
namespace {
using codes = std::vector<std::int32_t>;
using names = std::vector<std::string>;

table six_cells() {
  table obs;
  obs.index = {"a", "b", "c", "d", "e", "f"};
  obs.columns.emplace_back("study", categorical{{0, 0, 1, 1, 2, 2}, {"s1", "s2", "s3"}});
  obs.columns.emplace_back("donor", std::vector<std::optional<std::int64_t>>{1, 2, 2, 1, 3, 3});
  obs.columns.emplace_back("lane", std::vector<std::optional<std::int64_t>>{1, 2, 3, 4, 5, std::nullopt});
  return obs;
}

TEST_CASE("donors that are numbered anew in each study are told apart") {
  const categorical both = split::joint(six_cells(), {"study", "donor"});
  CHECK(both.category == names{"s1 | 1", "s1 | 2", "s2 | 2", "s2 | 1", "s3 | 3"});
  CHECK(both.code == codes{0, 1, 2, 3, 4, 4});
  CHECK(split::held_out(both, "study | donor", {.test = {"s2 | 1"}}).test == std::vector<std::int64_t>{3});
  CHECK(split::joint(six_cells(), {"study", "lane"}).code.back() == -1);
}

TEST_CASE("cells that share a study or a donor number are held out together") {
  const categorical groups = split::linked(six_cells(), {"study", "donor"});
  CHECK(groups.category == names{"s1", "s3"});
  CHECK(groups.code == codes{0, 0, 0, 0, 1, 1});
  CHECK_THROWS_AS((void)split::linked(six_cells(), {"study", "lane"}), bad_data);
  CHECK(split::linked(six_cells(), {}).code.empty());
}

TEST_CASE("a split of linked levels leaks in none of its columns") {
  CHECK(rc::check([] {
    const kernel::draws random(*rc::gen::arbitrary<std::uint64_t>(), "linked");
    table obs;
    categorical donor, batch;
    for (int i = 0; i < 30; ++i) {
      donor.category.push_back("d" + std::to_string(i));
      batch.category.push_back("b" + std::to_string(i));
    }
    for (std::int64_t row = 0; row < 40; ++row) {
      obs.index.push_back("c" + std::to_string(row));
      donor.code.push_back(static_cast<std::int32_t>(random.below(30, row, 0)));
      batch.code.push_back(static_cast<std::int32_t>(random.below(30, row, 1)));
    }
    obs.columns = {{"donor", donor}, {"batch", batch}};
    const categorical groups = split::linked(obs, {"donor", "batch"});
    // Two levels are needed, and as good as always there.
    RC_PRE(split::levels_of(groups, "groups").n_levels() > 1);
    const auto parts = split::held_out(groups, "donor or batch", {.seed = *rc::gen::arbitrary<std::uint64_t>()});
    CHECK_NOTHROW(split::refuse_leaks(parts, obs, "donor", "batch"));
    // And the groups are no larger than they must be: each holds together by itself.
    const categorical again = split::linked(laws::with_other_codes(obs), {"donor", "batch"});
    for (std::size_t row = 0; row < 40; ++row)
      RC_ASSERT(groups.category[usize(groups.code[row])] == again.category[usize(again.code[row])]);
  }));
}

TEST_CASE("two combinations that would have one name are refused") {
  table obs;
  obs.index = {"a", "b"};
  obs.columns.emplace_back("line", categorical{{0, 1}, {"A | B", "A"}});
  obs.columns.emplace_back("drug", categorical{{0, 1}, {"C", "B | C"}});
  CHECK_THROWS_WITH_AS((void)split::joint(obs, {"line", "drug"}),
                       "split: two combinations of the columns line, drug would both be named 'A | B | C', the second in "
                       "row 1; write the values without ' | '",
                       bad_data);
}

TEST_CASE("how a split was made reads the same in another order of the rows") {
  const auto made = [](const std::vector<std::int32_t>& code) {
    table obs;
    obs.columns.emplace_back("study", categorical{code, {"s1", "s2", "s3"}});
    obs.columns.emplace_back("donor", categorical{{0, 0, 0}, {"d"}});
    for (const std::int32_t c : code) obs.index.push_back(std::to_string(c));
    return split::held_out(split::joint(obs, {"study", "donor"}), "study | donor", {.test = {"s3 | d", "s1 | d"}}).how;
  };
  CHECK(made({0, 1, 2}) == "held out study | donor: s1 | d, s3 | d");
  CHECK(made({2, 1, 0}) == made({0, 1, 2}));
}

}  // namespace
}  // namespace tepui::tests::split_joint
