/// Plain statistics, by pencil, against scipy 1.17.1 and the golden file extra_results.json.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <string>
#include <vector>

#include <tepui/metric/statistics.hpp>

#include "laws/golden.hpp"
#include "laws/npy.hpp"

namespace statistics_of_metrics {

using namespace tepui;
using doctest::Approx;
using numbers = std::vector<double>;

TEST_CASE("metric.statistics: ranks share their mean") {
  CHECK(metric::average_ranks(numbers{3, 1, 3, 2}) == numbers{3.5, 1, 3.5, 2});
  CHECK(metric::average_ranks(numbers{7, 7, 7}) == numbers{2, 2, 2});
  CHECK(metric::average_ranks({}).empty());
}

TEST_CASE("metric.statistics: correlations by pencil, and against scipy") {
  const numbers a{3.1, 2.7, 4.4, 5.0, 3.9}, b{2.0, 2.9, 1.8, 3.3, 2.5};
  CHECK(metric::pearson(a, b) == Approx(0.19360758199958752).epsilon(1e-13));
  CHECK(metric::spearman(a, b) == Approx(0.1).epsilon(1e-13));
  CHECK(metric::kendall(a, b) == 0);
  const numbers x{1, 2, 2, 3, 1, 5}, y{2, 2, 1, 4, 4, 9};
  CHECK(metric::kendall(x, y) == Approx(0.3846153846153847).epsilon(1e-13));
  CHECK(metric::spearman(x, y) == Approx(0.4696969696969696).epsilon(1e-13));
  CHECK(metric::pearson(a, a) == 1);
  CHECK(metric::pearson(numbers{1, 2}, numbers{5, 3}) == Approx(-1));
}

TEST_CASE("metric.statistics: correlations that do not exist are no numbers") {
  const numbers a{1, 2, 3}, flat{0.1, 0.1, 0.1}, with_nan{1, NAN, 2};
  for (const auto f : {metric::pearson, metric::spearman, metric::kendall}) {
    CHECK(std::isnan(f(a, flat)));
    CHECK(std::isnan(f(flat, a)));
    CHECK(std::isnan(f(a, with_nan)));
    CHECK(std::isnan(f({}, {})));
    CHECK(std::isnan(f(numbers{1}, numbers{2})));
    CHECK_THROWS_AS((void)f(a, numbers{1, 2}), bad_data);
  }
}

TEST_CASE("metric.statistics: Benjamini and Hochberg") {
  const numbers p{.01, .04, .03, .005, .5};
  numbers q(5);
  metric::benjamini_hochberg(p, q);
  const numbers wanted{0.025, 0.05, 0.05, 0.025, 0.5};  // statsmodels and scipy.stats.false_discovery_control
  for (std::size_t i = 0; i < 5; ++i) CHECK(q[i] == Approx(wanted[i]).epsilon(1e-14));
  numbers missing{0.01, NAN};
  metric::benjamini_hochberg(missing, missing);
  CHECK(missing == numbers{0.02, 1});
  numbers one(1);
  CHECK_THROWS_AS(metric::benjamini_hochberg(p, one), bad_data);
  CHECK(rc::check("q is at least p, at most 1, and in the order of p", [] {
    const auto many = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1001));
    numbers from, to(many.size());
    for (const int v : many) from.push_back(v / 1000.0);
    metric::benjamini_hochberg(from, to);
    for (std::size_t i = 0; i < from.size(); ++i) {
      RC_ASSERT(to[i] >= from[i]);
      RC_ASSERT(to[i] <= 1);
      for (std::size_t j = 0; j < i; ++j) RC_ASSERT((from[i] <= from[j]) == (to[i] <= to[j]) || to[i] == to[j]);
    }
  }));
}

TEST_CASE("metric.statistics: Welch") {
  const numbers a{3.1, 2.7, 4.4, 5.0, 3.9}, b{2.0, 2.9, 1.8, 3.3, 2.5, 2.7};
  CHECK(metric::welch_p(a, b) == Approx(0.034120751251115494).epsilon(1e-11));
  CHECK(std::isnan(metric::welch_p(numbers{1, 1}, numbers{2, 2})));
  CHECK(std::isnan(metric::welch_p(numbers{1}, b)));
}

TEST_CASE("metric.statistics: the golden numbers of scipy") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: the golden files are not here");
    return;
  }
  const auto a = laws::npy<double>(shared, "golden/metrics/mwu_A_30x12.npy"),
             b = laws::npy<double>(shared, "golden/metrics/mwu_B_45x12.npy");
  const std::string text = laws::shared_text(shared, "golden/metrics/extra_results.json");
  const auto number_of = [&](const std::string& key) {
    const std::size_t at = text.find("\"" + key + "\":");
    REQUIRE(at != std::string::npos);
    return std::strtod(text.c_str() + at + key.size() + 3, nullptr);
  };
  const auto column = [](const numbers& of, std::size_t c) {
    numbers out;
    for (std::size_t i = c; i < of.size(); i += 12) out.push_back(of[i]);
    return out;
  };
  const numbers first_a = column(a, 0), all_b = column(b, 0), first_b(all_b.begin(), all_b.begin() + 30);
  CHECK(std::abs(metric::spearman(first_a, first_b) - number_of("spearman(A[:30,0],B[:30,0])")) < 1e-12);
  CHECK(std::abs(metric::pearson(first_a, first_b) - number_of("pearson")) < 1e-12);
  CHECK(std::abs(metric::kendall(first_a, first_b) - number_of("kendall")) < 1e-12);
  std::size_t from = text.find("\"mwu\"");
  const auto p = laws::numbers_in(laws::json_array(text, "p", from));
  const auto wanted = laws::numbers_in(laws::json_array(text, "bh_fdr(p, NaN->1)", from));
  numbers q(p.size());
  metric::benjamini_hochberg(p, q);
  REQUIRE(q.size() == wanted.size());
  for (std::size_t i = 0; i < q.size(); ++i) CHECK(std::abs(q[i] - wanted[i]) < 1e-12);
  const auto welch = laws::numbers_in(laws::json_array(text, "welch_t", from));
  for (std::size_t c = 0; c < welch.size(); ++c)
    CHECK(std::abs(metric::welch_p(column(a, c), column(b, c)) - welch[c]) < 1e-10);
}

}  // namespace statistics_of_metrics
