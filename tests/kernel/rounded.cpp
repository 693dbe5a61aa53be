#include <tepui/kernel/rounded.hpp>

#include <doctest/doctest.h>

namespace tepui::tests::rounded {
namespace {

TEST_CASE("a rounded product is not fused with the sum behind it") {
  volatile double third = 1.0 / 3.0;
  const double x = third;
  const double product = kernel::rounded(x * 3.0);  // 1 after rounding, a little less before
  CHECK(product - 1.0 == 0.0);
  CHECK(kernel::rounded(x * 3.0) - 1.0 == 0.0);
}

}  // namespace
}  // namespace tepui::tests::rounded
