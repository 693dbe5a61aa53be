#include <tepui/objective/word_shares.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <tepui/kernel/rng.hpp>

namespace tepui::tests::word_shares_objective {
namespace {

using objective::block_powers, objective::block_shares;

TEST_CASE("powers count from the largest score of a column, with the words' bias") {
  // Two words in 16 columns; column 0 has scores 1 and 3, the bias lifts word 0 by 4.
  std::vector<double> score(2 * 16), bias{4, 0}, peak(16), sum(16);
  score[0] = 1, score[16] = 3;
  block_powers<true, double>(score.data(), 2, 16, 16, bias.data(), peak.data(), sum.data());
  CHECK(peak[0] == 5);
  CHECK(score[0] == 1);
  CHECK(score[16] == doctest::Approx(std::exp(-2.0)));
  CHECK(sum[0] == doctest::Approx(1 + std::exp(-2.0)));
  CHECK(peak[1] == 4);
}

TEST_CASE("shares are powers times a factor; a word's bias gathers its shares") {
  std::vector<double> power(2 * 16, 1.0), factor(16), d_bias{10, 20};
  factor[0] = 0.5, factor[3] = 0.25;
  block_shares<double>(power.data(), 2, 16, 16, factor.data(), d_bias.data());
  CHECK(power[0] == 0.5);
  CHECK(power[19] == 0.25);
  CHECK(power[1] == 0);
  CHECK(d_bias == std::vector<double>{10.75, 20.75});
}

TEST_CASE("floats agree with doubles, and a column has the same bits in any number of columns and at any place") {
  const kernel::draws random(1, "x");
  for (const std::int64_t words : {1, 2, 7, 300}) {
    const std::int64_t columns = 80, stride = 96;
    std::vector<float> score(usize(words * stride)), bias(usize(words));
    for (std::size_t i = 0; i < score.size(); ++i) score[i] = static_cast<float>(5 * random.normal(isize(i)));
    for (std::size_t i = 0; i < bias.size(); ++i) bias[i] = static_cast<float>(random.normal(isize(i), 1));
    std::vector<double> exact(score.begin(), score.end()), exact_bias(bias.begin(), bias.end());
    std::vector<float> all = score, lone(usize(words * 16), 3.0F), peak(80), sum(80), lone_peak(16), lone_sum(16);
    std::vector<double> exact_peak(80), exact_sum(80);
    block_powers<true, double>(exact.data(), words, columns, stride, exact_bias.data(), exact_peak.data(), exact_sum.data());
    block_powers<true, float>(all.data(), words, columns, stride, bias.data(), peak.data(), sum.data());
    double off = 0;
    for (std::int64_t v = 0; v < words; ++v)
      for (std::int64_t c = 0; c < columns; ++c)
        off = std::max(off, std::abs(static_cast<double>(all[usize(v * stride + c)]) - exact[usize(v * stride + c)]));
    CHECK(off < 3e-6);
    for (std::size_t c = 0; c < 80; ++c) CHECK(static_cast<double>(sum[c]) == doctest::Approx(exact_sum[c]).epsilon(1e-5));
    // Column 37 again, as column 2 of 16.
    for (std::int64_t v = 0; v < words; ++v) lone[usize(v * 16 + 2)] = score[usize(v * stride + 37)];
    block_powers<true, float>(lone.data(), words, 16, 16, bias.data(), lone_peak.data(), lone_sum.data());
    CHECK(lone_peak[2] == peak[37]);
    CHECK(lone_sum[2] == sum[37]);
    for (std::int64_t v = 0; v < words; ++v) CHECK(lone[usize(v * 16 + 2)] == all[usize(v * stride + 37)]);
    // Nothing is kept for a loss alone.
    std::vector<float> kept = score;
    block_powers<false, float>(kept.data(), words, columns, stride, bias.data(), peak.data(), sum.data());
    CHECK(kept == score);
  }
}

}  // namespace
}  // namespace tepui::tests::word_shares_objective
