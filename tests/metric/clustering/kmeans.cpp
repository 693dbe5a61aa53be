#include <tepui/metric/clustering/kmeans.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <numeric>
#include <set>

#include <tepui/metric/clustering/agreement_heads.hpp>
#include <tepui/metric/clustering/isolated_label_f1.hpp>

#include "laws/golden.hpp"
#include "laws/npy.hpp"

namespace tepui::tests::kmeans_clusters {
namespace {

/// Cells with labels and batches, held together.
struct cells {
  embedding_batch<> points;
  std::vector<std::int32_t> label, batch;
  std::vector<std::string> label_name{"a", "b", "c", "d", "e"}, batch_name{"x", "y", "z"};

  cells(std::int64_t n, std::int64_t dims) { points.resize(n, dims); }
  [[nodiscard]] metric::embedded_cells view(int threads = 1) const {
    return {points.view(),
            {label, label_name},
            batch.empty() ? metric::cell_labels{} : metric::cell_labels{batch, batch_name},
            threads};
  }
};

/// `groups` clouds, `apart` from each other; label: the cloud.
cells clouds(std::int64_t n, std::int64_t dims, std::int32_t groups, double apart, std::uint64_t seed = 1) {
  cells out(n, dims);
  const kernel::draws random(seed, "tests: clouds");
  for (std::int64_t i = 0; i < n; ++i) {
    out.points.cell_id[usize(i)] = 1000 - i;
    out.label.push_back(static_cast<std::int32_t>(i % groups));
    for (std::int64_t d = 0; d < dims; ++d)
      out.points.row(i)[usize(d)] =
          static_cast<float>(random.normal(i, static_cast<std::uint64_t>(d)) + (d == i % groups ? apart : 0));
  }
  return out;
}

TEST_CASE("k-means finds clouds that lie apart, and every cell lies nearest to its centre") {
  const cells of = clouds(600, 5, 4, 12);
  const auto found = metric::kmeans{}.of(of.points.view(), 4);
  CHECK(metric::adjusted_rand(metric::contingency(of.label, found.cells.label)) == 1);
  CHECK(found.cells.n_labels == 4);
  double inertia = 0;
  for (std::int64_t i = 0; i < 600; ++i) {
    double least = INFINITY;
    std::int32_t at = -1;
    for (std::int32_t c = 0; c < 4; ++c) {
      const double d = kernel::squared_distance(of.points.row(i).data(), found.centre.data() + 5 * c, 5);
      if (d < least) {
        least = d;
        at = c;
      }
    }
    CHECK(found.cells.label[usize(i)] == at);
    inertia += least;
  }
  CHECK(found.inertia == doctest::Approx(inertia));
}

TEST_CASE("four points on a line, by pencil") {
  cells of(4, 1);
  of.points.value = {0.0F, 1.0F, 10.0F, 11.0F};
  of.points.cell_id = {0, 1, 2, 3};
  const auto found = metric::kmeans{}.of(of.points.view(), 2);
  CHECK(found.inertia == doctest::Approx(1.0));
  CHECK(found.cells.label[0] == found.cells.label[1]);
  CHECK(found.cells.label[2] == found.cells.label[3]);
  CHECK(std::set<float>(found.centre.begin(), found.centre.end()) == std::set<float>{0.5F, 10.5F});
  CHECK(metric::kmeans{}.of(of.points.view(), 9).inertia == 0);
  CHECK_THROWS_AS(static_cast<void>(metric::kmeans{}.of(of.points.view(), 0)), bad_option);
}

TEST_CASE("k-means depends on neither threads nor the order of the rows") {
  const cells of = clouds(5000, 6, 5, 2.5);
  const auto one = metric::kmeans{}.of(of.points.view(), 5, 1), three = metric::kmeans{}.of(of.points.view(), 5, 3);
  CHECK(one.cells.label == three.cells.label);
  CHECK(one.centre == three.centre);
  CHECK(one.inertia == three.inertia);
  std::vector<std::int64_t> order(5000);
  std::iota(order.begin(), order.end(), 0);
  const kernel::draws random(4, "tests: order");
  for (std::int64_t i = 4999; i > 0; --i) std::swap(order[usize(i)], order[usize(random.below(i + 1, i))]);
  const auto turned = rows_of(of.points.view(), std::span<const std::int64_t>(order));
  const auto again = metric::kmeans{}.of(turned.view(), 5);
  CHECK(again.centre == one.centre);
  for (std::size_t i = 0; i < order.size(); ++i) CHECK(again.cells.label[i] == one.cells.label[usize(order[i])]);
}

TEST_CASE("centres of many points are the means of their points, for any number of threads") {
  const std::int64_t n = 66 * 2048 + 5;  // more chunks than groups of them
  embedding_batch<> cells;
  cells.resize(n, 1);
  for (std::int64_t i = 0; i < n; ++i) {
    cells.cell_id[usize(i)] = i;
    cells.row(i)[0] = static_cast<float>((i % 3 == 0 ? 100 : 0) + i % 5);
  }
  const metric::kmeans once{.restarts = 1};
  const auto found = once.of(cells.view(), 2), threaded = once.of(cells.view(), 2, 3);
  CHECK(found.centre == threaded.centre);
  CHECK(found.cells.label == threaded.cells.label);
  std::vector<double> sum(2), count(2);
  for (std::int64_t i = 0; i < n; ++i) {
    sum[usize(found.cells.label[usize(i)])] += static_cast<double>(cells.row(i)[0]);
    count[usize(found.cells.label[usize(i)])] += 1;
  }
  for (std::size_t c = 0; c < 2; ++c) CHECK(static_cast<double>(found.centre[c]) == doctest::Approx(sum[c] / count[c]));
}

TEST_CASE("copies of few points leave no cluster without a centre, and nothing hangs") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::int64_t>(1, 60), k = *rc::gen::inRange<std::int64_t>(1, 25);
    cells of(n, 2);
    for (std::int64_t i = 0; i < n; ++i) {
      of.points.cell_id[usize(i)] = i;
      for (float& v : of.points.row(i)) v = static_cast<float>(*rc::gen::inRange(0, 3));
    }
    const auto found = metric::kmeans{.restarts = 1}.of(of.points.view(), k);
    for (const std::int32_t l : found.cells.label) RC_ASSERT(l >= 0 && l < std::min(k, n));
    RC_ASSERT(std::isfinite(found.inertia));
    const auto better = metric::kmeans{.restarts = 3}.of(of.points.view(), k);
    RC_ASSERT(better.inertia <= found.inertia);
  }));
}

