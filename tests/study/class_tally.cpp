#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <vector>

#include <tepui/metric/classification/confusion.hpp>
#include <tepui/study/class_tally.hpp>

namespace test_study_class_tally {
namespace {
using namespace tepui::study;

TEST_CASE("accuracy and F1 follow from the counts") {
  // true 0 0 1 2, said 0 1 1 1: class 0 has F1 2*1/(2+1), class 1 2*1/(1+3), class 2 was missed.
  const class_tally counts = tally(std::vector<std::int32_t>{0, 0, 1, 2}, std::vector<std::int32_t>{0, 1, 1, 1}, 4);
  CHECK(counts.accuracy() == doctest::Approx(0.5));
  CHECK(counts.f1(0) == doctest::Approx(2.0 / 3));
  CHECK(counts.f1(1) == doctest::Approx(0.5));
  CHECK(counts.f1(2) == 0.0);
  CHECK(std::isnan(counts.f1(3)));
  CHECK(counts.macro_f1() == doctest::Approx((2.0 / 3 + 0.5 + 0) / 3));
}

TEST_CASE("a class that was only predicted counts in macro-F1, one that does not occur does not") {
  // scikit-learn 1.5: f1_score([0, 0, 1], [0, 2, 1], average='macro') = 0.5555555555555555
  const class_tally counts = tally(std::vector<std::int32_t>{0, 0, 1}, std::vector<std::int32_t>{0, 2, 1}, 5);
  CHECK(counts.macro_f1() == doctest::Approx(5.0 / 9));
}

TEST_CASE("a cell that counts twice counts like two cells, and one that counts zero times is not there") {
  class_tally weighted(3), repeated(3);
  weighted.add(0, 0, 2);
  weighted.add(1, 2, 0);
  weighted.add(2, 0, 1);
  repeated.add(0, 0);
  repeated.add(0, 0);
  repeated.add(2, 0);
  for (const study_metric metric : study_metrics) CHECK(weighted.value(metric) == repeated.value(metric));
  CHECK(weighted.macro_f1() == doctest::Approx(0.4));
}

TEST_CASE("a tally and a confusion matrix give the same scores") {
  CHECK(rc::check([] {
    const auto classes = *rc::gen::inRange(1, 7);
    const auto pairs = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::pair<std::int32_t, std::int32_t>>>(
        rc::gen::pair(rc::gen::inRange(0, classes), rc::gen::inRange(0, classes))));
    std::vector<std::int32_t> truth, predicted;
    for (const auto& [t, p] : pairs) truth.push_back(t), predicted.push_back(p);
    const class_tally mine = tally(truth, predicted, classes);
    const tepui::metric::confusion theirs(truth, predicted, classes);
    RC_ASSERT(mine.accuracy() == theirs.accuracy());
    RC_ASSERT(mine.macro_f1() == theirs.macro_f1());
    const auto f1 = theirs.f1_by_class();
    for (std::size_t c = 0; c < f1.size(); ++c) {
      const bool same = mine.f1(c) == f1[c] || (std::isnan(mine.f1(c)) && std::isnan(f1[c]));
      RC_ASSERT(same);
    }
  }));
}

TEST_CASE("without cells there is no score") {
  CHECK(std::isnan(class_tally(2).accuracy()));
  CHECK(std::isnan(class_tally(2).macro_f1()));
}

}  // namespace
}  // namespace test_study_class_tally
