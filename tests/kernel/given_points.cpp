#include <tepui/kernel/given_points.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

namespace tepui::tests::of_given_points {
namespace {

using kernel::distance_kind;

TEST_CASE("the plain distances, with a pencil") {
  const std::vector<double> a{3, 4}, b{0, 0}, c{-4, 3};
  CHECK(kernel::plain_distance(a.data(), b.data(), 2, distance_kind::euclidean, false) == 5);
  CHECK(kernel::plain_distance(a.data(), b.data(), 2, distance_kind::cosine, false) == 1);
  CHECK(kernel::plain_distance(a.data(), c.data(), 2, distance_kind::cosine, false) == doctest::Approx(1));
  CHECK(kernel::plain_distance(b.data(), b.data(), 2, distance_kind::cosine, true) == 0);
}

#if TEPUI_HAS_LANES

TEST_CASE("squares that no double holds") {
  const std::vector<double> a{3e200, 0}, b{0, 4e200}, c{3e-200, 0}, d{0, 4e-200};
  CHECK(kernel::distance_from_differences(a.data(), b.data(), 2) == doctest::Approx(5e200));
  CHECK(kernel::distance_from_differences(c.data(), d.data(), 2) == doctest::Approx(5e-200));
  CHECK(kernel::distance_from_differences(c.data(), c.data(), 2) == 0);
}

kernel::points_of<double> none(std::int64_t dims) { return {0, dims, {}}; }

TEST_CASE("points are moved to their mean, unless most numbers are 0 and 0 is not far") {
  const std::vector<double> value{1, 0, 3, 0, 0, 2, 0, 0};  // means 1 and 0.5; squares around them 6 and 3, moved by 1.25
  const kernel::points_of<double> of{4, 2, value};
  const kernel::parted_points<double> parts(none(2), of, distance_kind::euclidean, 2);
  CHECK(parts.centre == std::vector<double>{1, 0.5});
  CHECK(parts.squares == doctest::Approx(9));
  CHECK(parts.to.near.size() == 4);
  bool sparse = false;
  CHECK(kernel::origin_of(of, of, parts, distance_kind::euclidean, sparse).centre == parts.centre);
  sparse = true;
  const kernel::common_origin origin = kernel::origin_of(of, of, parts, distance_kind::euclidean, sparse);
  CHECK(sparse);
  CHECK(origin.centre == std::vector<double>{0, 0});
  CHECK(origin.exponent == 2);
  CHECK(kernel::mostly_zero(kernel::points_of<double>{3, 2, std::span(value).first(6)}) == false);
  CHECK(kernel::mostly_zero(kernel::points_of<double>{4, 2, value}));
  const std::vector<double> away{101, 0, 103, 0, 100, 2, 100, 0};
  const kernel::points_of<double> far{4, 2, away};
  sparse = true;
  const kernel::parted_points<double> far_parts(none(2), far, distance_kind::euclidean, 1);
  CHECK(kernel::origin_of(far, far, far_parts, distance_kind::euclidean, sparse).centre == std::vector<double>{101, 0.5});
  CHECK(!sparse);
}

TEST_CASE("a few points much farther out than all others are set apart") {
  std::vector<double> value;
  for (int i = 0; i < 100; ++i) value.push_back(i % 2);
  value[7] = 1e9;
  const kernel::points_of<double> of{100, 1, value};
  const kernel::parted_points<double> parts(none(1), of, distance_kind::euclidean, 1);
  CHECK(parts.to.far == std::vector<std::int64_t>{7});
  bool sparse = true;
  CHECK(kernel::origin_of(of, of, parts, distance_kind::euclidean, sparse).centre[0] == doctest::Approx(49.0 / 99));
  CHECK(!sparse);
}

#endif

}  // namespace
}  // namespace tepui::tests::of_given_points
