#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include <tepui/kernel/reach.hpp>

namespace kernel = tepui::kernel;

namespace reach_test {
constexpr double infinite = std::numeric_limits<double>::infinity();
}

TEST_CASE("the mean of points is that of each dim, and 0 where it is not a number") {
  const std::vector<float> value{1, -2, 3, 4};
  CHECK(kernel::mean_point(kernel::points{2, 2, value}) == std::vector<double>{2, 1});
  const std::vector<double> huge{1e308, 1, 1e308, 2};
  CHECK(kernel::mean_point(kernel::points_of<double>{2, 2, huge}) == std::vector<double>{0, 1.5});
}

TEST_CASE("all points are within reach, but for a few much farther out than the bulk") {
  CHECK(kernel::reach_of({3}) == 3);
  CHECK(kernel::reach_of({0, 0, 0}) == 0);
  // 20 points: the bulk are all but the 8 farthest.
  std::vector<double> distance(20, 1.0);
  distance[3] = 8;
  CHECK(kernel::reach_of(distance) == 8);
  distance[3] = 8.5;
  CHECK(kernel::reach_of(distance) == 2);
  distance[7] = reach_test::infinite;
  CHECK(kernel::reach_of(distance) == 2);
  for (std::size_t i = 0; i < 9; ++i) distance[i] = 100;  // nine are no longer few
  CHECK(kernel::reach_of(distance) == 100);
}
