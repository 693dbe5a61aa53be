#include <tepui/metric/neighbours/effective_neighbours.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <numeric>

#include <tepui/kernel/rng.hpp>

namespace tepui::tests::effective_neighbours {
namespace {

double entropy(const std::vector<double>& p) {
  double sum = 0;
  for (const double v : p)
    if (v > 0) sum -= v * std::log(v);
  return sum;
}

std::vector<double> weights(double perplexity, const std::vector<float>& distance, bool plainly = false) {
  std::vector<double> out(distance.size());
  metric::effective_neighbours weigh(perplexity);
  if (plainly)
    weigh.plainly(std::span<const float>(distance), out);
  else
    weigh(std::span<const float>(distance), out);
  return out;
}

TEST_CASE("weights fall with distance, sum to 1 and count as so many equal neighbours") {
  const auto w = weights(2, {1, 2, 3, 4});
  CHECK(std::is_sorted(w.rbegin(), w.rend()));
  CHECK(std::accumulate(w.begin(), w.end(), 0.0) == doctest::Approx(1));
  CHECK(std::abs(entropy(w) - std::log(2.0)) <= 1e-5);
  CHECK(w[1] / w[0] == doctest::Approx(w[2] / w[1]));  // exponential in the distance
}

TEST_CASE("Newton's method stops where halving does") {
  CHECK(rc::check("halving", [](std::uint16_t seed) {
    const kernel::draws random(seed, "distances");
    const std::int64_t n = 6 + random.below(120, 0);
    const double scale = std::exp(8 * random.uniform(1) - 4);
    std::vector<float> distance;
    for (std::int64_t i = 0; i < n; ++i)
      distance.push_back(static_cast<float>(
          scale * (1 + random.uniform(i, 7) + (seed % 3 == 0 ? 3 * random.normal(i, 8) * random.normal(i, 8) : 0))));
    const double perplexity = std::max(2.0, std::floor(static_cast<double>(n) / 3));
    const auto fast = weights(perplexity, distance), plain = weights(perplexity, distance, true);
    for (std::size_t i = 0; i < fast.size(); ++i) RC_ASSERT(std::abs(fast[i] - plain[i]) < 1e-9);
    RC_ASSERT(std::abs(entropy(fast) - std::log(perplexity)) < 1.1e-5);
  }));
}

TEST_CASE("where many cells lie in one place, weights are still numbers that sum to 1") {
  for (const auto& distance : {std::vector<float>{0, 0, 0, 0, 0, 0},
                               {2, 2, 2, 2, 2, 9},
                               {0, 0, 0, 1, 2, 3},
                               {1e30F, 2e30F, 3e30F, 4e30F, 5e30F, 6e30F},
                               {0, 1e-30F, 2e-30F, 3e-30F, 4e-30F, 5e-30F}}) {
    const auto w = weights(2, distance);
    CHECK(std::accumulate(w.begin(), w.end(), 0.0) == doctest::Approx(1));
    CHECK(std::all_of(w.begin(), w.end(), [](double v) { return v >= 0; }));
  }
  CHECK(weights(2, {2, 2, 2, 2, 2, 9}) == std::vector<double>{0.2, 0.2, 0.2, 0.2, 0.2, 0});
}

}  // namespace
}  // namespace tepui::tests::effective_neighbours
