#include <tepui/metric/neighbours/chi_squared_tail.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace tepui::tests::chi_squared_tail {
namespace {

TEST_CASE("the tail is that of scipy") {
  struct known {
    int freedom;
    double x, p;
  };
  // scipy 1.17.1, stats.chi2.sf
  for (const known& k : {known{1, 3.841458820694124, 0.04999999999999989},
                         {2, 5.0, 0.0820849986238988},
                         {2, 0.3, 0.8607079764250578},
                         {3, 7.5, 0.0575584519726364},
                         {5, 0.7, 0.9829686751880324},
                         {9, 40.0, 7.598525229464264e-06},
                         {14, 14.2, 0.43491969007387743},
                         {49, 120.0, 6.876961427062773e-08},
                         {200, 150.0, 0.996647558501813},
                         {200, 260.0, 0.002750408367306518},
                         {1, 60.0, 9.485737571073857e-15},
                         {2, 1400.0, 9.85967654375939e-305},
                         {2001, 2100.0, 0.06052953120249574}}) {
    CAPTURE(k.freedom);
    CHECK(std::abs(metric::chi_squared_tail(k.freedom)(k.x) / k.p - 1) < 1e-11);
  }
  CHECK(metric::chi_squared_tail(3)(0) == 1);
  CHECK(metric::chi_squared_tail(3)(1e6) == 0);
}

TEST_CASE("the tail falls with the statistic and rises with the degrees of freedom") {
  CHECK(rc::check("monotone", [](std::uint16_t a, std::uint16_t b) {
    const int freedom = 1 + a % 300;
    const double x = 0.01 * b;
    const metric::chi_squared_tail tail(freedom);
    RC_ASSERT(tail(x) >= tail(x + 0.1) - 1e-14);
    RC_ASSERT(metric::chi_squared_tail(freedom + 1)(x) >= tail(x) - 1e-14);
    RC_ASSERT(tail(x) >= 0 && tail(x) <= 1);
  }));
}

}  // namespace
}  // namespace tepui::tests::chi_squared_tail
