/// Tails of distributions, against scipy 1.17.1 (scipy.stats, scipy.special).
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>

#include <tepui/metric/tails.hpp>

namespace tails_of_metrics {

using namespace tepui;

void near(double found, double wanted, double tolerance = 1e-12) {
  CAPTURE(found);
  CAPTURE(wanted);
  CHECK(std::abs(found - wanted) <= tolerance * std::abs(wanted));
}

TEST_CASE("metric.tails: log gamma") {
  near(metric::log_gamma(0.1), 2.252712651734206);
  near(metric::log_gamma(0.5), 0.5723649429247);
  CHECK(std::abs(metric::log_gamma(1)) < 1e-14);
  near(metric::log_gamma(2.5), 0.2846828704729192);
  near(metric::log_gamma(11.9), 17.25847745059552);
  near(metric::log_gamma(12.1), 17.74700727079874);
  near(metric::log_gamma(100.5), 361.43554046777757);
}

TEST_CASE("metric.tails: normal") {
  near(metric::normal_tail(0), 0.5);
  near(metric::normal_tail(1.96), 0.024997895148220435);
  near(metric::normal_tail(-1), 0.8413447460685429);
  near(metric::normal_tail(6), 9.865876450376946e-10);
  near(metric::normal_tail(10), 7.61985302416047e-24);
  near(metric::normal_quantile(0.025), -1.9599639845400545);
  near(metric::normal_quantile(0.975), 1.959963984540054);
  near(metric::normal_quantile(0.8), 0.8416212335729143);
  near(metric::normal_quantile(1e-10), -6.361340902404056);
  CHECK(std::abs(metric::normal_quantile(0.5)) < 1e-15);
  CHECK(std::isnan(metric::normal_quantile(0)));
  CHECK(std::isnan(metric::normal_quantile(1)));
}

TEST_CASE("metric.tails: chi-squared") {
  struct known {
    int freedom;
    double x, p, tolerance;
  };
  // scipy.stats.chi2.sf
  for (const known& k : {known{1, 3.841458820694124, 0.04999999999999989, 1e-12},
                         {1, 1.0, 0.31731050786291115, 1e-12},
                         {1, 7.68, 0.005583616806378756, 1e-12},
                         {1, 60.0, 9.485737571073857e-15, 1e-12},
                         {2, 5.0, 0.0820849986238988, 1e-12},
                         {2, 0.3, 0.8607079764250578, 1e-12},
                         {2, 40.0, 2.0611536224385566e-09, 1e-12},
                         {2, 1400.0, 9.85967654375939e-305, 1e-11},
                         {3, 2e-3, 0.999976225946348, 1e-12},
                         {3, 5.0, 0.1717971442967335, 1e-12},
                         {3, 7.5, 0.0575584519726364, 1e-12},
                         {4, 14.6, 0.005606971834108909, 1e-12},
                         {5, 0.2, 0.9991138612111875, 1e-12},
                         {5, 0.7, 0.9829686751880324, 1e-12},
                         {9, 40.0, 7.598525229464264e-06, 1e-12},
                         {14, 14.2, 0.43491969007387743, 1e-12},
                         {49, 120.0, 6.876961427062773e-08, 1e-12},
                         {80, 200.0, 2.9602566998131964e-12, 1e-12},
                         {100, 60.0, 0.999481108537452, 1e-12},
                         {100, 120.0, 0.08440668109369177, 1e-12},
                         {200, 150.0, 0.996647558501813, 1e-12},
                         {200, 260.0, 0.002750408367306518, 1e-12},
                         {2001, 2100.0, 0.06052953120249574, 1e-11}}) {
    CAPTURE(k.freedom);
    near(metric::chi_squared_tail(k.freedom)(k.x), k.p, k.tolerance);
  }
  CHECK(metric::chi_squared_tail(3)(0) == 1);
  CHECK(metric::chi_squared_tail(3)(-1) == 1);
  CHECK(metric::chi_squared_tail(3)(1e6) == 0);
  CHECK(metric::chi_squared_tail(4)(INFINITY) == 0);
  CHECK(std::isnan(metric::chi_squared_tail(4)(NAN)));
}

TEST_CASE("metric.tails: chi-squared falls with the statistic and rises with the degrees of freedom") {
  CHECK(rc::check("monotone", [](std::uint16_t a, std::uint16_t b) {
    const int freedom = 1 + a % 300;
    const double x = 0.01 * b;
    const metric::chi_squared_tail tail(freedom);
    RC_ASSERT(tail(x) >= tail(x + 0.1) - 1e-14);
    RC_ASSERT(metric::chi_squared_tail(freedom + 1)(x) >= tail(x) - 1e-14);
    RC_ASSERT(tail(x) >= 0 && tail(x) <= 1);
  }));
}

TEST_CASE("metric.tails: incomplete beta and Student") {
  near(metric::beta_share(0.3, 2, 5), 0.5798250000000003);
  near(metric::beta_share(0.9, 0.5, 0.5), 0.7951672353008665);
  near(metric::beta_share(0.01, 30, 1.5), 6.226917762554653e-60);
  near(metric::beta_share(0.5, 100, 100), 0.5);
  CHECK(metric::beta_share(0, 2, 2) == 0);
  CHECK(metric::beta_share(1, 2, 2) == 1);
  CHECK(std::isnan(metric::beta_share(1.1, 2, 2)));
  near(metric::student_two_sided(2, 4), 0.11611652351681556);
  near(metric::student_two_sided(-0.1, 1), 0.936548965138893);
  near(metric::student_two_sided(12, 30), 5.580185415199261e-13, 1e-11);
  near(metric::student_two_sided(2.5, 57.3), 0.015305367923802443);
  CHECK(metric::student_two_sided(0, 3) == 1);
  CHECK(metric::student_two_sided(INFINITY, 3) == 0);
  near(metric::student_two_sided_quantile(0.95, 4), 2.7764451051977934);
  near(metric::student_two_sided_quantile(0.95, 1), 12.706204736174694);
  near(metric::student_two_sided_quantile(0.99, 29), 2.756385903670605);
  near(metric::student_two_sided_quantile(0.5, 2.5), 0.7850136829922992);
}

}  // namespace tails_of_metrics
