#include <tepui/kernel/gene_correlation.hpp>

#include <doctest/doctest.h>

namespace tepui::tests::gene_correlation {
namespace {

TEST_CASE("genes that rise together correlate by 1, genes that exclude each other below 0, constant genes by 0") {
  kernel::gene_correlation r(4);
  const auto add = [&](std::vector<std::int32_t> genes, std::vector<double> values) { r.add(genes, values); };
  add({0, 1, 3}, {1, 2, 5});
  add({0, 1, 3}, {2, 4, 5});
  add({2, 3}, {6, 5});
  CHECK(r.n_cells() == 3);
  CHECK(r.of(0, 0) == doctest::Approx(1));
  CHECK(r.of(0, 1) == doctest::Approx(1));
  CHECK(r.of(1, 0) == r.of(0, 1));
  CHECK(r.of(0, 2) == doctest::Approx(-0.8660254));  // numpy.corrcoef([1, 2, 0], [0, 0, 6])
  CHECK(r.of(0, 3) == 0);
  CHECK(r.of(3, 3) == 0);
}

TEST_CASE("values beyond 1000 are cut off, and the largest allowed corpus does not overflow") {
  kernel::gene_correlation r(2);
  const std::vector<std::int32_t> genes{0, 1};
  const std::vector<double> high{1e30, 1000}, low{-1e30, -1000};
  for (std::int64_t c = 0; c < kernel::gene_correlation::most_cells; ++c) r.add(genes, c % 2 == 0 ? high : low);
  CHECK(r.of(0, 1) == doctest::Approx(1));
}

}  // namespace
}  // namespace tepui::tests::gene_correlation
