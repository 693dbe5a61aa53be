#include <tepui/split/stored.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <tepui/io/arrays.hpp>
#include <tepui/split/by_cell.hpp>
#include <tepui/split/folds.hpp>

namespace tepui::tests::split_stored {
namespace {
using names = std::vector<std::string>;
const names five = {"a", "b", "c", "d", "e"};
const split::parts some{
    .train = {0, 2, 4}, .validation = {}, .test = {1, 3}, .seed = ~std::uint64_t{0}, .how = "held out donor: β, \"x\""};

TEST_CASE("a split is written to a file and read back with its seed and how it was made") {
  named_arrays kept;
  split::store(some, five, kept);
  split::store(split::by_cell(5, {.validation = 0.2, .test = 0.4}, 7), five, kept, "second");
  const std::string path = (std::filesystem::temp_directory_path() / "tepui_test_split_stored.h5").string();
  io::save_arrays(path, kept);
  const named_arrays loaded = io::load_arrays(path).arrays;
  std::filesystem::remove(path);
  const auto back = split::stored(loaded, five);
  CHECK(back.train == some.train);
  CHECK(back.validation == some.validation);
  CHECK(back.test == some.test);
  CHECK(back.seed == some.seed);
  CHECK(back.how == some.how);
  CHECK(split::stored(loaded, five, "second").how == "by cell, validation 0.2, test 0.4, seed 7");
}

TEST_CASE("another corpus is refused in a sentence") {
  named_arrays kept;
  split::store(some, five, kept, "mine");
  CHECK_THROWS_WITH_AS(
      (void)split::stored(kept, names{"a", "b", "c"}, "mine"),
      "split: 'mine' was made from 5 cells, and these are 3; use the corpus that the split was made from, or make the "
      "split again",
      bad_data);
  CHECK_THROWS_WITH_AS(
      (void)split::stored(kept, names{"b", "a", "c", "d", "e"}, "mine"),
      "split: 'mine' was made from 5 cells, and these are as many with other names or in another order; use the corpus "
      "that the split was made from, or make the split again",
      bad_data);
  CHECK_THROWS_WITH_AS(
      (void)split::stored(kept, five),
      "split: the arrays hold no whole split 'split', for want of 'split/version'; name a file and a split that "
      "split::store wrote",
      bad_data);
}

TEST_CASE("names that run together otherwise make another mark") {
  CHECK(split::mark_of(names{"ab", "c"}) != split::mark_of(names{"a", "bc"}));
  CHECK(split::mark_of(names{"a", "b"}) != split::mark_of(names{"b", "a"}));
  CHECK(split::mark_of(names{}) == split::corpus_mark{});
  CHECK(split::mark_of(five).n_cells == 5);
}

TEST_CASE("a split that does not hold every cell once is neither stored nor given back") {
  named_arrays kept;
  CHECK_THROWS_WITH_AS(
      split::store({.train = {0, 1}, .test = {3, 4}}, five, kept),
      "split: the parts hold 4 of 5 cells, but every cell stands in one part; make the split again from these cells",
      bad_data);
  CHECK_THROWS_AS(split::store({.train = {0, 1, 2}, .test = {2, 3, 4}}, five, kept), bad_data);
  CHECK_THROWS_AS(split::store({.train = {1, 0, 2}, .test = {3, 4}}, five, kept), bad_data);
  CHECK_THROWS_AS(split::store({.train = {0, 1, 2}, .test = {3, 5}}, five, kept), bad_data);
  CHECK_THROWS_AS(split::store({.train = {-1, 1, 2}, .test = {3, 4}}, five, kept), bad_data);
  CHECK(kept.all.empty());
  split::store(some, five, kept);
  for (auto& [name, values] : kept.all)
    if (name == "split/test") values = std::vector<std::int64_t>{1, 4};
  CHECK_THROWS_AS((void)split::stored(kept, five), bad_data);
  for (auto& [name, values] : kept.all)
    if (name == "split/version") values = std::vector<std::int64_t>{2};
  CHECK_THROWS_WITH_AS((void)split::stored(kept, five),
                       "split: 'split' was stored in version 2, and this program reads version 1; use a later tepui",
                       bad_data);
  for (auto& [name, values] : kept.all)
    if (name == "split/version") values = std::vector<std::string>{"1"};
  CHECK_THROWS_AS((void)split::stored(kept, five), bad_data);
}

}  // namespace
}  // namespace tepui::tests::split_stored
