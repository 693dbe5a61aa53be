#include <tepui/sample/k_center.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "laws/golden.hpp"
#include "laws/npy.hpp"
#include "laws/sampler_laws.hpp"

namespace tepui::tests::sample_k_center {
namespace {
using sample::first_cell;
using sample::k_center;

sample::population line(const std::vector<float>& at, const std::vector<std::int64_t>& id) {
  return {.n_cells = isize(id.size()), .cell_id = id, .embedding = {1, at, cell_axis<>(id)}};
}

TEST_CASE("k_center keeps the laws of a sampler, with round(fraction * cells) cells") {
  laws::sampler([](double fraction) { return k_center{fraction}; },
                [](const sample::population& cells, double fraction) {
                  return sample::round_half_even(fraction * static_cast<double>(cells.n_cells));
                },
                {.reads_embedding = true});
  laws::sampler([](double fraction) { return k_center{.fraction = fraction, .first = first_cell::lowest_id, .threads = 2}; },
                [](const sample::population& cells, double fraction) {
                  return sample::round_half_even(fraction * static_cast<double>(cells.n_cells));
                },
                {.seeded = false, .reads_embedding = true});
}

TEST_CASE("each time the cell that is covered worst") {
  const std::vector<float> at{0, 1, 2, 10, 16};
  const std::vector<std::int64_t> id{0, 1, 2, 3, 4};
  const auto centers = k_center{.fraction = 0.8, .first = first_cell::lowest_id}.in_order(line(at, id), kernel::draws());
  CHECK(centers.row == std::vector<std::int64_t>{0, 4, 3, 2});
  CHECK(centers.radius == std::vector<double>{16, 6, 2, 1});
}

TEST_CASE("of equally far cells the one of the lower id comes first, wherever it lies") {
  const std::vector<float> at{5, -5, 0};
  const std::vector<std::int64_t> id{30, 20, 10};
  const k_center two{.fraction = 0.67, .first = first_cell::lowest_id};
  CHECK(two.in_order(line(at, id), kernel::draws()).row == std::vector<std::int64_t>{2, 1});
  CHECK(two(line(at, id), kernel::draws()) == std::vector<std::int64_t>{1, 2});
}

TEST_CASE("every cell can be the first") {
  const std::vector<float> at{0, 1, 2, 3};
  const std::vector<std::int64_t> id{4, 5, 6, 7};
  std::vector<int> times(4, 0);
  for (std::uint64_t seed = 0; seed < 400; ++seed)
    ++times[usize(k_center{0.25}(line(at, id), kernel::draws(seed, "test"))[0])];
  for (const int t : times) CHECK(std::abs(t - 100) < 45);  // 5 standard deviations
}

TEST_CASE("cells without an embedding are refused in a sentence") {
  CHECK_THROWS_WITH_AS((void)k_center{0.5}({.n_cells = 3}, kernel::draws()),
                       "sample::k_center: the embedding holds 0 numbers in 0 dims for 3 cells; give population::embedding, "
                       "one row a cell, such as X_pca",
                       bad_option);
}

TEST_CASE("a number that is none is refused: it would break the order of the distances in silence") {
  const std::vector<float> at{0, 1, std::nanf(""), 10};
  const std::vector<std::int64_t> id{0, 1, 2, 3};
  CHECK_THROWS_WITH_AS((void)k_center{0.5}(line(at, id), kernel::draws()),
                       "sample::k_center: the embedding is nan in row 2, dim 0; distances need finite numbers: leave such "
                       "cells out or embed them again",
                       bad_data);
}

TEST_CASE("the order and the radii are those of the golden file") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const auto cells = laws::npy<float>(shared, "golden/metrics/emb_600x20.npy");
  const std::string results = laws::shared_text(shared, "golden/metrics/sampling_results.json");
  std::size_t from = results.find("k_center_greedy_start0_50");
  const auto rows = laws::numbers_in(laws::json_array(results, "idx", from)),
             radii = laws::numbers_in(laws::json_array(results, "radius", from));
  const k_center fifty{.fraction = 50 / 600.0, .first = first_cell::lowest_id};
  const auto centers = fifty.in_order({.n_cells = 600, .embedding = {20, cells, cell_axis<>()}}, kernel::draws());
  REQUIRE(centers.row.size() == 50);
  REQUIRE(rows.size() == 50);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(centers.row[i] == static_cast<std::int64_t>(rows[i]));
    CHECK(std::abs(centers.radius[i] - radii[i]) < 1e-9);
  }
}

}  // namespace
}  // namespace tepui::tests::sample_k_center
