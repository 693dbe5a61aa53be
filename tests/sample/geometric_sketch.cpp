#include <tepui/sample/geometric_sketch.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "laws/golden.hpp"
#include "laws/npy.hpp"
#include "laws/sampler_laws.hpp"

namespace tepui::tests::sample_geometric_sketch {
namespace {
using sample::geometric_sketch;
using sample::population;
using sample::spread_over_boxes;
using rows = std::vector<std::int64_t>;

population with_embedding(const std::vector<float>& value, std::int64_t dims) {
  return {.n_cells = isize(value.size()) / dims, .embedding = {dims, value, {}}};
}

TEST_CASE("geometric_sketch keeps the laws of a sampler, and its choices are nested where the boxes stay") {
  const auto size = [](const population& cells, double fraction) {
    return geometric_sketch{fraction}.wanted_of(cells.n_cells);
  };
  laws::sampler([](double fraction) { return geometric_sketch{.fraction = fraction}; }, size,
                {.nested = false, .reads_embedding = true});
  laws::sampler([](double fraction) { return geometric_sketch{.fraction = fraction, .boxes = 12, .threads = 2}; }, size,
                {.reads_embedding = true});
  laws::sampler([](double fraction) { return geometric_sketch{.fraction = fraction, .boxes_share = 0.1}; }, size,
                {.reads_embedding = true});
}

// Boxes of 4, 1 and 2 cells: the first round gives 3 cells, the second 2, then one box is left.
TEST_CASE("boxes give one cell in turn") {
  const std::vector<std::int32_t> box{0, 0, 0, 0, 1, 2, 2};
  const population cells{.n_cells = 7};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const kernel::draws random(seed, "test");
    rows before;
    for (std::int64_t wanted = 0; wanted <= 7; ++wanted) {
      const rows chosen = spread_over_boxes(box, 3, wanted, cells, random);
      CHECK(isize(chosen.size()) == wanted);
      CHECK(std::ranges::includes(chosen, before));
      std::vector<std::int64_t> of_box(3, 0);
      for (const std::int64_t row : chosen) ++of_box[usize(box[usize(row)])];
      if (wanted <= 3) CHECK(*std::ranges::max_element(of_box) <= 1);
      if (wanted == 3) CHECK(of_box == rows{1, 1, 1});
      if (wanted == 5) CHECK(of_box == rows{2, 1, 2});
      if (wanted == 6) CHECK(of_box == rows{3, 1, 2});
      before = chosen;
    }
  }
}

TEST_CASE("every box has the same chance of the last round, large or small, and every cell of a box the same") {
  const std::vector<std::int32_t> box{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2};
  std::vector<int> times(box.size(), 0);
  const int turns = 6000;
  for (std::uint64_t seed = 0; seed < turns; ++seed)
    for (const std::int64_t row : spread_over_boxes(box, 3, 1, {.n_cells = isize(box.size())}, kernel::draws(seed, "test")))
      ++times[usize(row)];
  const int first = std::accumulate(times.begin(), times.begin() + 8, 0), second = times[8] + times[9];
  for (const int t : {first, second, times[10]}) CHECK(std::abs(t - 2000) < 183);  // 5 standard deviations
  for (int i = 0; i < 8; ++i) CHECK(std::abs(times[usize(i)] - 250) < 78);
  CHECK(std::abs(times[8] - 1000) < 145);
}

TEST_CASE("the rounds are what taking cell after cell in the order of rounds and lots gives") {
  CHECK(rc::check([] {
    const kernel::draws random(*rc::gen::arbitrary<std::uint64_t>(), "test");
    const auto n = *rc::gen::inRange<std::int64_t>(1, 80);
    const auto boxes = *rc::gen::inRange<std::int64_t>(1, 20);
    std::vector<std::int32_t> box;
    for (std::int64_t row = 0; row < n; ++row) box.push_back(static_cast<std::int32_t>(random.below(boxes, row, 7)));
    struct turn {
      std::int64_t round;
      std::uint64_t number;
      std::int64_t row;
      auto operator<=>(const turn&) const = default;
    };
    std::vector<turn> all;
    for (std::int64_t row = 0; row < n; ++row) {
      std::int64_t round = 0;
      for (std::int64_t other = 0; other < n; ++other)
        round += box[usize(other)] == box[usize(row)] && random.bits(other) < random.bits(row) ? 1 : 0;
      all.push_back({round, random.bits(row, 1), row});
    }
    std::ranges::sort(all);
    const auto wanted = *rc::gen::inRange<std::int64_t>(0, n + 1);
    rows expected;
    for (std::int64_t i = 0; i < wanted; ++i) expected.push_back(all[usize(i)].row);
    std::ranges::sort(expected);
    RC_ASSERT(spread_over_boxes(box, boxes, wanted, {.n_cells = n}, random) == expected);
  }));
}

TEST_CASE("a lonely cell far away is kept, however few cells are chosen from the many") {
  std::vector<float> x;
  for (std::int64_t i = 0; i < 999; ++i) x.push_back(kernel::draws(1, "crowd").uniform(i) < 0.5 ? 0.0F : 1e-3F);
  x.push_back(100);
  const rows chosen = geometric_sketch{.fraction = 0.002}(with_embedding(x, 1), kernel::draws(1, "test"));
  REQUIRE(chosen.size() == 2);
  CHECK(chosen[1] == 999);
}

TEST_CASE("everything, nothing, one cell, equal cells") {
  const kernel::draws random(1, "test");
  const std::vector<float> one{3, 4}, same(40, 1.5F);
  CHECK(geometric_sketch{1}(with_embedding(one, 2), random) == rows{0});
  CHECK(geometric_sketch{0.5}(with_embedding(one, 2), random).empty());
  CHECK(geometric_sketch{0.5}({}, random).empty());
  CHECK(geometric_sketch{.fraction = 0.5}(with_embedding(same, 2), random).size() == 10);
  CHECK(geometric_sketch{.fraction = 0.5}.cover(with_embedding(same, 2)).boxes == 1);
}

TEST_CASE("the share is rounded down to the whole number that is meant") {
  CHECK(geometric_sketch{0.29}.wanted_of(100) == 29);
  CHECK(geometric_sketch{0.01}.wanted_of(199) == 1);
  CHECK(geometric_sketch{1}.wanted_of(123'456'789'012) == 123'456'789'012);
}

TEST_CASE("settings out of range, no embedding and values that are not finite are refused in a sentence") {
  std::vector<float> x{1, 2, 3, 4};
  const population cells = with_embedding(x, 1);
  const kernel::draws random;
  CHECK_THROWS_WITH_AS((void)(geometric_sketch{.fraction = 0.5, .boxes = 2, .boxes_share = 0.1}(cells, random)),
                       "sample::geometric_sketch: boxes is 2 and boxes_share is 0.1; give one of them", bad_option);
  CHECK_THROWS_WITH_AS((void)(geometric_sketch{.fraction = 0.5, .alpha = 1}(cells, random)),
                       "sample::geometric_sketch: alpha is 1; give at least 0 and less than 1, such as 0.1", bad_option);
  for (const geometric_sketch& bad :
       {geometric_sketch{.boxes = -1}, geometric_sketch{.boxes_share = 1.5}, geometric_sketch{.boxes_share = std::nan("")},
        geometric_sketch{.alpha = std::nan("")}, geometric_sketch{.most_steps = 0}, geometric_sketch{.threads = 0}})
    CHECK_THROWS_AS((void)bad(cells, random), bad_option);
  CHECK_THROWS_AS((void)geometric_sketch{0.5}({.n_cells = 4}, random), bad_option);
  x[2] = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH_AS((void)geometric_sketch{0.5}(with_embedding(x, 1), random),
                       "the embedding of the cell in row 2 is inf in dimension 0; leave such cells out, or embed them again",
                       bad_data);
}

TEST_CASE("the description tells the settings") {
  CHECK(geometric_sketch{0.1}.describe() == "geometric_sketch(0.1)");
  CHECK(geometric_sketch{.fraction = 0.1, .boxes = 20}.describe() == "geometric_sketch(0.1, 20 boxes)");
  CHECK(geometric_sketch{.fraction = 0.1, .boxes_share = 0.01, .alpha = 0.2, .most_steps = 9}.describe() ==
        "geometric_sketch(0.1, boxes for 0.01 of the cells, alpha 0.2, 9 steps)");
}

/// The longest way from a cell to the nearest chosen one.
double hausdorff(const std::vector<double>& x, std::int64_t dims, const rows& chosen) {
  double longest = 0;
  for (std::int64_t i = 0; i < isize(x.size()) / dims; ++i) {
    double nearest = std::numeric_limits<double>::infinity();
    for (const std::int64_t j : chosen) {
      double sum = 0;
      for (std::int64_t d = 0; d < dims; ++d) sum += std::pow(x[usize(i * dims + d)] - x[usize(j * dims + d)], 2);
      nearest = std::min(nearest, sum);
    }
    longest = std::max(longest, nearest);
  }
  return std::sqrt(longest);
}

TEST_CASE("the picks of geosketch: one a box and turn, as far from the cells, and as many of each type") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: the golden numbers are not here");
    return;
  }
  const auto x = laws::npy<double>(shared, "golden/metrics/gs_X_2000x10.npy");
  const auto label = laws::npy<std::int32_t>(shared, "golden/metrics/gs_labels_2000.npy");
  const std::vector<float> narrow(x.begin(), x.end());
  const population cells = with_embedding(narrow, 10);
  const std::string json = laws::shared_text(shared, "golden/metrics/sampling_results.json");
  std::size_t from = json.find("\"hausdorff_20seeds_N200\":");
  const auto theirs = laws::numbers_in(laws::json_array(json, "geosketch", from));
  const auto types = laws::numbers_in(laws::json_array(json, "gs_label_counts_mean", from));
  REQUIRE(theirs.size() == 20);

