#include <tepui/kernel/row_product.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <vector>

#include <tepui/flow/index.hpp>

namespace tepui::tests::row_product {
namespace {

TEST_CASE("products and absolute differences of rows have the bits of the plain loops") {
  CHECK(kernel::row_product(nullptr, nullptr, 0) == 0);
  rc::check("row_product", [] {
    const auto n = *rc::gen::inRange<std::size_t>(0, 40);
    std::vector<double> a, b;
    for (std::size_t i = 0; i < n; ++i) {
      a.push_back(*rc::gen::inRange(-1000, 1000) / 7.0);
      b.push_back(*rc::gen::inRange(-1000, 1000) / 3.0);
    }
    RC_ASSERT(kernel::row_product(a.data(), b.data(), isize(n)) == kernel::plain_row_product(a.data(), b.data(), isize(n)));
    RC_ASSERT(kernel::absolute_distance(a.data(), b.data(), isize(n)) ==
              kernel::plain_absolute_distance(a.data(), b.data(), isize(n)));
  });
}

}  // namespace
}  // namespace tepui::tests::row_product
