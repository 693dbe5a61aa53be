#include <tepui/sample/density_weighted.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "laws/npy.hpp"
#include "laws/sampler_laws.hpp"

namespace tepui::tests::sample_density {
namespace {
using sample::density_weighted;

struct cells {
  std::int64_t dims;
  std::vector<float> value;
  std::vector<std::int64_t> id{};
  [[nodiscard]] sample::population all() {
    id.resize(value.size() / usize(dims));
    std::iota(id.begin(), id.end(), 0);
    return {.n_cells = isize(id.size()), .embedding = {dims, value, cell_axis<>(id)}};
  }
};

TEST_CASE("density weighting keeps the laws of a sampler, with round(fraction * cells) cells") {
  for (const std::int64_t reference : {20, 2000})
    laws::sampler(
        [&](double fraction) { return density_weighted{.fraction = fraction, .neighbours = 3, .reference = reference}; },
        [](const sample::population& some, double fraction) {
          return sample::round_half_even(fraction * static_cast<double>(some.n_cells));
        },
        {.reads_embedding = true});
}

TEST_CASE("cells at 0, 1, 3, 7 on a line: distances to the second nearest other cell") {
  cells some{1, {0, 1, 3, 7}};
  const kernel::draws random(1, "test");
  CHECK(density_weighted{.neighbours = 2}.distances(some.all(), random) == std::vector<double>{3, 2, 3, 6});
  CHECK(density_weighted{.neighbours = 1}.distances(some.all(), random) == std::vector<double>{1, 1, 2, 4});
  CHECK(density_weighted{.neighbours = 9}.distances(some.all(), random) == std::vector<double>{7, 6, 4, 7});
}

TEST_CASE("one cell, and cells that are all the same, can be chosen") {
  cells one{2, {1, 2}}, same{2, {1, 2, 1, 2, 1, 2, 1, 2}};
  CHECK(density_weighted{1}(one.all(), kernel::draws()) == std::vector<std::int64_t>{0});
  CHECK(density_weighted{0.5}(same.all(), kernel::draws()).size() == 2);
}

// source  numpy: sort(cdist(X, X))[:, 5] on the same file
TEST_CASE("600 cells in 20 dims: distances to the fifth neighbour, as numpy has them") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: no shared data");
    return;
  }
  cells some{20, laws::npy<float>(shared, "golden/metrics/emb_600x20.npy")};
  const auto far = density_weighted{}.distances(some.all(), kernel::draws(1, "test"));
  const double expected[] = {5.192460943784769, 5.532307045389539, 5.717347787142982, 5.887132186092899};
  for (std::size_t i = 0; i < 4; ++i) CHECK(far[i] == doctest::Approx(expected[i]).epsilon(1e-6));
  CHECK(std::accumulate(far.begin(), far.end(), 0.0) == doctest::Approx(3444.8570287561806).epsilon(1e-7));
  CHECK(density_weighted{.threads = 3}.distances(some.all(), kernel::draws(1, "test")) == far);
}

// 1 % of the cells spread over as wide a region as the other 99 % fill densely.
TEST_CASE("few cells in a wide region are chosen more often than many in a narrow one, and more so with a higher power") {
  cells some{2, {}};
  const kernel::draws random(1, "cells");
  constexpr std::int64_t n = 10'000;
  for (std::int64_t i = 0; i < n; ++i)
    for (std::uint64_t d = 0; d < 2; ++d)
      some.value.push_back(static_cast<float>(i % 100 == 0 ? 20 + 10 * random.uniform(i, d) : random.normal(i, d)));
  int before = 1;  // what chance gives
  for (const int power : {1, 2, 4}) {
    int rare = 0;
    for (const std::int64_t row : density_weighted{.fraction = 0.01, .power = power}(some.all(), kernel::draws(2, "test")))
      rare += row % 100 == 0;
    CHECK(rare > before);
    before = rare;
  }
  CHECK(before > 60);
}

TEST_CASE("power 0 is uniform") {
  cells some{1, {0, 1, 3, 7, 8, 9}};
  const kernel::draws random(1, "test");
  CHECK(density_weighted{.fraction = 0.5, .power = 0}(some.all(), random) ==
        sample::smallest_lots(6, 3, random, [](std::int64_t row) { return row; }));
}

TEST_CASE("a power that leaves the range of numbers still chooses") {
  cells some{1, {0, 1e-20F, 1, 1e20F}};
  CHECK(density_weighted{.fraction = 1, .neighbours = 1, .power = 50}(some.all(), kernel::draws()).size() == 4);
}

TEST_CASE("settings are told, and refused where they are out of range") {
  CHECK(density_weighted{0.1}.describe() == "density_weighted(0.1, neighbours 5, reference 2000, power 2)");
  cells some{1, {0, 1, 3}};
  const auto all = some.all();
  CHECK_THROWS_WITH_AS((void)density_weighted{.neighbours = 0}(all, kernel::draws()),
                       "sample::density_weighted: neighbours is 0, but must be at least 1, such as 5", bad_option);
  CHECK_THROWS_WITH_AS((void)density_weighted{.reference = 1}(all, kernel::draws()),
                       "sample::density_weighted: reference is 1, but must be at least 2 cells, such as 2000", bad_option);
  CHECK_THROWS_AS((void)density_weighted{.power = -1}(all, kernel::draws()), bad_option);
  CHECK_THROWS_AS((void)density_weighted{}({.n_cells = 3}, kernel::draws()), bad_option);
}

}  // namespace
}  // namespace tepui::tests::sample_density
