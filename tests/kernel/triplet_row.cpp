#include <tepui/kernel/triplet_row.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include <tepui/kernel/rng.hpp>

namespace test_kernel_triplet_row {
namespace {
using namespace tepui;

TEST_CASE("by pencil: a cell is kept, counted, numbered and compared by from - distance + margin") {
  // Products with the anchor, squares 1 and own 1: distances 0, 1, 2, 3; the second is left out.
  const std::vector<double> product{1, 0.5, 0, -0.5}, squares(4, 1.0),
      left_out{0, std::numeric_limits<double>::infinity(), 0, 0};
  std::vector<double> to(4);
  std::vector<std::int32_t> place(4);
  CHECK(kernel::keep_near(product.data(), squares.data(), left_out.data(), 1.0, 1.0, 1.5, 4, to.data(), place.data()) == 2);
  CHECK(place[0] == 0);
  CHECK(place[1] == 2);
  CHECK(to[1] == 2);
  const kernel::near_cells<double> row{to.data(), 2, 1.5, 1.5};
  std::int64_t hard = 0, wanted = 0;
  row.count(1.0, hard, wanted);
  CHECK(hard == 2);    // 2.5 and 0.5
  CHECK(wanted == 1);  // only 0.5 is below the margin
  CHECK(row.nth(1.0, 0) == 1);
  CHECK(row.hardest(1.0) == 0);
}

TEST_CASE("vectors and plain loops agree on rows of every length, with ties and with cells on the edge") {
  const kernel::draws random(3, "rows");
  for (std::size_t n = 0; n < 75; ++n) {
    const auto numbers = [&](std::uint64_t purpose, std::int64_t below) {
      std::vector<float> v(n);
      for (std::size_t i = 0; i < n; ++i)
        v[i] = 0.25F * static_cast<float>(random.sub(purpose).below(below, isize(n * 100 + i)));
      return v;
    };
    const auto product = numbers(1, 8), squares = numbers(2, 8);
    auto left_out = numbers(3, 3);
    for (float& x : left_out) x = x > 0.3F ? std::numeric_limits<float>::infinity() : 0.0F;
    const float own = 1.5F, from = 0.75F, margin = 1.25F;
    std::vector<float> to(n + 64, -7.0F), plain_to(n);
    std::vector<std::int32_t> place(n + 64), plain_place(n);
    const auto kept =
        kernel::keep_near(product.data(), squares.data(), left_out.data(), own, from, margin, n, to.data(), place.data());
    REQUIRE(kept == kernel::plain_keep_near(product.data(), squares.data(), left_out.data(), own, from, margin, n,
                                            plain_to.data(), plain_place.data()));
    CHECK(std::equal(plain_to.begin(), plain_to.begin() + isize(kept), to.begin()));
    CHECK(std::equal(plain_place.begin(), plain_place.begin() + isize(kept), place.begin()));
    if (kept == 0) continue;
    for (const float near : {0.75F, 0.5F, 0.0F, -0.25F})
      for (const float below : {margin, std::numeric_limits<float>::infinity()}) {
        const kernel::near_cells<float> row{to.data(), kept, margin, below};
        std::int64_t hard = 0, wanted = 0, plain_hard = 0, plain_wanted = 0;
        row.count(near, hard, wanted);
        kernel::plain_count_hard(plain_to.data(), kept, near, margin, below, plain_hard, plain_wanted);
        CHECK(hard == plain_hard);
        CHECK(wanted == plain_wanted);
        for (std::int64_t k = 0; k < wanted; ++k)
          CHECK(row.nth(near, k) == kernel::plain_nth_hard(plain_to.data(), kept, near, margin, below, usize(k)));
        if (hard > 0) CHECK(row.hardest(near) == kernel::plain_hardest_of(plain_to.data(), kept, near, margin));
      }
  }
}

}  // namespace
}  // namespace test_kernel_triplet_row
