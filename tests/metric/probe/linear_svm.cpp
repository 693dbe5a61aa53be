#include <tepui/metric/probe/linear_svm.hpp>

#include <doctest/doctest.h>

#include <tepui/metric/classification/confusion.hpp>

#include "metric/probe/split_600.hpp"

namespace tepui::tests::linear_svm {
namespace {

TEST_CASE("cells at -1 and 1: the plane by the pencil") {
  embedding_batch<> train, test;
  train.resize(2, 1), test.resize(3, 1);
  train.value = {-1, 1};
  test.value = {-3, 3, 0};
  const std::vector<std::int32_t> label{0, 1}, only{2, 2};
  const metric::probe_task task{train.view(), label, 3, test.view()};
  // w^2 / 2 + 2 (1 - w)^2 is least at w = 4 / 5, where it is 2 / 5; b = 0.
  const auto model = metric::linear_svm_probe{}.fit(task);
  CHECK(model.converged);
  CHECK(model.plane(1, 0) == doctest::Approx(0.8));
  CHECK(std::abs(model.plane(1, 1)) < 1e-12);
  CHECK(model.objective[1] == doctest::Approx(0.4));
  CHECK(metric::linear_svm_probe{}(task) == std::vector<std::int32_t>{0, 1, 0});
  CHECK(metric::linear_svm_probe{}(metric::probe_task{train.view(), only, 3, test.view()}) ==
        std::vector<std::int32_t>{2, 2, 2});
  CHECK_THROWS_AS(static_cast<void>(metric::linear_svm_probe{.C = -1}(task)), bad_option);
}

TEST_CASE("planes and objectives are those of LinearSVC run to its end, for any number of threads") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const split_600 cells(shared);
  auto task = cells.task();
  const auto model = metric::linear_svm_probe{}.fit(task);
  CHECK(model.converged);
  // LinearSVC(C=1, dual=False, tol=1e-14) of scikit-learn 1.9.1
  const double objective[] = {28.556038207147672, 50.837760330165395, 48.11128680113297, 8.172155166200685,
                              8.75617816772698};
  const double intercept[] = {-1.4386913456894455, -1.512601917491551, -1.597883976012397, -2.9564686161872595,
                              -3.1029738903643214};
  const double first[] = {-0.03977226587445786, 0.2569525707715971, -0.254238539842401, 0.06404233019513396,
                          -0.001659692019348361};
  for (Eigen::Index c = 0; c < 5; ++c) {
    CHECK(model.objective[usize(c)] == doctest::Approx(objective[c]).epsilon(1e-12));
    CHECK(model.plane(c, 20) == doctest::Approx(intercept[c]).epsilon(1e-7));
    CHECK(std::abs(model.plane(c, 0) - first[c]) < 1e-7);
  }
  const auto predicted = metric::linear_svm_probe{}(task);
  CHECK(metric::confusion(cells.truth, predicted, 5).accuracy() == doctest::Approx(0.89).epsilon(1e-12));
  CHECK(metric::confusion(cells.truth, predicted, 5).macro_f1() == doctest::Approx(0.8777528625746361).epsilon(1e-12));
  task.threads = 3;
  CHECK(metric::linear_svm_probe{}.fit(task).plane == model.plane);
}

}  // namespace
}  // namespace tepui::tests::linear_svm
