#include <tepui/metric/probe/task.hpp>

#include <doctest/doctest.h>

#include <limits>

namespace tepui::tests::probe_task {
namespace {

embedding_batch<> cells(const std::vector<std::vector<float>>& rows) {
  embedding_batch<> out;
  out.resize(isize(rows.size()), rows.empty() ? 0 : isize(rows[0].size()));
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::copy(rows[r].begin(), rows[r].end(), out.row(isize(r)).begin());
    out.cell_id[r] = 100 + isize(r);
  }
  return out;
}

TEST_CASE("chosen rows keep their order, their ids and their labels") {
  const auto all = cells({{1, 2}, {3, 4}, {5, 6}});
  const std::vector<std::int64_t> rows{2, 0};
  const auto some = rows_of(all.view(), rows);
  CHECK(some.value == decltype(some.value){5, 6, 1, 2});
  CHECK(some.cell_id == decltype(some.cell_id){102, 100});
  const std::vector<std::int32_t> label{7, 8, 9};
  CHECK(metric::labels_of(label, rows) == std::vector<std::int32_t>{9, 7});
}

TEST_CASE("the majority class is the most common label, the smallest of equals; missing ones do not count") {
  CHECK(metric::majority_class(std::vector<std::int32_t>{2, 1, 2, 1, -1, -1, -1}, 3) == 1);
  CHECK(metric::majority_class(std::vector<std::int32_t>{}, 3) == 0);
}

TEST_CASE("a task that does not fit together is refused with the place and the value") {
  const auto train = cells({{1, 2}, {3, 4}}), test = cells({{0, 0}});
  const std::vector<std::int32_t> label{0, 1};
  const auto said = [](const metric::probe_task& task) -> std::string {
    try {
      task.check("knn");
    } catch (const bad_data& error) {
      return error.what();
    }
    return "";
  };
  const metric::probe_task good{.train = train.view(), .label = label, .n_classes = 2, .test = test.view()};
  CHECK(said(good).empty());

  auto task = good;
  const std::vector<std::int32_t> missing{0, -1};
  task.label = missing;
  CHECK(said(task) ==
        "knn: training cell 1 has the label -1, but labels lie between 0 and 1 (-1 means missing); leave cells without a "
        "label out");
  task.label = std::span(label).first(1);
  CHECK(said(task).find("1 labels for 2 training cells") != std::string::npos);

  const auto narrow = cells({{0}});
  task = good;
  task.test = narrow.view();
  CHECK(said(task).find("2 dims and the test cells 1") != std::string::npos);

  const auto broken = cells({{0, std::numeric_limits<float>::quiet_NaN()}});
  task.test = broken.view();
  CHECK(said(task).find("test cell 0 has the value nan in dimension 1") != std::string::npos);

  task = good;
  task.train = cells({}).view();
  task.label = {};
  CHECK(said(task).find("no training cells") != std::string::npos);
}

}  // namespace
}  // namespace tepui::tests::probe_task
