/// Comparisons of pipelines, by pencil and against scipy 1.17.1 and statsmodels.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <string>
#include <vector>

#include <tepui/metric/compare/paired.hpp>

namespace comparisons {

using namespace tepui;
using doctest::Approx;
using numbers = std::vector<double>;
const numbers eight{0.31, -0.12, 0.25, 0.40, 0.08, -0.05, 0.19, 0.27};

TEST_CASE("metric.compare: flips of few pairs are all counted") {
  // 1 and 2: the sums are 3, 1, -1, -3; two of four are as far from 0 as 3.
  const auto two = metric::sign_flip_test(numbers{1, 2});
  CHECK(two.p == 0.5);
  CHECK(two.exact);
  CHECK(two.flips == 4);
  CHECK(metric::sign_flip_test(numbers{1, 1, 1, 1, 1}).p == 2.0 / 32);
  CHECK(metric::sign_flip_test(numbers{0, 0}).p == 1);
  CHECK(std::isnan(metric::sign_flip_test({}).p));
  // scipy.stats.permutation_test(permutation_type='samples', n_resamples=inf)
  CHECK(metric::sign_flip_test(eight).p == 0.046875);
}

TEST_CASE("metric.compare: flips of many pairs are drawn, near what counting gives") {
  numbers many;
  for (int i = 0; i < 21; ++i) many.push_back(i < 14 ? 1.0 : -1.0);
  const auto found = metric::sign_flip_test(many, {.resamples = 20'000});
  CHECK_FALSE(found.exact);
  // P(|14 - 7| or further) of 21 fair signs: 2 P(B >= 14) = 0.18925
  CHECK(std::abs(found.p - 0.18925) < 0.01);
  CHECK(std::isnan(metric::sign_flip_test(many, {.resamples = 0}).p));
  CHECK(metric::sign_flip_test(numbers(30, 1.0), {.resamples = 99}).p == 0.01);
}

TEST_CASE("metric.compare: Wilcoxon's signed ranks, as scipy") {
  const auto few = metric::wilcoxon_signed_rank(eight);
  CHECK(few.w == 4);
  CHECK(few.exact);
  CHECK(few.p == Approx(0.0546875).epsilon(1e-13));
  // Ties and a zero: scipy counts all signs too.
  const auto tied = metric::wilcoxon_signed_rank(numbers{1, 2, -2, 3, 0, -1, 4, 5, 2, 6});
  CHECK(tied.w == 5.5);
  CHECK(tied.pairs == 9);
  CHECK(tied.p == Approx(0.05078125).epsilon(1e-13));
  // More than 50: the normal form, corrected for ties.
  numbers many;
  for (int i = 1; i <= 70; ++i) many.push_back((i * 37 % 101 - 40) / 7.0);
  const auto normal = metric::wilcoxon_signed_rank(many);
  CHECK_FALSE(normal.exact);
  CHECK(normal.w == 730.5);
  CHECK(normal.p == Approx(0.004343785939575146).epsilon(1e-11));
  CHECK(std::isnan(metric::wilcoxon_signed_rank(numbers{0, 0}).p));
  CHECK(std::isnan(metric::wilcoxon_signed_rank(numbers{0, NAN}).p));
  CHECK(metric::wilcoxon_signed_rank(numbers{3}).p == 1);
}

TEST_CASE("metric.compare: Holm") {
  const numbers p{.01, .04, .03, .005, .5}, wanted{0.04, 0.09, 0.09, 0.025, 0.5};  // statsmodels multipletests
  numbers adjusted(5);
  metric::holm(p, adjusted);
  for (std::size_t i = 0; i < 5; ++i) CHECK(adjusted[i] == Approx(wanted[i]).epsilon(1e-14));
  numbers missing{0.01, NAN};
  metric::holm(missing, missing);
  CHECK(missing == numbers{0.02, 1});
  CHECK(rc::check("Holm is never below Benjamini and Hochberg, nor above Bonferroni", [] {
    const auto many = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1001));
    numbers from, h(many.size()), q(many.size());
    for (const int v : many) from.push_back(v / 1000.0);
    metric::holm(from, h);
    metric::benjamini_hochberg(from, q);
    for (std::size_t i = 0; i < from.size(); ++i) {
      RC_ASSERT(h[i] >= q[i] - 1e-12);
      RC_ASSERT(h[i] <= std::min(1.0, from[i] * static_cast<double>(from.size())) + 1e-12);
    }
  }));
}

TEST_CASE("metric.compare: effect sizes") {
  const numbers a{3.1, 2.7, 4.4, 5.0, 3.9}, b{2.0, 2.9, 1.8, 3.3, 2.5, 2.7};
  CHECK(metric::cliffs_delta(a, b) ==
        Approx(0.7666666666666666).epsilon(1e-14));  // 2 U / (n m) - 1 of scipy.stats.mannwhitneyu
  CHECK(metric::cliffs_delta(numbers{1, 2}, numbers{1, 2}) == 0);
  CHECK(metric::cliffs_delta(numbers{5}, numbers{1, 2}) == 1);
  CHECK(std::isnan(metric::cliffs_delta({}, b)));
  // d of numpy, times the exact correction of scipy.special.gammaln; statsmodels' approximate one gives 1.56560
  CHECK(metric::hedges_g(a, b) == Approx(1.5648950163401507).epsilon(1e-12));
  CHECK(std::abs(metric::hedges_g(a, b) - 1.5655984978318989) < 1e-3);
  CHECK(std::isnan(metric::hedges_g(numbers{1, 1}, numbers{1, 1})));
  CHECK(std::isnan(metric::paired_g(numbers{1, 1})));
  // Differences 0 and 2: mean 1, deviation sqrt(2), one degree of freedom: no correction exists.
  CHECK(std::isnan(metric::paired_g(numbers{0, 2})));
  // 1, 2, 3: mean 2, deviation 1; the correction of 2 degrees is gamma(1) / gamma(1/2) = 1 / sqrt(pi).
  CHECK(metric::paired_g(numbers{1, 2, 3}) == Approx(2 / std::sqrt(3.14159265358979)).epsilon(1e-12));
  const auto with = metric::effect_with_interval(a, b, {}, metric::cliffs_delta);
  CHECK(with.value.value == Approx(0.7666666666666666));
  CHECK(with.range.low.value >= -1);
  CHECK(with.range.low.value < with.value.value);
  CHECK(with.range.high.value <= 1);
  CHECK_FALSE(metric::effect_with_interval({}, b, {}, metric::cliffs_delta).value.known());
}

TEST_CASE("metric.compare: over seeds") {
  const numbers a{3.1, 2.7, 4.4, 5.0, 3.9};
  const auto student = metric::student_over_seeds(a);  // scipy.stats.t.interval
  CHECK(student.mean.value == Approx(3.82));
  CHECK(student.range.low.value == Approx(2.6572030453042084).epsilon(1e-10));
  CHECK(student.range.high.value == Approx(4.982796954695792).epsilon(1e-10));
  const auto drawn = metric::bootstrap_over_seeds(a);
  CHECK(drawn.n == 5);
  CHECK(drawn.range.low.value > student.range.low.value);
  CHECK(drawn.range.high.value < student.range.high.value);
  CHECK(metric::bootstrap_over_seeds(numbers{1, NAN, 1}).n == 2);
  CHECK(metric::bootstrap_over_seeds(numbers{1}).range.low.reason == "one seed: the noise of training is not known");
  CHECK(metric::student_over_seeds(numbers{1}).range.low.reason == "one seed: the noise of training is not known");
  CHECK_FALSE(metric::bootstrap_over_seeds({}).mean.known());
}

TEST_CASE("metric.compare: over donors, cells of one donor count as one") {
  // Four donors whose cells are all alike: a thousand cells know no more than four numbers.
  numbers value;
  std::vector<std::int32_t> donor, other;
  for (int c = 0; c < 1000; ++c) {
    donor.push_back(c % 4);
    other.push_back(7 - c % 4);
    value.push_back(c % 4);
  }
  const std::vector<std::string> name(8, "donor");
  const metric::cell_labels of(donor, name);
  const auto found = metric::mean_over_donors(value, of);
  CHECK(found.n == 4);
  CHECK(found.mean.value == 1.5);
  const auto by_donor = metric::bootstrap_over_seeds(numbers{0, 1, 2, 3});
  CHECK(std::abs(found.range.low.value - by_donor.range.low.value) < 0.3);
  const auto by_cell = metric::interval_of_mean(value, {});
  CHECK(found.range.high.value - found.range.low.value > 8 * (by_cell.high.value - by_cell.low.value));
  // The general form gives the same, and codes do not matter.
  const auto general =
      metric::interval_over_donors(metric::cell_labels(other, name), {}, [&](std::span<const std::int64_t> rows) {
        double sum = 0;
        for (const std::int64_t r : rows) sum += value[usize(r)];
        return sum / static_cast<double>(rows.size());
      });
  CHECK(general.low.value == Approx(found.range.low.value).epsilon(1e-12));
  CHECK(general.high.value == Approx(found.range.high.value).epsilon(1e-12));
  const std::vector<std::int32_t> one(1000, 3);
  CHECK(metric::mean_over_donors(value, {one, name}).range.low.reason ==
        "there is one donor, so that the difference between donors is not known");
  CHECK_FALSE(metric::mean_over_donors({}, {}).mean.known());
  CHECK_THROWS_AS((void)metric::mean_over_donors(numbers{1}, of), bad_data);
}

TEST_CASE("metric.compare: two pipelines by pairs") {
  numbers a, b(8, 0.5);
  for (const double d : eight) a.push_back(0.5 + d);
  const auto found = metric::compare_paired(a, b);
  CHECK(found.difference.mean.value == Approx(0.16625));
  CHECK(found.difference.n == 8);
  CHECK(found.difference.range.low.value > 0);
  CHECK(found.sign_flip_p.value == 0.046875);
  CHECK(found.wilcoxon_p.value == Approx(0.0546875));
  CHECK(found.standardised.value == Approx(metric::paired_g(eight)));
  CHECK(found.holm_p.value == found.sign_flip_p.value);
  // Turned around, only the sign changes.
  const auto turned = metric::compare_paired(b, a);
  CHECK(turned.difference.mean.value == Approx(-0.16625));
  CHECK(turned.sign_flip_p.value == found.sign_flip_p.value);
  const auto same = metric::compare_paired(a, a);
  CHECK(same.sign_flip_p.value == 1);
  CHECK_FALSE(same.wilcoxon_p.known());
  CHECK_FALSE(same.standardised.known());
  const auto none = metric::compare_paired(numbers{NAN}, numbers{1});
  CHECK_FALSE(none.difference.mean.known());
  CHECK(none.holm_p.reason == "the two pipelines have no pair in common");
  CHECK_THROWS_AS((void)metric::compare_paired(a, numbers{1}), bad_data);
}

TEST_CASE("metric.compare: pipelines by donors") {
  // Donor 0: differences 1 and 3, donor 1: difference 5.
  const std::vector<std::int32_t> donor{0, 1, 0};
  const std::vector<std::string> name{"A", "B"};
  const auto found = metric::compare_by_donors(numbers{1, 5, 3}, numbers{0, 0, 0}, {donor, name});
  CHECK(found.difference.n == 2);
  CHECK(found.difference.mean.value == 3.5);
  CHECK(found.sign_flip_p.value == 0.5);
  // A cell without a value on one side is left out; its donor stays as long as it has others.
  const auto without = metric::compare_by_donors(numbers{1, 5, NAN}, numbers{0, 0, 0}, {donor, name});
  CHECK(without.difference.n == 2);
  CHECK(without.difference.mean.value == 3);
  const auto one = metric::compare_by_donors(numbers{1, 5, 3}, numbers{0, NAN, 0}, {donor, name});
  CHECK(one.difference.n == 1);
  CHECK(one.difference.mean.value == 2);
}

TEST_CASE("metric.compare: many pipelines, corrected together") {
  numbers low(10), middle(10), high(10);
  for (std::size_t i = 0; i < 10; ++i) {
    low[i] = 0.1 + 0.01 * static_cast<double>(i);
    middle[i] = low[i] + 0.02 + 0.001 * static_cast<double>(i);
    high[i] = middle[i] + (i < 5 ? 0.1 : -0.1);
  }
  const std::vector<metric::pipeline_values> all{{"low", low}, {"middle", middle}, {"high", high}};
  const auto found = metric::compare_pipelines(all);
  REQUIRE(found.size() == 3);
  CHECK(found[0].first == "low");
  CHECK(found[0].second == "middle");
  CHECK(found[2].first == "middle");
  CHECK(found[2].second == "high");
  CHECK(found[0].sign_flip_p.value == 2.0 / 1024);
  CHECK(found[0].holm_p.value == Approx(3 * 2.0 / 1024));
  CHECK(found[2].holm_p.value == 1);
  CHECK(metric::compare_pipelines({}).empty());
}

}  // namespace comparisons
