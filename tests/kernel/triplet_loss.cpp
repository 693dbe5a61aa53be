#include <tepui/kernel/triplet_loss.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "laws/golden.hpp"

namespace test_kernel_triplet_loss {
namespace {
using namespace tepui;
using kernel::triplet;

template <class Real>
double loss_of(const std::vector<double>& x, std::int64_t dims, const std::vector<triplet>& found, double margin,
               double eps = 0, std::vector<Real>* d = nullptr, double weight = 1) {
  static kernel::triplet_loss_room<Real> room;
  const std::vector<Real> real(x.begin(), x.end());
  if (d != nullptr) d->assign(x.size(), Real(77));
  return kernel::triplet_loss<Real>(real, dims, found, margin, weight, eps,
                                    d == nullptr ? std::span<Real>() : std::span<Real>(*d), room);
}

TEST_CASE("by pencil: distances are not squared, and a negative that is far enough costs nothing") {
  const std::vector<double> x{0, 0, 3, 4, 0, 2, 9, 0};
  CHECK(loss_of<float>(x, 2, {{0, 1, 2}}, 1) == doctest::Approx(5 - 2 + 1));
  CHECK(loss_of<float>(x, 2, {{0, 1, 3}}, 1) == 0);
  CHECK(loss_of<float>(x, 2, {{0, 1, 3}, {0, 1, 2}, {0, 1, 2}}, 5) == doctest::Approx(1 + 2 * 8));
  CHECK(loss_of<float>(x, 2, {}, 5) == 0);
  CHECK(loss_of<float>({}, 2, {}, 5) == 0);
  std::vector<double> d;
  CHECK(loss_of<double>(x, 2, {{0, 1, 2}}, 1, 0, &d, 10) == doctest::Approx(4));
  // The anchor moves to the positive and away from the negative; these move along the lines to it.
  const std::vector<double> want{-6, -8 + 10, 6, 8, 0, -10, 0, 0};
  for (std::size_t i = 0; i < want.size(); ++i) CHECK(d[i] == doctest::Approx(want[i]));
  // Two cells in one place pull in no direction.
  CHECK(loss_of<double>({1, 1, 2}, 1, {{0, 1, 2}}, 3, 0, &d) == doctest::Approx(2));
  CHECK(d == std::vector<double>{1, 0, -1});
  CHECK(std::isnan(loss_of<float>({1, std::nan(""), 2}, 1, {{0, 1, 2}}, 3)));
}

TEST_CASE("the gradient is that of finite differences, and float agrees with double") {
  constexpr std::int64_t n = 9, dims = 5;
  const kernel::draws random(3, "x");
  std::vector<double> x;
  std::vector<triplet> found;
  for (std::int64_t i = 0; i < n * dims; ++i) x.push_back(static_cast<double>(static_cast<float>(random.normal(i))));
  for (std::int64_t t = 0; t < 30; ++t) {
    const auto cell = [&](std::uint64_t k) { return static_cast<std::int32_t>(random.below(n, t, k)); };
    if (cell(0) != cell(1) && cell(0) != cell(2)) found.push_back({cell(0), cell(1), cell(2)});
  }
  for (const double eps : {0.0, 1e-6, 0.3}) {
    std::vector<double> d, again;
    std::vector<float> quick;
    const double loss = loss_of<double>(x, dims, found, 1.5, eps, &d, 2);
    CHECK(loss_of<double>(x, dims, found, 1.5, eps, &again, 2) == loss);
    CHECK(again == d);
    CHECK(loss_of<double>(x, dims, found, 1.5, eps) == loss);
    CHECK(loss_of<float>(x, dims, found, 1.5, eps, &quick, 2) == doctest::Approx(loss).epsilon(1e-12));
    for (std::size_t i = 0; i < x.size(); ++i) {
      auto moved = x;
      moved[i] += 1e-6;
      const double up = loss_of<double>(moved, dims, found, 1.5, eps);
      moved[i] -= 2e-6;
      CHECK(d[i] == doctest::Approx(2 * (up - loss_of<double>(moved, dims, found, 1.5, eps)) / 2e-6).epsilon(1e-6));
      CHECK(static_cast<double>(quick[i]) == doctest::Approx(d[i]).epsilon(2e-5));
    }
  }
}

TEST_CASE("torch's losses of SCimilarity's triplets") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const std::string golden = laws::shared_text(shared, "golden/systems/scimilarity_triplets.json");
  std::size_t at = 0;
  const auto x = laws::numbers_in(laws::json_array(golden, "E", at));
  for (const auto& [key, margin] : {std::pair{"hardest", 0.05}, {"semihard", 0.5}}) {
    at = golden.find("\"" + std::string(key) + "\": {");
    const auto rows = laws::json_rows(laws::json_array(golden, "triplets", at));
    const auto want = laws::numbers_in(laws::json_array(golden, "loss_unreduced", at));
    REQUIRE(rows.size() == 3);
    REQUIRE(want.size() == rows[0].size());
    for (std::size_t i = 0; i < want.size(); ++i) {
      const auto cell = [&](std::size_t k) { return static_cast<std::int32_t>(rows[k][i]); };
      const std::vector<triplet> one{{cell(0), cell(1), cell(2)}};
      CHECK(loss_of<double>(x, 4, one, margin, 1e-6) == doctest::Approx(want[i]).epsilon(1e-12));
      CHECK(loss_of<float>(x, 4, one, margin, 1e-6) == doctest::Approx(want[i]).epsilon(1e-6));
    }
  }
}

}  // namespace
}  // namespace test_kernel_triplet_loss
