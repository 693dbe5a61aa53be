#include <tepui/kernel/simd/row_bin.hpp>

#include <doctest/doctest.h>

#include "rows.hpp"

namespace tepui::tests::simd_row_bin {
namespace {

using namespace simd_rows;

template <class Value>
void same_as_plain(int kind, std::size_t n, std::int32_t n_edges, kernel::edge_rule rule, stream& random,
                   kernel::simd::row_bin_room<Value>& room) {
  const auto row = row_of<Value>(kind, n, random);
  kernel::row_bin_room<Value> plain_room;
  std::vector<std::int32_t> bins{9, 9}, plain;
  CAPTURE(kind);
  CAPTURE(n);
  CAPTURE(n_edges);
  for (const auto side : {kernel::on_edge::above, kernel::on_edge::below, kernel::on_edge::lowest}) {
    kernel::simd::row_bins(std::span<const Value>(row), n_edges, rule, side, room, bins);
    kernel::row_bins(std::span<const Value>(row), n_edges, rule, side, plain_room, plain);
    CHECK(bins == plain);
    if (n > 0) CHECK(room.edges == plain_room.edges);
  }
}

TEST_CASE("rows of every kind and length have the edges and bins of a plain sort and search") {
  stream random{3};
  kernel::simd::row_bin_room<float> room;
  kernel::simd::row_bin_room<double> double_room;
  for (int kind = 0; kind < kinds; ++kind)
    for (const std::size_t n : std::initializer_list<std::size_t>{0, 1, 2, 15, 16, 17, 127, 128, 129, 300, 2500})
      for (const std::int32_t n_edges : {1, 2, 15, 16, 49, 50, 63, 64, 400})
        for (const bool ends : {true, false}) {
          same_as_plain<float>(kind, n, n_edges, {ends, false}, random, room);
          same_as_plain<float>(kind, n, n_edges, {ends, true}, random, room);
          same_as_plain<double>(kind, n, n_edges, {ends, false}, random, double_room);
        }
}

TEST_CASE("a float reaches the edge made for it exactly when it reaches the double") {
  using kernel::simd::float_edge;
  CHECK(float_edge<false>(1.0) == 1.0F);
  CHECK(float_edge<true>(1.0) == std::nextafter(1.0F, 2.0F));
  CHECK(float_edge<false>(1.0 + 1e-12) == std::nextafter(1.0F, 2.0F));
  CHECK(float_edge<false>(1.0 - 1e-12) == 1.0F);
  CHECK(float_edge<true>(-1.0) == std::nextafter(-1.0F, 2.0F));
  CHECK(float_edge<true>(-0.0) == std::numeric_limits<float>::denorm_min());
  CHECK(float_edge<false>(1e300) == std::numeric_limits<float>::infinity());
}

TEST_CASE("values are counted against edges of their own, also where they are doubles") {
  const std::vector<double> edges{-1, 0, 0, 0.1, 1e39};
  std::vector<std::int32_t> bins;
  kernel::simd::digitize<float>(edges, std::vector<float>{0.1F, -2, 0, 3e38F}, kernel::on_edge::above, bins);
  CHECK(bins == std::vector<std::int32_t>{4, 0, 3, 4});  // the float 0.1 is a little above the double
  kernel::simd::digitize<double>(edges, std::vector<double>{0.1, -2, 0, 1e39}, kernel::on_edge::below, bins);
  CHECK(bins == std::vector<std::int32_t>{3, 0, 1, 4});
}

}  // namespace
}  // namespace tepui::tests::simd_row_bin
