#include <tepui/sample/spike_in.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

#include "laws/plan_laws.hpp"

namespace tepui::tests::sample_spike_in {
namespace {
using sample::mixture;
using sample::population;
using sample::spike_in;

TEST_CASE("a spike-in keeps the laws of a plan of one stage, whatever the share with as many cells as were asked for") {
  const auto total = [](std::span<const population> corpora) { return std::min(corpora[0].n_cells, corpora[1].n_cells); };
  laws::plan(
      2,
      [&](std::span<const population> corpora, double share, const kernel::draws& random) {
        return sample::plan{spike_in{.share = share, .total = total(corpora)}(corpora[0], corpora[1], random)};
      },
      [&](std::span<const population> corpora, double, std::int64_t) { return total(corpora); });
}

TEST_CASE("a tenth of 40 cells is replaced by 4 of the others") {
  const mixture made = spike_in{.share = 0.1}({.n_cells = 40}, {.n_cells = 7}, kernel::draws(1, "test"));
  REQUIRE(made.rows.size() == 2);
  CHECK(made.rows[0].size() == 36);
  CHECK(made.rows[1].size() == 4);
  CHECK(made.name == "spike_in(0.1)");
  const mixture fewer = spike_in{.share = 0.5, .total = 10}({.n_cells = 40}, {.n_cells = 7}, kernel::draws(1, "test"));
  CHECK(fewer.rows[0].size() == 5);
  CHECK(fewer.rows[1].size() == 5);
  CHECK(fewer.name == "spike_in(0.5, 10 cells)");
}

TEST_CASE("no share is the control, all of it another corpus; halves round to even") {
  const kernel::draws random(1, "test");
  CHECK(spike_in{.share = 0}({.n_cells = 3}, {.n_cells = 0}, random).rows ==
        std::vector<std::vector<std::int64_t>>{{0, 1, 2}, {}});
  CHECK(spike_in{.share = 1}({.n_cells = 3}, {.n_cells = 3}, random).rows ==
        std::vector<std::vector<std::int64_t>>{{}, {0, 1, 2}});
  CHECK(spike_in{.share = 0.5}({.n_cells = 5}, {.n_cells = 5}, random).rows[1].size() == 2);
  CHECK(spike_in{.share = 0.5}({.n_cells = 7}, {.n_cells = 5}, random).rows[1].size() == 4);
}

TEST_CASE("a larger share adds others to those of a smaller one, and takes away cells of the base") {
  CHECK(rc::check([] {
    const auto n_base = *rc::gen::inRange<std::int64_t>(1, 150);
    const kernel::draws random(*rc::gen::arbitrary<std::uint64_t>(), "test");
    const int one = *rc::gen::inRange(0, 101), other = *rc::gen::inRange(0, 101);
    const mixture few = spike_in{std::min(one, other) / 100.0}({.n_cells = n_base}, {.n_cells = n_base}, random);
    const mixture many = spike_in{std::max(one, other) / 100.0}({.n_cells = n_base}, {.n_cells = n_base}, random);
    RC_ASSERT(std::ranges::includes(few.rows[0], many.rows[0]));
    RC_ASSERT(std::ranges::includes(many.rows[1], few.rows[1]));
    RC_ASSERT(few.n_cells() == n_base);
    RC_ASSERT(many.n_cells() == n_base);
  }));
}

TEST_CASE("which others come in does not hang on which of the base go out") {
  const mixture made = spike_in{.share = 0.5}({.n_cells = 1000}, {.n_cells = 1000}, kernel::draws(1, "test"));
  std::vector<std::int64_t> both;
  std::ranges::set_intersection(made.rows[0], made.rows[1], std::back_inserter(both));
  CHECK(std::abs(isize(both.size()) - 250) < 50);
}

TEST_CASE("too few cells and shares that are none are refused in a sentence") {
  const kernel::draws random;
  CHECK_THROWS_WITH_AS((void)spike_in{.share = 0.5}({.n_cells = 800}, {.n_cells = 250}, random),
                       "sample::spike_in: a share of 0.5 of 800 cells takes 400 of the other population, which has 250; "
                       "lower the share or the total, so that at most 250 are taken",
                       bad_option);
  CHECK_THROWS_WITH_AS((void)(spike_in{.share = 0.1, .total = 1000}({.n_cells = 800}, {.n_cells = 250}, random)),
                       "sample::spike_in: a share of 0.1 of 1000 cells takes 900 of the base, which has 800; lower the "
                       "total or raise the share",
                       bad_option);
  CHECK_THROWS_AS((void)(spike_in{.share = 0.1, .total = -1}({.n_cells = 8}, {.n_cells = 8}, random)), bad_option);
  CHECK_THROWS_WITH_AS((void)spike_in{.share = 1.5}({.n_cells = 8}, {.n_cells = 8}, random),
                       "sample::spike_in: share is 1.5, but must be 0 or more and at most 1; give the share of a stage's "
                       "cells that come from elsewhere, such as 0.1",
                       bad_option);
  CHECK_THROWS_AS((void)spike_in{.share = std::nan("")}({.n_cells = 8}, {.n_cells = 8}, random), bad_option);
}

}  // namespace
}  // namespace tepui::tests::sample_spike_in
