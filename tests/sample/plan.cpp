#include <tepui/sample/plan.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

namespace tepui::tests::sample_plan {
namespace {
using sample::mixed_order;
using sample::mixture;
using sample::pick;
using sample::shared_out;
using wholes = std::vector<std::int64_t>;

TEST_CASE("cells are shared out as seats are: 7 among corpora of 53, 24 and 23 are 3, 2 and 2") {
  const wholes weight{53, 24, 23}, all{53, 24, 23};
  // 53, 24, 23, then 53 / 3, 53 / 5, 24 / 3, 23 / 3
  CHECK(shared_out(7, weight, all) == wholes{3, 2, 2});
  CHECK(shared_out(5, weight, all) == wholes{3, 1, 1});
  CHECK(shared_out(0, weight, all) == wholes{0, 0, 0});
  CHECK(shared_out(100, weight, all) == all);
  CHECK(shared_out(1000, weight, all) == all);
  CHECK(shared_out(3, wholes{1, 0, 1}, wholes{9, 9, 9}) == wholes{2, 0, 1});  // a tie: the lower one
  CHECK(shared_out(7, wholes{1, 1, 1}, wholes{1, 9, 9}) == wholes{1, 3, 3});  // what one has not, the others give
  CHECK(shared_out(3, wholes{}, wholes{}).empty());
}

TEST_CASE("all that is there is shared out, nobody gives more than there is, and more for all is less for none") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::size_t>(1, 6);
    const auto weight = *rc::gen::container<wholes>(n, rc::gen::inRange<std::int64_t>(0, 50));
    const auto most = *rc::gen::container<wholes>(n, rc::gen::inRange<std::int64_t>(0, 50));
    const auto total = *rc::gen::inRange<std::int64_t>(0, 120);
    const wholes out = shared_out(total, weight, most), more = shared_out(total + 1, weight, most);
    std::int64_t can = 0, given = 0;
    for (std::size_t i = 0; i < n; ++i) {
      can += weight[i] > 0 ? most[i] : 0;
      given += out[i];
      RC_ASSERT(out[i] <= most[i]);
      RC_ASSERT(more[i] >= out[i]);
    }
    RC_ASSERT(given == std::min(total, can));
  }));
}

TEST_CASE("two thirds and one third: every three cells hold two of one corpus and one of the other") {
  const mixture stage{"a stage", {{0, 1, 2, 3}, {5, 7}}};
  CHECK(stage.n_cells() == 6);
  const std::vector<pick> order = mixed_order(stage, {}, kernel::draws(1, "test"));
  std::vector<std::int64_t> corpus;
  for (const pick& p : order) corpus.push_back(p.corpus);
  CHECK(corpus == wholes{0, 1, 0, 0, 1, 0});
  CHECK(order != mixed_order(stage, {}, kernel::draws(2, "test")));
}

TEST_CASE("a pass has every cell once, and any batch the corpora in their shares") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::size_t>(1, 5);
    mixture stage{"a stage", {}};
    for (std::size_t s = 0; s < n; ++s) {
      wholes& rows = stage.rows.emplace_back(usize(*rc::gen::inRange(0, 80)));
      std::iota(rows.begin(), rows.end(), std::int64_t{3});
    }
    const std::vector<pick> order = mixed_order(stage, {}, kernel::draws(*rc::gen::arbitrary<std::uint64_t>(), "test"));
    RC_ASSERT(isize(order.size()) == stage.n_cells());
    std::set<std::pair<std::int64_t, std::int64_t>> seen;
    for (const pick& p : order) seen.insert({p.corpus, p.row});
    RC_ASSERT(seen.size() == order.size());
    const auto batch = *rc::gen::inRange<std::size_t>(1, 40);
    const double limit = static_cast<double>(std::max<std::size_t>(1, n - 1)) + 1e-9;
    for (std::size_t begin = 0; begin + batch <= order.size(); ++begin)
      for (std::size_t s = 0; s < n; ++s) {
        std::int64_t of_s = 0;
        for (std::size_t i = begin; i < begin + batch; ++i) of_s += order[i].corpus == isize(s) ? 1 : 0;
        const double share = static_cast<double>(stage.rows[s].size()) / static_cast<double>(order.size());
        RC_ASSERT(std::abs(static_cast<double>(of_s) - share * static_cast<double>(batch)) <= limit);
      }
  }));
}

TEST_CASE("the order of a pass hangs on cell ids, not on rows") {
  const wholes ids{10, 11, 12, 13}, turned{13, 12, 11, 10};
  const std::vector<sample::population> one{{.n_cells = 4, .cell_id = ids}}, other{{.n_cells = 4, .cell_id = turned}};
  const mixture stage{"a stage", {{0, 1, 2, 3}}};
  const auto a = mixed_order(stage, one, kernel::draws(1, "test")), b = mixed_order(stage, other, kernel::draws(1, "test"));
  for (std::size_t i = 0; i < 4; ++i) CHECK(a[i].row == 3 - b[i].row);
}

TEST_CASE("corpora of another plan are refused in a sentence") {
  CHECK_THROWS_WITH_AS((void)mixed_order({"a stage", {{0}, {1}}}, std::vector<sample::population>(3), kernel::draws()),
                       "sample::mixed_order: the stage is a mixture of 2 corpora, but 3 are given; give those that the plan "
                       "was made of",
                       bad_option);
}

}  // namespace
}  // namespace tepui::tests::sample_plan
