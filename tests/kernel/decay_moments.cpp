#include <tepui/kernel/decay_moments.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::tests::decay_moments {
namespace {

TEST_CASE("weights are exponentials, and far ones weigh exactly nothing") {
  const std::vector<double> distance{0, 1, 2, 3, 1000, 1e30, 1e300, 1e300};
  std::vector<double> weight(8);
  const auto m = kernel::decay(distance, 1, weight);
  CHECK(weight[0] == 1);
  CHECK(weight[1] == doctest::Approx(std::exp(-1.0)));
  for (std::size_t i = 4; i < 8; ++i) CHECK(weight[i] == 0);
  CHECK(m.sum == doctest::Approx(1 + std::exp(-1.0) + std::exp(-2.0) + std::exp(-3.0)));
  CHECK(m.first == doctest::Approx(std::exp(-1.0) + 2 * std::exp(-2.0) + 3 * std::exp(-3.0)));
  CHECK(m.second == doctest::Approx(std::exp(-1.0) + 4 * std::exp(-2.0) + 9 * std::exp(-3.0)));
}

TEST_CASE("several at once are as the plain reference") {
  CHECK(rc::check("plain", [](std::uint16_t seed) {
    const kernel::draws random(seed, "decay");
    const double beta = std::exp(20 * random.uniform(0) - 10);
    std::vector<double> distance, weight(usize(8 * (1 + random.below(12, 1)))), plain(weight.size());
    for (std::size_t i = 0; i < weight.size(); ++i) distance.push_back(random.uniform(isize(i), 3) * 20 / beta);
    const auto a = kernel::decay(distance, beta, weight), b = kernel::plain_decay(distance, beta, plain);
    for (std::size_t i = 0; i < weight.size(); ++i) RC_ASSERT(std::abs(weight[i] / plain[i] - 1) < 1e-14);
    RC_ASSERT(std::abs(a.sum / b.sum - 1) < 1e-13);
    RC_ASSERT(std::abs(a.first / b.first - 1) < 1e-13);
    RC_ASSERT(std::abs(a.second / b.second - 1) < 1e-13);
  }));
}

}  // namespace
}  // namespace tepui::tests::decay_moments
