#include <tepui/sample/replay.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <span>
#include <vector>

#include "laws/plan_laws.hpp"

namespace tepui::tests::sample_replay {
namespace {
using sample::among;
using sample::plan;
using sample::population;
using sample::replay;
using wholes = std::vector<std::int64_t>;

/// How many cells of each corpus a stage has.
wholes sizes(const sample::mixture& stage) {
  wholes out;
  for (const auto& rows : stage.rows) out.push_back(isize(rows.size()));
  return out;
}
std::vector<population> corpora_of(const wholes& n_cells) {
  std::vector<population> out;
  for (const std::int64_t n : n_cells) out.push_back({.n_cells = n});
  return out;
}

TEST_CASE("replay keeps the laws of a plan, with stages as large as the new corpus") {
  laws::plan(
      3,
      [](std::span<const population> corpora, double share, const kernel::draws& random) {
        return replay{.share = share, .memory = 40, .up_to = true}(corpora, random);
      },
      [](std::span<const population> corpora, double, std::int64_t stage) { return corpora[usize(stage)].n_cells; });
}

TEST_CASE("replay in equal parts that grow keeps the laws of a plan") {
  laws::plan(
      3,
      [](std::span<const population> corpora, double share, const kernel::draws& random) {
        return replay{.share = share, .how = among::equal, .growing = true, .up_to = true}(corpora, random);
      },
      [](std::span<const population> corpora, double share, std::int64_t stage) {
        std::int64_t before = 0;
        for (std::int64_t s = 0; s < stage; ++s) before += corpora[usize(s)].n_cells;
        const std::int64_t n = corpora[usize(stage)].n_cells;
        return n + std::min(before, sample::round_half_even(share / (1 - share) * static_cast<double>(n)));
      });
}

TEST_CASE("three corpora, a fifth replayed: of the third stage 9 cells are of the first and 3 of the second") {
  const auto corpora = corpora_of({100, 50, 60});
  const plan made = replay{.share = 0.2}(corpora, kernel::draws(1, "test"));
  REQUIRE(made.size() == 3);
  CHECK(sizes(made[0]) == wholes{100, 0, 0});
  CHECK(sizes(made[1]) == wholes{10, 40, 0});
  // 12 of 60, among 100 and 40 cells that were learned from: 100 / 17 comes before 40 / 7.
  CHECK(sizes(made[2]) == wholes{9, 3, 48});
  CHECK(sizes(replay{.share = 0.2, .how = among::equal}(corpora, kernel::draws(1, "test"))[2]) == wholes{6, 6, 48});
  CHECK(sizes(replay{.share = 0.2, .growing = true}(corpora, kernel::draws(1, "test"))[2]) == wholes{10, 5, 60});
  CHECK(sizes(replay{.share = 0.5, .total = 20}(corpora, kernel::draws(1, "test"))[2]) == wholes{7, 3, 10});
  CHECK(made[1].name == "corpus 1");
}

TEST_CASE("no share is learning one corpus after the other") {
  const plan made = replay{.share = 0}(corpora_of({3, 2}), kernel::draws(1, "test"));
  CHECK(made[0].rows == std::vector<wholes>{{0, 1, 2}, {}});
  CHECK(made[1].rows == std::vector<wholes>{{}, {0, 1}});
}

TEST_CASE("only so many cells are ever replayed as the memory holds, and always those that were learned from") {
  CHECK(rc::check([] {
    const auto memory = *rc::gen::inRange<std::int64_t>(1, 30);
    const auto how = *rc::gen::element(among::proportional, among::equal);
    const auto corpora = corpora_of({100, 80, 90, 70});
    const plan made = replay{.share = 0.3, .memory = memory, .how = how, .up_to = true}(
        corpora, kernel::draws(*rc::gen::arbitrary<std::uint64_t>(), "test"));
    for (std::size_t s = 0; s < 3; ++s) {
      std::set<std::int64_t> replayed;
      for (std::size_t t = s + 1; t < 4; ++t) {
        RC_ASSERT(std::ranges::includes(made[s].rows[s], made[t].rows[s]));
        replayed.insert(made[t].rows[s].begin(), made[t].rows[s].end());
      }
      // Memory of a corpus only shrinks: whatever is replayed of it was remembered right after its own stage.
      RC_ASSERT(isize(replayed.size()) <= memory);
    }
  }));
}

TEST_CASE("a stage replays other remembered cells than the stage before") {
  const plan made = replay{.share = 0.1, .growing = true}(corpora_of({1000, 90, 90}), kernel::draws(1, "test"));
  CHECK(made[1].rows[0].size() == 10);
  CHECK(made[1].rows[0] != made[2].rows[0]);
}

TEST_CASE("where stages grow, a larger share replays the cells of a smaller one and more") {
  CHECK(rc::check([] {
    const kernel::draws random(*rc::gen::arbitrary<std::uint64_t>(), "test");
    const auto memory = *rc::gen::inRange<std::int64_t>(0, 100);
    const int one = *rc::gen::inRange(0, 90), other = *rc::gen::inRange(0, 90);
    const auto corpora = corpora_of({70, 120, 50, 90});
    const auto with = [&](int percent) {
      return replay{.share = percent / 100.0, .memory = memory, .growing = true, .up_to = true}(corpora, random);
    };
    const plan few = with(std::min(one, other)), many = with(std::max(one, other));
    for (std::size_t t = 0; t < 4; ++t)
      for (std::size_t s = 0; s < 4; ++s) RC_ASSERT(std::ranges::includes(many[t].rows[s], few[t].rows[s]));
  }));
}

TEST_CASE("with keys of their own, corpora keep their cells when others come before them") {
  const auto corpora = corpora_of({100, 100, 100}), later = corpora_of({100, 100});
  const std::array<std::uint64_t, 3> key{7, 8, 9};
  const std::array<std::uint64_t, 2> later_key{8, 9};
  const replay half{.share = 0.5, .total = 20};
  const kernel::draws random(1, "test");
  const plan all = half(corpora, random, key), two = half(later, random, later_key);
  CHECK(std::ranges::includes(two[0].rows[0], all[1].rows[1]));
}

TEST_CASE("missing cells and settings that exclude each other are refused in a sentence") {
  const kernel::draws random;
  const auto corpora = corpora_of({10, 100});
  CHECK_THROWS_WITH_AS((void)replay{.share = 0.5}(corpora, random),
                       "sample::replay: stage 1 takes 50 remembered cells of earlier corpora, but there are 10; change "
                       "share (0.5), memory (0) or total (0), or set up_to to take those there are",
                       bad_option);
  CHECK_THROWS_WITH_AS((void)(replay{.share = 0.1, .total = 50}(corpora, random)),
                       "sample::replay: stage 0 takes 50 cells of the new corpus, but there are 10; change share (0.1), "
                       "memory (0) or total (50), or set up_to to take those there are",
                       bad_option);
  CHECK(sizes((replay{.share = 0.5, .up_to = true}(corpora, random))[1]) == wholes{10, 90});
  CHECK_THROWS_AS((void)replay{.share = 1}(corpora, random), bad_option);
  CHECK_THROWS_AS((void)replay{.share = -0.1}(corpora, random), bad_option);
  CHECK_THROWS_AS((void)(replay{.memory = -1}(corpora, random)), bad_option);
  CHECK_THROWS_AS((void)(replay{.growing = true, .total = 5}(corpora, random)), bad_option);
  const std::array<std::uint64_t, 1> key{7};
  CHECK_THROWS_AS((void)replay{}(corpora, random, key), bad_option);
}

TEST_CASE("the description names what is set") {
  CHECK(replay{}.describe() == "replay(0.2)");
  CHECK(replay{.share = 0.5, .memory = 100, .how = among::equal, .growing = true}.describe() ==
        "replay(0.5, memory 100, equal, growing)");
  CHECK(replay{.total = 10, .up_to = true}.describe() == "replay(0.2, 10 cells, up to)");
}

}  // namespace
}  // namespace tepui::tests::sample_replay
