#include <tepui/kernel/segment_sum.hpp>

#include <vector>

#include <doctest/doctest.h>

namespace tepui::tests::segment_sum {
namespace {

TEST_CASE("a row's sum is taken in double") {
  const std::vector<float> values(3, 16777216.0F);  // 2^24: in float, 2^25 + 1 is lost
  const std::vector<float> odd{33554432.0F, 1.0F};
  CHECK(kernel::row_sum(std::span(values)) == 50331648.0);
  CHECK(kernel::row_sum(std::span(odd)) == 33554433.0);
  CHECK(kernel::row_sum(std::span<const float>()) == 0);
}

TEST_CASE("rows of a segment add up, an empty segment is zero, and rubbish in the result is gone") {
  const std::vector<float> x{1, 2, 10, 20, 100, 200};  // x       [3, 2]
  const std::vector<std::int64_t> begin{0, 2, 2, 3};
  std::vector<float> sums(6, -1);  // ->      [3, 2]
  kernel::segment_sum(std::span<const float>(x), 2, std::span<const std::int64_t>(begin), std::span<float>(sums));
  CHECK(sums == std::vector<float>{11, 22, 0, 0, 100, 200});
}

}  // namespace
}  // namespace tepui::tests::segment_sum
