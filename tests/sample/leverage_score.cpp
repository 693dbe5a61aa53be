#include <tepui/sample/leverage_score.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "laws/npy.hpp"
#include "laws/sampler_laws.hpp"

namespace tepui::tests::sample_leverage {
namespace {
using sample::leverage_score;
using sample::leverage_scores;

struct cells {
  std::int64_t dims;
  std::vector<float> value;
  std::vector<std::int64_t> id = std::vector<std::int64_t>(value.size() / usize(dims), 0);
  [[nodiscard]] embedding_view<> view() const { return {dims, value, cell_axis<>(id)}; }
  [[nodiscard]] sample::population all() const { return {.n_cells = isize(id.size()), .embedding = view()}; }
};

TEST_CASE("leverage sampling keeps the laws of a sampler, with round(fraction * cells) cells") {
  laws::sampler([](double fraction) { return leverage_score{fraction}; },
                [](const sample::population& some, double fraction) {
                  return sample::round_half_even(fraction * static_cast<double>(some.n_cells));
                },
                {.reads_embedding = true});
}

TEST_CASE("an embedding without cell ids is read all the same: a cell's row is its id") {
  const std::vector<float> value{0, 1, 1, 2, 5, 0, 2, 2, 3, 1, 1, 1};
  std::vector<std::int64_t> id(6);
  std::iota(id.begin(), id.end(), 0);
  const sample::population with{.n_cells = 6, .cell_id = id, .embedding = {2, value, cell_axis<>(id)}},
      without{.n_cells = 6, .embedding = {2, value, {}}};
  CHECK(leverage_score{0.5}(without, kernel::draws()) == leverage_score{0.5}(with, kernel::draws()));
  CHECK(leverage_scores(without.embedding) == leverage_scores(with.embedding));
}

// source  numpy: einsum('ij,jk,ik->i', X, inv(X.T @ X), X)
TEST_CASE("six cells in three dims, as numpy has them") {
  const auto h = leverage_scores(cells{3, {1, 0, 0, 1, 1, 0, 0, 2, 0, 0, 0, 3, 2, 1, 1, 1, 1, 1}}.view());
  const double expected[] = {0.228125, 0.203125, 0.85, 0.928125, 0.578125, 0.2125};
  for (std::size_t i = 0; i < 6; ++i) CHECK(h[i] == doctest::Approx(expected[i]).epsilon(1e-6));
}

// source  numpy, with the pseudo-inverse
TEST_CASE("a dim that is the sum of two others changes nothing") {
  const auto h = leverage_scores(cells{3, {1, 0, 1, 1, 1, 2, 0, 2, 2, 2, 1, 3}}.view());
  const double expected[] = {2.0 / 9, 2.0 / 9, 8.0 / 9, 2.0 / 3};
  for (std::size_t i = 0; i < 4; ++i) CHECK(h[i] == doctest::Approx(expected[i]).epsilon(1e-6));
}

TEST_CASE("a cell alone in a dim has leverage 1, two that share it half each, an empty cell none") {
  const auto h = leverage_scores(cells{2, {5, 0, 0, 0.1F, 0, -0.1F, 0, 0}}.view());
  CHECK(h[0] == doctest::Approx(1));
  CHECK(h[1] == doctest::Approx(0.5));
  CHECK(h[2] == doctest::Approx(0.5));
  CHECK(h[3] == 0);
  CHECK(leverage_scores(cells{2, {0, 0, 0, 0}}.view()) == std::vector<double>{0, 0});
  CHECK(leverage_scores(cells{2, {}}.view()).empty());
}

TEST_CASE("dims may differ in size by twelve powers of ten, and threads change no bit") {
  const kernel::draws random(1, "test");
  cells some{4, {}}, scaled{4, {}};
  for (std::int64_t i = 0; i < 20'000; ++i) {
    for (std::uint64_t d = 0; d < 4; ++d) {
      some.value.push_back(static_cast<float>(random.normal(i, d)));
      scaled.value.push_back(std::ldexp(some.value.back(), static_cast<int>(10 * d)));
    }
    some.id.push_back(i);
  }
  scaled.id = some.id;
  const auto h = leverage_scores(some.view()), same = leverage_scores(scaled.view());
  CHECK(std::accumulate(h.begin(), h.end(), 0.0) == doctest::Approx(4));
  for (std::size_t i = 0; i < h.size(); i += 97) CHECK(h[i] == doctest::Approx(same[i]).epsilon(1e-6));
  CHECK(leverage_scores(some.view(), 3) == h);
}

// source  numpy on the same file; the rank is 20
TEST_CASE("600 cells in 20 dims, as numpy has them") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: no shared data");
    return;
  }
  cells some{20, laws::npy<float>(shared, "golden/metrics/emb_600x20.npy")};
  const auto h = leverage_scores(some.view());
  CHECK(h[0] == doctest::Approx(0.023534247950197054).epsilon(1e-6));
  CHECK(h[1] == doctest::Approx(0.03618779002900266).epsilon(1e-6));
  CHECK(h[599] == doctest::Approx(0.03036623581978289).epsilon(1e-6));
  CHECK(h[233] == doctest::Approx(0.0881587168567604).epsilon(1e-6));
  CHECK(h[277] == doctest::Approx(0.010703148846328833).epsilon(1e-6));
  CHECK(std::accumulate(h.begin(), h.end(), 0.0) == doctest::Approx(20).epsilon(1e-7));
}

TEST_CASE("cells in a direction of their own are chosen before the many") {
  cells some{3, {}};
  const kernel::draws random(1, "cells");
  for (std::int64_t i = 0; i < 2000; ++i) {
    const bool rare = i % 100 == 0;
    some.value.insert(some.value.end(), {static_cast<float>(random.normal(i, 0)), static_cast<float>(random.normal(i, 1)),
                                         rare ? 3.0F : 0.0F});
    some.id.push_back(i);
  }
  int rare = 0;
  for (const std::int64_t row : leverage_score{0.05}(some.all(), kernel::draws(1, "test"))) rare += row % 100 == 0 ? 1 : 0;
  CHECK(rare > 15);  // of 20; one by chance
}

TEST_CASE("numbers that are none are refused, and so is a missing embedding") {
  const cells some{2, {1, 2, 3, std::numeric_limits<float>::quiet_NaN()}};
  CHECK_THROWS_WITH_AS((void)leverage_score{}(some.all(), kernel::draws()),
                       "sample::leverage_score: the embedding is nan in row 1, dim 1; distances need finite numbers: leave "
                       "such cells out or embed "
                       "them again",
                       bad_data);
  CHECK_THROWS_AS((void)leverage_score{}({.n_cells = 3}, kernel::draws()), bad_option);
  CHECK(leverage_score{0.1}.describe() == "leverage_score(0.1)");
}

}  // namespace
}  // namespace tepui::tests::sample_leverage
