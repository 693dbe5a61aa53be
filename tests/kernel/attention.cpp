#include <tepui/kernel/attention.hpp>

#include <doctest/doctest.h>

namespace tepui::tests::attention_kernel {
namespace {

TEST_CASE("a token that asks for nothing takes the mean of all; one that asks strongly takes what fits") {
  std::vector<float> score, y(2);
  // query, key, value of two tokens with one dim
  kernel::attention<1, 1>(std::vector<float>{0, 1, 10, 50, -1, 20}, score, y);
  CHECK(y[0] == doctest::Approx(15));
  CHECK(y[1] == doctest::Approx(10));
}

TEST_CASE("heads do not see each other; a cell without tokens is legal") {
  std::vector<float> score, y(4);
  kernel::attention<2, 2>(std::vector<float>{0, 90, 0, 1, 1, 2, 0, 0, 0, 0, 3, 4}, score, y);
  CHECK(y[0] == doctest::Approx(2));
  CHECK(y[1] == doctest::Approx(2));
  CHECK(y[3] == doctest::Approx(3));
  kernel::attention<2, 2>({}, score, {});
}

}  // namespace
}  // namespace tepui::tests::attention_kernel
