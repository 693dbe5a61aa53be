#include <tepui/kernel/simd/class_scores.hpp>

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <tepui/kernel/rng.hpp>

namespace tepui::tests::simd_class_scores {
namespace {

namespace simd = kernel::simd;
using wide = long double;
constexpr std::size_t cells = simd::strip_cells;

template <class T>
std::vector<T> drawn(std::size_t n, std::int64_t of, double times = 1) {
  const kernel::draws random(7, "class scores");
  std::vector<T> out(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<T>(times * random.normal(of, i));
  return out;
}
std::vector<std::int32_t> labels(std::size_t n, std::size_t classes) {
  const kernel::draws random(8, "class scores");
  std::vector<std::int32_t> out(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<std::int32_t>(random.below(isize(classes), 0, i));
  return out;
}

template <class T>
void scores_and_pulls_are_sums(std::size_t dims, std::size_t classes, std::size_t strips) {
  const double digit = std::numeric_limits<T>::epsilon();
  const auto x = drawn<T>(strips * dims * cells, 1), w = drawn<T>(classes * (dims + 1), 2),
             slope = drawn<T>(strips * classes * cells, 3);
  std::vector<T> s(classes * cells);
  simd::strip_scores(x.data(), dims, w.data(), classes, s.data());
  for (std::size_t c = 0; c < classes; ++c)
    for (std::size_t i = 0; i < cells; ++i) {
      wide sum = w[c * (dims + 1) + dims], size = std::abs(sum);
      for (std::size_t d = 0; d < dims; ++d) {
        const wide one = static_cast<wide>(w[c * (dims + 1) + d]) * static_cast<wide>(x[d * cells + i]);
        sum += one, size += std::abs(one);
      }
      CHECK(std::abs(static_cast<wide>(s[c * cells + i]) - sum) <= 2 * digit * size);
    }
  std::vector<double> pull(classes * (dims + 1), 0.5);
  simd::strip_pulls(x.data(), slope.data(), dims, classes, strips, pull.data());
  for (std::size_t c = 0; c < classes; ++c)
    for (std::size_t d = 0; d <= dims; ++d) {
      wide sum = 0.5L, size = 0.5L;
      for (std::size_t strip = 0; strip < strips; ++strip)
        for (std::size_t i = 0; i < cells; ++i) {
          const wide one = static_cast<wide>(slope[(strip * classes + c) * cells + i]) *
                           (d == dims ? 1 : static_cast<wide>(x[(strip * dims + d) * cells + i]));
          sum += one, size += std::abs(one);
        }
      CHECK(std::abs(static_cast<wide>(pull[c * (dims + 1) + d]) - sum) <= 8 * digit * size);
    }
}

TEST_CASE("scores and pulls are the sums that they stand for, for any number of dims and classes") {
  for (const std::size_t dims : {0UL, 1UL, 7UL, 13UL})
    for (const std::size_t classes : {1UL, 2UL, 6UL, 9UL}) {
      scores_and_pulls_are_sums<float>(dims, classes, 3);
      scores_and_pulls_are_sums<double>(dims, classes, 2);
    }
}

template <class T>
void slopes_are_shares(std::size_t n, std::size_t classes, double spread) {
  const wide digit = std::numeric_limits<T>::epsilon();
  const auto s = drawn<T>(classes * cells, 4, spread);
  const auto label = labels(n, classes);
  auto slope = s;
  const double loss = simd::strip_slopes(slope.data(), classes, std::span<const std::int32_t>(label));
  wide expected = 0;
  for (std::size_t i = 0; i < cells; ++i) {
    if (i >= n) {
      for (std::size_t c = 0; c < classes; ++c) CHECK(slope[c * cells + i] == 0);
      continue;
    }
    const auto score = [&](std::size_t c) { return static_cast<wide>(s[c * cells + i]); };
    const auto own = static_cast<std::size_t>(label[i]);
    wide most = score(0), all = 0, others = 0;
    for (std::size_t c = 1; c < classes; ++c) most = std::max(most, score(c));
    for (std::size_t c = 0; c < classes; ++c) {
      all += std::exp(score(c) - most);
      if (c != own) others += std::exp(score(c) - most);
    }
    expected += std::log(all) + most - score(own);
    for (std::size_t c = 0; c < classes; ++c) {
      const wide want = c == own ? -others / all : std::exp(score(c) - most) / all;
      // Rounding of a difference of scores is a relative error of its exponential; below exp(-87) it counts as that.
      CHECK(std::abs(static_cast<wide>(slope[c * cells + i]) - want) <=
            (20 + 8 * static_cast<wide>(spread)) * digit * std::abs(want) + 1e-37L);
    }
  }
  CHECK(std::abs(static_cast<wide>(loss) - expected) <= (20 + 8 * static_cast<wide>(spread)) * digit * expected);
}

TEST_CASE("slopes are right to the last digits, also of cells that are all but certain") {
  for (const double spread : {0.01, 1.0, 10.0})
    for (const std::size_t n : {1UL, 63UL, 64UL}) {
      slopes_are_shares<float>(n, 2, spread);
      slopes_are_shares<float>(n, 5, spread);
      slopes_are_shares<double>(n, 5, spread);
    }
}

TEST_CASE("one score by which the second of two classes is ahead says what two scores say") {
  const auto label = labels(50, 2);
  const auto ahead = drawn<double>(cells, 5, 4);
  std::vector<double> two(2 * cells, 0), one = ahead;
  std::copy(ahead.begin(), ahead.end(), two.begin() + cells);
  const double loss = simd::strip_slopes(two.data(), 2, std::span<const std::int32_t>(label));
  CHECK(simd::strip_slopes_of_two(one.data(), std::span<const std::int32_t>(label)) == doctest::Approx(loss).epsilon(1e-13));
  for (std::size_t i = 0; i < cells; ++i) {
    CHECK(one[i] == doctest::Approx(two[cells + i]).epsilon(1e-13));
    if (i >= 50) CHECK(one[i] == 0);
  }
}

TEST_CASE("light weights are summed and heavy ones counted") {
  std::vector<float> weight(cells, 0.0F);
  weight[3] = 0.25F, weight[40] = 0.5F, weight[63] = 2.0F;
  simd::light_and_heavy all;
  simd::add_weights(weight.data(), 0.5F, all);
  CHECK(all.light == 0.25);
  CHECK(all.heavy == 2);
  simd::add_weights(weight.data(), 3.0F, all);
  CHECK(all.light == 3.0);
  CHECK(all.heavy == 2);
}

}  // namespace
}  // namespace tepui::tests::simd_class_scores
