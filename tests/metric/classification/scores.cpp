#include <tepui/metric/classification/scores.hpp>

#include <doctest/doctest.h>

namespace tepui::tests::classification {
namespace {

using metric::classification_scores;

const std::vector<std::string> names{"T", "B"};

/// 100 cells: 80 T, of which 72 are named rightly, and 20 B, of which 16 are.
struct hundred {
  std::vector<std::int32_t> truth, predicted, trivial;
  hundred() {
    for (int c = 0; c < 100; ++c) {
      truth.push_back(c < 80 ? 0 : 1);
      predicted.push_back(c < 72 || c >= 96 ? 0 : 1);
      trivial.push_back(0);
    }
  }
};

TEST_CASE("every score has its floor, an interval around it, and the number of cells") {
  const hundred cells;
  const auto scores = classification_scores({cells.truth, cells.predicted, cells.trivial, names, 2}, {.prefix = "knn."});
  REQUIRE(scores.size() == 4);
  CHECK(scores[0].name == "knn.accuracy");
  CHECK(scores[1].name == "knn.macro_f1");
  CHECK(scores[2].name == "knn.f1[T]");
  CHECK(scores[3].name == "knn.f1[B]");
  CHECK(scores[0].value.value == doctest::Approx(0.88));
  CHECK(scores[0].floor.value == doctest::Approx(0.8));
  CHECK(scores[1].floor.value == doctest::Approx(0.5 * 160.0 / 180.0));
  CHECK(scores[3].floor.value == 0);
  for (const auto& s : scores) {
    CHECK(s.n == 100);
    CHECK(s.low.value < s.value.value);
    CHECK(s.high.value > s.value.value);
    CHECK(!s.ceiling.known());
    CHECK(!s.ceiling.reason.empty());
  }
  // The share of 100 cells has a standard error of sqrt(0.88 * 0.12 / 100) = 0.032.
  CHECK(std::abs(scores[0].low.value - (0.88 - 1.96 * 0.0325)) < 0.015);
  CHECK(std::abs(scores[0].high.value - (0.88 + 1.96 * 0.0325)) < 0.015);
}

TEST_CASE("the interval is decided by the seed, and can be left out") {
  const hundred cells;
  const metric::answers answers{cells.truth, cells.predicted, cells.trivial, names, 2};
  CHECK(classification_scores(answers)[0].low.value == classification_scores(answers)[0].low.value);
  const auto none = classification_scores(answers, {.resamples = 0});
  CHECK(none[0].value.known());
  CHECK(none[0].low.reason == "no resamples were asked for");
  CHECK_THROWS_AS(static_cast<void>(classification_scores(answers, {.level = 1})), bad_option);
}

TEST_CASE("what cannot be known says why") {
  const auto empty = classification_scores({{}, {}, {}, names, 2});
  CHECK(empty[0].value.reason == "there are no cells to score");
  CHECK(empty[0].low.reason == "there are no cells to score");
  const std::vector<std::int32_t> first{0, 0};
  const auto one = classification_scores({first, first, {}, names, 2});
  CHECK(one[0].value.value == 1);
  CHECK(!one[0].floor.known());
  CHECK(!one[0].floor.reason.empty());
  CHECK(one[3].value.reason == "no cell is of this class, and none was called so");
}

TEST_CASE("a resample has as many cells, drawn with replacement") {
  const std::vector<std::int32_t> pairs{0, 1, 2, 3, 3};
  metric::confusion to(2);
  const kernel::draws random(1, "test");
  std::int64_t threes = 0;
  for (std::int64_t b = 0; b < 2000; ++b) {
    metric::resample(pairs, random, b, to);
    CHECK(to.total() == 5);
    threes += to.cells(1, 1);
  }
  CHECK(std::abs(static_cast<double>(threes) / 10000 - 0.4) < 0.02);
}

}  // namespace
}  // namespace tepui::tests::classification
