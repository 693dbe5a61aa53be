/// Tails of distributions, against scipy 1.17.1 (scipy.stats, scipy.special).
#include <doctest/doctest.h>

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

TEST_CASE("metric.tails: incomplete gamma and chi-squared") {
  near(metric::upper_gamma_share(0.5, 0.5), 0.31731050786291115);
  near(metric::upper_gamma_share(0.5, 3.84), 0.005583616806378756);
  near(metric::upper_gamma_share(2, 7.3), 0.005606971834108909);
  near(metric::upper_gamma_share(40, 100), 2.9602566998131964e-12);
  near(metric::upper_gamma_share(50, 30), 0.999481108537452);
  near(metric::upper_gamma_share(1.5, 1e-3), 0.999976225946348);
  near(metric::chi2_tail(3.841458820694124, 1), 0.04999999999999989);
  near(metric::chi2_tail(5, 3), 0.1717971442967335);
  near(metric::chi2_tail(120, 100), 0.08440668109369177);
  near(metric::chi2_tail(40, 2), 2.0611536224385566e-09);
  near(metric::chi2_tail(0.2, 5), 0.9991138612111875);
  CHECK(metric::chi2_tail(0, 4) == 1);
  CHECK(metric::chi2_tail(INFINITY, 4) == 0);
  CHECK(std::isnan(metric::chi2_tail(-1, 4)));
  CHECK(std::isnan(metric::chi2_tail(1, 0)));
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
