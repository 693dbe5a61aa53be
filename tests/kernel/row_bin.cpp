#include <tepui/kernel/row_bin.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace tepui::tests::row_bin {
namespace {

std::vector<double> edges_of(std::vector<double> values, std::int32_t n) {
  std::sort(values.begin(), values.end());
  std::vector<double> edges{7, 7, 7};
  kernel::quantile_edges(values, n, edges);
  return edges;
}

TEST_CASE("edges are quantiles from the least to the largest value") {
  CHECK(edges_of({1, 3}, 3) == std::vector<double>{1, 2, 3});
  CHECK(edges_of({5}, 4) == std::vector<double>{5, 5, 5, 5});
  CHECK(edges_of({1, 2, 4}, 1) == std::vector<double>{1});
  CHECK(edges_of({1, 2, 4}, 2) == std::vector<double>{1, 4});
}

TEST_CASE("edges have the bits of numpy.quantile") {
  // numpy 2.4: numpy.quantile([1, 2, 3, 5, 8, 13.], numpy.linspace(0, 1, 7)) and the same of [0.1, 0.2, 0.7, 1.1] at 6.
  CHECK(edges_of({1, 2, 3, 5, 8, 13}, 7) ==
        std::vector<double>{1.0, 1.8333333333333333, 2.6666666666666665, 4.0, 5.999999999999999, 8.83333333333333, 13.0});
  CHECK(edges_of({0.1, 0.2, 0.7, 1.1}, 6) ==
        std::vector<double>{0.1, 0.16000000000000003, 0.3000000000000001, 0.6000000000000001, 0.8600000000000001, 1.1});
}

TEST_CASE("a value on an edge belongs above it, or below it, as asked") {
  const std::vector<double> edges{1, 2, 2, 2, 5};
  CHECK(kernel::edges_up_to(edges, 2) == 4);
  CHECK(kernel::edges_below(edges, 2) == 1);
  CHECK(kernel::edges_up_to(edges, 3) == 4);
  CHECK(kernel::edges_below(edges, 3) == 4);
  CHECK(kernel::edges_up_to(edges, 0) == 0);
  CHECK(kernel::edges_up_to(edges, 5) == 5);
}

TEST_CASE("edges ascend between the least and the largest value") {
  CHECK(rc::check([](const std::vector<float>& drawn) {
    std::vector<double> values;
    for (const float v : drawn) values.push_back(std::isfinite(v) ? static_cast<double>(v) : 0.0);
    RC_PRE(!values.empty());
    const auto n = *rc::gen::inRange<std::int32_t>(2, 60);
    const auto edges = edges_of(values, n);
    std::sort(values.begin(), values.end());
    RC_ASSERT(isize(edges.size()) == n);
    RC_ASSERT(edges.front() == values.front());
    RC_ASSERT(edges.back() == values.back());
  }));
}

TEST_CASE("edges between the ends have the bits of numpy.quantile of float32 values") {
  // numpy 2.4: numpy.quantile(numpy.array([.1, .2, .7, 1.1], "f4"), numpy.linspace(0, 1, 5)[1:-1])
  const std::vector<float> sorted{0.1F, 0.2F, 0.7F, 1.1F};
  std::vector<double> edges;
  kernel::quantile_edges(std::span<const float>(sorted), 3, {.ends = false, .float_gaps = true}, edges);
  CHECK(edges == std::vector<double>{0.1750000026077032, 0.44999998807907104, 0.7999999970197678});
}

TEST_CASE("the bin of a value on several edges is the highest, the lowest, or what lies below") {
  const std::vector<double> edges{1, 2, 2, 2, 5};
  const std::vector<float> values{1, 2, 3, 5, 0.5F};
  std::vector<std::int32_t> bins{9};
  kernel::digitize<float>(edges, values, kernel::on_edge::above, bins);
  CHECK(bins == std::vector<std::int32_t>{1, 4, 4, 5, 0});
  kernel::digitize<float>(edges, values, kernel::on_edge::below, bins);
  CHECK(bins == std::vector<std::int32_t>{0, 1, 4, 4, 0});
  kernel::digitize<float>(edges, values, kernel::on_edge::lowest, bins);
  CHECK(bins == std::vector<std::int32_t>{1, 2, 4, 5, 0});
}

TEST_CASE("a row is binned among its own quantiles") {
  kernel::row_bin_room<float> room;
  std::vector<std::int32_t> bins;
  kernel::row_bins<float>(std::vector<float>{3, 1, 2}, 3, {}, kernel::on_edge::above, room, bins);
  CHECK(room.edges == std::vector<double>{1, 2, 3});
  CHECK(bins == std::vector<std::int32_t>{3, 1, 2});
  kernel::row_bins<float>({}, 3, {}, kernel::on_edge::above, room, bins);
  CHECK(bins.empty());
}

}  // namespace
}  // namespace tepui::tests::row_bin
