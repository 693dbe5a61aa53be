#include <tepui/kernel/gene_moments.hpp>

#include <doctest/doctest.h>

namespace tepui::tests::gene_moments {
namespace {

TEST_CASE("mean and variance count the cells that do not express a gene") {
  kernel::gene_moments moments(3);
  const auto same = [](double v) { return v; };
  const std::vector<std::int32_t> both{0, 1}, second{1};
  const std::vector<float> a{4, 1}, b{3};
  moments.add(std::span(both), std::span<const float>(a), same);
  moments.add(std::span(second), std::span<const float>(b), same);
  CHECK(moments.n_cells() == 2);
  CHECK(moments.mean(0) == 2);      // (4 + 0) / 2
  CHECK(moments.variance(0) == 8);  // (2^2 + 2^2) / 1
  CHECK(moments.mean(1) == 2);
  CHECK(moments.variance(1) == 2);
  CHECK(moments.mean(2) == 0);
  CHECK(moments.variance(2) == 0);
}

TEST_CASE("values are mapped before they are summed") {
  kernel::gene_moments moments(1);
  const std::vector<std::int32_t> gene{0};
  const std::vector<float> value{3};
  moments.add(std::span(gene), std::span<const float>(value), [](double v) { return 10 * v; });
  CHECK(moments.mean(0) == 30);
  CHECK(moments.variance(0) == 0);  // one cell
}

TEST_CASE("no cells: everything is 0") {
  const kernel::gene_moments moments(2);
  CHECK(moments.mean(1) == 0);
  CHECK(moments.variance(1) == 0);
}

}  // namespace
}  // namespace tepui::tests::gene_moments
