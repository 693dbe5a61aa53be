#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <tepui/flow/tensors.hpp>

namespace test_flow_tensors {
namespace {
using namespace tepui;

named_tensors some() {
  named_tensors t;
  t.put<float>("weight", {2, 3}, {1, 2, 3, 4, 5, 6});
  t.put<std::int64_t>("step", {}, {7});
  t.put<double>("none", {0, 4}, {});
  return t;
}

TEST_CASE("a tensor comes back by name, kind of number and shape") {
  const named_tensors t = some();
  CHECK(t.get<float>("weight")[4] == 5.0F);
  CHECK(t.get<float>("weight", {2, 3}).size() == 6);
  CHECK(t.get<std::int64_t>("step", {})[0] == 7);
  CHECK(t.get<double>("none", {0, 4}).empty());
  CHECK(t.at("step").holds() == "int64");
  CHECK(t.find("bias") == nullptr);
}
TEST_CASE("what is not there, or something else, is one sentence") {
  const named_tensors t = some();
  CHECK_THROWS_WITH_AS((void)t.get<float>("bias"),
                       "there is no tensor 'bias' among the 3; name one that the file holds", bad_data);
  CHECK_THROWS_WITH_AS((void)t.get<double>("weight"), doctest::Contains("'weight' holds float32, and float64 is needed"),
                       bad_data);
  CHECK_THROWS_WITH_AS((void)t.get<float>("weight", {3, 2}), doctest::Contains("has the shape [2, 3], and [3, 2] is needed"),
                       bad_data);
}
TEST_CASE("a name stands once, and a shape holds what it says") {
  named_tensors t = some();
  CHECK_THROWS_WITH_AS(t.put<float>("step", {1}, {1}), doctest::Contains("'step' stands twice"), bad_option);
  CHECK_THROWS_WITH_AS(t.put<float>("bias", {2, 2}, {1, 2, 3}), doctest::Contains("has 3 numbers for the shape [2, 2]"),
                       bad_option);
  CHECK(t == some());
}
TEST_CASE("numbers in a shape") {
  constexpr std::int64_t large = std::int64_t{1} << 40;
  const auto n = [](tensor_shape shape) { return numbers_in(shape); };
  CHECK(n({}) == 1);
  CHECK(n({2, 3, 4}) == 24);
  CHECK(n({2, 0, 4}) == 0);
  CHECK(n({-1, 2}) == -1);
  CHECK(n({large, large}) == -1);
  CHECK(n({0, large, large}) == -1);  // whatever the order of the sides
  CHECK(n({large, large, 0}) == -1);
  CHECK(n({std::numeric_limits<std::int64_t>::max()}) == std::numeric_limits<std::int64_t>::max());
}
TEST_CASE("views lie in the memory of the tensors") {
  const named_tensors t = some();
  const auto views = t.views();
  REQUIRE(views.size() == 3);
  CHECK(views[0].name == "weight");
  CHECK(std::get<std::span<const float>>(views[0].values).data() == t.get<float>("weight").data());
  CHECK(views[1].shape.empty());
}
}  // namespace
}  // namespace test_flow_tensors
