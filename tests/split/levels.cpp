#include <tepui/split/levels.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace tepui::tests::split_levels {
namespace {
using places = std::vector<std::size_t>;

TEST_CASE("levels without cells are left out, and the others keep their order") {
  const auto of = split::levels_of(categorical{{3, 1, 3}, {"a", "b", "c", "d"}}, "donor");
  CHECK(of.label.category == std::vector<std::string>{"b", "d"});
  CHECK(of.label.code == std::vector<std::int32_t>{1, 0, 1});
  CHECK(of.cells == std::vector<std::int64_t>{1, 2});
  CHECK(of.at("d") == 1);
  CHECK_THROWS_WITH_AS((void)of.at("a"), "split: column 'donor' has no cells of 'a'; the levels are: b, d; name one of them",
                       bad_data);
}

TEST_CASE("a share of a whole number is met although 0.1 is no binary number") {
  CHECK(split::whole_share(0.1, 30) == 3);
  CHECK(split::whole_share(0.7, 10) == 7);
  CHECK(split::whole_share(0.29, 100) == 29);
  CHECK(split::whole_share(0.99, 10) == 9);
  CHECK(split::whole_share(0, 10) == 0);
  CHECK(split::whole_share(0.29, 100'000'000) == 29'000'000);
  for (std::int64_t n = 100; n <= 100'000'000'000; n *= 10)
    for (std::int64_t percent = 1; percent <= 100; ++percent)
      CHECK(split::whole_share(static_cast<double>(percent) / 100, n) == n / 100 * percent);
}

TEST_CASE("levels are drawn up to a number, or as near to a share of the cells as they come") {
  const std::vector<std::int64_t> cells = {50, 10, 30, 10};
  const auto draw = [&](const split::quota& wanted, std::size_t never = 9) {
    return split::draw_levels(
        {0, 1, 2, 3}, cells, 100, wanted, [&](std::size_t level) { return level != never; }, [](std::size_t) {});
  };
  CHECK(draw({.n = 2}) == places{0, 1});
  CHECK(draw({.n = 2}, 0) == places{1, 2});
  CHECK(draw({.n = 9}) == places{0, 1, 2, 3});
  CHECK(draw({.n = 0}).empty());
  CHECK(draw({.share = 0.2}) ==
        places{1, 3});                        // 50 is farther from 20 than 0 is, 10 is nearer, 40 as far as 10, 20 is there
  CHECK(draw({.share = 0.4}) == places{0});   // 50 is nearer to 40 than 0 is
  CHECK(draw({.share = 0.03}) == places{1});  // nothing is near, so the smallest, the first of two
  CHECK(draw({.share = 0.03}, 1) == places{3});
}

TEST_CASE("lots hang on names alone") {
  const kernel::draws random(3, "test");
  const std::vector<std::string> one = {"a", "b", "c", "d"}, other = {"d", "c", "b", "a"};
  const auto first = split::in_order_of_lots(one, {0, 1, 2, 3}, random),
             second = split::in_order_of_lots(other, {0, 1, 2, 3}, random);
  for (std::size_t i = 0; i < 4; ++i) CHECK(one[first[i]] == other[second[i]]);
}

TEST_CASE("a sentence names twenty at the most") {
  CHECK(split::few_of({}) == "none");
  CHECK(split::few_of({"a", "b"}) == "a, b");
  CHECK(split::few_of(std::vector<std::string>(22, "x")).ends_with("x, x and 2 more"));
}

}  // namespace
}  // namespace tepui::tests::split_levels
