#include <tepui/kernel/sparse_product.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace tepui::tests::sparse_product {
namespace {

/// [2, 3]: 1 0 2 / 0 3 0
kernel::sparse_rows small() {
  kernel::sparse_rows a;
  a.add(0, 1);
  a.add(2, 2);
  a.end_row();
  a.add(1, 3);
  a.end_row();
  return a;
}

TEST_CASE("entries and rows are added one by one or several at a time") {
  kernel::sparse_rows a;
  const std::vector<std::int32_t> columns{0, 2};
  const std::vector<std::uint16_t> values{1, 2};
  a.add(std::span<const std::int32_t>(columns), std::span<const std::uint16_t>(values));
  a.end_row();
  a.add(1, 3);
  a.end_row();
  CHECK(a.column == small().column);
  CHECK(a.value == small().value);
  kernel::sparse_rows b;
  b.append(a, 1, 1);
  b.append(a, 0, 2);
  b.append(a, 2, 0);
  CHECK(b.row_begin == std::vector<std::int64_t>{0, 1, 3, 4});
  CHECK(b.column == std::vector<std::int32_t>{1, 0, 2, 1});
  CHECK(b.value == std::vector<float>{3, 1, 2, 3});
}

TEST_CASE("a product agrees with the pencil, and the shift is taken off every row") {
  kernel::panels x(3, 2), y;
  for (std::int64_t r = 0; r < 3; ++r)
    for (std::int64_t c = 0; c < 2; ++c) x.at(r, c) = static_cast<float>(10 * r + c);
  const std::vector<double> shift{1, 2};
  kernel::times(small(), x, shift, y, 1);
  CHECK(y.rows() == 2);
  CHECK(y.at(0, 0) == 40 - 1);
  CHECK(y.at(0, 1) == 1 + 42 - 2);
  CHECK(y.at(1, 0) == 30 - 1);
  CHECK(y.at(1, 1) == 33 - 2);
}

TEST_CASE("a transposed product is added up, with the sums of the columns") {
  kernel::panels y(2, 1), z(3, 1);
  y.at(0, 0) = 5;
  y.at(1, 0) = 7;
  z.at(0, 0) = 100;
  std::vector<double> sums(1, 0.5);
  kernel::add_transposed_times(small(), y, z, sums, 1);
  CHECK(z.at(0, 0) == 105);
  CHECK(z.at(1, 0) == 21);
  CHECK(z.at(2, 0) == 10);
  CHECK(sums[0] == 12.5);
}

TEST_CASE("more than 32 columns fill several panels, and the threads change nothing") {
  const auto run = [](int threads) {
    kernel::panels x(3, 35), y, z(3, 35);
    for (std::int64_t r = 0; r < 3; ++r)
      for (std::int64_t c = 0; c < 35; ++c) x.at(r, c) = 1.0F / static_cast<float>(1 + r + c);
    std::vector<double> shift(35, 0.25), sums(35, 0.0);
    kernel::times(small(), x, shift, y, threads);
    kernel::add_transposed_times(small(), y, z, sums, threads);
    std::vector<float> out;
    for (std::int64_t r = 0; r < 3; ++r)
      for (std::int64_t c = 0; c < 35; ++c) out.push_back(z.at(r, c));
    return out;
  };
  CHECK(run(1) == run(3));
  CHECK(run(1)[34] == doctest::Approx(1.0 / 35 + 2.0 / 37 - 0.25));
}

TEST_CASE("weighted rows are added up") {
  std::array<float, 3> sum{1, 2, 3};
  const std::array<float, 6> table{1, 10, 100, 5, 5, 5};
  const std::vector<std::int32_t> id{0, 1, 0};
  const std::vector<float> weight{2, 1, 0.5F};
  const kernel::table_rows<3> rows{table.data()};
  kernel::add_weighted_rows(std::span<const std::int32_t>(id), std::span<const float>(weight), rows, sum);
  CHECK(sum == std::array<float, 3>{8.5F, 32, 258});
}

}  // namespace
}  // namespace tepui::tests::sparse_product
