#include <tepui/coverage/near_duplicates.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <tepui/kernel/rng.hpp>

namespace tepui::tests::coverage_near_duplicates {
namespace {
using coverage::median_of;
using coverage::near_duplicates;
using floats = std::vector<float>;
kernel::points line(const floats& value) { return {isize(value.size()), 1, value}; }

TEST_CASE("new cells at 0, 1, 3 and 6: their nearest others are 1, 1, 2 and 3 away, the median is 1.5") {
  const floats fresh{0, 1, 3, 6}, pool{0.25F, 4.5F, 100};
  CHECK(coverage::nearest_other(line(fresh)) == std::vector<double>{1, 1, 2, 3});
  const auto d = near_duplicates(line(fresh), line(pool));
  CHECK(d.within.value == 1.5);
  // To the pool: 0.25, 0.75, 1.5 and 1.5. At the median is not below it.
  CHECK(d.share.value.value == 0.5);
  CHECK(d.copies.value.value == 0);
  CHECK(d.to_pool.value == 1.125);
  CHECK(d.share.better == direction::lower_is_better);
  CHECK(d.share.n == 4);
}

TEST_CASE("a batch that is there already is all copies, one from elsewhere has no duplicate") {
  const floats fresh{0, 1, 3, 6}, far{1000, 1001};
  CHECK(near_duplicates(line(fresh), line(fresh)).share.value.value == 1);
  CHECK(near_duplicates(line(fresh), line(fresh)).copies.value.value == 1);
  CHECK(near_duplicates(line(fresh), line(far)).share.value.value == 0);
}

TEST_CASE("what cannot be known says why") {
  const floats one{1}, two{1, 2}, same{1, 1, 5}, none;
  CHECK(near_duplicates(line(none), line(two)).share.value.reason == "there are no new cells");
  CHECK(near_duplicates(line(two), line(none)).share.value.reason ==
        "there are no old cells yet, so nothing can be a duplicate of one");
  const auto alone = near_duplicates(line(one), line(two));
  CHECK(!alone.share.value.known());
  CHECK(alone.copies.value.value == 1);
  const auto copies = near_duplicates(line(same), line(two));
  CHECK(copies.share.value.reason ==
        "half of the new cells or more are copies of each other, so that their distances give no scale");
  CHECK(copies.copies.value.value == doctest::Approx(2.0 / 3));
  const kernel::points plane{1, 2, two};
  CHECK_THROWS_AS((void)near_duplicates(line(two), plane), bad_data);
}

TEST_CASE("the nearest other cell is what looking at all pairs finds") {
  CHECK(rc::check([] {
    const auto whole = *rc::gen::container<std::vector<int>>(rc::gen::inRange(-20, 20));
    floats value;
    for (const int v : whole) value.push_back(static_cast<float>(v));
    const auto found = coverage::nearest_other(line(value), 2);
    for (std::size_t i = 0; i < value.size(); ++i) {
      double best = std::numeric_limits<double>::infinity();
      for (std::size_t j = 0; j < value.size(); ++j)
        if (j != i) best = std::min(best, std::abs(static_cast<double>(value[i]) - static_cast<double>(value[j])));
      RC_ASSERT(found[i] == best);
    }
  }));
}

TEST_CASE("a median is in the middle") {
  CHECK(median_of({3}) == 3);
  CHECK(median_of({3, 1}) == 2);
  CHECK(median_of({9, 1, 2}) == 2);
  CHECK(median_of({4, 1, 3, 2}) == 2.5);
}

TEST_CASE("a second draw of the same cells: about half are near duplicates") {
  const kernel::draws random(3, "test");
  floats first, second;
  for (std::int64_t i = 0; i < 800; ++i)
    for (std::uint64_t d = 0; d < 3; ++d) {
      first.push_back(static_cast<float>(random.normal(i, d)));
      second.push_back(static_cast<float>(random.normal(i + 800, d)));
    }
  const auto d = near_duplicates(kernel::points{800, 3, second}, kernel::points{800, 3, first});
  CHECK(std::abs(d.share.value.value - 0.5) < 0.06);
}

TEST_CASE("cells without ids are cells, and a number that is none is refused") {
  const floats fresh{0, 1, 3, 6}, pool{0.25F, 4.5F, 100}, bad{0, std::nanf("")};
  const embedding_view<> a{1, fresh, {}}, b{1, pool, {}}, broken{1, bad, {}};
  CHECK(near_duplicates(a, b).share.value.value == 0.5);
  CHECK(near_duplicates(a, b).share.n == 4);
  CHECK_THROWS_AS((void)near_duplicates(a, broken), bad_data);
  CHECK_THROWS_AS((void)near_duplicates(line(bad), line(pool)), bad_data);
}

}  // namespace
}  // namespace tepui::tests::coverage_near_duplicates
