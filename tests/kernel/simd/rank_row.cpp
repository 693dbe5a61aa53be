#include <tepui/kernel/simd/rank_row.hpp>

#include <doctest/doctest.h>

#include "rows.hpp"

namespace tepui::tests::simd_rank_row {
namespace {

using namespace simd_rows;

template <class Value>
void same_as_order_and_gathers(int kind, std::size_t n, std::int64_t k, stream& random, kernel::simd::rank_row_room& room) {
  const auto row = row_of<Value>(kind, n, random);
  std::vector<std::int32_t> genes(n), order, gene(n);
  std::vector<Value> value(n);
  for (std::size_t i = 0; i < n; ++i) genes[i] = static_cast<std::int32_t>(3 * i + 1);
  kernel::row_order_room plain_room;
  kernel::row_order(std::span<const Value>(row), k, plain_room, order);
  const std::size_t written =
      kernel::simd::rank_row(std::span<const Value>(row), std::span<const std::int32_t>(genes), k, room, gene.data(), value.data());
  CAPTURE(kind);
  CAPTURE(n);
  REQUIRE(written == order.size());
  for (std::size_t i = 0; i < written; ++i) {
    CHECK(gene[i] == genes[usize(order[i])]);
    CHECK(value[i] == row[usize(order[i])]);
  }
}

TEST_CASE("genes and values come in the order of the values, for rows of every kind and length") {
  stream random{4};
  kernel::simd::rank_row_room room;
  for (int kind = 0; kind < kinds; ++kind)
    for (const std::size_t n : std::initializer_list<std::size_t>{0, 1, 17, 128, 300, 1500})
      for (const std::int64_t k : {std::int64_t{0}, isize(n / 3), isize(n), std::int64_t{1} << 40}) {
        same_as_order_and_gathers<float>(kind, n, k, random, room);
        same_as_order_and_gathers<std::int32_t>(kind, n, k, random, room);
      }
}

}  // namespace
}  // namespace tepui::tests::simd_rank_row
