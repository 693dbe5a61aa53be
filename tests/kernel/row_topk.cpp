#include <tepui/kernel/row_topk.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace tepui::tests::row_topk {
namespace {

std::vector<std::int32_t> top(const std::vector<float>& values, std::int64_t k) {
  kernel::topk_room room{{9.0, 9}};
  kernel::row_topk(std::span<const float>(values), k, room);
  std::vector<std::int32_t> places;
  for (const auto& [value, place] : room) places.push_back(place);
  return places;
}

TEST_CASE("the largest values come first, and equal values in the order of the row") {
  CHECK(top({1, 3, 2, 3}, 4) == std::vector<std::int32_t>{1, 3, 2, 0});
  CHECK(top({1, 3, 2, 3}, 1) == std::vector<std::int32_t>{1});
  CHECK(top({2, 2, 2, 2}, 2) == std::vector<std::int32_t>{0, 1});
}

TEST_CASE("zeros never count, negative values come last") {
  CHECK(top({0, -1, 2, -0.0F, -3}, 9) == std::vector<std::int32_t>{2, 1, 4});
  CHECK(top({0, 0}, 9).empty());
  CHECK(top({}, 9).empty());
  CHECK(top({1, 2}, 0).empty());
}

TEST_CASE("the top k are the beginning of the stably sorted row") {
  CHECK(rc::check([](const std::vector<std::int8_t>& drawn) {
    std::vector<float> values;
    for (const auto v : drawn) values.push_back(static_cast<float>(v % 4));
    const auto k = *rc::gen::inRange<std::int64_t>(0, 20);
    auto all = top(values, 1000);
    for (std::size_t i = 1; i < all.size(); ++i) {
      const float a = values[usize(all[i - 1])], b = values[usize(all[i])];
      RC_ASSERT(a > b || (a == b && all[i - 1] < all[i]));
    }
    if (isize(all.size()) > k) all.resize(usize(k));
    RC_ASSERT(top(values, k) == all);
  }));
}

}  // namespace
}  // namespace tepui::tests::row_topk
