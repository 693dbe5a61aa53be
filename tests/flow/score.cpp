#include <doctest/doctest.h>

#include <limits>
#include <tepui/flow/score.hpp>

namespace test_flow_score {
namespace {
using namespace tepui;

TEST_CASE("a number has no reason, a missing number has one") {
  CHECK(measured(0.5).known());
  CHECK(measured(0.5).reason.empty());
  CHECK_FALSE(measured().known());
  CHECK(measured::missing("not known on real data").reason == "not known on real data");
  CHECK_FALSE(measured(std::numeric_limits<double>::quiet_NaN()).reason.empty());
}

TEST_CASE("a fresh score says of every number why it is missing") {
  const score s;
  for (const measured* m : {&s.value, &s.low, &s.high, &s.floor, &s.ceiling}) CHECK_FALSE(m->reason.empty());
}
}  // namespace
}  // namespace test_flow_score
