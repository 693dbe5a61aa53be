#include <tepui/metric/perturbation/de_spearman.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace tepui::tests::de_spearman {
namespace {

TEST_CASE("fold changes of chosen genes are correlated by rank, infinite ones at the ends") {
  const double inf = std::numeric_limits<double>::infinity();
  const std::vector<double> real{1, -inf, 3, 2}, predicted{0.1, -9, 0.4, 0.2};
  CHECK(metric::de_fold_change_spearman(std::vector<std::int32_t>{0, 1, 2, 3}, real, predicted) == doctest::Approx(1));
  CHECK(std::isnan(metric::de_fold_change_spearman(std::vector<std::int32_t>{2}, real, predicted)));
  CHECK(std::isnan(metric::de_fold_change_spearman({}, real, predicted)));
}

TEST_CASE("a prediction that is constant correlates with nothing where the real changes differ") {
  const std::vector<double> real{1, 2, 3}, constant{5, 5, 5};
  const std::vector<std::int32_t> all{0, 1, 2};
  CHECK(std::isnan(metric::de_fold_change_spearman(all, real, constant)));
  CHECK(metric::de_fold_change_spearman_or_zero(all, real, constant) == 0);
  CHECK(metric::de_fold_change_spearman_or_zero(all, real, real) == doctest::Approx(1));
  CHECK(std::isnan(metric::de_fold_change_spearman_or_zero(all, constant, real)));
  CHECK(std::isnan(metric::de_fold_change_spearman_or_zero(std::vector<std::int32_t>{1}, real, constant)));
}

TEST_CASE("numbers of changed genes are correlated over all perturbations, or over those that changed any") {
  metric::de_table real, predicted;
  real.n_genes = predicted.n_genes = 3;
  real.perturbation = predicted.perturbation = {1, 2, 3};
  real.fdr = {1, 1, 1, 0, 1, 1, 0, 0, 1};       // none, one, two
  predicted.fdr = {0, 0, 0, 0, 1, 1, 0, 0, 1};  // three, one, two
  real.log2_fold_change = predicted.log2_fold_change = std::vector<double>(9, 1.0);
  const metric::de_pair pair(real, predicted);
  const std::vector<std::int64_t> all{0, 1, 2};
  CHECK(metric::de_count_spearman(pair, true).of(all) == doctest::Approx(1));
  CHECK(metric::de_count_spearman(pair, true).n == 2);
  CHECK(metric::de_count_spearman(pair, false).of(all) == doctest::Approx(-0.5));
  CHECK(metric::de_count_spearman(pair, false).n == 3);
}

}  // namespace
}  // namespace tepui::tests::de_spearman
