#include <tepui/sample/active.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "laws/npy.hpp"
#include "laws/sampler_laws.hpp"

namespace tepui::tests::sample_active {
namespace {
using sample::active;
using sample::facility_location;
using sample::reference_cells;
using rows = std::vector<std::int64_t>;

struct cells {
  std::int64_t dims;
  std::vector<float> value;
  rows id{};
  [[nodiscard]] sample::population all() {
    id.resize(value.size() / usize(dims));
    std::iota(id.begin(), id.end(), 0);
    return {.n_cells = isize(id.size()), .embedding = {dims, value, cell_axis<>(id)}};
  }
};

/// Mean distance that a choice takes away from the reference cells, from the definition.
double worth(const sample::population& of, const reference_cells& reference, const rows& chosen) {
  const auto apart = [&](std::int64_t a, std::int64_t b) {
    double sum = 0;
    for (std::size_t d = 0; d < usize(of.embedding.n_columns); ++d) {
      const double difference = of.embedding.row(a)[d] - of.embedding.row(b)[d];
      sum += difference * difference;
    }
    return std::sqrt(sum);
  };
  double sum = 0;
  for (const std::int64_t r : reference.row) {
    double start = 0, nearest = 1e300;
    for (const std::int64_t other : reference.row) start = std::max(start, apart(r, other));
    for (const std::int64_t c : chosen) nearest = std::min(nearest, apart(r, c));
    sum += std::max(0.0, start - nearest);
  }
  return sum / static_cast<double>(reference.row.size());
}

TEST_CASE("the active choice keeps the laws of a sampler, with round(fraction * cells) cells") {
  for (const std::int64_t reference : {10, 200})
    laws::sampler([&](double fraction) { return active{.fraction = fraction, .reference = reference}; },
                  [](const sample::population& some, double fraction) {
                    return sample::round_half_even(fraction * static_cast<double>(some.n_cells));
                  },
                  {.reads_embedding = true});
}

// The cells are 10, 9, 7 and 10 from the farthest. The second takes away 9 + 9 + 5 + 1, the third 7 + 7 + 7 + 3: the lower id is first.
// Then the last cell takes away its 9, the third its 2, the first its 1.
TEST_CASE("cells at 0, 1, 3, 10 on a line: the middle of the crowd first, then the outlier") {
  cells some{1, {0, 1, 3, 10}};
  const auto all = some.all();
  const auto order = facility_location(all, reference_cells(all, 100, kernel::draws()), 4);
  CHECK(order.row == rows{1, 3, 2, 0});
  CHECK(order.start == 9);
  CHECK(order.gain == std::vector<double>{24.0 / 4, 9.0 / 4, 2.0 / 4, 1.0 / 4});
}

// source  numpy: the greedy order without laziness, all 600 cells as reference
TEST_CASE("600 cells in 20 dims: the greedy order of numpy") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: no shared data");
    return;
  }
  cells some{20, laws::npy<float>(shared, "golden/metrics/emb_600x20.npy")};
  const auto all = some.all();
  const reference_cells reference(all, 600, kernel::draws());
  const auto order = facility_location(all, reference, 12);
  CHECK(order.row == rows{72, 336, 454, 277, 128, 392, 538, 16, 217, 53, 523, 598});
  CHECK(order.start == doctest::Approx(17.502844938072005).epsilon(1e-6));
  const double gain[] = {7.69363199156474,    1.6811040735300296,  0.7090046052761428,
                         0.41513287028842605, 0.38244520453484643, 0.3397290031185273};
  for (std::size_t i = 0; i < 6; ++i) CHECK(order.gain[i] == doctest::Approx(gain[i]).epsilon(1e-5));
  CHECK(facility_location(all, reference, 12, 3).row == order.row);
}

TEST_CASE("the lazy order is the greedy order, gains never grow, and add up to what the choice is worth") {
  CHECK(rc::check([] {
    auto from = laws::some_population();
    const auto all = from.view();
    const auto n_reference = *rc::gen::inRange<std::int64_t>(1, 60);
    const reference_cells reference(all, n_reference, kernel::draws(*rc::gen::arbitrary<std::uint64_t>(), "test"));
    const auto order = facility_location(all, reference, 8);
    rows chosen;
    double before = 0, total = 0;
    for (std::size_t i = 0; i < order.row.size(); ++i) {
      if (i > 0) RC_ASSERT(order.gain[i] <= order.gain[i - 1]);
      if (i < 3) {
        // No other cell would have been worth more.
        for (std::int64_t other = 0; other < all.n_cells; other += 1 + all.n_cells / 10) {
          rows instead = chosen;
          instead.push_back(other);
          RC_ASSERT(worth(all, reference, instead) - before <= order.gain[i] + 1e-5);
        }
      }
      chosen.push_back(order.row[i]);
      before = worth(all, reference, chosen);
      total += order.gain[i];
      RC_ASSERT(std::abs(before - total) < 1e-5);
    }
    RC_ASSERT(std::set<std::int64_t>(chosen.begin(), chosen.end()).size() == chosen.size());
  }));
}

TEST_CASE("no pair of cells is worth more than 1 / (1 - 1/e) times the greedy pair") {
  CHECK(rc::check([] {
    auto from = laws::some_population();
    const auto all = from.view();
    if (all.n_cells > 40) return;
    const reference_cells reference(all, 40, kernel::draws());
    const auto order = facility_location(all, reference, 2);
    const double greedy = std::accumulate(order.gain.begin(), order.gain.end(), 0.0);
    for (std::int64_t a = 0; a < all.n_cells; ++a)
      for (std::int64_t b = a + 1; b < all.n_cells; ++b)
        RC_ASSERT(worth(all, reference, {a, b}) * (1 - std::exp(-1.0)) <= greedy + 1e-5);
  }));
}

TEST_CASE("once every reference place is taken, the rest is by lot") {
  cells some{1, {0, 0, 0, 0, 5, 5, 5, 5}};
  const auto all = some.all();
  CHECK(facility_location(all, reference_cells(all, 100, kernel::draws()), 8).row == rows{0, 4});
  const rows six = active{0.75}(all, kernel::draws(1, "test"));
  CHECK(six.size() == 6);
  CHECK(std::binary_search(six.begin(), six.end(), 0));
  CHECK(std::binary_search(six.begin(), six.end(), 4));
}

TEST_CASE("settings are told, and refused where they are out of range") {
  CHECK(active{0.1}.describe() == "active(0.1, reference 2000)");
  cells some{1, {0, 1, 3}};
  CHECK_THROWS_WITH_AS((void)active{.reference = 0}(some.all(), kernel::draws()),
                       "sample::active: reference is 0, but must be at least 1 cell, such as 2000", bad_option);
  CHECK_THROWS_AS((void)active{}({.n_cells = 3}, kernel::draws()), bad_option);
}

}  // namespace
}  // namespace tepui::tests::sample_active
