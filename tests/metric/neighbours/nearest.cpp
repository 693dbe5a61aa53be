#include <tepui/metric/neighbours/nearest.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <tepui/kernel/rng.hpp>

#include "laws/npy.hpp"

namespace tepui::tests::of_nearest_neighbours {
namespace {

embedding_batch<> cells_of(std::int64_t n, std::int64_t dims, const std::vector<float>& value) {
  embedding_batch<> out;
  out.resize(n, dims);
  std::copy(value.begin(), value.end(), out.value.begin());
  return out;
}

TEST_CASE("a cell is its own first neighbour, also where others are the same") {
  const auto cells = cells_of(4, 1, {3, 3, 7, 3});
  const auto found = metric::nearest_neighbours(cells.view(), 3);
  CHECK(found.n_cells == 4);
  CHECK(found.k == 3);
  CHECK(found.exact);
  CHECK(found.neighbour == std::vector<std::int32_t>{0, 1, 3, 1, 0, 3, 2, 0, 1, 3, 0, 1});
  CHECK(found.distance == std::vector<float>{0, 0, 0, 0, 0, 0, 0, 4, 4, 0, 0, 0});
  CHECK(found.neighbours_of(2, 2)[1] == 0);
  CHECK(found.distances_of(2, 2)[1] == 4);
}

TEST_CASE("no cells, one cell, and more neighbours than there are cells") {
  CHECK(metric::nearest_neighbours(cells_of(0, 3, {}).view(), 5).neighbour.empty());
  CHECK(metric::nearest_neighbours(cells_of(1, 1, {4}).view(), 5).neighbour == std::vector<std::int32_t>{0});
  CHECK(metric::nearest_neighbours(cells_of(2, 1, {4, 5}).view(), 5).neighbour == std::vector<std::int32_t>{0, 1, 1, 0});
  CHECK(metric::nearest_neighbours(cells_of(2, 1, {4, 5}).view(), 0).k == 0);
  CHECK(metric::nearest_neighbours(cells_of(3, 0, {}).view(), 2).neighbour == std::vector<std::int32_t>{0, 1, 1, 0, 2, 0});
  CHECK_THROWS_WITH_AS(static_cast<void>(metric::nearest_neighbours(cells_of(1, 1, {4}).view(), -1)),
                       "neighbours: -1 nearest cells were asked for; ask for at least 0, the cell itself counted",
                       bad_option);
}

TEST_CASE("the table is that of all distances, for any number of threads") {
  CHECK(rc::check([] {
    const kernel::draws random(*rc::gen::arbitrary<std::uint64_t>(), "cells");
    const auto n = *rc::gen::inRange<std::int64_t>(1, 300), dims = *rc::gen::inRange<std::int64_t>(1, 9);
    const auto k = *rc::gen::inRange<std::int64_t>(1, 40);
    embedding_batch<> cells;
    cells.resize(n, dims);
    for (std::size_t i = 0; i < cells.value.size(); ++i) cells.value[i] = static_cast<float>(random.below(4, isize(i)));
    const auto found = metric::nearest_neighbours(cells.view(), k),
               threaded = metric::nearest_neighbours(cells.view(), k, 3);
    RC_ASSERT(found.neighbour == threaded.neighbour);
    RC_ASSERT(found.distance == threaded.distance);
    for (std::int64_t i = 0; i < n; ++i) {
      std::vector<std::pair<double, std::int64_t>> all;
      for (std::int64_t j = 0; j < n; ++j)
        all.emplace_back(i == j ? -1 : kernel::plain_squared_distance(cells.row(i).data(), cells.row(j).data(), dims), j);
      std::sort(all.begin(), all.end());
      for (std::int64_t c = 0; c < found.k; ++c) {
        RC_ASSERT(found.neighbours_of(i, found.k)[usize(c)] == all[usize(c)].second);
        RC_ASSERT(found.distances_of(i, found.k)[usize(c)] ==
                  static_cast<float>(std::sqrt(std::max(0.0, all[usize(c)].first))));
      }
    }
  }));
}

TEST_CASE("neighbours are those of scikit-learn and scanpy") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const auto value = laws::npy<float>(shared, "golden/metrics/emb_600x20.npy");
  const auto cells = cells_of(600, 20, value);
  const auto index = laws::npy<std::int16_t>(shared, "golden/metrics/knn90_idx.npy");
  const auto distance = laws::npy<float>(shared, "golden/metrics/knn90_dist.npy");
  const auto found = metric::nearest_neighbours(cells.view(), 90, 2);
  CHECK(std::equal(index.begin(), index.end(), found.neighbour.begin(), found.neighbour.end()));
  REQUIRE(distance.size() == found.distance.size());
  float apart = 0;
  for (std::size_t i = 0; i < distance.size(); ++i) apart = std::max(apart, std::abs(distance[i] - found.distance[i]));
  CHECK(apart < 1e-5F);

  const auto row = laws::npy<std::int32_t>(shared, "golden/metrics/nbr15_dist_indptr.npy");
  const auto column = laws::npy<std::int32_t>(shared, "golden/metrics/nbr15_dist_indices.npy");
  const auto data = laws::npy<double>(shared, "golden/metrics/nbr15_dist_data.npy");
  const auto graph = metric::nearest_neighbours(cells.view(), 15);
  int wrong = 0;
  for (std::int64_t i = 0; i < 600; ++i) {
    std::vector<std::pair<std::int32_t, double>> theirs, ours;
    for (std::int32_t e = row[usize(i)]; e < row[usize(i + 1)]; ++e) theirs.emplace_back(column[usize(e)], data[usize(e)]);
    for (std::int64_t c = 1; c < 15; ++c)
      ours.emplace_back(graph.neighbours_of(i, 15)[usize(c)], static_cast<double>(graph.distances_of(i, 15)[usize(c)]));
    std::sort(theirs.begin(), theirs.end());
    std::sort(ours.begin(), ours.end());
    REQUIRE(theirs.size() == ours.size());
    for (std::size_t e = 0; e < ours.size(); ++e)
      wrong += ours[e].first != theirs[e].first || std::abs(ours[e].second - theirs[e].second) > 1e-5;
  }
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace tepui::tests::of_nearest_neighbours
