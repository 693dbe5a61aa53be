#include <tepui/kernel/rotary.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <tepui/kernel/rng.hpp>

namespace of_rotary {
using namespace tepui;
using kernel::turn;

template <class Real>
std::vector<Real> drawn(std::int64_t n) {
  const kernel::draws random(2, "rotary");
  std::vector<Real> x(usize(n));
  for (std::int64_t i = 0; i < n; ++i) x[usize(i)] = static_cast<Real>(random.normal(i));
  return x;
}

TEST_CASE("at position 1, the first pair is turned by 1 and the second by 1/100; values stay") {
  std::vector<double> qkv(24, 0.0);  // two tokens, one head of width 4
  for (const std::size_t t : {0U, 12U}) qkv[t] = qkv[t + 1] = qkv[t + 4] = qkv[t + 8] = 1;
  kernel::rotate<double>(qkv, 1, 4, 0, turn::forward);
  CHECK(std::vector<double>(qkv.begin(), qkv.begin() + 12) == std::vector<double>{1, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0});
  const std::vector<double> want{
      std::cos(1), std::cos(0.01), std::sin(1), std::sin(0.01), std::cos(1), 0, std::sin(1), 0, 1, 0, 0, 0};
  for (std::size_t i = 0; i < 12; ++i) CHECK(qkv[12 + i] == doctest::Approx(want[i]));
}

TEST_CASE("turned back, vectors are what they were; products depend on the distance alone") {
  for (const std::int64_t width : {2, 6, 20, 64, 130, 300}) {
    CAPTURE(width);
    const std::int64_t heads = 3, tokens = 9, row = 3 * heads * width;
    const auto before = drawn<double>(tokens * row);
    auto x = before;
    kernel::rotate<double>(x, heads, width, 5, turn::forward);
    kernel::rotate<double>(x, heads, width, 5, turn::back);
    for (std::size_t i = 0; i < x.size(); ++i) CHECK(x[i] == doctest::Approx(before[i]).epsilon(1e-12));
    // The same query and key at every token.
    std::vector<double> same;
    for (std::int64_t t = 0; t < tokens; ++t) same.insert(same.end(), before.begin(), before.begin() + row);
    kernel::rotate<double>(same, heads, width, 0, turn::forward);
    const auto product = [&](std::int64_t query, std::int64_t key) {
      double sum = 0;
      for (std::int64_t d = 0; d < width; ++d) sum += same[usize(query * row + d)] * same[usize(key * row + heads * width + d)];
      return sum;
    };
    CHECK(product(1, 4) == doctest::Approx(product(5, 8)).epsilon(1e-10));
  }
}

TEST_CASE("angles are right after 4,096 tokens, and float is near double") {
  const std::int64_t tokens = 4096, heads = 1, width = 20, row = 3 * width;
  auto x = drawn<double>(tokens * row);
  std::vector<float> f(x.begin(), x.end());
  const auto before = x;
  kernel::rotate<double>(x, heads, width, 0, turn::forward);
  kernel::rotate<float>(f, heads, width, 0, turn::forward);
  double off = 0, off_f = 0;
  for (std::int64_t t = 0; t < tokens; ++t)
    for (std::int64_t i = 0; i < width / 2; ++i) {
      const double angle =
          static_cast<double>(t) * std::pow(10000.0, -2.0 * static_cast<double>(i) / static_cast<double>(width));
      const auto at = usize(t * row + i);
      const double want = before[at] * std::cos(angle) - before[at + usize(width / 2)] * std::sin(angle);
      off = std::max(off, std::abs(x[at] - want));
      off_f = std::max(off_f, std::abs(static_cast<double>(f[at]) - want));
    }
  CHECK(off < 1e-11);
  CHECK(off_f < 2e-6);
}

}  // namespace of_rotary
