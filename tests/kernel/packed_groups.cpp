#include <tepui/kernel/packed_groups.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

namespace tepui::tests::of_packed_groups {
namespace {

#if TEPUI_HAS_LANES

constexpr std::int64_t lanes = kernel::packed_groups<double>::lanes;

TEST_CASE("cells lie group after group, in blocks that are filled up with weight 0") {
  const std::vector<float> value{1, 2, 3, 4, 5, 6};
  const std::vector<std::int32_t> group{1, 0, 1};
  kernel::packed_groups<double> packed(2, std::vector<std::int64_t>{0, 1, 2}, group, 2);
  CHECK(packed.n_blocks == 2);
  CHECK(packed.group == std::vector<std::int32_t>{0, 1});
  CHECK(packed.row[0] == 1);
  CHECK(packed.row[1] == -1);
  CHECK(packed.row[usize(lanes)] == 0);
  CHECK(packed.row[usize(lanes) + 1] == 2);
  packed.write(kernel::points{3, 2, value}, {{1, 1}, 1}, 0, 2, 1);  // less 1, halved
  CHECK(packed.block(0)[0] == 1);
  CHECK(packed.block(0)[lanes] == 1.5);
  CHECK(packed.half[0] == (1 + 1.5 * 1.5) / 2);
  CHECK(packed.weight[0] == 1);
  CHECK(packed.weight[1] == 0);
  CHECK(packed.block(0)[lanes - 1] == 1);  // an ordinary number where there is no cell
  CHECK(packed.block(1)[1] == 2);
  packed.write(kernel::points{3, 2, value}, {{1, 1}, 1}, 1, 2, 1);  // the second block alone
  CHECK(packed.block(1)[lanes] == 0.5);
}

TEST_CASE("numbers that are not 0, slice after slice") {
  constexpr std::int64_t slice = kernel::sparse_groups<double>::slice, dims = slice + 1;
  std::vector<double> value(usize(lanes * dims), 0.0);
  value[1] = 7;                 // the first cell, dim 1
  value[usize(dims) + 2] = -1;  // the second, dim 2
  value[usize(dims - 1)] = 3;   // the first, in the second slice
  std::vector<std::int64_t> rows(usize(lanes), 0);
  for (std::size_t r = 0; r < rows.size(); ++r) rows[r] = isize(r);
  kernel::packed_groups<double> packed(dims, rows, {}, 1);
  packed.write(kernel::points_of<double>{lanes, dims, value}, {std::vector<double>(usize(dims), 0.0)}, 0, 1, 1);
  const kernel::sparse_groups<double> numbers(packed);
  CHECK(numbers.begin.size() == usize(2 * (lanes + 1)));
  CHECK(numbers.begin[usize(lanes)] == 2);
  CHECK(numbers.begin.back() == 3);
  CHECK(numbers.value[0] == 7);
  CHECK(numbers.value[1] == -1);
  CHECK(numbers.value[2] == 3);
  CHECK(numbers.place[0] == kernel::simd::sparse_vectors * usize(lanes));
  CHECK(numbers.place[2] == 0);
}

#endif

}  // namespace
}  // namespace tepui::tests::of_packed_groups
