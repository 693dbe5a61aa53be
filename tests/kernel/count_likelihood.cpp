#include <tepui/kernel/count_likelihood.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <tepui/kernel/rng.hpp>

#include "laws/golden.hpp"

namespace of_count_likelihood {
using namespace tepui;
using kernel::count_law;
using kernel::slopes_of;
using wide = long double;

/// One count under a law.
template <class Real>
struct term {
  Real value, d_mean, d_dispersion, d_logit;
};
template <count_law Law, slopes_of By = slopes_of::logarithms, class Real>
term<Real> of_one(Real x, Real mean, Real dispersion = 1, Real logit = 0) {
  term<Real> t{};
  const auto give = [](Real& v) { return std::span<Real>(&v, 1); };
  kernel::count_likelihood<Law, By, Real>(give(x), {give(mean), give(dispersion), give(logit)}, give(t.value),
                                          {give(t.d_mean), give(t.d_dispersion), give(t.d_logit)});
  return t;
}

/// The book's formulas in long double; slopes with respect to log mean and log dispersion.
template <count_law Law>
term<wide> by_the_book(wide x, wide mean, wide theta, wide logit) {
  if constexpr (!kernel::has_dispersion(Law)) {
    const bool cut = Law == count_law::zero_truncated_poisson;
    const wide missing = cut ? -std::expm1(-mean) : 1;
    return {x * std::log(mean) - mean - std::lgamma(x + 1) - std::log(missing), x - mean / missing, 0, 0};
  } else {
    wide rise = 0, slope = 0;
    for (wide i = x - 1; i >= 0; --i) {
      rise += std::log(theta + i);
      slope += 1 / (theta + i);
    }
    const wide lies = std::log1p(mean / theta);
    // log(1 + y) - y / (1 + y) as a series while both are nearly y
    wide gap = lies - mean / (theta + mean);
    if (const wide y = mean / theta; y < 1e-3L) {
      wide power = -y;
      gap = 0;
      for (int k = 2; k < 12; ++k) gap += (power *= -y) * (1 - wide{1} / k);
    }
    term<wide> t{rise - std::lgamma(x + 1) - theta * lies + (x > 0 ? x * (std::log(mean) - std::log(theta + mean)) : 0),
                 theta * (x - mean) / (theta + mean), theta * (slope - gap - x / (theta + mean)), 0};
    if constexpr (kernel::has_dropout(Law)) {
      const wide lost = 1 / (1 + std::exp(-logit)), kept = 1 / (1 + std::exp(logit));
      if (x > 0) {
        t.value += std::log(kept);
        t.d_logit = -lost;
      } else {
        const wide zero = std::exp(t.value), all = lost + kept * zero, was_zero = kept * zero / all;
        t.d_logit = -lost * kept * std::expm1(t.value) / all;
        t.value = all > 0.5L ? std::log1p(kept * std::expm1(t.value)) : std::log(all);
        t.d_mean *= was_zero;
        t.d_dispersion *= was_zero;
      }
    }
    return t;
  }
}

TEST_CASE("pencil: mean 1 and dispersion 1 is a fair coin's waiting time, 2^-(n + 1)") {
  for (int n = 0; n < 40; ++n) {
    const double want = -(n + 1) * std::log(2.0);
    CHECK(of_one<count_law::negative_binomial>(double(n), 1.0, 1.0).value == doctest::Approx(want).epsilon(1e-14));
    CHECK(of_one<count_law::negative_binomial>(float(n), 1.0F, 1.0F).value == doctest::Approx(want).epsilon(1e-6));
  }
  const auto two = of_one<count_law::negative_binomial>(2.0, 1.0, 1.0);
  CHECK(two.d_mean == doctest::Approx(0.5));                                  // (x - mean) theta / (theta + mean)
  CHECK(two.d_dispersion == doctest::Approx(1 + 0.5 - std::log(2.0) - 0.5));  // 1/1 + 1/2, - log 2, (mean - x) / 2
  const auto lost = of_one<count_law::zero_inflated_negative_binomial>(0.0, 1.0, 1.0, 0.0);  // a half lost, a half of a half
  CHECK(lost.value == doctest::Approx(std::log(0.75)));
  CHECK(lost.d_logit == doctest::Approx(0.25 * 0.5 / 0.75));
  CHECK(lost.d_mean == doctest::Approx(-0.5 / 3));  // one zero in three was not lost
}

TEST_CASE("pencil: Poisson of mean 1, and truncated") {
  CHECK(of_one<count_law::poisson>(0.0, 1.0).value == -1);
  CHECK(of_one<count_law::poisson>(3.0, 1.0).value == doctest::Approx(-1 - std::log(6.0)));
  CHECK(of_one<count_law::poisson>(3.0, 1.0).d_mean == 2);
  CHECK(of_one<count_law::zero_truncated_poisson>(1.0, 1.0).value == doctest::Approx(-std::log(std::exp(1.0) - 1)));
  CHECK(of_one<count_law::zero_truncated_poisson>(0.0, 1.0).value == -std::numeric_limits<double>::infinity());
  CHECK(of_one<count_law::zero_truncated_poisson>(0.0, 1.0).d_mean == 0);
  // Of a mean near 0 a truncated count is 1.
  CHECK(of_one<count_law::zero_truncated_poisson>(1.0F, 1e-20F).value == doctest::Approx(0));
  CHECK(std::abs(of_one<count_law::zero_truncated_poisson>(1.0F, 0.0F).value) < 1e-6F);
}

template <count_law Law>
void sums_to_one(double mean, double theta, double logit) {
  CAPTURE(kernel::name_of(Law));
  CAPTURE(mean);
  CAPTURE(theta);
  double sum = 0, centre = 0;
  for (int x = Law == count_law::zero_truncated_poisson ? 1 : 0; x < 4000; ++x) {
    const double p = std::exp(of_one<Law>(double(x), mean, theta, logit).value);
    sum += p;
    centre += p * of_one<Law>(double(x), mean, theta, logit).d_mean;
  }
  CHECK(sum == doctest::Approx(1).epsilon(1e-12));
  CHECK(std::abs(centre) < 1e-10 * (1 + mean));  // slopes cancel over all counts
}
TEST_CASE("probabilities of all counts sum to 1, and slopes to 0") {
  for (const double mean : {1e-6, 0.3, 5.0, 60.0})
    for (const double theta : {0.7, 4.0, 30.0, 1e9}) {
      sums_to_one<count_law::negative_binomial>(mean, theta, 0);
      sums_to_one<count_law::zero_inflated_negative_binomial>(mean, theta, -1.5);
      sums_to_one<count_law::zero_inflated_negative_binomial>(mean, theta, 3);
      sums_to_one<count_law::poisson>(mean, theta, 0);
      sums_to_one<count_law::zero_truncated_poisson>(mean, theta, 0);
    }
}

/// in     of the book: what a number may be off by, in its last digits
template <count_law Law, class Real>
void near_the_book(double widest) {
  CAPTURE(kernel::name_of(Law));
  const kernel::draws random(5, "likelihood");
  double most = 0, most_mean = 0, most_theta = 0, most_logit = 0;
  const double digit = std::numeric_limits<Real>::epsilon();
  for (int i = 0; i < 3000; ++i) {
    const auto some = [&](double from, double to, std::uint64_t k) {
      return static_cast<Real>(std::exp(std::log(from) + random.uniform(i, k) * (std::log(to) - std::log(from))));
    };
    Real x = 0;
    if (i % 4 == 1) x = static_cast<Real>(1 + i % 8);
    if (i % 4 == 2) x = std::floor(some(9, 300, 1));
    const Real mean = i % 3 == 0 ? std::max(x, Real{1}) * some(0.5, 2, 2) : some(1e-8, 1e4, 2),
               theta = i % 5 == 0 ? some(1e-10, widest, 3) : some(1e-2, 1e2, 3),
               logit = static_cast<Real>(4 * random.normal(i, 4));
    if (Law == count_law::zero_truncated_poisson && x == 0) x = 1;
    const auto got = of_one<Law>(x, mean, theta, logit);
    const auto want = by_the_book<Law>(x, mean, theta, logit);
    const double few = x <= 8 ? static_cast<double>(x * std::abs(std::log(mean))) : 0,
                 size = 1 + std::abs(static_cast<double>(want.value));
    const double amplified =
        kernel::has_dropout(Law) && x == 0
            ? 1 + std::abs(static_cast<double>(logit)) +
                  std::abs(static_cast<double>(by_the_book<count_law::negative_binomial>(0, mean, theta, 0).value))
            : 1;
    const auto off = [&](Real a, wide b, double by) {
      return static_cast<double>(std::abs(static_cast<wide>(a) - b)) / (by * amplified * digit + 1e-30);
    };
    const auto own = [](wide b) { return static_cast<double>(std::abs(b)); };
    most = std::max(most, off(got.value, want.value, size + few));
    most_mean = std::max(most_mean, off(got.d_mean, want.d_mean,
                                        own(want.d_mean) + (Law == count_law::zero_truncated_poisson ? double(x) : 0)));
    if constexpr (kernel::has_dispersion(Law))
      most_theta = std::max(most_theta,
                            off(got.d_dispersion, want.d_dispersion, own(want.d_dispersion) + (x > 0 ? 1 + double(x) : 0)));
    if constexpr (kernel::has_dropout(Law))
      most_logit = std::max(most_logit, off(got.d_logit, want.d_logit, own(want.d_logit)));
  }
  CAPTURE(most);
  CAPTURE(most_mean);
  CAPTURE(most_theta);
  CAPTURE(most_logit);
  CHECK(most <= 12);
  CHECK(most_mean <= (kernel::has_dropout(Law) ? 16 : 2));
  CHECK(most_theta <= 16);
  CHECK(most_logit <= 16);
}
TEST_CASE("float and double are as exact as stated, for means and dispersions of any size") {
  near_the_book<count_law::negative_binomial, float>(1e9);
  near_the_book<count_law::zero_inflated_negative_binomial, float>(1e9);
  near_the_book<count_law::poisson, float>(1);
  near_the_book<count_law::zero_truncated_poisson, float>(1);
  // The book's own digits end first: long double loses log10 of the dispersion of them.
  near_the_book<count_law::negative_binomial, double>(1e2);
  near_the_book<count_law::zero_inflated_negative_binomial, double>(1e2);
  near_the_book<count_law::poisson, double>(1);
  near_the_book<count_law::zero_truncated_poisson, double>(1);
}

/// Central differences with respect to the logarithms of the parameters or the parameters themselves.
template <count_law Law, slopes_of By>
void slopes_are_those_of_differences(double x, double mean, double theta, double logit) {
  CAPTURE(kernel::name_of(Law));
  CAPTURE(x);
  CAPTURE(mean);
  CAPTURE(theta);
  const auto got = of_one<Law, By>(x, mean, theta, logit);
  const double h = 1e-5;
  const auto slope = [&](double& parameter, bool relative) {
    const double at = parameter, step = relative ? at * h : h;
    parameter = at + step;
    const double up = of_one<Law>(x, mean, theta, logit).value;
    parameter = at - step;
    const double down = of_one<Law>(x, mean, theta, logit).value;
    parameter = at;
    return (up - down) / (2 * (By == slopes_of::logarithms && relative ? h : step));
  };
  const auto like = [&](double a, double b, double unit) {
    CHECK(std::abs(a - b) <= 1e-8 * (1 + x + mean + std::abs(got.value)) / unit + 1e-7 * std::abs(b));
  };
  const bool log = By == slopes_of::logarithms;
  like(got.d_mean, slope(mean, true), log ? 1 : mean);
  if constexpr (kernel::has_dispersion(Law)) like(got.d_dispersion, slope(theta, true), log ? 1 : theta);
  if constexpr (kernel::has_dropout(Law)) like(got.d_logit, slope(logit, false), 1);
}
TEST_CASE("slopes are those of finite differences in double, by logarithms and by values") {
  for (const double x : {0.0, 1.0, 2.0, 8.0, 9.0, 70.0, 5000.0})
    for (const double mean : {0.02, 1.0, 12.0, 300.0})
      for (const double theta : {0.05, 0.9, 3.0, 11.0, 400.0}) {
        slopes_are_those_of_differences<count_law::negative_binomial, slopes_of::logarithms>(x, mean, theta, 0);
        slopes_are_those_of_differences<count_law::negative_binomial, slopes_of::values>(x, mean, theta, 0);
        for (const double logit : {-9.0, -0.4, 2.5}) {
          slopes_are_those_of_differences<count_law::zero_inflated_negative_binomial, slopes_of::logarithms>(x, mean, theta,
                                                                                                             logit);
          slopes_are_those_of_differences<count_law::zero_inflated_negative_binomial, slopes_of::values>(x, mean, theta,
                                                                                                         logit);
        }
        slopes_are_those_of_differences<count_law::poisson, slopes_of::logarithms>(x, mean, theta, 0);
        slopes_are_those_of_differences<count_law::poisson, slopes_of::values>(x, mean, theta, 0);
        if (x == 0) continue;
        slopes_are_those_of_differences<count_law::zero_truncated_poisson, slopes_of::logarithms>(x, mean, theta, 0);
        slopes_are_those_of_differences<count_law::zero_truncated_poisson, slopes_of::values>(x, mean, theta, 0);
      }
}

TEST_CASE("limits: a mean of 0, dispersions of 0 and without end, huge counts, losses that never and always happen") {
  for (const float theta : {0.0F, 1e-20F, 1.0F, 1e20F, 3e38F}) {
    const auto none = of_one<count_law::negative_binomial>(0.0F, 0.0F, theta);
    CHECK(none.value == 0);
    CHECK(none.d_mean == 0);
    CHECK(none.d_dispersion == 0);
    CHECK(of_one<count_law::negative_binomial, slopes_of::values>(0.0F, 0.0F, theta).d_mean == -1);
    const auto surprise = of_one<count_law::negative_binomial>(3.0F, 0.0F, theta);
    CHECK(std::isfinite(surprise.value));
    CHECK(std::isfinite(of_one<count_law::negative_binomial, slopes_of::values>(3.0F, 0.0F, theta).d_mean));
    for (const float x : {0.0F, 1.0F, 8.0F, 9.0F, 1e4F, 1e8F})
      for (const float mean : {0.0F, 1e-20F, 1.0F, 1e8F})
        for (const float logit : {-500.0F, -20.0F, 0.0F, 20.0F, 500.0F}) {
          const auto t = of_one<count_law::zero_inflated_negative_binomial>(x, mean, theta, logit);
          const bool finite =
              std::isfinite(t.value) && std::isfinite(t.d_mean) && std::isfinite(t.d_dispersion) && std::isfinite(t.d_logit);
          CHECK(finite);
          CHECK(t.value < 1e-5F * (1 + std::abs(logit)));  // a probability is at most 1
        }
  }
  CHECK(of_one<count_law::negative_binomial>(3.0F, 0.0F, 1.0F).d_mean == doctest::Approx(3));
  for (const float x : {0.0F, 1.0F, 4.0F, 30.0F}) {  // without end: Poisson
    const auto wide_one = of_one<count_law::negative_binomial>(x, 2.5F, 3e38F),
               poisson = of_one<count_law::poisson>(x, 2.5F);
    CHECK(wide_one.value == doctest::Approx(poisson.value).epsilon(1e-6));
    CHECK(wide_one.d_mean == doctest::Approx(poisson.d_mean).epsilon(1e-6));
    CHECK(std::abs(wide_one.d_dispersion) < 1e-6F);
    const auto kept = of_one<count_law::zero_inflated_negative_binomial>(x, 2.5F, 2.0F, -80.0F);
    CHECK(kept.value == doctest::Approx(of_one<count_law::negative_binomial>(x, 2.5F, 2.0F).value).epsilon(1e-6));
  }
  CHECK(std::abs(of_one<count_law::zero_inflated_negative_binomial>(0.0F, 50.0F, 2.0F, 80.0F).value) < 1e-30F);
  // Neither a loss (e^-100) nor a 0 (e^-120 or so) is to be expected: the sum of both is, without exp(-100) in float.
  const double zero = of_one<count_law::negative_binomial>(0.0, 1000.0, 25.5).value;
  const auto either = of_one<count_law::zero_inflated_negative_binomial>(0.0F, 1000.0F, 25.5F, -100.0F);
  CHECK(either.value == doctest::Approx(std::max(-100.0, zero) + std::log1p(std::exp(-std::abs(zero + 100)))).epsilon(1e-6));
  // A count of ten million where as many were expected: its log-gamma alone is 1.5e8.
  const auto large = of_one<count_law::negative_binomial>(1e7F, 1e7F, 1e7F);
  CHECK(large.value == doctest::Approx(-0.5 * std::log(2 * 3.14159265358979 * 2e7)).epsilon(1e-6));
}

template <class Real, count_law Law, class Value>
void a_row_is_its_counts() {
  const std::int64_t genes = 137;
  const kernel::draws random(6, "row");
  std::vector<Real> mean, theta, logit, dense(usize(genes), 0);
  for (std::int64_t g = 0; g < genes; ++g) {
    mean.push_back(static_cast<Real>(std::exp(random.normal(g, 1))));
    theta.push_back(static_cast<Real>(std::exp(random.normal(g, 2))));
    logit.push_back(static_cast<Real>(random.normal(g, 3)));
  }
  std::vector<std::int32_t> gene;
  std::vector<Value> value;
  for (std::int64_t g = genes - 1; g >= 0; g -= 3) {  // in any order, with a zero that was stored
    gene.push_back(static_cast<std::int32_t>(g));
    value.push_back(static_cast<Value>(g % 5 == 0 ? 0 : g % 7 == 0 ? g : 1 + g % 4));
    dense[usize(g)] = static_cast<Real>(value.back());
  }
  const kernel::count_parameters<Real> of{mean, theta, logit};
  std::vector<Real> terms(usize(genes)), d_mean(terms), d_theta(terms), d_logit(terms), row_mean(terms),
      row_theta(usize(genes), Real{2}), row_logit(terms);
  kernel::count_likelihood<Law, slopes_of::logarithms, Real>(dense, of, terms, {d_mean, d_theta, d_logit}, Real(-0.5));
  kernel::count_row_room<Real> room;
  double sum = 0;
  for (int again = 0; again < 2; ++again) {
    std::fill(row_theta.begin(), row_theta.end(), Real{2});
    sum = kernel::count_likelihood_row<Law, slopes_of::logarithms, Real, Value>(
        gene, value, of, room, {row_mean, row_theta, row_logit}, Real(-0.5));
  }
  CHECK(room.log_likelihood == terms);
  CHECK(row_mean == d_mean);
  if constexpr (kernel::has_dispersion(Law)) {
    for (auto& v : d_theta) v += Real{2};
    CHECK(row_theta == d_theta);
  }
  if constexpr (kernel::has_dropout(Law)) CHECK(row_logit == d_logit);
  double want = 0;
  for (const Real v : terms) want += static_cast<double>(v);
  CHECK(sum == doctest::Approx(want).epsilon(1e-13));
  // Without slopes: the same sum.
  CHECK(kernel::count_likelihood_row<Law, slopes_of::logarithms, Real, Value>(gene, value, of, room) == sum);
  CHECK(kernel::count_likelihood_row<Law, slopes_of::logarithms, Real, Value>({}, {}, {std::span(mean).first(0), {}, {}},
                                                                              room) == 0);
}
TEST_CASE("a cell stored sparsely has the same terms and slopes, to the bit, as its counts with all zeros") {
  a_row_is_its_counts<float, count_law::negative_binomial, float>();
  a_row_is_its_counts<float, count_law::negative_binomial, std::int32_t>();
  a_row_is_its_counts<float, count_law::zero_inflated_negative_binomial, float>();
  a_row_is_its_counts<float, count_law::poisson, float>();
  a_row_is_its_counts<double, count_law::negative_binomial, float>();
  a_row_is_its_counts<double, count_law::zero_inflated_negative_binomial, std::int32_t>();
  a_row_is_its_counts<double, count_law::poisson, double>();
}

TEST_CASE("a term does not depend on those beside it") {
  rc::check("any piece of a row gives that piece of the answer", [] {
    const int n = *rc::gen::inRange(1, 50), first = *rc::gen::inRange(0, n);
    std::vector<float> x, mean, theta, logit, all(usize(n)), part(usize(n - first));
    for (int i = 0; i < n; ++i) {
      x.push_back(static_cast<float>(*rc::gen::inRange(0, 20)) * static_cast<float>(*rc::gen::inRange(0, 3)));
      mean.push_back(std::exp(0.1F * static_cast<float>(*rc::gen::inRange(-100, 100))));
      theta.push_back(std::exp(0.1F * static_cast<float>(*rc::gen::inRange(-100, 100))));
      logit.push_back(static_cast<float>(*rc::gen::inRange(-100, 100)));
    }
    constexpr auto law = count_law::zero_inflated_negative_binomial;
    kernel::count_likelihood<law, slopes_of::logarithms, float>(x, {mean, theta, logit}, all);
    const auto from = [&](const std::vector<float>& v) { return std::span<const float>(v).subspan(usize(first)); };
    kernel::count_likelihood<law, slopes_of::logarithms, float>(from(x), {from(mean), from(theta), from(logit)}, part);
    RC_ASSERT(std::equal(part.begin(), part.end(), all.begin() + first));
  });
}

TEST_CASE("golden: scVI's terms by the published code, which adds 1e-8 to mean and dispersion") {
  if (std::string(TEPUI_SHARED).empty()) {
    MESSAGE("skipped: the shared data are not there");
    return;
  }
  const std::string text = laws::shared_text(TEPUI_SHARED, "golden/systems/scvi_terms.json");
  const auto rows = [&](const char* key) {
    std::size_t from = 0;
    return laws::json_rows(laws::json_array(text, key, from));
  };
  std::size_t from = 0;
  const auto theta = laws::numbers_in(laws::json_array(text, "theta", from));
  const auto x = rows("x"), mean = rows("mu"), logit = rows("pi_logit"), nb = rows("log_nb"), zinb = rows("log_zinb");
  double most = 0, most_row = 0;
  kernel::count_row_room<double> room;
  for (std::size_t c = 0; c < x.size(); ++c) {
    std::vector<std::int32_t> genes;
    std::vector<double> values;
    double want = 0;
    for (std::size_t g = 0; g < theta.size(); ++g) {
      most = std::max(most, std::abs(of_one<count_law::negative_binomial>(x[c][g], mean[c][g], theta[g]).value - nb[c][g]));
      most = std::max(
          most,
          std::abs(of_one<count_law::zero_inflated_negative_binomial>(x[c][g], mean[c][g], theta[g], logit[c][g]).value -
                   zinb[c][g]));
      want += zinb[c][g];
      if (x[c][g] == 0) continue;
      genes.push_back(static_cast<std::int32_t>(g));
      values.push_back(x[c][g]);
    }
    const double got =
        kernel::count_likelihood_row<count_law::zero_inflated_negative_binomial, slopes_of::logarithms, double, double>(
            genes, values, {mean[c], theta, logit[c]}, room);
    most_row = std::max(most_row, std::abs(got - want));
  }
  CAPTURE(most);
  CHECK(x.size() == 4);
  CHECK(most < 5e-7);  // 1e-8 times counts over means
  CHECK(most_row < 2e-6);
}

}  // namespace of_count_likelihood
