#include <tepui/kernel/sparse_shares.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <numeric>

#include <tepui/kernel/rng.hpp>
#include <tepui/kernel/simplex.hpp>

namespace tepui::tests::sparse_shares {
namespace {
using kernel::shares_by;

template <shares_by By, class Real>
std::vector<Real> shares_of(const std::vector<Real>& row) {
  std::vector<std::int32_t> place;
  std::vector<Real> share, out(row.size(), Real{0});
  kernel::sparse_shares_room room;
  kernel::sparse_shares<By, Real>(row, place, share, room);
  for (std::size_t i = 0; i < place.size(); ++i) out[usize(place[i])] = share[i];
  return out;
}

TEST_CASE("shares of a few scores can be found with a pencil") {
  // 1 - t and 0.5 - t sum to 1 with t = 0.25; -1 is below it.
  CHECK(shares_of<shares_by::sparsemax, double>({1, -1, 0.5}) == std::vector<double>{0.75, 0, 0.25});
  CHECK(shares_of<shares_by::sparsemax, float>({3, 3, 3, 3}) == std::vector<float>{0.25F, 0.25F, 0.25F, 0.25F});
  CHECK(shares_of<shares_by::sparsemax, float>({7}) == std::vector<float>{1});
  // (0.6 - t)^2 + (0.4 - t)^2 = 1 with t = 0.5 - sqrt(0.49) = -0.2 : 0.64 and 0.36; -0.5 is below t.
  const auto smooth = shares_of<shares_by::entmax15, double>({1.2, 0.8, -1.0});
  CHECK(smooth[0] == doctest::Approx(0.64));
  CHECK(smooth[1] == doctest::Approx(0.36));
  CHECK(smooth[2] == 0);
}

template <shares_by By>
void keeps_laws() {
  CHECK(rc::check("shares sum to 1, follow the scores, and do not change when all scores move", [](std::uint32_t seed) {
    const kernel::draws random(seed, "scores");
    std::vector<double> row(1 + usize(random.below(60, 0))), moved;
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = 1.5 * random.normal(static_cast<std::int64_t>(i));
    for (const double x : row) moved.push_back(x + 4);
    const auto share = shares_of<By>(row), same = shares_of<By>(moved);
    RC_ASSERT(std::abs(std::accumulate(share.begin(), share.end(), 0.0) - 1) < 1e-12);
    for (std::size_t i = 0; i < row.size(); ++i) {
      RC_ASSERT(std::abs(share[i] - same[i]) < 1e-12);
      for (std::size_t k = 0; k < row.size(); ++k) RC_ASSERT(!(row[i] > row[k]) || share[i] >= share[k]);
    }
  }));
  // The gradient beside finite differences; scores below the others have none.
  const kernel::draws random(3, "row");
  std::vector<double> row(9), d(9);
  for (std::size_t i = 0; i < 9; ++i) row[i] = random.normal(static_cast<std::int64_t>(i)), d[i] = random.sub(1).normal(static_cast<std::int64_t>(i));
  std::vector<std::int32_t> place;
  std::vector<double> share, back;
  kernel::sparse_shares_room room;
  kernel::sparse_shares<By, double>(row, place, share, room);
  for (const std::int32_t p : place) back.push_back(d[usize(p)]);
  kernel::sparse_shares_backward<By, double>(share, back);
  const auto loss = [&](const std::vector<double>& at) {
    const auto s = shares_of<By>(at);
    return std::inner_product(s.begin(), s.end(), d.begin(), 0.0);
  };
  for (std::size_t i = 0; i < 9; ++i) {
    auto up = row, down = row;
    up[i] += 1e-6, down[i] -= 1e-6;
    const auto at = std::find(place.begin(), place.end(), static_cast<std::int32_t>(i));
    const double have = at == place.end() ? 0 : back[usize(at - place.begin())];
    CHECK(have == doctest::Approx((loss(up) - loss(down)) / 2e-6).epsilon(1e-6));
  }
}

TEST_CASE("shares keep their laws, and their gradient is exact") {
  keeps_laws<shares_by::sparsemax>();
  keeps_laws<shares_by::entmax15>();
}

TEST_CASE("sparsemax is the nearest point of the simplex") {
  const kernel::draws random(8, "simplex");
  std::vector<float> row(50);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<float>(random.normal(static_cast<std::int64_t>(i)));
  auto nearest = row;
  std::vector<double> sorted;
  kernel::project_to_simplex(nearest, sorted);
  const auto share = shares_of<shares_by::sparsemax>(row);
  for (std::size_t i = 0; i < row.size(); ++i) CHECK(share[i] == doctest::Approx(nearest[i]).epsilon(1e-6));
}

TEST_CASE("long rows whose scores lie close together have many shares, and sum to 1 all the same") {
  const kernel::draws random(8, "flat");
  std::vector<double> row(3000);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = 0.02 * random.normal(static_cast<std::int64_t>(i));
  std::vector<float> nearest(row.begin(), row.end());
  std::vector<double> sorted;
  kernel::project_to_simplex(nearest, sorted);
  const auto share = shares_of<shares_by::sparsemax>(row), smooth = shares_of<shares_by::entmax15>(row);
  double off = 0;
  for (std::size_t i = 0; i < row.size(); ++i) off = std::max(off, std::abs(share[i] - static_cast<double>(nearest[i])));
  CHECK(off < 1e-6);
  CHECK(std::accumulate(share.begin(), share.end(), 0.0) == doctest::Approx(1).epsilon(1e-12));
  CHECK(std::accumulate(smooth.begin(), smooth.end(), 0.0) == doctest::Approx(1).epsilon(1e-12));
  CHECK(std::count_if(smooth.begin(), smooth.end(), [](double s) { return s > 0; }) > 500);
}

TEST_CASE("a largest score that is not finite gives a share that is not a number") {
  const float none = std::numeric_limits<float>::quiet_NaN(), far = std::numeric_limits<float>::infinity();
  CHECK(std::isnan(shares_of<shares_by::sparsemax, float>({none, none})[0]));
  CHECK(std::isnan(shares_of<shares_by::sparsemax, float>({0, far})[0]));
}

}  // namespace
}  // namespace tepui::tests::sparse_shares
