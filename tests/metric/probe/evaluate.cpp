#include <tepui/metric/probe/evaluate.hpp>

#include <doctest/doctest.h>

#include <tepui/metric/probe/knn.hpp>
#include <tepui/metric/probe/logistic.hpp>

namespace tepui::tests::evaluate {
namespace {

/// Cells on a line: class 0 at 0, class 1 at 10.
embedding_batch<> line(std::int64_t n) {
  embedding_batch<> out;
  out.resize(n, 1);
  for (std::int64_t c = 0; c < n; ++c) {
    out.row(c)[0] = static_cast<float>(c % 2 == 0 ? 0 : 10) + 0.01F * static_cast<float>(c);
    out.cell_id[usize(c)] = c;
  }
  return out;
}
std::vector<std::int32_t> labels(std::int64_t n) {
  std::vector<std::int32_t> out;
  for (std::int64_t c = 0; c < n; ++c) out.push_back(static_cast<std::int32_t>(c % 2));
  return out;
}
const std::vector<std::string> names{"left", "right"};

TEST_CASE("a probe that can tell all cells apart scores 1, beside the floor of the majority") {
  const auto train = line(21), test = line(10);
  auto train_label = labels(21), test_label = labels(10);
  train_label[4] = test_label[0] = -1;  // left out
  const auto scores = metric::evaluate(metric::knn_probe{.k = 3}, train.view(), train_label, test.view(), test_label, names);
  REQUIRE(scores.size() == 4);
  CHECK(scores[0].name == "knn.accuracy");
  CHECK(scores[0].value.value == 1);
  CHECK(scores[0].n == 9);
  CHECK(scores[0].floor.value ==
        doctest::Approx(4.0 / 9));  // of the 20 training cells 10 are left: the smaller class of the tie
  CHECK(
      metric::evaluate(metric::logistic_probe{}, train.view(), train_label, test.view(), test_label, names)[1].value.value ==
      1);
}

TEST_CASE("folds are pooled: every cell is answered once") {
  const auto cells = line(25);
  const auto label = labels(25);
  const auto folds = metric::stratified_folds(label, 2, 5, 1);
  const auto answers = metric::predict_folds(metric::knn_probe{.k = 3}, cells.view(), label, 2, folds);
  CHECK(answers.row.size() == 25);
  CHECK(answers.predicted == answers.truth);
  CHECK(answers.trivial == std::vector<std::int32_t>(25, 0));
}

}  // namespace
}  // namespace tepui::tests::evaluate
