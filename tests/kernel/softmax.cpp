#include <tepui/kernel/softmax.hpp>

#include <vector>

#include <doctest/doctest.h>

namespace tepui::tests::softmax_kernel {
namespace {

TEST_CASE("shares sum to 1, and large scores do not overflow") {
  std::vector<float> row{1000, 1000, 1000 - 0.69314718F}, none;
  kernel::softmax(row);
  CHECK(row[0] == doctest::Approx(0.4));
  CHECK(row[2] == doctest::Approx(0.2));
  kernel::softmax(none);
  CHECK(kernel::log_sum_exp(std::vector<float>{1000, 1000}) == doctest::Approx(1000.693147));
  CHECK(kernel::log_sum_exp(std::vector<float>{-3}) == doctest::Approx(-3));
}

}  // namespace
}  // namespace tepui::tests::softmax_kernel
