#include <tepui/metric/silhouette/samples.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <tepui/kernel/rng.hpp>

#include "laws/golden.hpp"
#include "laws/npy.hpp"

namespace tepui::tests::silhouette_samples {
namespace {

using metric::other_groups;

std::vector<double> samples(std::vector<float> line, std::vector<std::int32_t> group, std::int32_t n_groups,
                            metric::silhouette_settings how = {}) {
  return metric::silhouette_samples(kernel::points{isize(line.size()), 1, line}, std::span<const std::int32_t>(group),
                                    n_groups, how);
}
double mean(const std::vector<double>& v) {
  return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
}

TEST_CASE("a silhouette, with a pencil") {
  // Two groups of two on a line: 0, 1 and 10, 11.
  const auto s = samples({0, 1, 10, 11}, {0, 0, 1, 1}, 2);
  CHECK(s[0] == doctest::Approx((10.5 - 1) / 10.5));
  CHECK(s[1] == doctest::Approx((9.5 - 1) / 9.5));
  CHECK(s[3] == doctest::Approx((10.5 - 1) / 10.5));
  // The cell at 10 among those at 0: it lies 10 from its own, 1 from the others.
  CHECK(samples({0, 10, 11, 11}, {0, 0, 1, 1}, 2)[1] == doctest::Approx((1.0 - 10) / 10));
}

TEST_CASE("three ways to say what others are") {
  // Own group at 0 and 2, others at 4 (one cell) and at 10 (three cells), seen from 0.
  const std::vector<float> line{0, 2, 4, 10, 10, 10};
  const std::vector<std::int32_t> group{0, 0, 1, 2, 2, 2};
  CHECK(samples(line, group, 3)[0] == doctest::Approx((4.0 - 2) / 4));
  CHECK(samples(line, group, 3, {.compared_with = other_groups::furthest})[0] == doctest::Approx((10.0 - 2) / 10));
  CHECK(samples(line, group, 3, {.compared_with = other_groups::mean_of_others})[0] == doctest::Approx((8.5 - 2) / 8.5));
}

TEST_CASE("a cell alone in its group, copies of one cell, one group, and a group without cells") {
  CHECK(samples({0, 5, 6}, {0, 1, 1}, 2)[0] == 0);
  CHECK(samples({3, 3, 3, 3}, {0, 0, 1, 1}, 2) == std::vector<double>{0, 0, 0, 0});
  CHECK(samples({1, 2, 3}, {0, 0, 0}, 1) == std::vector<double>{0, 0, 0});
  CHECK(samples({}, {}, 2).empty());
  const auto with = samples({0, 1, 10, 11}, {0, 0, 2, 2}, 3), without = samples({0, 1, 10, 11}, {0, 0, 1, 1}, 2);
  CHECK(with == without);
}

TEST_CASE("why there are none") {
  using sizes = std::vector<std::int64_t>;
  CHECK(metric::why_no_silhouette(sizes{2, 1}, "label").empty());
  CHECK(metric::why_no_silhouette(sizes{3, 0}, "label") ==
        "all cells have the same label; a silhouette compares at least two");
  CHECK(metric::why_no_silhouette(sizes{1, 0, 1}, "batch") ==
        "every cell has a batch of its own; a silhouette needs two cells of one batch");
  CHECK(metric::why_no_silhouette(sizes{}, "label") == "there are no cells to score");
}

struct cloud {
  std::int64_t n, dims;
  std::vector<float> value;
  std::vector<std::int32_t> group;
  cloud(std::int64_t cells, std::int64_t d, std::int32_t groups, std::uint64_t seed)
      : n(cells), dims(d), value(usize(cells * d)), group(usize(cells)) {
    const kernel::draws random(seed, "cloud");
    for (std::int64_t i = 0; i < n; ++i) {
      group[usize(i)] = static_cast<std::int32_t>(random.below(groups, i, 9999));
      for (std::int64_t k = 0; k < dims; ++k)
        value[usize(i * dims + k)] =
            static_cast<float>(random.uniform(i, static_cast<std::uint64_t>(k)) + 0.3 * group[usize(i)] * (k == 0));
    }
  }
  [[nodiscard]] kernel::points points() const { return {n, dims, value}; }
};

TEST_CASE("some cells among all have the silhouettes that they have among all") {
  CHECK(rc::check([] {
    const cloud c(*rc::gen::inRange(1, 200), 5, 4, *rc::gen::arbitrary<std::uint64_t>());
    for (const auto kind : {kernel::distance_kind::euclidean, kernel::distance_kind::cosine}) {
      const auto all = metric::silhouette_samples(c.points(), std::span<const std::int32_t>(c.group), 4, {.distance = kind});
      std::vector<std::int64_t> rows;
      for (std::int64_t i = 0; i < c.n; i += 3) rows.push_back(i);
      const auto some =
          metric::silhouettes_of_rows(c.points(), std::span<const std::int32_t>(c.group), 4, rows, {.distance = kind});
      for (std::size_t i = 0; i < rows.size(); ++i) RC_ASSERT(std::abs(some[i] - all[usize(rows[i])]) < 1e-12);
      RC_ASSERT(std::all_of(all.begin(), all.end(), [](double s) { return s >= -1 && s <= 1; }));
    }
  }));
}

TEST_CASE("the order of cells and the numbers of groups do not matter, nor do threads") {
  const cloud c(700, 6, 5, 4);
  const auto s = metric::silhouette_samples(c.points(), std::span<const std::int32_t>(c.group), 5);
  CHECK(s == metric::silhouette_samples(c.points(), std::span<const std::int32_t>(c.group), 5, {.threads = 3}));
  cloud turned = c;
  for (std::int64_t i = 0; i < c.n; ++i) {
    std::copy_n(c.points().row(c.n - 1 - i), c.dims, turned.value.data() + i * c.dims);
    turned.group[usize(i)] = 4 - c.group[usize(c.n - 1 - i)];
  }
  const auto t = metric::silhouette_samples(turned.points(), std::span<const std::int32_t>(turned.group), 5);
  for (std::int64_t i = 0; i < c.n; ++i) CHECK(std::abs(t[usize(c.n - 1 - i)] - s[usize(i)]) < 1e-13);
}

TEST_CASE("as scikit-learn's, cell by cell") {
  const std::string shared = TEPUI_SHARED, folder = "golden/metrics/";
  if (shared.empty()) {
    MESSAGE("skipped: TEPUI_SHARED is not set");
    return;
  }
  const auto cells = laws::npy<float>(shared, folder + "emb_600x20.npy");
  const kernel::points all{600, 20, cells};
  const auto json = laws::shared_text(shared, folder + "embed_results.json");
  for (const std::string name : {"label", "batch"}) {
    const auto group = laws::npy<std::int32_t>(shared, folder + (name == "label" ? "labels_600.npy" : "batch_600.npy"));
    const auto expected = laws::npy<double>(shared, folder + "sil_samples_" + name + ".npy");
    const std::int32_t groups = *std::max_element(group.begin(), group.end()) + 1;
    const auto in_double = metric::silhouette_samples(all, std::span<const std::int32_t>(group), groups);
    const auto in_float = metric::silhouette_samples<float>(all, std::span<const std::int32_t>(group), groups);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CHECK(std::abs(in_double[i] - expected[i]) < 1e-10);
      CHECK(std::abs(in_float[i] - expected[i]) < 1e-5);
    }
    CHECK(std::abs(mean(in_float) - mean(in_double)) < 1e-6);
    if (name == "label") {
      CHECK(mean(in_double) == doctest::Approx(0.3130276384490884).epsilon(1e-10));
      const auto by_angle = metric::silhouette_samples(all, std::span<const std::int32_t>(group), groups,
                                                       {.distance = kernel::distance_kind::cosine});
      CHECK(mean(by_angle) == doctest::Approx(0.482040427114614).epsilon(1e-9));
    }
  }
}

TEST_CASE("the energy distance of two types, as scipy's") {
  const std::string shared = TEPUI_SHARED, folder = "golden/metrics/";
  if (shared.empty()) {
    MESSAGE("skipped: TEPUI_SHARED is not set");
    return;
  }
  const auto cells = laws::npy<float>(shared, folder + "emb_600x20.npy");
  const auto label = laws::npy<std::int32_t>(shared, folder + "labels_600.npy");
  std::vector<float> a, b;
  for (std::size_t i = 0; i < label.size(); ++i)
    if (label[i] < 2)
      (label[i] == 0 ? a : b)
          .insert((label[i] == 0 ? a : b).end(), cells.begin() + isize(20 * i), cells.begin() + isize(20 * i + 20));
  const kernel::points x{isize(a.size() / 20), 20, a}, y{isize(b.size() / 20), 20, b};
  const double energy = 2 * kernel::mean_distance(x, y) - kernel::mean_distance_within(x) - kernel::mean_distance_within(y);
  const auto json = laws::shared_text(shared, folder + "embed_results.json");
  const std::string key = "\"edist_euclid_V(mean incl diag; cell-eval)\":";
  REQUIRE(json.find(key) != std::string::npos);
  CHECK(energy == doctest::Approx(std::strtod(json.c_str() + json.find(key) + key.size(), nullptr)).epsilon(1e-9));
}

}  // namespace
}  // namespace tepui::tests::silhouette_samples
