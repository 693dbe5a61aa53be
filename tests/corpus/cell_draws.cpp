#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <tepui/corpus/cell_draws.hpp>

namespace test_corpus_cell_draws {
using namespace tepui;

std::vector<std::int64_t> epoch_of(const auto& from, std::uint64_t seed = 1) {
  std::vector<std::int64_t> out;
  from.of_epoch(kernel::draws(seed, "test"), 0, from.draws(), [&](std::int64_t cell) { out.push_back(cell); });
  return out;
}

TEST_CASE("each cell comes once, in blocks, and any part of an epoch is that part of the whole") {
  CHECK(rc::check([] {
    const corpus::each_once all{*rc::gen::inRange<std::int64_t>(1, 400), *rc::gen::inRange<std::int64_t>(1, 40)};
    const kernel::draws random(*rc::gen::arbitrary<std::uint64_t>(), "test");
    std::vector<std::int64_t> whole, part;
    all.of_epoch(random, 0, all.n_cells, [&](std::int64_t c) { whole.push_back(c); });
    const std::set<std::int64_t> different(whole.begin(), whole.end());
    RC_ASSERT(isize(whole.size()) == all.n_cells);
    RC_ASSERT(isize(different.size()) == all.n_cells);
    RC_ASSERT(*different.begin() == 0);
    RC_ASSERT(*different.rbegin() == all.n_cells - 1);
    // A block breaks at its edges and where it goes over the end of the corpus, nowhere else.
    std::int64_t breaks = 0;
    for (std::size_t i = 1; i < whole.size(); ++i) breaks += whole[i] != whole[i - 1] + 1 ? 1 : 0;
    RC_ASSERT(breaks <= (all.n_cells + all.block - 1) / all.block);
    const auto first = *rc::gen::inRange<std::int64_t>(0, all.n_cells);
    all.of_epoch(random, first, all.n_cells - first, [&](std::int64_t c) { part.push_back(c); });
    RC_ASSERT(std::equal(part.begin(), part.end(), whole.begin() + first));
  }));
}

TEST_CASE("a block of any size is at most the whole corpus") {
  const auto whole = epoch_of(corpus::each_once{9, 9});
  CHECK(epoch_of(corpus::each_once{9, 10}) == whole);
  CHECK(epoch_of(corpus::each_once{9, std::numeric_limits<std::int64_t>::max()}) == whole);
}

TEST_CASE("cells are drawn as often as they weigh") {
  // 0 never, 1 : 2 : 5 of 8
  const std::vector<double> weight{1, 0, 2, 5, 0};
  std::map<std::int64_t, int> times;
  for (const std::int64_t cell : epoch_of(corpus::by_weight(weight, 80'000))) ++times[cell];
  CHECK(times.size() == 3);
  CHECK(times[0] == doctest::Approx(10'000).epsilon(0.03));
  CHECK(times[2] == doctest::Approx(20'000).epsilon(0.03));
  CHECK(times[3] == doctest::Approx(50'000).epsilon(0.03));
  CHECK(corpus::by_weight(weight).draws() == 5);
}

TEST_CASE("weights that are no chances are refused") {
  const auto sentence = [](std::vector<double> weight) -> std::string {
    try {
      (void)corpus::by_weight(weight);
    } catch (const bad_data& e) {
      return e.what();
    }
    return "";
  };
  CHECK(sentence({1, -0.5}) ==
        "the weight of cell 1 is -0.5, which is no chance of being drawn; give numbers that are 0 or more, and 0 to leave a "
        "cell out");
  CHECK(sentence({std::numeric_limits<double>::quiet_NaN()}).find("cell 0 is nan") != std::string::npos);
  CHECK(sentence({1, std::numeric_limits<double>::infinity()}).find("cell 1 is inf") != std::string::npos);
  CHECK(sentence({0, 0}) ==
        "the weights of all 2 cells are 0, so that none can be drawn; give at least one cell a weight above 0");
  CHECK(sentence({}).find("all 0 cells") != std::string::npos);
}

TEST_CASE("classes come in turns, and their cells too") {
  const categorical labels{{0, 0, 0, 0, 1, -1, 2, 2, 0}, {"B", "NK", "T"}, false};  // 5 B, 1 NK, 2 T, one without a label
  const corpus::by_class drawn(labels, 300);
  const auto cells = epoch_of(drawn);
  REQUIRE(cells.size() == 300);
  std::map<std::int64_t, int> times;
  for (std::size_t i = 0; i < cells.size(); i += 3) {
    std::set<std::int32_t> classes;
    for (std::size_t k = i; k < i + 3; ++k) classes.insert(labels.code[usize(cells[k])]);
    CHECK(classes == std::set<std::int32_t>{0, 1, 2});
    for (std::size_t k = i; k < i + 3; ++k) ++times[cells[k]];
  }
  CHECK(times.size() == 8);
  CHECK(times[4] == 100);
  CHECK(times[6] == 50);
  for (const std::int64_t b : {0, 1, 2, 3, 8}) CHECK(times[b] == 20);
  CHECK(corpus::by_class(labels).draws() == 8);
  CHECK(epoch_of(drawn, 1) == cells);
  CHECK(epoch_of(drawn, 2) != cells);
}

TEST_CASE("a class that cannot be drawn is refused") {
  CHECK_THROWS_WITH_AS(
      corpus::by_class(categorical{{0, -1}, {"B", "NK"}, false}),
      "class 'NK' has no cells, so that it cannot be drawn as often as the others; leave it out of the categories "
      "(categorical::of_rows does)",
      bad_data);
  CHECK_THROWS_WITH_AS(corpus::by_class(categorical{{-1, -1}, {}, false}), doctest::Contains("none of 2 cells has a label"),
                       bad_data);
  CHECK_THROWS_WITH_AS(corpus::by_class(categorical{{0, 3}, {"B"}, false}), doctest::Contains("cell 1 has label 3"),
                       bad_data);
}

}  // namespace test_corpus_cell_draws
