#include <tepui/kernel/distance_sums.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <tepui/kernel/rng.hpp>

namespace tepui::tests::of_distance_sums {
namespace {

using kernel::distance_kind;

struct grouped {
  std::int64_t n, dims;
  std::int32_t groups;
  std::vector<float> value;
  std::vector<std::int32_t> group;
  [[nodiscard]] kernel::points points() const { return {n, dims, value}; }
};
/// Points: anywhere, on a coarse grid (copies), far from 0, with outliers, all the same, tight groups apart, large, small,
/// mostly 0.
constexpr int kinds = 9;
grouped some_points(int kind, std::int64_t n, std::int64_t dims, std::int32_t groups, std::uint64_t seed) {
  const kernel::draws random(seed, "grouped");
  grouped out{n, dims, groups, std::vector<float>(usize(n * dims)), std::vector<std::int32_t>(usize(n))};
  for (std::int64_t i = 0; i < n; ++i) {
    out.group[usize(i)] = static_cast<std::int32_t>(random.below(groups, i, 99'999));
    for (std::int64_t d = 0; d < dims; ++d) {
      const auto draw = static_cast<std::uint64_t>(d);
      double x = 2 * random.uniform(i, draw) - 1;
      if (kind == 1) x = static_cast<double>(random.below(3, i, draw));
      if (kind == 2) x += 1000;
      if (kind == 3 && random.below(20, i, 99'998) == 0) x *= 3000;
      if (kind == 4) x = 7;
      if (kind == 5) x = 1000 * out.group[usize(i)] + 0.01 * x;
      if (kind == 6) x *= 1e25;
      if (kind == 7) x *= 1e-30;
      if (kind == 8) x = random.below(4, i, draw + 10'000) == 0 ? x + 2 : 0;
      out.value[usize(i * dims + d)] = static_cast<float>(x);
    }
  }
  return out;
}

/// The largest error of a sum, as a share of the largest sum of that cell.
double worst(const std::vector<double>& got, const std::vector<double>& expected, std::int32_t groups) {
  double out = 0;
  for (std::size_t i = 0; i < got.size(); i += usize(groups)) {
    double largest = 0;
    for (std::size_t g = 0; g < usize(groups); ++g) largest = std::max(largest, std::abs(expected[i + g]));
    for (std::size_t g = 0; g < usize(groups); ++g)
      if (got[i + g] != expected[i + g]) out = std::max(out, std::abs(got[i + g] - expected[i + g]) / largest);
  }
  return out;
}
std::vector<double> expected_sums(const grouped& of, distance_kind kind) {
  std::vector<double> out(usize(of.n * of.groups));
  kernel::plain_distance_sums(of.points(), of.points(), of.group, of.groups, kind, true, out);
  return out;
}
template <class Tile>
std::vector<double> sums(const grouped& of, distance_kind kind, int threads = 1) {
  std::vector<double> out(usize(of.n * of.groups), -1);
  kernel::distance_sums<Tile>(of.points(), of.group, of.groups, kind, out, threads);
  return out;
}

TEST_CASE("sums of distances, with a pencil") {
  const grouped cells{4, 2, 3, {0, 0, 3, 4, 6, 8, 0, 5}, {0, 2, 0, 2}};
  const auto got = sums<double>(cells, distance_kind::euclidean);
  const double d = std::sqrt(10.0);  // from (3, 4) to (0, 5)
  const double e = std::sqrt(45.0);  // from (6, 8) to (0, 5)
  const std::vector<double> expected{10, 0, 10, 10, 0, d, 10, 0, 5 + e, 5 + e, 0, d};
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == doctest::Approx(expected[i]).epsilon(1e-14));
}

TEST_CASE("an angle does not depend on lengths, and a cell at 0 lies 1 from all others and 0 from itself") {
  const grouped cells{5, 2, 2, {1, 0, 0, 7, -2, 0, 5, 5, 0, 0}, {0, 0, 0, 0, 1}};
  const auto got = sums<double>(cells, distance_kind::cosine);
  const double r = std::sqrt(0.5);
  const std::vector<double> expected{
      0 + 1 + 2 + (1 - r), 1, 1 + 0 + 1 + (1 - r), 1, 2 + 1 + 0 + (1 + r), 1, (1 - r) + (1 - r) + (1 + r), 1, 4, 0};
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == doctest::Approx(expected[i]).epsilon(1e-14));
}

TEST_CASE("tiles give the sums of the plain reference, whatever the points are like") {
  const auto same = [](distance_kind kind) {
    const int points = *rc::gen::inRange(0, kinds);
    const std::int64_t dims = *rc::gen::element(1, 2, 3, 8, 17, 50), n = *rc::gen::inRange(0, 400);
    const grouped of = some_points(points, n, dims, *rc::gen::element(1, 2, 5, 40), *rc::gen::arbitrary<std::uint64_t>());
    const auto expected = expected_sums(of, kind);
    RC_ASSERT(worst(sums<double>(of, kind), expected, of.groups) < 1e-11);
    // Floats keep little of angles between cells far from 0: of 1e-3 three digits, of less nothing.
    const double in_float = kind == distance_kind::euclidean ? 1e-4 : points == 5 ? 1 : points == 2 ? 2e-3 : 1e-4;
    RC_ASSERT(worst(sums<float>(of, kind), expected, of.groups) < in_float);
    RC_ASSERT(sums<double>(of, kind, 3) == sums<double>(of, kind, 1));
    RC_ASSERT(sums<float>(of, kind, 2) == sums<float>(of, kind, 1));
  };
  CHECK(rc::check("straight", [&] { same(distance_kind::euclidean); }));
  CHECK(rc::check("by angle", [&] { same(distance_kind::cosine); }));
}

TEST_CASE("more points than a portion holds") {
  const grouped of = some_points(0, 3000, 7, 11, 3);
  const auto expected = expected_sums(of, distance_kind::euclidean);
  const auto got = sums<double>(of, distance_kind::euclidean);
  CHECK(worst(got, expected, of.groups) < 1e-13);
  CHECK(worst(sums<float>(of, distance_kind::euclidean), expected, of.groups) < 1e-6);
  CHECK(got == sums<double>(of, distance_kind::euclidean, 4));
}

TEST_CASE("many dims go in slices") {
  for (int points = 0; points < kinds; ++points)
    for (const auto kind : {distance_kind::euclidean, distance_kind::cosine}) {
      CAPTURE(points);
      const grouped of = some_points(points, points % 8 == 0 ? 150 : 40, 401, 3, 5);
      const auto expected = expected_sums(of, kind);
      const auto got = sums<double>(of, kind);
      CHECK(worst(got, expected, 3) < 1e-11);
      CHECK(got == sums<double>(of, kind, 3));
      const double in_float = kind == distance_kind::euclidean ? 1e-4 : points == 5 ? 1 : points == 2 ? 2e-3 : 1e-4;
      CHECK(worst(sums<float>(of, kind), expected, 3) < in_float);
      std::vector<double> to(expected.size()), threaded(expected.size());
      kernel::distance_sums_to(of.points(), of.points(), of.group, 3, kind, to);
      kernel::distance_sums_to(of.points(), of.points(), of.group, 3, kind, threaded, 2);
      CHECK(to == threaded);
      if (kind == distance_kind::euclidean) CHECK(worst(to, expected, 3) < 1e-11);  // a cell at 0 has no angle with itself
    }
}

#if TEPUI_HAS_LANES
TEST_CASE("products without zeros, in slices and of all dims at once: the same bits") {
  const auto same = [](auto tile) {
    using Tile = decltype(tile);
    const grouped of = some_points(8, 90, 450, 4, 11);
    const kernel::common_origin origin{std::vector<double>(450, 0.0), 6};
    kernel::packed_groups<Tile> x(450, std::vector<std::int64_t>{0, 5, 88, 3}, {}, 1);
    x.write(of.points(), origin, 0, x.n_blocks, 1);
    const kernel::sparse_groups<Tile> none, numbers(x);
    CHECK(numbers.begin.back() > 300);
    CHECK(3 * numbers.begin.back() < 450 * x.row.size());
    const kernel::given_points<float> given{of.points(), of.points(), distance_kind::euclidean, false};
    std::vector<std::int64_t> all;
    for (std::int64_t i = 10; i < 80; ++i) all.push_back(i);
    kernel::packed_groups<Tile> y(450, all, of.group, 4);
    y.write(of.points(), origin, 0, y.n_blocks, 2);
    const auto by = [&](const kernel::sparse_groups<Tile>& sparse, bool at_once) {
      using walk_of = kernel::distance_walk<Tile, true, float>;
      std::vector<double> sum(x.row.size() * 4, 0.0);
      const walk_of walk(x, y, 4, sum.data(), 1, nullptr, 1.0, given, sparse);
      kernel::distance_room<Tile> room;
      if (at_once)
        walk.at_once(0, x.n_blocks, 0, y.n_blocks, false, room);
      else
        walk.in_slices(0, x.n_blocks, 0, y.n_blocks, false, room);
      return sum;
    };
    CHECK(by(none, false) == by(numbers, false));
    // Sums of a group may be cut elsewhere where columns wait; distances are the same.
    const auto sliced = by(none, false), whole = by(none, true);
    for (std::size_t i = 0; i < sliced.size(); ++i)
      CHECK(sliced[i] == doctest::Approx(whole[i]).epsilon(sizeof(Tile) == 4 ? 1e-6 : 1e-14));
  };
  same(1.0);
  same(1.0F);
}
#endif

TEST_CASE("another set") {
  CHECK(rc::check([] {
    const int points = *rc::gen::inRange(0, kinds);
    const std::int64_t dims = *rc::gen::element(1, 3, 20);
    const grouped of = some_points(points, *rc::gen::inRange(0, 60), dims, 1, *rc::gen::arbitrary<std::uint64_t>());
    const grouped to = some_points(points, *rc::gen::inRange(0, 300), dims, 3, *rc::gen::arbitrary<std::uint64_t>());
    for (const auto kind : {distance_kind::euclidean, distance_kind::cosine}) {
      std::vector<double> expected(usize(of.n * 3)), got(expected.size(), -1), threaded(expected.size());
      kernel::plain_distance_sums(of.points(), to.points(), to.group, 3, kind, false, expected);
      kernel::distance_sums_to(of.points(), to.points(), to.group, 3, kind, got);
      kernel::distance_sums_to(of.points(), to.points(), to.group, 3, kind, threaded, 3);
      RC_ASSERT(worst(got, expected, 3) < 1e-11);
      RC_ASSERT(got == threaded);
    }
  }));
}

TEST_CASE("copies lie exactly 0 apart, and near copies as far as they do") {
  const float near = std::nextafter(1000.0F, 2000.0F);
  const grouped of{6, 1, 1, {1000, 1000, near, -1000, -1000, -1000}, {0, 0, 0, 0, 0, 0}};
  std::vector<double> got(3);
  const kernel::points copies{3, 1, std::span(of.value).subspan(3)};
  kernel::distance_sums(copies, std::span(of.group).first(3), 1, distance_kind::euclidean, got);
  CHECK(got == std::vector<double>{0, 0, 0});
  std::vector<double> all(18);
  const std::vector<std::int32_t> group{0, 0, 1, 2, 2, 2};
  kernel::distance_sums(of.points(), group, 3, distance_kind::euclidean, all);
  CHECK(all[0] == 0);
  CHECK(all[1] == doctest::Approx(static_cast<double>(near) - 1000).epsilon(1e-11));
  CHECK(all[2] == doctest::Approx(6000).epsilon(1e-14));
}

/// The largest error of a sum, as a share of that sum alone.
double worst_of_each(const std::vector<double>& got, const std::vector<double>& expected) {
  double out = 0;
  for (std::size_t i = 0; i < got.size(); ++i)
    if (got[i] != expected[i]) out = std::max(out, std::abs(got[i] - expected[i]) / std::abs(expected[i]));
  return out;
}
/// Two clusters a thousandth wide, and some cells far away in a group of their own.
grouped two_clusters_and(std::int64_t far, double where, std::int64_t n, std::int64_t dims = 10) {
  const kernel::draws random(7, "clusters");
  grouped out{n, dims, 3, {}, {}};
  for (std::int64_t i = 0; i < n; ++i) {
    out.group.push_back(i < far ? 2 : static_cast<std::int32_t>(i % 2));
    for (std::int64_t d = 0; d < dims; ++d) {
      const double x = random.uniform(i, static_cast<std::uint64_t>(d));
      out.value.push_back(static_cast<float>(i < far ? where * (1 + x) : 1e-3 * (x + (d == 0 ? out.group.back() : 0))));
    }
  }
  return out;
}

TEST_CASE("cells as far away as floats go take no digit from the others") {
  for (const double where : {1.0, 1e3, 1e9, 1e16, 1e18, 1e30})
    for (const std::int64_t far : {1, 5, 100}) {  // 100 are too many to be measured apart
      const grouped of = two_clusters_and(far, where, 300);
      CAPTURE(where);
      CAPTURE(far);
      const auto expected = expected_sums(of, distance_kind::euclidean);
      CHECK(worst_of_each(sums<double>(of, distance_kind::euclidean), expected) < 24 * 0x1p-39);
      CHECK(worst_of_each(sums<float>(of, distance_kind::euclidean), expected) < 24 * 0x1p-18);
      CHECK(sums<double>(of, distance_kind::euclidean, 3) == sums<double>(of, distance_kind::euclidean));
      std::vector<double> to(expected.size());
      kernel::distance_sums_to(of.points(), of.points(), of.group, 3, distance_kind::euclidean, to, 2);
      CHECK(worst_of_each(to, expected) < 24 * 0x1p-39);
      kernel::distance_sums_to<float>(of.points(), of.points(), of.group, 3, distance_kind::euclidean, to, 2);
      CHECK(worst_of_each(to, expected) < 24 * 0x1p-18);
    }
}

TEST_CASE("the stated error holds for close pairs far from 0 and for doubles of any size") {
  CHECK(rc::check([] {
    const kernel::draws random(*rc::gen::arbitrary<std::uint64_t>(), "spread");
    const std::int64_t n = 60, dims = *rc::gen::element<std::int64_t>(1, 3, 16, 40);
    const double size = *rc::gen::element(1.0, 1e-100, 1e90);
    std::vector<double> value, expected(usize(3 * n)), got(expected.size());
    std::vector<std::int32_t> group;
    for (std::int64_t i = 0; i < n; ++i) {
      group.push_back(static_cast<std::int32_t>(i % 3));
      const double spread = std::ldexp(1.0, -static_cast<int>(random.below(40, i, 1'000)));  // pairs of all closenesses
      for (std::int64_t d = 0; d < dims; ++d)
        value.push_back(size * (d == 0 ? 1 : 0) + size * spread * (random.uniform(i, static_cast<std::uint64_t>(d)) - 0.5));
    }
    const kernel::points_of<double> of{n, dims, value};
    kernel::plain_distance_sums(of, of, group, 3, distance_kind::euclidean, true, expected);
    const double bound = static_cast<double>(2 * dims + 4);
    kernel::distance_sums(of, group, 3, distance_kind::euclidean, got);
    RC_ASSERT(worst_of_each(got, expected) < bound * 0x1p-39);
    kernel::distance_sums<float>(of, group, 3, distance_kind::euclidean, got);
    RC_ASSERT(worst_of_each(got, expected) < bound * 0x1p-18);
  }));
}

TEST_CASE("points without numbers lie 0 apart") {
  const std::vector<std::int32_t> group{0, 1, 0};
  const kernel::points none{3, 0, {}};
  for (const auto kind : {distance_kind::euclidean, distance_kind::cosine}) {
    std::vector<double> got(6, -1), expected(6);
    kernel::plain_distance_sums(none, none, group, 2, kind, true, expected);
    kernel::distance_sums(none, group, 2, kind, got);
    CHECK(got == expected);
  }
}

TEST_CASE("mean distances of sets") {
  const std::vector<double> a{0, 2}, b{1, 5};
  CHECK(kernel::mean_distance(kernel::points_of<double>{2, 1, a}, kernel::points_of<double>{2, 1, b}) ==
        doctest::Approx((1 + 5 + 1 + 3) / 4.0));
  CHECK(kernel::mean_distance_within(kernel::points_of<double>{2, 1, b}) == doctest::Approx(2));
  CHECK_THROWS_AS((void)kernel::mean_distance(kernel::points{}, kernel::points{}), bad_option);
  CHECK_THROWS_AS((void)kernel::mean_distance_within(kernel::points{}), bad_option);
}

TEST_CASE("groups and places that do not fit are refused") {
  const grouped of = some_points(0, 5, 2, 2, 1);
  std::vector<double> out(10);
  const std::vector<std::int32_t> high{0, 1, 2, 0, 0}, few{0, 1};
  CHECK_THROWS_AS(kernel::distance_sums(of.points(), high, 2, distance_kind::euclidean, out), bad_option);
  CHECK_THROWS_AS(kernel::distance_sums(of.points(), few, 2, distance_kind::euclidean, out), bad_option);
  CHECK_THROWS_AS(kernel::distance_sums(of.points(), of.group, 3, distance_kind::euclidean, out), bad_option);
}

TEST_CASE("each pair of portions once, and none twice in a round") {
  for (std::int64_t n = 1; n < 12; ++n) {
    std::vector<int> seen(usize(n * n), 0);
#if TEPUI_HAS_LANES
    kernel::each_pair_of_portions(n, 1, [&](std::int64_t a, std::int64_t b, int) { ++seen[usize(a * n + b)]; });
    for (std::int64_t a = 0; a < n; ++a)
      for (std::int64_t b = 0; b < n; ++b) CHECK(seen[usize(a * n + b)] == (a <= b ? 1 : 0));
#endif
  }
}

}  // namespace
}  // namespace tepui::tests::of_distance_sums
