#include <tepui/metric/perturbation/de_pair.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace tepui::tests::de_pair {
namespace {

const double inf = std::numeric_limits<double>::infinity();

TEST_CASE("genes that changed come by the size of their fold change, infinite first, equal ones by their place") {
  const std::vector<double> fdr{0.01, 0.2, 0.04, 0.01, 0.05, 0.0}, fold{1, 9, -2, -inf, 7, 2};
  CHECK(metric::changed_genes(fdr, fold, 0.05) == std::vector<std::int32_t>{3, 2, 5, 0});
  CHECK(metric::changed_genes(fdr, fold, 0.005) == std::vector<std::int32_t>{5});
  CHECK(metric::changed_genes({}, {}, 0.05).empty());
}

TEST_CASE("only the first k of either list count as shared") {
  const std::vector<std::int32_t> a{5, 1, 3}, b{3, 5};
  CHECK(metric::shared_among_first(a, b, 1) == 0);
  CHECK(metric::shared_among_first(a, b, 2) == 1);
  CHECK(metric::shared_among_first(a, b, 3) == 2);
  CHECK(metric::shared_among_first(a, {}, 3) == 0);
}

TEST_CASE("tables that do not belong together are refused") {
  metric::de_table a;
  a.n_genes = 1;
  a.perturbation = {1};
  a.log2_fold_change = {1};
  a.fdr = {0.01};
  metric::de_table other = a;
  other.perturbation = {2};
  metric::de_table wider = a;
  wider.n_genes = 2;
  CHECK_THROWS_AS(metric::de_pair(a, other), bad_data);
  CHECK_THROWS_AS(metric::de_pair(a, wider), bad_data);
  CHECK_THROWS_AS(metric::de_pair(a, a, 0), bad_option);
  CHECK(metric::de_pair(a, a).real_genes[0] == std::vector<std::int32_t>{0});
}

}  // namespace
}  // namespace tepui::tests::de_pair