TEST_CASE("heads of k-means: one clustering for both, floors, reasons") {
  cells of = clouds(300, 5, 3, 3);
  const auto subject = of.view();
  const auto scores = metric::measure(subject, {.resamples = 200}, metric::kmeans_nmi{}, metric::kmeans_ari{});
  REQUIRE(scores.size() == 2);
  CHECK(scores[0].name == "kmeans_nmi");
  CHECK(scores[1].name == "kmeans_ari");
  for (const auto& s : scores) {
    CHECK(s.value.value > 0.5);
    CHECK(s.low.value < s.value.value);
    CHECK(s.high.value > s.value.value);
    CHECK(s.floor.value < 0.05);
    CHECK(s.ceiling.value == 1);
  }
  std::fill(of.label.begin(), of.label.end(), 2);
  CHECK(metric::kmeans_nmi{}(of.view(), {})[0].value.reason.find("same label") != std::string::npos);
  const cells none(0, 5);
  CHECK(metric::kmeans_ari{}(none.view(), {})[0].value.reason == "there are no cells to score");
}

/// A clustering of one's own: as many slices along the first dim as the resolution says.
struct slices {
  static constexpr std::string_view name = "slices";
  double resolution = 1;
  int* called = nullptr;
  [[nodiscard]] std::string describe() const { return "slices " + std::to_string(resolution); }
  [[nodiscard]] partition<> operator()(const metric::embedded_cells& cells) const {
    if (called) ++*called;
    partition<> out;
    out.n_labels = static_cast<std::int32_t>(resolution);
    for (std::int64_t i = 0; i < cells.cells.n_cells(); ++i)
      out.label.push_back(
          std::min(out.n_labels - 1, static_cast<std::int32_t>(cells.cells.row(i)[0] * static_cast<float>(resolution))));
    return out;
  }
};
static_assert(metric::clustering<slices> && metric::clustering<metric::kmeans>);

/// 120 cells on [0, 1), labels in quarters; the last label in one batch only.
cells quarters() {
  cells out(120, 1);
  for (std::int64_t i = 0; i < 120; ++i) {
    out.points.row(i)[0] = static_cast<float>(i) / 120;
    out.points.cell_id[usize(i)] = i;
    out.label.push_back(static_cast<std::int32_t>(i / 30));
    out.batch.push_back(i / 30 == 3 ? 0 : static_cast<std::int32_t>(i % 3));
  }
  return out;
}

