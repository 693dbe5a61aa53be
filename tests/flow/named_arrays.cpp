#include <doctest/doctest.h>

#include <tepui/flow/named_arrays.hpp>

namespace test_flow_named_arrays {
namespace {
using namespace tepui;

TEST_CASE("an array comes back by name and type") {
  named_arrays a;
  a.put("mean", std::vector<float>{1, 2});
  a.put("gene", std::vector<std::string>{"CD3E"});
  CHECK(a.get<float>("mean")[1] == 2.0F);
  CHECK(a.get<std::string>("gene")[0] == "CD3E");
  CHECK_THROWS_WITH_AS((void)a.get<double>("mean"), doctest::Contains("'mean' has another type"), bad_data);
  CHECK_THROWS_WITH_AS((void)a.get<float>("sd"), doctest::Contains("no 'sd'"), bad_data);
}
}  // namespace
}  // namespace test_flow_named_arrays
