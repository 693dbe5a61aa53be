#include <tepui/metric/perturbation/de_recall.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace tepui::tests::de_recall {
namespace {

using genes = std::vector<std::int32_t>;

TEST_CASE("recall is the share of real genes that were found, however many were named") {
  CHECK(metric::de_recall_of(genes{4, 2}, genes{9, 8, 7, 2}) == 0.5);
  CHECK(metric::de_recall_of(genes{4, 2}, {}) == 0);
  CHECK(std::isnan(metric::de_recall_of({}, genes{1})));
}

TEST_CASE("strata begin with the genes that fewest cells express") {
  // Cells that express them: 1, 3, 0, 1.
  const std::vector<float> value{1, 1, 0, 0, 0, 1, 0, 2, 0, 1, 0, 0};
  CHECK(metric::detection_strata(value, 4, 2) == std::vector<std::int32_t>{0, 1, 0, 1});
  CHECK(metric::detection_strata(value, 4, 4) == std::vector<std::int32_t>{1, 3, 0, 2});
  CHECK(metric::detection_strata(value, 4, 10) == std::vector<std::int32_t>{2, 7, 0, 5});
}

TEST_CASE("a stratum's recall counts genes of all perturbations together") {
  metric::de_table real, predicted;
  real.n_genes = predicted.n_genes = 3;
  real.perturbation = predicted.perturbation = {1, 2};
  real.fdr = {0, 0, 0, 0, 1, 0};
  predicted.fdr = {0, 1, 0, 1, 0, 0};
  real.log2_fold_change = predicted.log2_fold_change = std::vector<double>(6, 1.0);
  const metric::de_pair pair(real, predicted);
  const std::vector<std::int32_t> stratum{0, 0, 1};
  const std::vector<std::int64_t> all{0, 1};
  CHECK(metric::de_recall_in(pair, stratum, 0).of(all) == doctest::Approx(1.0 / 3));  // found 0; there 0, 1 and 0
  CHECK(metric::de_recall_in(pair, stratum, 1).of(all) == 1);
  CHECK(metric::de_recall_in(pair, stratum, 1).n == 2);
  CHECK(std::isnan(metric::de_recall_in(pair, stratum, 2).of(all)));
  CHECK(metric::de_recall_in(pair, stratum, 2).n == 0);
}

}  // namespace
}  // namespace tepui::tests::de_recall
