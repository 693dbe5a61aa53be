#include <tepui/metric/probe/knn.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <tepui/kernel/rng.hpp>
#include <tepui/metric/classification/confusion.hpp>

#include "laws/npy.hpp"

namespace tepui::tests::probe_knn {
namespace {

using metric::knn_probe;
using metric::probe_task;

embedding_batch<> cells(const std::vector<std::vector<float>>& rows, std::int64_t dims = 1) {
  embedding_batch<> out;
  out.resize(isize(rows.size()), rows.empty() ? dims : isize(rows[0].size()));
  for (std::size_t r = 0; r < rows.size(); ++r) std::copy(rows[r].begin(), rows[r].end(), out.row(isize(r)).begin());
  return out;
}

TEST_CASE("a cell gets the label of most of its neighbours") {
  const auto train = cells({{0}, {1}, {2}, {10}, {11}}), test = cells({{0.4F}, {10.4F}});
  const std::vector<std::int32_t> label{1, 0, 0, 2, 2};
  CHECK(knn_probe{.k = 3}(probe_task{train.view(), label, 3, test.view()}) == std::vector<std::int32_t>{0, 2});
  CHECK(knn_probe{.k = 1}(probe_task{train.view(), label, 3, test.view()}) == std::vector<std::int32_t>{1, 2});
}

TEST_CASE("of equal distances the lower row counts, of equal votes the smallest class") {
  const auto train = cells({{1}, {-1}, {1}}), test = cells({{0}});
  const std::vector<std::int32_t> label{2, 1, 0};
  CHECK(knn_probe{.k = 1}(probe_task{train.view(), label, 3, test.view()}) == std::vector<std::int32_t>{2});
  CHECK(knn_probe{.k = 2}(probe_task{train.view(), label, 3, test.view()}) == std::vector<std::int32_t>{1});
  CHECK(knn_probe{.k = 2}.neighbours(probe_task{train.view(), label, 3, test.view()})[0] == std::vector<std::int64_t>{0, 1});
}

TEST_CASE("k may be larger than the training set, and below 1 is refused") {
  const auto train = cells({{1}, {-1}, {1}}), test = cells({{0}});
  const std::vector<std::int32_t> label{1, 0, 1};
  CHECK(knn_probe{.k = 9}(probe_task{train.view(), label, 2, test.view()}) == std::vector<std::int32_t>{1});
  CHECK_THROWS_AS(static_cast<void>(knn_probe{.k = 0}(probe_task{train.view(), label, 2, test.view()})), bad_option);
  CHECK(knn_probe{}(probe_task{train.view(), label, 2, cells({}).view()}).empty());
}

TEST_CASE("neighbours are exact, also far from the origin and with many ties, for any number of threads") {
  CHECK(rc::check("as brute force in float64", [](std::uint16_t number, bool far) {
    const kernel::draws random(number, "knn");
    const std::int64_t n = 40 + random.below(100, 0), dims = 1 + random.below(20, 1);
    const auto make = [&](std::int64_t rows, std::int64_t item) {
      embedding_batch<> out;
      out.resize(rows, dims);
      for (std::size_t i = 0; i < out.value.size(); ++i)  // whole numbers of a small range tie often
        out.value[i] = static_cast<float>(random.below(3, item + isize(i))) + (far ? 100000.0F : 0.0F);
      return out;
    };
    const auto train = make(n, 1000), test = make(70, 900000);
    const std::vector<std::int32_t> label(usize(n), 0);
    const probe_task task{.train = train.view(), .label = label, .n_classes = 1, .test = test.view()};
    auto threaded = task;
    threaded.threads = 3;
    const auto found = knn_probe{}.neighbours(task);
    RC_ASSERT(found == knn_probe{}.neighbours(threaded));
    for (std::int64_t c = 0; c < 70; ++c) {
      std::vector<std::pair<double, std::int64_t>> all;
      for (std::int64_t t = 0; t < n; ++t) {
        double d = 0;
        for (std::int64_t i = 0; i < dims; ++i) {
          const double x = static_cast<double>(test.row(c)[usize(i)]) - static_cast<double>(train.row(t)[usize(i)]);
          d += x * x;
        }
        all.emplace_back(d, t);
      }
      std::sort(all.begin(), all.end());
      for (std::size_t i = 0; i < 5; ++i) RC_ASSERT(found[usize(c)][i] == all[i].second);
    }
  }));
}

TEST_CASE("predictions are those of scikit-learn") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const auto x = laws::npy<float>(shared, "golden/metrics/cls_emb_600x20.npy");
  const auto all_labels = laws::npy<std::int32_t>(shared, "golden/metrics/labels_600.npy");
  const auto part = [&](const char* name, embedding_batch<>& to, std::vector<std::int32_t>& label) {
    const auto rows = laws::npy<std::int32_t>(shared, std::string("golden/metrics/") + name);
    to.resize(isize(rows.size()), 20);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      std::copy_n(x.begin() + rows[r] * 20, 20, to.row(isize(r)).begin());
      label.push_back(all_labels[usize(rows[r])]);
    }
  };
  embedding_batch<> train, test;
  std::vector<std::int32_t> label, truth;
  part("cls_train_idx.npy", train, label);
  part("cls_test_idx.npy", test, truth);
  const auto predicted = knn_probe{}(probe_task{.train = train.view(), .label = label, .n_classes = 5, .test = test.view()});
  CHECK(predicted == laws::npy<std::int32_t>(shared, "golden/metrics/cls_knn5_pred.npy"));
  CHECK(metric::confusion(truth, predicted, 5).accuracy() ==
        doctest::Approx(0.8033333333333333).epsilon(1e-12));  // embed_results.json
  CHECK(metric::confusion(truth, predicted, 5).macro_f1() == doctest::Approx(0.7662377676097928).epsilon(1e-12));
}

}  // namespace
}  // namespace tepui::tests::probe_knn
