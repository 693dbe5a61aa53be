#include <tepui/kernel/simd/row_order.hpp>

#include <bit>
#include <cmath>

#include <doctest/doctest.h>

#include "rows.hpp"

namespace tepui::tests::simd_row_order {
namespace {

using namespace simd_rows;

template <class Value>
void same_as_plain(int kind, std::size_t n, std::int64_t k, stream& random, kernel::simd::row_order_room& room) {
  const auto row = row_of<Value>(kind, n, random);
  kernel::row_order_room plain_room;
  std::vector<std::int32_t> order{9, 9}, plain;
  kernel::simd::row_order(std::span<const Value>(row), k, room, order);
  kernel::row_order(std::span<const Value>(row), k, plain_room, plain);
  CAPTURE(kind);
  CAPTURE(n);
  CAPTURE(k);
  CHECK(order == plain);
}

TEST_CASE("rows of every kind and length have the order of a plain sort") {
  stream random{1};
  kernel::simd::row_order_room room;
  for (int kind = 0; kind < kinds; ++kind)
    for (const std::size_t n : std::initializer_list<std::size_t>{0, 1, 2, 7, 15, 16, 17, 63, 127, 128, 129, 255, 256, 257, 300, 1000, 2500})
      for (const std::int64_t k : {std::int64_t{0}, std::int64_t{1}, isize(n / 3), isize(n), std::int64_t{1} << 40}) {
        same_as_plain<float>(kind, n, k, random, room);
        same_as_plain<double>(kind, n, k, random, room);
        same_as_plain<std::int32_t>(kind, n, k, random, room);
      }
}

TEST_CASE("rows longer than a key has bits for places have it too") {
  stream random{2};
  kernel::simd::row_order_room room;
  for (int kind = 0; kind < kinds; ++kind)
    for (const std::size_t n : std::initializer_list<std::size_t>{60000, 65536, 65537, 90000}) {
      same_as_plain<float>(kind, n, isize(n), random, room);
      same_as_plain<double>(kind, n, 2048, random, room);
    }
}

TEST_CASE("keys that were made to be divided badly are still sorted") {
  for (const std::size_t n : std::initializer_list<std::size_t>{300, 5000}) {
    std::vector<float> row(n);
    for (std::size_t i = 0; i < n; ++i) row[i] = i % 2 == 0 ? static_cast<float>(i) + 5.5F : 1e30F / (static_cast<float>(i) + 1);
    kernel::row_order_room plain_room;
    kernel::simd::row_order_room room;
    std::vector<std::int32_t> order, plain;
    for (int turn = 0; turn < 2; ++turn, std::sort(row.begin(), row.end())) {
      kernel::simd::row_order(std::span<const float>(row), isize(n), room, order);
      kernel::row_order(std::span<const float>(row), isize(n), plain_room, plain);
      CHECK(order == plain);
    }
  }
}

/// A float up to four floats away from the exact number, either side.
float near_to(double exact, stream& random) {
  if (exact == 0) return 0;
  auto bits = std::bit_cast<std::int32_t>(static_cast<float>(exact));
  return std::bit_cast<float>(bits + static_cast<std::int32_t>(random.below(9)) - 4);
}

TEST_CASE("floats near the exact values lead to the exact order, also where many are too close to tell") {
  stream random{5};
  kernel::simd::row_order_room room;
  for (int turn = 0; turn < 300; ++turn) {
    const std::size_t n = random.below(3000);
    const int kind = static_cast<int>(random.below(6));
    std::vector<double> exact(n);
    for (double& v : exact) {
      const double u = random.uniform();
      const double count = 1 + std::floor(0.6 / (u + 0.004));
      if (kind == 0) v = count / 3217.0 * 1e4 / (0.5 + 3 * random.uniform());                         // as tokens are scaled
      if (kind == 1) v = count / 3217.0 * 1e4;                                                        // the same level for all genes
      if (kind == 2) v = 1 + 1e-7 * std::floor(u * 20) + 1e-16 * std::floor(8 * random.uniform());    // all within a few floats
      if (kind == 3) v = random.uniform() < 0.3 ? 0.0 : u;                                            // genes that do not count
      if (kind == 4) v = std::ldexp(u, static_cast<int>(random.below(300)) - 150);                    // beyond what is near
      if (kind == 5) v = 2;
    }
    std::vector<float> near(n);
    for (std::size_t i = 0; i < n; ++i) near[i] = kind == 4 ? static_cast<float>(exact[i]) : near_to(exact[i], random);
    if (kind == 4)
      for (std::size_t i = 0; i < n; ++i)
        if (near[i] == 0) exact[i] = 0;
    for (const std::int64_t k : {isize(n), isize(n / 2), std::int64_t{3}, std::int64_t{0}}) {
      kernel::row_order_room plain_room;
      std::vector<std::int32_t> order{9}, plain;
      kernel::simd::row_order_near(near, k, room, order, [&](std::size_t i) { return exact[i]; });
      kernel::row_order(std::span<const double>(exact), k, plain_room, plain);
      CAPTURE(kind);
      CAPTURE(n);
      CAPTURE(k);
      CHECK(order == plain);
    }
  }
}

}  // namespace
}  // namespace tepui::tests::simd_row_order
