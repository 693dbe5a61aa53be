#include <tepui/kernel/k_nearest.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <tepui/kernel/rng.hpp>

namespace tepui::tests::of_k_nearest {
namespace {

template <class Real>
struct cloud {
  std::int64_t n, dims;
  std::vector<Real> value;
  [[nodiscard]] kernel::points_of<Real> points() const { return {n, dims, value}; }
};

/// Points: on a coarse grid (ties, copies), anywhere, far from 0, with outliers, huge, tiny, all the same, tight clumps far
/// apart, sizes of every order, some no numbers.
constexpr int kinds = 10;
template <class Real>
cloud<Real> some_points(int kind, std::int64_t n, std::int64_t dims, std::uint64_t seed) {
  const kernel::draws random(seed, "cloud");
  cloud<Real> out{n, dims, std::vector<Real>(usize(n * dims))};
  for (std::int64_t i = 0; i < n; ++i) {
    const bool outlier = random.below(20, i, 9999) == 0;
    const auto clump = static_cast<double>(random.below(5, i, 9998));
    const double size = std::pow(10.0, 30 * random.uniform(i, 9997) - 15);
    for (std::int64_t d = 0; d < dims; ++d) {
      const auto draw = static_cast<std::uint64_t>(d);
      double x = 2 * random.uniform(i, draw) - 1;
      if (kind == 0) x = static_cast<double>(random.below(3, i, draw));
      if (kind == 2) x += 10'000;
      if (kind == 3 && outlier) x *= 3000;
      if (kind == 4) x *= 1e19;
      if (kind == 5) x *= 1e-21;
      if (kind == 6) x = 7;
      if (kind == 7) x = 100 * clump + 1e-4 * x;
      if (kind == 8) x *= size;
      if (kind == 9 && outlier && d == 0) x = std::numeric_limits<double>::quiet_NaN();
      out.value[usize(i * dims + d)] = static_cast<Real>(static_cast<float>(x));
    }
  }
  return out;
}

template <class Real>
struct answer {
  std::vector<Real> distance;
  std::vector<std::int32_t> which;
  bool operator==(const answer&) const = default;
};
/// Every distance, sorted.
template <class Real>
answer<Real> by_all_distances(const kernel::points_of<Real>& of, const kernel::points_of<Real>& among, std::int64_t k,
                              bool others) {
  answer<Real> out{std::vector<Real>(usize(of.n * k), std::numeric_limits<Real>::infinity()),
                   std::vector<std::int32_t>(usize(of.n * k), -1)};
  for (std::int64_t i = 0; i < of.n; ++i) {
    std::vector<std::pair<double, std::int32_t>> all;
    for (std::int64_t j = 0; j < among.n; ++j) {
      const double d = kernel::plain_squared_distance(of.row(i), among.row(j), of.dims);
      if (!(others && i == j) && !std::isnan(d)) all.emplace_back(d, static_cast<std::int32_t>(j));
    }
    std::sort(all.begin(), all.end());
    for (std::int64_t c = 0; c < std::min(k, isize(all.size())); ++c) {
      out.distance[usize(i * k + c)] = static_cast<Real>(std::sqrt(all[usize(c)].first));
      out.which[usize(i * k + c)] = all[usize(c)].second;
    }
  }
  return out;
}
template <class Real>
answer<Real> searched(const kernel::points_of<Real>& of, const kernel::points_of<Real>& among, std::int64_t k, int threads) {
  answer<Real> out{std::vector<Real>(usize(of.n * k), Real(-1)), std::vector<std::int32_t>(usize(of.n * k), -7)};
  kernel::k_nearest_of<Real, Real>(of, among, k, out.distance, out.which, threads);
  return out;
}
template <class Real>
answer<Real> others(const kernel::points_of<Real>& all, std::int64_t k, int threads) {
  answer<Real> out{std::vector<Real>(usize(all.n * k), Real(-1)), std::vector<std::int32_t>(usize(all.n * k), -7)};
  kernel::k_nearest_others_of<Real, Real>(all, k, out.distance, out.which, threads);
  return out;
}

TEST_CASE("neighbours are listed nearest first, equally near ones by row") {
  const std::vector<float> cells{0, 0, 3, 4, 10, 0}, chosen{6, 8, 0, 0, 20, 0, 6, 8};
  const kernel::points of{3, 2, cells}, among{4, 2, chosen};
  const auto found = searched<float>(of, among, 3, 1);
  CHECK(found.which == std::vector<std::int32_t>{1, 0, 3, 0, 1, 3, 0, 3, 1});
  CHECK(found.distance == std::vector<float>{0, 10, 10, 5, 5, 5, std::sqrt(80.0F), std::sqrt(80.0F), 10});
}

TEST_CASE("a point is not its own neighbour, but its copy is") {
  const std::vector<float> line{5, 1, 5, 2, 5};
  const auto found = others<float>({5, 1, line}, 2, 1);
  CHECK(found.which == std::vector<std::int32_t>{2, 4, 3, 0, 0, 4, 1, 0, 0, 2});
  CHECK(found.distance == std::vector<float>{0, 0, 1, 4, 0, 0, 1, 3, 0, 0});
}

TEST_CASE("a search gives the bits of all distances, for numbers of every size") {
  const auto same = [](auto real) {
    using Real = decltype(real);
    const int kind = *rc::gen::inRange(0, kinds);
    const auto dims = *rc::gen::element<std::int64_t>(1, 2, 3, 8, 11, 16, 17, 33, 50);
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const auto n = *rc::gen::inRange<std::int64_t>(0, 130), m = *rc::gen::inRange<std::int64_t>(0, 500);
    const auto k = *rc::gen::element<std::int64_t>(0, 1, 2, 5, 15, 40, 90, 600);
    const auto of = some_points<Real>(kind, n, dims, seed), among = some_points<Real>(kind, m, dims, seed + 1);
    const auto expected = by_all_distances<Real>(of.points(), among.points(), k, false);
    RC_ASSERT(searched<Real>(of.points(), among.points(), k, 1) == expected);
    RC_ASSERT(searched<Real>(of.points(), among.points(), k, 3) == expected);
    const auto expected_others = by_all_distances<Real>(among.points(), among.points(), k, true);
    RC_ASSERT(others<Real>(among.points(), k, 1) == expected_others);
    RC_ASSERT(others<Real>(among.points(), k, 2) == expected_others);
  };
  CHECK(rc::check("float", [&] { same(float{}); }));
  CHECK(rc::check("double", [&] { same(double{}); }));
}

TEST_CASE("more points than are looked at together, of every kind") {
  for (int kind = 0; kind < kinds; ++kind) {
    const auto all = some_points<float>(kind, 2500, 4, 1);
    const auto expected = by_all_distances<float>(all.points(), all.points(), 7, true);
    CHECK(others<float>(all.points(), 7, 1) == expected);
    CHECK(others<float>(all.points(), 7, 5) == expected);
    const auto of = some_points<float>(kind, 300, 4, 2);
    CHECK(searched<float>(of.points(), all.points(), 20, 2) ==
          by_all_distances<float>(of.points(), all.points(), 20, false));
  }
}

TEST_CASE("many dims, and points in the order of their kind") {
  auto all = some_points<float>(1, 700, 301, 3);
  for (std::int64_t i = 0; i < all.n; ++i) all.value[usize(i * 301)] += static_cast<float>(10 * (i / 100));
  CHECK(others<float>(all.points(), 30, 2) == by_all_distances<float>(all.points(), all.points(), 30, true));
}

TEST_CASE("no points, no dims, no neighbours wanted, more wanted than there are") {
  const std::vector<float> two{1, 4};
  CHECK(searched<float>({0, 1, {}}, {2, 1, two}, 3, 1).which.empty());
  CHECK(searched<float>({2, 1, two}, {0, 1, {}}, 1, 1) ==
        answer<float>{std::vector<float>(2, std::numeric_limits<float>::infinity()), {-1, -1}});
  CHECK(others<float>({0, 1, {}}, 3, 1).which.empty());
  CHECK(others<float>({2, 1, two}, 0, 1).which.empty());
  CHECK(others<float>({2, 1, two}, 2, 1).which == std::vector<std::int32_t>{1, -1, 0, -1});
  CHECK(others<float>({3, 0, {}}, 2, 1) == answer<float>{std::vector<float>(6, 0), {1, 2, 0, 2, 0, 1}});
  const auto many = others<float>({100, 0, {}}, 1, 2);
  CHECK(many.which[0] == 1);
  CHECK(many.which[99] == 0);
}

TEST_CASE("places that do not fit are refused") {
  const std::vector<float> two{1, 4};
  std::vector<float> distance(3);
  std::vector<std::int32_t> which(4);
  CHECK_THROWS_WITH_AS(kernel::k_nearest_others({2, 1, two}, 2, distance, which),
                       "kernel::k_nearest: 2 nearest of 2 points for each of 2, but places for 3 distances and 4 rows; give "
                       "k places a point (among at most 2,147,483,647 points)",
                       bad_option);
}

TEST_CASE("the same bits on every compiler and processor") {
  const auto all = some_points<float>(1, 1500, 37, 11);
  std::uint64_t hash = 0;
  for (const auto& found : {others<float>(all.points(), 15, 2), others<float>(all.points(), 90, 1)})
    for (std::size_t i = 0; i < found.which.size(); ++i)
      hash = kernel::mix64(hash ^ std::bit_cast<std::uint32_t>(found.distance[i]) ^
                           (static_cast<std::uint64_t>(found.which[i]) << 32));
  CHECK(hash == 1397881309364375015U);
}

}  // namespace
}  // namespace tepui::tests::of_k_nearest
