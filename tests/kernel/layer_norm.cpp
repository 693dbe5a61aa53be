#include <tepui/kernel/layer_norm.hpp>

#include <vector>

#include <doctest/doctest.h>

namespace tepui::tests::layer_norm_kernel {
namespace {

TEST_CASE("every row gets mean 0 and spread 1, then gain and shift; also in its own memory") {
  std::vector<float> x{1, 3, 5, 5}, y(4);
  kernel::layer_norm(x, std::vector<float>{2, 1}, std::vector<float>{0, 10}, 0, y);
  CHECK(y[0] == doctest::Approx(-2));
  CHECK(y[1] == doctest::Approx(11));
  kernel::layer_norm(x, std::vector<float>{1, 1}, std::vector<float>{0, 0}, 1e-5, x);
  CHECK(x[1] == doctest::Approx(1).epsilon(1e-4));
  CHECK(x[2] == 0);  // a row without spread
}

}  // namespace
}  // namespace tepui::tests::layer_norm_kernel
