#include <doctest/doctest.h>

#include <tepui/metric/probe/cross_validation.hpp>
#include <tepui/metric/probe/knn.hpp>

namespace tepui::tests::cross_validation {
namespace {
using metric::knn_probe;
using metric::labelled_embedding;

/// Twelve cells on a line: class 0 near 0, class 1 near 10; groups alternate.
struct line {
  embedding_batch<> cells;
  std::vector<std::int32_t> label, group;
  std::vector<std::string> names{"low", "high"};
  line() {
    cells.resize(12, 1);
    for (std::int64_t c = 0; c < 12; ++c) {
      label.push_back(c < 6 ? 0 : 1);
      group.push_back(static_cast<std::int32_t>(c % 2));
      cells.row(c)[0] = static_cast<float>(c < 6 ? 0.1 * static_cast<double>(c) : 10 + 0.1 * static_cast<double>(c));
      cells.cell_id[usize(c)] = c;
    }
  }
  [[nodiscard]] labelled_embedding view() const { return {cells.view(), label, names}; }
};

TEST_CASE("two classes far apart are told apart in every fold, and every cell is scored once") {
  const line l;
  const auto scores = metric::stratified_scores(knn_probe{.k = 1}, l.view(), 3, {.prefix = "knn."});
  CHECK(scores.at(0).name == "knn.accuracy");
  CHECK(scores.at(0).value.value == 1.0);
  CHECK(scores.at(0).n == 12);
}

TEST_CASE("a held-out group is predicted from the others; a class of one group alone is not scored, and says why") {
  line l;
  const auto all = metric::held_out_scores(knn_probe{.k = 1}, l.view(), l.group, 2, {});
  CHECK(all.at(0).value.value == 1.0);
  CHECK(all.at(0).n == 12);
  l.names.push_back("rare");
  l.label[0] = 2;  // group 0 only
  const auto scores = metric::held_out_scores(knn_probe{.k = 1}, l.view(), l.group, 2, {});
  CHECK(scores.at(0).n == 11);
  CHECK_FALSE(scores.at(4).value.known());
  CHECK(scores.at(4).value.reason.find("fewer than two groups have this class") == 0);
}

TEST_CASE("one group alone cannot be held out, and the reason stands where the numbers would") {
  line l;
  for (auto& g : l.group) g = 1;
  const auto scores = metric::held_out_scores(knn_probe{.k = 1}, l.view(), l.group, 2, {.prefix = "x."});
  CHECK(scores.size() == 2);
  CHECK(scores.at(1).name == "x.macro_f1");
  CHECK(scores.at(1).value.reason == "labelled cells of at least two groups are needed to hold one out, and there are 1");
}

TEST_CASE("cells without a label or a group are left out") {
  line l;
  l.label[3] = -1;
  l.group[4] = -1;
  CHECK(metric::held_out_scores(knn_probe{.k = 1}, l.view(), l.group, 2, {}).at(0).n == 10);
  CHECK(metric::stratified_scores(knn_probe{.k = 1}, l.view(), 3, {}).at(0).n == 11);
}

TEST_CASE("probabilities are pooled where the probe has them, and heads of the reader's choice read them") {
  line l;
  const auto scores =
      metric::stratified_scores(knn_probe{.k = 1}, l.view(), 3, {.prefix = "knn."}, 1, metric::balanced_accuracy{},
                                metric::auroc{.by_class = false}, metric::log_loss{});
  REQUIRE(scores.size() == 4);
  CHECK(scores[1].name == "knn.macro_auroc");
  CHECK(scores[1].value.value == 1);
  CHECK(scores[3].value.value == 0);
  const auto deaf = [](const metric::probe_task& task) { return std::vector<std::int32_t>(usize(task.test.n_cells()), 0); };
  CHECK(metric::stratified_scores(deaf, l.view(), 3, {}, 1, metric::auroc{}).at(0).value.reason ==
        "the classifier gives no probabilities");
  for (auto& g : l.group) g = 1;
  CHECK(metric::held_out_scores(knn_probe{.k = 1}, l.view(), l.group, 2, {}, 1, metric::mcc{}).at(0).name == "mcc");
}

}  // namespace
}  // namespace tepui::tests::cross_validation
