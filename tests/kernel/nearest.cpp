#include <tepui/kernel/nearest.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <type_traits>
#include <vector>

#include <tepui/kernel/rng.hpp>

namespace tepui::tests::of_nearest {
namespace {

template <class Real>
struct cloud {
  std::int64_t n, dims;
  std::vector<Real> value;
  [[nodiscard]] kernel::points_of<Real> points() const { return {n, dims, value}; }
  [[nodiscard]] kernel::points_of<Real> points(std::int64_t first, std::int64_t some) const {
    return {some, dims, std::span(value).subspan(usize(first * dims), usize(some * dims))};
  }
};

/// Points: on a coarse grid (ties, copies), anywhere, far from 0, with outliers, too large or small for bounds in float.
constexpr int kinds = 7;
template <class Real>
cloud<Real> some_points(int kind, std::int64_t n, std::int64_t dims, std::uint64_t seed) {
  const kernel::draws random(seed, "cloud");
  cloud<Real> out{n, dims, std::vector<Real>(usize(n * dims))};
  for (std::int64_t i = 0; i < n; ++i) {
    const bool outlier = random.below(20, i, 9999) == 0;
    for (std::int64_t d = 0; d < dims; ++d) {
      const auto draw = static_cast<std::uint64_t>(d);
      double x = 2 * random.uniform(i, draw) - 1;
      if (kind == 0) x = static_cast<double>(random.below(3, i, draw));
      if (kind == 2) x += 10'000;
      if (kind == 3 && outlier) x *= 3000;
      if (kind == 4) x *= 1e19;
      if (kind == 5) x *= 1e-21;
      if (kind == 6) x = 7;
      out.value[usize(i * dims + d)] = static_cast<Real>(static_cast<float>(x));
    }
  }
  return out;
}
struct two_clouds {
  int kind = *rc::gen::inRange(0, kinds);
  std::int64_t dims = *rc::gen::element(1, 2, 3, 8, 11, 16, 17, 33, 50);
  std::uint64_t seed = *rc::gen::arbitrary<std::uint64_t>();
  std::int64_t n = *rc::gen::inRange(0, 130), m = *rc::gen::inRange(0, 400);
};

template <class Real>
struct answer {
  std::vector<Real> distance;
  std::vector<std::int32_t> which;
  bool operator==(const answer&) const = default;
};
/// Every distance, one after the other.
template <class Real>
answer<Real> by_all_distances(const kernel::points_of<Real>& of, const kernel::points_of<Real>& among, bool others = false) {
  answer<Real> out{std::vector<Real>(usize(of.n), std::numeric_limits<Real>::infinity()),
                   std::vector<std::int32_t>(usize(of.n), -1)};
  for (std::int64_t i = 0; i < of.n; ++i) {
    double best = std::numeric_limits<double>::infinity();
    for (std::int64_t j = 0; j < among.n; ++j) {
      if (others && i == j) continue;
      const double d = kernel::plain_squared_distance(of.row(i), among.row(j), of.dims);
      if (d >= best) continue;
      best = d;
      out.which[usize(i)] = static_cast<std::int32_t>(j);
    }
    out.distance[usize(i)] = static_cast<Real>(std::sqrt(best));
  }
  return out;
}
template <class Real>
answer<Real> searched(const kernel::points_of<Real>& of, const kernel::points_of<Real>& among, int threads) {
  answer<Real> out{std::vector<Real>(usize(of.n), Real(-1)), std::vector<std::int32_t>(usize(of.n), -7)};
  kernel::nearest_distances_of<Real, Real>(of, among, out.distance, out.which, threads);
  return out;
}

TEST_CASE("the distance is that of Pythagoras, and of two nearest points the first one counts") {
  const std::vector<float> cells{0, 0, 3, 4, 10, 0}, chosen{6, 8, 0, 0, 20, 0, 6, 8};
  const kernel::points of{3, 2, cells}, among{4, 2, chosen};
  std::vector<float> distance(3);
  std::vector<std::int32_t> which(3);
  kernel::nearest_distances(of, among, distance, which);
  CHECK(distance == std::vector<float>{0, 5, std::sqrt(80.0F)});
  CHECK(which == std::vector<std::int32_t>{1, 0, 0});  // (3, 4) lies 5 from (6, 8) and from (0, 0)
  CHECK(kernel::directed_hausdorff(of, among) == std::sqrt(80.0));
  CHECK(kernel::directed_hausdorff(among, of) == 10);
}

TEST_CASE("squares are summed in the same order with and without vectors") {
  for (std::int64_t dims = 0; dims < 40; ++dims) {
    const auto f = some_points<float>(1, 2, dims, 5);
    const auto d = some_points<double>(3, 2, dims, 6);
    CHECK(kernel::squared_distance(f.points().row(0), f.points().row(1), dims) ==
          kernel::plain_squared_distance(f.points().row(0), f.points().row(1), dims));
    CHECK(kernel::squared_distance(d.points().row(0), d.points().row(1), dims) ==
          kernel::plain_squared_distance(d.points().row(0), d.points().row(1), dims));
  }
}

TEST_CASE("a search gives the bits of all distances, for numbers of every size") {
  const auto same = [](auto real) {
    using Real = decltype(real);
    const two_clouds c;
    const auto of = some_points<Real>(c.kind, c.n, c.dims, c.seed),
               among = some_points<Real>(c.kind, c.m, c.dims, c.seed + 1);
    const auto expected = by_all_distances<Real>(of.points(), among.points());
    RC_ASSERT(searched<Real>(of.points(), among.points(), 1) == expected);
    RC_ASSERT(searched<Real>(of.points(), among.points(), 3) == expected);
    // A part of the cells among all: each is its own nearest, or a copy of a lower row is.
    const std::int64_t some = std::min(c.n, c.m);
    RC_ASSERT(searched<Real>(among.points(0, some), among.points(), 1) ==
              by_all_distances<Real>(among.points(0, some), among.points()));
    answer<Real> other = by_all_distances<Real>(of.points(), of.points(), true), got = other;
    kernel::nearest_others_of<Real, Real>(of.points(), got.distance, got.which, 2);
    RC_ASSERT(got == other);
  };
  CHECK(rc::check("float", [&] { same(float{}); }));
  CHECK(rc::check("double", [&] { same(double{}); }));
}

TEST_CASE("more others than are looked at together") {
  for (const int kind : {0, 1, 3}) {
    const auto of = some_points<float>(kind, 40, 4, 1), among = some_points<float>(kind, 30'000, 4, 2);
    CHECK(searched<float>(of.points(), among.points(), 1) == by_all_distances<float>(of.points(), among.points()));
  }
}

TEST_CASE("cells seen in portions are as near as seen at once") {
  CHECK(rc::check([] {
    const two_clouds c;
    const auto of = some_points<float>(c.kind, c.n, c.dims, c.seed),
               among = some_points<float>(c.kind, c.m, c.dims, c.seed + 1);
    std::vector<float> distance(usize(c.n), std::numeric_limits<float>::infinity());
    for (std::int64_t seen = 0; seen < c.m;) {
      const std::int64_t now = *rc::gen::inRange<std::int64_t>(1, c.m - seen + 1);
      kernel::update_nearest(of.points(), among.points(seen, now), distance, 1 + static_cast<int>(now % 2));
      seen += now;
    }
    RC_ASSERT(distance == by_all_distances<float>(of.points(), among.points()).distance);
  }));
}

TEST_CASE("the Hausdorff distance is the largest of all nearest distances, to the bit") {
  const auto same = [](auto real) {
    using Real = decltype(real);
    const two_clouds c;
    const auto of = some_points<Real>(c.kind, c.m, c.dims, c.seed),
               among = some_points<Real>(c.kind, c.n, c.dims, c.seed + 1);
    std::vector<double> distance(usize(c.m));
    kernel::nearest_distances_of<Real, double>(of.points(), among.points(), distance);
    const double expected = c.m == 0 ? 0 : *std::ranges::max_element(distance);
    RC_ASSERT(kernel::directed_hausdorff_of(of.points(), among.points(), 1) == expected);
    RC_ASSERT(kernel::directed_hausdorff_of(of.points(), among.points(), 3) == expected);
    RC_ASSERT(kernel::directed_hausdorff_of(of.points(), of.points()) == 0);
  };
  CHECK(rc::check("float", [&] { same(float{}); }));
  CHECK(rc::check("double", [&] { same(double{}); }));
}

TEST_CASE("cells sorted by type, and one cell of a type that was not chosen") {
  // 12 types far apart; the last cell alone is of a 13th.
  auto of = some_points<float>(1, 2401, 10, 3);
  for (std::int64_t i = 0; i < of.n; ++i) of.value[usize(i * 10)] += static_cast<float>(100 * (i / 200));
  const auto among = cloud<float>{2400, 10, {of.value.begin(), of.value.end() - 10}};
  const auto expected = by_all_distances<float>(of.points(2400, 1), among.points());
  CHECK(static_cast<float>(kernel::directed_hausdorff(of.points(), among.points())) == expected.distance[0]);
}

TEST_CASE("nothing is far from anything where there is nothing, and infinitely far from nothing") {
  const std::vector<float> one{1, 2};
  const kernel::points none{0, 2, {}}, some{1, 2, one};
  CHECK(kernel::directed_hausdorff(none, some) == 0);
  CHECK(std::isinf(kernel::directed_hausdorff(some, none)));
  std::vector<float> distance(1);
  std::vector<std::int32_t> which(1);
  kernel::nearest_distances(some, none, distance, which);
  CHECK(std::isinf(distance[0]));
  CHECK(which[0] == -1);
  CHECK_THROWS_AS(kernel::nearest_distances(some, none, {}, {}), bad_option);
}

TEST_CASE("the farthest point comes next, ties by row, copies of choices last and none twice") {
  const std::vector<float> line{0, 10, 4, 10, 0, 6};
  std::vector<std::int64_t> chosen(6);
  std::vector<float> radius(6);
  kernel::farthest_first({6, 1, line}, 6, 0, chosen, radius);
  CHECK(chosen == std::vector<std::int64_t>{0, 1, 2, 5, 3, 4});
  CHECK(radius == std::vector<float>{10, 4, 2, 0, 0, 0});
  const std::vector<std::int64_t> order{5, 4, 3, 2, 1, 0};
  kernel::farthest_first_of<float, float>({6, 1, line}, 3, 0, chosen, radius, 1, order);
  CHECK(std::vector<std::int64_t>(chosen.begin(), chosen.begin() + 3) == std::vector<std::int64_t>{0, 3, 5});
  CHECK_THROWS_AS(kernel::farthest_first({6, 1, line}, 7, 0, chosen, radius), bad_option);
  CHECK_THROWS_AS(kernel::farthest_first({6, 1, line}, 2, 6, chosen, radius), bad_option);
}

TEST_CASE("points that are passed over would not have been chosen") {
  const auto same = [](auto real) {
    using Real = decltype(real);
    const two_clouds c;
    const auto all = some_points<Real>(c.kind, c.n + 1, c.dims, c.seed);
    const auto wanted = *rc::gen::inRange<std::int64_t>(0, all.n + 1), first = *rc::gen::inRange<std::int64_t>(0, all.n);
    std::vector<std::int64_t> chosen(usize(wanted)), expected(chosen);
    std::vector<double> radius(usize(wanted)), of_all(radius);
    kernel::plain_farthest_first<Real, double>(all.points(), wanted, first, expected, of_all);
    kernel::farthest_first_of<Real, double>(all.points(), wanted, first, chosen, radius, 2);
    RC_ASSERT(chosen == expected);
    RC_ASSERT(radius == of_all);
    std::ranges::sort(chosen);
    RC_ASSERT(std::ranges::adjacent_find(chosen) == chosen.end());
  };
  CHECK(rc::check("float", [&] { same(float{}); }));
  CHECK(rc::check("double", [&] { same(double{}); }));
}

TEST_CASE("the radius is the Hausdorff distance to the choices so far") {
  const auto all = some_points<float>(1, 500, 6, 8);
  std::vector<std::int64_t> chosen(20);
  std::vector<double> radius(20);
  kernel::farthest_first_of<float, double>(all.points(), 20, 3, chosen, radius, 1);
  std::vector<float> choices;
  for (std::size_t c = 0; c < chosen.size(); ++c) {
    const float* const row = all.points().row(chosen[c]);
    choices.insert(choices.end(), row, row + 6);
    CHECK(radius[c] == kernel::directed_hausdorff(all.points(), {isize(c) + 1, 6, choices}));
  }
}

TEST_CASE("the same bits on every compiler and processor") {
  const auto of = some_points<float>(1, 700, 37, 11), among = some_points<float>(1, 900, 37, 12);
  const auto found = searched<float>(of.points(), among.points(), 2);
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < found.which.size(); ++i)
    hash = kernel::mix64(hash ^ std::bit_cast<std::uint32_t>(found.distance[i]) ^
                         (static_cast<std::uint64_t>(found.which[i]) << 32));
  std::vector<std::int64_t> chosen(100);
  std::vector<double> radius(100);
  kernel::farthest_first_of<float, double>(of.points(), 100, 5, chosen, radius, 1);
  for (std::size_t i = 0; i < chosen.size(); ++i)
    hash = kernel::mix64(hash ^ std::bit_cast<std::uint64_t>(radius[i]) ^ usize(chosen[i]));
  hash = kernel::mix64(hash ^ std::bit_cast<std::uint64_t>(kernel::directed_hausdorff(of.points(), among.points())));
  CHECK(hash == 11124664731921490818U);
}

TEST_CASE("a distance that is no number is never the nearest, whatever follows it") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> here{0};
  for (const std::vector<float>& others : {std::vector<float>{0, nan, 10}, {nan, 10, 0}, {10, 0, nan}}) {
    std::vector<float> distance(1);
    std::vector<std::int32_t> which(1);
    kernel::nearest_distances({1, 1, here}, {3, 1, others}, distance, which);
    CHECK(distance[0] == 0);
    CHECK(others[usize(which[0])] == 0);
    CHECK(kernel::directed_hausdorff({1, 1, here}, {3, 1, others}) == 0);
  }
  // Enough points that bounds are used where they hold.
  std::vector<float> many(100, 3), of(8, 0);
  many[40] = 1, many[60] = nan;
  std::vector<float> distance(8);
  std::vector<std::int32_t> which(8);
  kernel::nearest_distances({8, 1, of}, {100, 1, many}, distance, which);
  CHECK(distance == std::vector<float>(8, 1));
  CHECK(which == std::vector<std::int32_t>(8, 40));
}

TEST_CASE("more points than can be numbered are refused before anything is made for them") {
  const std::int64_t n = std::int64_t{1} << 31;
  CHECK_THROWS_WITH_AS(kernel::check_choice(n, 1, 0, 1, 1),
                       "kernel::farthest_first: cannot choose of 2147483648 points, because it numbers at most "
                       "2,147,483,647; choose of a part of them first",
                       bad_option);
  CHECK_NOTHROW(kernel::check_choice(n - 1, 1, 0, 1, 1));
}

}  // namespace
}  // namespace tepui::tests::of_nearest
