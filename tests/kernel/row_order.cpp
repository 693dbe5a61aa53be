#include <tepui/kernel/row_order.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace tepui::tests::row_order {
namespace {

template <class Value>
std::vector<std::int32_t> order_of(const std::vector<Value>& values, std::int64_t k) {
  kernel::row_order_room room;
  std::vector<std::int32_t> order{7, 7, 7};
  kernel::row_order(std::span<const Value>(values), k, room, order);
  return order;
}

TEST_CASE("the largest values come first, and equal values in the order of the row") {
  CHECK(order_of<float>({1, 3, 2, 3}, 4) == std::vector<std::int32_t>{1, 3, 2, 0});
  CHECK(order_of<std::int32_t>({1, 3, 2, 3}, 1) == std::vector<std::int32_t>{1});
  CHECK(order_of<double>({2, 2, 2, 2}, 2) == std::vector<std::int32_t>{0, 1});
}

TEST_CASE("zeros never count, negative values come last") {
  CHECK(order_of<float>({0, -1, 2, -0.0F, -3}, 9) == std::vector<std::int32_t>{2, 1, 4});
  CHECK(order_of<std::int32_t>({0, -1, 2, -3}, 9) == std::vector<std::int32_t>{2, 1, 3});
  CHECK(order_of<double>({0, 0}, 9).empty());
  CHECK(order_of<double>({}, 9).empty());
  CHECK(order_of<double>({1, 2}, 0).empty());
}

TEST_CASE("doubles that are the same float are still told apart") {
  CHECK(order_of<double>({1.0, 1.0 + 1e-12, 1.0 - 1e-12}, 3) == std::vector<std::int32_t>{1, 0, 2});
  CHECK(order_of<double>({1e-300, 2e-300}, 2) == std::vector<std::int32_t>{1, 0});
}

TEST_CASE("the top k are the beginning of the stably sorted row") {
  CHECK(rc::check([](const std::vector<std::int8_t>& drawn) {
    std::vector<float> values;
    for (const auto v : drawn) values.push_back(static_cast<float>(v % 4));
    const auto k = *rc::gen::inRange<std::int64_t>(0, 20);
    auto all = order_of(values, 1000);
    for (std::size_t i = 1; i < all.size(); ++i) {
      const float a = values[usize(all[i - 1])], b = values[usize(all[i])];
      RC_ASSERT(a > b || (a == b && all[i - 1] < all[i]));
    }
    if (isize(all.size()) > k) all.resize(usize(k));
    RC_ASSERT(order_of(values, k) == all);
  }));
}

}  // namespace
}  // namespace tepui::tests::row_order
