#include <tepui/transform/highly_variable.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include "laws/transform_laws.hpp"

namespace tepui::tests::highly_variable {
namespace {

using stage = transform::highly_variable;

// Five cells, eight genes. Gene 1 is never expressed, gene 2 does not vary.
const std::vector<std::vector<float>> table{{1, 0, 2, 0, 9, 1, 0, 3},
                                            {2, 0, 2, 1, 0, 1, 0, 3},
                                            {3, 0, 2, 0, 8, 2, 5, 3},
                                            {0, 0, 2, 4, 1, 0, 0, 4},
                                            {4, 0, 2, 0, 0, 1, 1, 9}};
const std::vector<double> mean{2.0, 0.0, 2.0, 1.0, 3.6, 1.0, 1.2, 4.4};
const std::vector<double> variance{2.5, 0.0, 0.0, 3.0, 20.3, 0.5, 4.7, 6.8};

laws::training<scale::log1p> cells() {
  laws::plain_cells out;
  for (const auto& row : table) {
    auto& cell = out.emplace_back();
    for (std::size_t g = 0; g < row.size(); ++g)
      if (row[g] > 0)
        cell.emplace_back(static_cast<std::int32_t>(g), static_cast<float>(std::log1p(static_cast<double>(row[g]))));
  }
  return {out, 8};
}

void check_close(const std::vector<double>& got, const std::vector<double>& want) {
  REQUIRE(got.size() == want.size());
  for (std::size_t g = 0; g < got.size(); ++g) {
    if (std::isnan(want[g])) {
      CHECK(std::isnan(got[g]));
    } else {
      CHECK(got[g] == doctest::Approx(want[g]).epsilon(1e-9));
    }
  }
}

TEST_CASE("highly variable genes keep the laws of a transform") { laws::transform<scale::log1p>(stage{.genes = 5}); }
TEST_CASE("random genes in their place keep them too") { laws::transform<scale::log1p>(stage{.genes = 5}.untrained()); }

TEST_CASE("normalised dispersions are those of scanpy") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  // scanpy 1.11.5, highly_variable_genes(flavor="seurat") on log1p of the table above: with 20 bins, and with n_bins=3.
  check_close(transform::normalised_dispersion(mean, variance),
              {1.0, nan, nan, 0.7071067811865475, 1.0, -0.7071067811865475, 1.0, 1.0});
  check_close(transform::normalised_dispersion(mean, variance, 3),
              {-0.29533018430598657, nan, nan, 0.6437713052129455, 0.7071067811865476, -1.2782207827027239, 0.9297796617957654,
               -0.7071067811865476});
  CHECK(transform::normalised_dispersion({}, {}).empty());
}

TEST_CASE("the genes of the highest score are kept; of equals the lower gene; without variance last") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(transform::highest_genes({1, nan, 2, 1, -3}, 2) == std::vector<std::int32_t>{2, 0});
  CHECK(transform::highest_genes({1, nan, 2, 1, -3}, 9) == std::vector<std::int32_t>{2, 0, 3, 4, 1});
}

TEST_CASE("exactly as many genes are kept as were asked for, in their old order") {
  const auto fitted = stage{.genes = 3}.fit(cells(), {});
  CHECK(fitted.genes_out(laws::law_genes(8)).symbol == std::vector<std::string>{"g0", "g4", "g6"});  // 1.0 each, as g7
  CHECK(fitted.describe() == "highly_variable(3)");
  CHECK(stage{.genes = 99}.fit(cells(), {}).n_kept == 8);
}

TEST_CASE("fewer than two cells, or no gene wanted, is refused") {
  CHECK_THROWS_AS((void)stage{}.fit(laws::training<scale::log1p>({{}}, 3), {}), bad_data);
  CHECK_THROWS_AS((void)stage{.genes = 0}.fit(cells(), {}), bad_option);
}

}  // namespace
}  // namespace tepui::tests::highly_variable