TEST_CASE("a scan keeps the first of the best resolutions, and is made once for all heads") {
  const cells of = quarters();
  const auto subject = of.view();
  int called = 0;
  const slices mine{1, &called};
  const metric::resolutions to_six{6, 1, 6};
  const auto scores =
      metric::measure(subject, {.resamples = 100}, metric::scan_nmi<slices>{mine, to_six},
                      metric::scan_ari<slices>{mine, to_six}, metric::isolated_label_f1<slices>{mine, to_six});
  CHECK(called == 6);
  REQUIRE(scores.size() == 3);
  CHECK(scores[0].name == "slices_scan_nmi");
  CHECK(scores[1].name == "slices_scan_ari");
  CHECK(scores[2].name == "slices_isolated_label_f1");
  for (const auto& s : scores) {
    CAPTURE(s.name);
    CHECK(s.value.value == doctest::Approx(1));  // four slices are the quarters
    CHECK(s.floor.value < 0.6);
  }
  // Chance is given the choice among the resolutions, too.
  CHECK(scores[0].floor.value > metric::chance_information(metric::contingency(of.label, slices{2}(subject).label)));
  const metric::best_of_scan best(of.label, metric::scan_of(mine, subject, to_six));
  CHECK(best.at == 3);
  CHECK(best.ari == 1);
  CHECK(called == 6);
}

TEST_CASE("the best cluster of an isolated label, by pencil") {
  const cells of = quarters();
  CHECK(metric::isolated_labels({of.label, of.label_name}, {of.batch, of.batch_name}) == std::vector<std::int32_t>{3});
  // Two halves: 30 of 30 found, 60 said: F1 = 2 * 30 / 90. Three thirds: 30 found, 40 said: 60 / 70.
  const auto subject = of.view();
  const metric::isolated_label_f1<slices> two{{}, {1, 2, 2}}, three{{}, {2, 2, 3}};
  CHECK(two(subject, {})[0].value.value == doctest::Approx(60.0 / 90));
  CHECK(three(subject, {})[0].value.value == doctest::Approx(60.0 / 70));
  CHECK(three(subject, {})[0].low.value < 60.0 / 70);
  CHECK(three(subject, {})[0].high.value > 60.0 / 70);
}

TEST_CASE("without batches, or with every label in every batch, none is isolated, and the score says so") {
  cells of = quarters();
  for (std::size_t i = 0; i < 120; ++i) of.batch[i] = static_cast<std::int32_t>(i % 3);
  const metric::isolated_label_f1<slices> head{{}, {1, 2, 2}};
  CHECK(head(of.view(), {})[0].value.reason == "no label is missing from a batch, so that none is isolated");
  of.batch.clear();
  CHECK(head(of.view(), {})[0].value.reason == "the cells come without batches");
  const cells none(0, 1);
  CHECK(head(none.view(), {})[0].value.reason == "there are no cells to score");
}

TEST_CASE("floors and intervals do not depend on the order of the rows") {
  const cells of = quarters();
  cells turned = quarters();
  for (std::int64_t i = 0; i < 120; ++i) {
    const auto from = usize(119 - i);
    turned.points.row(i)[0] = of.points.row(119 - i)[0];
    turned.points.cell_id[usize(i)] = of.points.cell_id[from];
    turned.label[usize(i)] = of.label[from];
    turned.batch[usize(i)] = of.batch[from];
  }
  const metric::resolutions at{3, 2, 5};
  const auto both = [&](const cells& c) {
    const auto subject = c.view();
    return metric::measure(subject, {.resamples = 50}, metric::scan_nmi<slices>{{}, at},
                           metric::isolated_label_f1<slices>{{}, at}, metric::kmeans_nmi{});
  };
  const auto a = both(of), b = both(turned);
  for (std::size_t s = 0; s < a.size(); ++s) {
    CHECK(a[s].value.value == b[s].value.value);
    CHECK(a[s].floor.value == b[s].floor.value);
    CHECK(a[s].low.value == b[s].low.value);
    CHECK(a[s].high.value == b[s].high.value);
  }
}

TEST_CASE("k-means on the golden cells agrees with the labels as scib-metrics' does") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: the shared data are not there");
    return;
  }
  cells of(600, 20);
  const auto values = laws::npy<float>(shared, "golden/metrics/emb_600x20.npy");
  of.points.value.assign(values.begin(), values.end());
  std::iota(of.points.cell_id.begin(), of.points.cell_id.end(), 0);
  of.label = laws::npy<std::int32_t>(shared, "golden/metrics/labels_600.npy");
  const auto subject = of.view();
  const auto scores = metric::measure(subject, {.resamples = 0}, metric::kmeans_nmi{}, metric::kmeans_ari{});
  CHECK(std::abs(scores[0].value.value - 0.9884283966195023) < 0.02);
  CHECK(std::abs(scores[1].value.value - 0.9918111215415134) < 0.02);
}

}  // namespace
}  // namespace tepui::tests::kmeans_clusters
