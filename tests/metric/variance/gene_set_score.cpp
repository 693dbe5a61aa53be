/// The score of a set of genes, against scanpy's with all controls; and the overlap of variable genes.
#include <doctest/doctest.h>

#include <vector>

#include <tepui/flow/counts.hpp>
#include <tepui/metric/variance/gene_set_score.hpp>
#include <tepui/metric/variance/hvg_overlap.hpp>

#include "laws/head_laws.hpp"

namespace genes_that_vary {

using namespace tepui;
using doctest::Approx;

TEST_CASE("metric.variance: a set of genes is compared with all genes of its bins, as scanpy with all controls") {
  counts_view<scale::log1p> view;
  std::vector<std::int64_t> begin, end;
  std::vector<std::int32_t> gene;
  std::vector<float> value;
  for (int c = 0; c < 6; ++c) {
    begin.push_back(isize(gene.size()));
    for (int q = 0; q < 40; ++q) {
      const double x = (c * 7 + q * 3) % 5 * ((c + q) % 3 > 0 ? 1 : 0) + (q > 30 ? 1.5 : 0);
      if (x == 0) continue;
      gene.push_back(q);
      value.push_back(static_cast<float>(x));
    }
    end.push_back(isize(gene.size()));
  }
  view.n_genes = 40;
  view.row_begin = begin;
  view.row_end = end;
  view.gene = gene;
  view.value = value;
  const std::vector<std::int64_t> set{3, 8, 35};
  // scanpy.tl.score_genes(['g3', 'g8', 'g35'], ctrl_size=100000, n_bins=5)
  const double wanted[] = {-0.43589744, -1.43589744, 1.79487179, -1.74358974, -1.02564103, 0.51282051};
  const auto found = metric::gene_set_score(view, set, 5);
  REQUIRE(found.size() == 6);
  for (std::size_t c = 0; c < 6; ++c) CHECK(std::abs(found[c] - wanted[c]) < 1e-7);
}

TEST_CASE("metric.variance: weights of a set of genes") {
  // Four genes, bins of (4 / 1) genes: ranks 1, 2, 3 make bin 0, rank 4 bin 1.
  const std::vector<double> mean{0.1, 0.2, 0.3, 9};
  const std::vector<std::int64_t> set{1, 1};
  CHECK(metric::gene_set_weights(mean, set, 2) == std::vector<double>{-0.5, 1, -0.5, 0});
  CHECK_THROWS_AS((void)metric::gene_set_weights(mean, {}, 2), bad_data);
  CHECK_THROWS_AS((void)metric::gene_set_weights(mean, set, 1), bad_option);
  const std::vector<std::int64_t> unknown{4}, alone{3};
  CHECK_THROWS_AS((void)metric::gene_set_weights(mean, unknown, 2), bad_data);
  CHECK_THROWS_AS((void)metric::gene_set_weights(mean, alone, 2), bad_data);
}

TEST_CASE("metric.variance: variable genes before and after") {
  const metric::variable_genes lists{{{1, 2, 3, 4}, {5, 6}, {}}, {{4, 3, 9, 8}, {6, 5, 7}, {1}}, 20};
  const auto found = metric::hvg_overlap{}(lists, {});
  REQUIRE(found.size() == 1);
  CHECK(found[0].value.value == Approx((0.5 + 1) / 2));
  CHECK(found[0].n == 2);
  CHECK(found[0].floor.value == Approx((4.0 / 20 + 3.0 / 20) / 2));
  CHECK(found[0].low.value >= 0.5);
  CHECK(laws::head_checks::fault(found[0], 2, "", {}) == "");
  CHECK_FALSE(metric::hvg_overlap{}({}, {})[0].value.known());
  CHECK_THROWS_AS((void)metric::hvg_overlap{}({{{1}}, {}, 20}, {}), bad_data);
  CHECK_THROWS_AS((void)metric::hvg_overlap{}({{{20}}, {{1}}, 20}, {}), bad_data);
}

}  // namespace genes_that_vary