  const geometric_sketch tenth{.fraction = 0.1};
  CHECK(tenth.cover(cells).box == laws::npy<std::int32_t>(shared, "golden/metrics/gs_cellid_N200_auto.npy"));
  double sum = 0, largest = 0;
  std::vector<double> of_type(4, 0.0);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const rows chosen = tenth(cells, kernel::draws(seed, "golden"));
    CHECK(chosen.size() == 200);
    const double h = hausdorff(x, 10, chosen);
    sum += h / 20;
    largest = std::max(largest, h);
    for (const std::int64_t row : chosen) of_type[usize(label[usize(row)])] += 0.05;
  }
  MESSAGE("Hausdorff distance over 20 seeds: mean " << sum << ", largest " << largest);
  CHECK(sum > *std::ranges::min_element(theirs));
  CHECK(sum < *std::ranges::max_element(theirs));
  CHECK(std::abs(sum - std::accumulate(theirs.begin(), theirs.end(), 0.0) / 20) < 0.6);
  for (std::size_t t = 0; t < 4; ++t) CHECK(std::abs(of_type[t] - types[t]) < 1.0);

  // 22 boxes and 200 or 1,000 cells: most boxes are emptied or give as many as the others, within one.
  struct golden {
    double fraction;
    std::int64_t least, most;
  };
  for (const auto& [fraction, least, most] : {golden{0.1, 1, 17}, golden{0.01, 0, 1}, golden{0.5, 1, 400}}) {
    const geometric_sketch of_20{.fraction = fraction, .boxes_share = 0.01};
    const auto cover = of_20.cover(cells);
    CHECK(cover.boxes == 22);
    rows given(22, 0), size(22, 0);
    for (const std::int32_t b : cover.box) ++size[usize(b)];
    for (const std::int64_t row : of_20(cells, kernel::draws(1, "golden"))) ++given[usize(cover.box[usize(row)])];
    CHECK(*std::ranges::min_element(given) == least);
    CHECK(*std::ranges::max_element(given) == most);
    for (std::size_t b = 0; b < 22; ++b) CHECK((given[b] == size[b] || given[b] >= most - 1));
  }
}

}  // namespace
}  // namespace tepui::tests::sample_geometric_sketch
