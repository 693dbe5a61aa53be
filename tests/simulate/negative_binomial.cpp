#include <tepui/simulate/negative_binomial.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>

namespace tepui::tests::negative_binomial {
namespace {
using simulate::count_law;

/// The textbook formula.
double log_chance(double mean, double size, std::int32_t k) {
  return std::lgamma(k + size) - std::lgamma(size) - std::lgamma(k + 1.0) + size * std::log(size / (mean + size)) +
         k * std::log(mean / (mean + size));
}

TEST_CASE("with mean 1 and size 1 the chances are 1/2, 1/4, 1/8, and places of the distribution give 0, 1, 2") {
  const count_law law{1, 1, 0};
  CHECK(law.at(0.9) == 0);  // P(count > 0) = 0.5 <= 0.9
  CHECK(law.at(0.51) == 0);
  CHECK(law.at(0.49) == 1);  // P(count > 1) = 0.25 <= 0.49 < 0.5
  CHECK(law.at(0.26) == 1);
  CHECK(law.at(0.24) == 2);
  CHECK(law.at(0.01) == 6);  // P(count > 6) = 1/128 <= 0.01 < 1/64
}

TEST_CASE("half of the cells lost: every chance of a count above 0 is halved") {
  const count_law law{1, 1, 0.5};
  CHECK(law.none() == doctest::Approx(0.75));
  CHECK(law.at(0.26) == 0);
  CHECK(law.at(0.24) == 1);
  CHECK(law.at(0.12) == 2);
}

TEST_CASE("places spread evenly give the textbook chances, from a rare gene to a heavy one") {
  constexpr int n = 200'000;
  for (const double mean : {0.01, 0.4, 3.0, 40.0})
    for (const double size : {0.3, 4.0, 50.0}) {
      const count_law law{mean, size, 0};
      int seen[4] = {0, 0, 0, 0};
      double sum = 0, squares = 0;
      for (int i = 0; i < n; ++i) {
        const int count = law.at((i + 0.5) / n);
        if (count < 4) ++seen[count];
        sum += count;
        squares += double{1} * count * count;
      }
      for (int k = 0; k < 4; ++k) CHECK(std::abs(seen[k] / double{n} - std::exp(log_chance(mean, size, k))) < 2.0 / n);
      CHECK(sum / n == doctest::Approx(mean).epsilon(1e-3));
      CHECK(squares / n - mean * mean == doctest::Approx(mean + mean * mean / size).epsilon(0.01));
    }
}

TEST_CASE("a very deep and narrow law ends, near its mean") {
  const double median = count_law{20'000, 50, 0}.at(0.5);
  CHECK(median > 18'000);
  CHECK(median < 21'000);
  CHECK(count_law{20'000, 50, 0}.at(0x1.0p-33) < 100'000);
}

TEST_CASE("a mean of 0 gives 0") { CHECK(count_law{0, 4, 0.1}.at(0x1.0p-33) == 0); }

TEST_CASE("likelihoods of two means differ as the textbook says") {
  for (const std::int32_t k : {0, 1, 7})
    CHECK(count_law{2, 4, 0}.relative_log_likelihood(k) - count_law{0.5, 4, 0}.relative_log_likelihood(k) ==
          doctest::Approx(log_chance(2, 4, k) - log_chance(0.5, 4, k)));
}

TEST_CASE("with dropout the likelihoods still belong to chances that sum to 1") {
  const double mean = 2, size = 4, lost = 0.3;
  double sum = 0;
  for (std::int32_t k = 0; k < 200; ++k)
    sum += std::exp(count_law{mean, size, lost}.relative_log_likelihood(k) + std::lgamma(k + size) - std::lgamma(size) -
                    std::lgamma(k + 1.0));
  CHECK(sum == doctest::Approx(1));
}

}  // namespace
}  // namespace tepui::tests::negative_binomial
