#include <tepui/metric/classification/confusion.hpp>

#include <doctest/doctest.h>

#include "laws/npy.hpp"

namespace tepui::tests::confusion {
namespace {

TEST_CASE("accuracy and F1 of five cells agree with the pencil") {
  const std::vector<std::int32_t> truth{0, 0, 0, 1, 1}, predicted{0, 0, 1, 1, 1};
  const metric::confusion counts(truth, predicted, 3);
  CHECK(counts.cells(0, 1) == 1);
  CHECK(counts.accuracy() == doctest::Approx(0.8));
  CHECK(counts.f1_by_class()[0] == doctest::Approx(0.8));  // 2 * 2 / (3 + 2)
  CHECK(counts.f1_by_class()[1] == doctest::Approx(0.8));  // 2 * 2 / (2 + 3)
  CHECK(std::isnan(counts.f1_by_class()[2]));              // neither true nor predicted
  CHECK(counts.macro_f1() == doctest::Approx(0.8));
}

TEST_CASE("a class that is only true or only predicted has F1 0 and counts in the mean") {
  const std::vector<std::int32_t> truth{0, 0, 1}, predicted{0, 0, 2};
  CHECK(metric::confusion(truth, predicted, 4).macro_f1() == doctest::Approx(1.0 / 3));
}

TEST_CASE("no cells have no score; codes and lengths that do not fit are refused") {
  CHECK(std::isnan(metric::confusion(3).accuracy()));
  CHECK(std::isnan(metric::confusion(3).macro_f1()));
  const std::vector<std::int32_t> one{0}, missing{-1}, none;
  CHECK_THROWS_AS(metric::confusion(one, missing, 2), bad_data);
  CHECK_THROWS_AS(metric::confusion(one, none, 2), bad_data);
}

TEST_CASE("the edges are those of scikit-learn: one class never predicted, one only predicted") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const auto truth = laws::npy<std::int32_t>(shared, "golden/metrics/edge_ytrue.npy");
  const auto predicted = laws::npy<std::int32_t>(shared, "golden/metrics/edge_ypred.npy");
  const metric::confusion counts(truth, predicted, 5);
  CHECK(counts.accuracy() == doctest::Approx(0.9).epsilon(1e-12));  // embed_results.json, edge_missing_classes
  CHECK(counts.macro_f1() == doctest::Approx(0.5641481263405812).epsilon(1e-12));
  CHECK(counts.f1_by_class()[0] == doctest::Approx(0.9038461538461539).epsilon(1e-12));
  CHECK(counts.f1_by_class()[4] == 0);
}

TEST_CASE("the table that a program draws has the counts, their shares of the true class, and the names") {
  const std::vector<std::int32_t> truth{0, 0, 0, 1, 1}, predicted{0, 0, 1, 1, 1};
  const std::vector<std::string> names{"T", "B", "none"};
  const auto table = metric::table_of(metric::predicted_cells({truth, predicted, {}, names, 3}));
  CHECK(table.class_name == names);
  CHECK(table.cells == std::vector<std::int64_t>{2, 1, 0, 0, 2, 0, 0, 0, 0});
  CHECK(table.share[0] == doctest::Approx(2.0 / 3));
  CHECK(table.share[4] == 1);
  CHECK(table.share[8] == 0);
}

}  // namespace
}  // namespace tepui::tests::confusion
