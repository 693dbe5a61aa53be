#include <tepui/kernel/gene_medians.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace tepui::tests::gene_medians {
namespace {

/// The median of one gene's values, each in a cell of its own.
double median_of(const std::vector<float>& values) {
  kernel::gene_medians medians(3);
  const std::vector<std::int32_t> gene{1};
  for (int pass = 0; pass < kernel::gene_medians::passes; ++pass) {
    for (const float& v : values) medians.add(gene, std::span(&v, 1));
    medians.end_pass();
  }
  CHECK(medians.median(0) == 0);
  CHECK(medians.median(2) == 0);
  return medians.median(1);
}

TEST_CASE("the median is the middle value, or the mean of the two middle values") {
  CHECK(median_of({5, 1, 3}) == 3);
  CHECK(median_of({5, 1, 3, 4}) == 3.5);
  CHECK(median_of({2, 2}) == 2);
  CHECK(median_of({1, 2, 2, 7}) == 2);
  CHECK(median_of({0.25F}) == 0.25);
}

TEST_CASE("cells that do not express the gene are left out") {
  CHECK(median_of({0, 0, 0, 8}) == 8);
  CHECK(median_of({0}) == 0);
  CHECK(median_of({}) == 0);
}

TEST_CASE("the median is that of the sorted values, to the bit") {
  CHECK(rc::check([](const std::vector<float>& drawn) {
    std::vector<float> values;
    for (const float v : drawn) values.push_back(v == v ? std::abs(v) : 0.0F);
    std::vector<double> sorted;
    for (const float v : values)
      if (v > 0) sorted.push_back(static_cast<double>(v));
    std::sort(sorted.begin(), sorted.end());
    const std::size_t n = sorted.size();
    const double want = n == 0 ? 0.0 : n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    RC_ASSERT(median_of(values) == want);
  }));
}

}  // namespace
}  // namespace tepui::tests::gene_medians
