#include <tepui/metric/silhouette/measured_cells.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <tepui/metric/head.hpp>
#include <tepui/metric/silhouette/batch.hpp>
#include <tepui/metric/silhouette/bras.hpp>
#include <tepui/metric/silhouette/isolated.hpp>
#include <tepui/metric/silhouette/label.hpp>

namespace tepui::tests::measured_silhouettes {
namespace {

TEST_CASE("up to a number of cells each is measured, above it some of each label, which stand for the rest") {
  std::vector<std::int64_t> id(12);
  std::iota(id.begin(), id.end(), 100);
  const std::vector<std::int32_t> label{0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2};  // label 1 has no cells
  const auto every = metric::cells_to_measure(id, label, 3, {.each_up_to = 12, .drawn = 4});
  CHECK(every.every_cell());
  CHECK(every.unit() == "share");
  CHECK(every.weight == std::vector<double>(12, 1.0));
  const auto some = metric::cells_to_measure(id, label, 3, {.each_up_to = 11, .drawn = 4});
  REQUIRE(some.row.size() == 4);
  CHECK(std::is_sorted(some.row.begin(), some.row.end()));
  CHECK(some.label == std::vector<std::int32_t>{0, 0, 2, 2});
  CHECK(some.weight == std::vector<double>{4, 4, 2, 2});
  CHECK(some.unit() == "share, of 4 of 12 cells by lot, each measured against all");
  CHECK(metric::cells_to_measure(id, label, 3, {.each_up_to = 2, .drawn = 100}).every_cell());
  CHECK(metric::cells_to_measure({}, {}, 3, {}).row.empty());
  CHECK_THROWS_AS(static_cast<void>(metric::cells_to_measure(id, label, 3, {.drawn = 1})), bad_option);
}

/// Three types of unequal size in two batches; the last type is in one batch only.
struct cells {
  embedding_batch<> points;
  std::vector<std::int32_t> label, batch;
  std::vector<std::string> types{"a", "b", "c"}, batches{"x", "y"};

  explicit cells(std::int64_t n) {
    points.resize(n, 3);
    const kernel::draws random(3, "tests: measured silhouettes");
    for (std::int64_t i = 0; i < n; ++i) {
      points.cell_id[usize(i)] = 7 * i % n;
      label.push_back(i % 10 < 6 ? 0 : i % 10 < 9 ? 1 : 2);
      batch.push_back(label.back() == 2 ? 0 : static_cast<std::int32_t>(random.below(2, i, 9)));
      for (std::int64_t d = 0; d < 3; ++d)
        points.row(i)[usize(d)] = static_cast<float>(random.normal(i, static_cast<std::uint64_t>(d)) +
                                                     (d == label.back() ? 3 : 0) + 0.3 * batch.back());
    }
  }
  std::vector<score> scores(const metric::silhouette_lots& lots) const {
    metric::embedded_cells of(points.view(), {label, types}, {batch, batches});
    of.lots = lots;
    return metric::measure(of, {.resamples = 200}, metric::silhouette_label{}, metric::isolated_label_silhouette{},
                           metric::silhouette_batch{}, metric::bras{}, metric::silhouette_of_batches{});
  }
};

TEST_CASE("scores of some cells lie about those of all, say so, and their intervals hold them") {
  const cells of(1200);
  const auto every = of.scores({});
  std::vector<double> mean(every.size(), 0), held(every.size(), 0);
  constexpr int lots = 12;
  for (int seed = 1; seed <= lots; ++seed) {
    const auto some = of.scores({.each_up_to = 100, .drawn = 300, .seed = static_cast<std::uint64_t>(seed)});
    for (std::size_t s = 0; s < every.size(); ++s) {
      INFO(every[s].name);
      CHECK(some[s].name == every[s].name);
      CHECK(some[s].n < every[s].n);
      CHECK(some[s].unit.find("by lot") != std::string::npos);
      CHECK(every[s].unit == "share");
      // Wider, but where nearly all cells of the isolated label are drawn.
      CHECK(some[s].high.value - some[s].low.value > 0.8 * (every[s].high.value - every[s].low.value));
      mean[s] += some[s].value.value / lots;
      held[s] += some[s].low.value <= every[s].value.value && every[s].value.value <= some[s].high.value;
    }
  }
  for (std::size_t s = 0; s < every.size(); ++s) {
    INFO(every[s].name);
    CHECK(held[s] >= lots - 3);
    CHECK(std::abs(mean[s] - every[s].value.value) < (every[s].high.value - every[s].low.value));
  }
}

TEST_CASE("asked for as many as there are, some cells are all of them") {
  const cells of(300);
  const auto every = of.scores({}), again = of.scores({.each_up_to = 10, .drawn = 3000});
  for (std::size_t s = 0; s < every.size(); ++s) {
    CHECK(every[s].value.value == again[s].value.value);
    CHECK(every[s].unit == again[s].unit);
  }
}

}  // namespace
}  // namespace tepui::tests::measured_silhouettes
