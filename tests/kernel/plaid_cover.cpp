#include <tepui/kernel/plaid_cover.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <tepui/kernel/rng.hpp>
#include <tepui/kernel/simd/plaid_cover.hpp>

#include "laws/golden.hpp"
#include "laws/npy.hpp"

namespace tepui::tests::kernel_plaid_cover {
namespace {
using kernel::plaid_cover;
using kernel::plaid_options;
using kernel::plaid_step;

template <class Value>
void check_same(const plaid_cover<Value>& got, const plaid_cover<Value>& plain) {
  CHECK(got.unit == plain.unit);
  CHECK(got.boxes == plain.boxes);
  CHECK(got.met == plain.met);
  CHECK(got.box == plain.box);
}

/// Both ways, which must agree; the plain one's answer.
template <class Value>
plaid_cover<Value> covered(const std::vector<Value>& value, std::int64_t dims, plaid_options wanted) {
  auto plain = kernel::cover_plaid(std::span<const Value>(value), dims, wanted);
  for (const int threads : {1, 3})
    for (const bool all : {true, false}) {
      wanted.threads = threads;
      wanted.count_all = all;
      const auto got = kernel::simd::cover_plaid(std::span<const Value>(value), dims, wanted);
      check_same(got, plain);
      CHECK(got.steps.size() == plain.steps.size());
      if (all) CHECK(got.steps == plain.steps);
    }
  return plain;
}

// One dimension, longest side 10. The side 0.25 covers 2.5: intervals begin at 0, 3 and 10; 2.5 is still in the first.
TEST_CASE("an interval begins at a cell and its end belongs to it") {
  const std::vector<float> x{0, 2.5F, 3, 5.5F, 10};
  const auto cover = covered(x, 1, {.boxes = 3});
  CHECK(cover.unit == 0.25F);
  CHECK(cover.boxes == 3);
  CHECK(cover.met);
  CHECK(cover.box == std::vector<std::int32_t>{0, 0, 1, 1, 2});
}

// With 2 boxes wanted, 3 are too many: 0.25, then half the way to 1: 0.625, which covers 6.25 and leaves 10 alone.
TEST_CASE("too many boxes move the side half the way up, and numbers follow the first cell of a box") {
  const std::vector<double> x{10, 0, 2.5, 3, 5.5};
  const auto cover = covered(x, 1, {.boxes = 2});
  CHECK(cover.steps == std::vector<plaid_step<double>>{{0.25, 3}, {0.625, 2}});
  CHECK(cover.box == std::vector<std::int32_t>{0, 1, 1, 1, 1});
}

// Sides are shares of the longest side (here 8, of the first dimension); the second is 2 long, a quarter: one interval.
TEST_CASE("a dimension that is no longer than a box is not cut") {
  const std::vector<float> x{0, 0, 4, 2, 8, 1};
  const auto cover = covered(x, 2, {.boxes = 3});
  CHECK(cover.steps.size() == 1);
  CHECK(cover.box == std::vector<std::int32_t>{0, 1, 2});
}

TEST_CASE("what cannot be cut, and nothing") {
  CHECK(covered<float>({}, 3, {.boxes = 4}).boxes == 0);
  const auto one = covered<float>({5, -2, 7}, 3, {.boxes = 1});
  CHECK(one.boxes == 1);
  CHECK(one.met);
  const auto same = covered<float>({5, -2, 5, -2, 5, -2}, 2, {.boxes = 3});
  CHECK(same.box == std::vector<std::int32_t>{0, 0, 0});
  CHECK_FALSE(same.met);
}

TEST_CASE("fewer distinct cells than boxes: each distinct cell is a box") {
  const auto cover = covered<double>({0, 1, 0.5, 1, 0, 0.5, 1e-12}, 1, {.boxes = 6});
  CHECK(cover.boxes == 4);
  CHECK_FALSE(cover.met);
  CHECK(cover.unit == 0);
  CHECK(cover.box == std::vector<std::int32_t>{0, 1, 2, 1, 0, 2, 3});
}

TEST_CASE("values that are not numbers, or too far apart, are named") {
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()}) {
    std::vector<float> x(60 * 20, 1);
    x[31 * 20 + 17] = bad;
    const auto sentence = "the embedding of the cell in row 31 is " + shortest(static_cast<double>(bad)) +
                          " in dimension 17; leave such cells out, or embed them again";
    CHECK_THROWS_WITH_AS((void)kernel::cover_plaid(std::span<const float>(x), 20, {}), sentence.c_str(), bad_data);
    CHECK_THROWS_WITH_AS((void)kernel::simd::cover_plaid(std::span<const float>(x), 20, {}), sentence.c_str(), bad_data);
  }
  const std::vector<float> wide{-3e38F, 3e38F};
  CHECK_THROWS_AS((void)kernel::cover_plaid(std::span<const float>(wide), 1, {}), bad_data);
  CHECK_THROWS_AS((void)kernel::simd::cover_plaid(std::span<const float>(wide), 1, {}), bad_data);
}

/// Values of the kinds that columns have: blobs, whole numbers, heavy tails, constants, an outlier, tiny ones, both zeros.
template <class Value>
Value value_of(int kind, const kernel::draws& random, std::int64_t row, std::uint64_t dim) {
  const double u = random.uniform(row, 2 * dim), v = random.uniform(row, 2 * dim + 1);
  switch (kind) {
    case 0:
      return static_cast<Value>(u + v + 4 * static_cast<double>(row % 3));
    case 1:
      return static_cast<Value>(std::floor(u * 6) - 3);
    case 2:
      return static_cast<Value>((v < 0.5 ? -1 : 1) / (u + 0.001));
    case 3:
      return Value{-7};
    case 4:
      return static_cast<Value>(row == 5 ? 1e30 : u);
    case 5:
      return static_cast<Value>(u * 1e-42);
    case 6:
      return static_cast<Value>(u < 0.3 ? -0.0 : u < 0.6 ? 0.0 : v);
    default:
      return static_cast<Value>(1000 + u * 1e-3);
  }
}

template <class Value>
void random_covers() {
  CHECK(rc::check("both ways give the same boxes", [] {
    const kernel::draws random(*rc::gen::arbitrary<std::uint64_t>(), "plaid");
    const auto dims = *rc::gen::element<std::int64_t>(1, 2, 3, 8, 15, 16, 17, 20, 33);
    const auto cells = *rc::gen::inRange<std::int64_t>(1, 200);
    const int kind = *rc::gen::inRange(0, 10);
    std::vector<Value> x;
    for (std::int64_t i = 0; i < cells * dims; ++i)
      x.push_back(value_of<Value>(kind < 8 ? kind : static_cast<int>(random.below(8, i % dims, 99)), random, i / dims,
                                  usize(i % dims)));
    const plaid_options wanted{.boxes = *rc::gen::inRange<std::int64_t>(1, cells + 10),
                               .alpha = *rc::gen::element(0.0, 0.1, 0.5)};
    const auto plain = kernel::cover_plaid(std::span<const Value>(x), dims, wanted);
    for (const bool all : {true, false}) {
      auto how = wanted;
      how.count_all = all;
      how.threads = all ? 2 : 1;
      const auto got = kernel::simd::cover_plaid(std::span<const Value>(x), dims, how);
      RC_ASSERT(got.unit == plain.unit);
      RC_ASSERT(got.boxes == plain.boxes);
      RC_ASSERT(got.met == plain.met);
      RC_ASSERT(got.box == plain.box);
      if (all) RC_ASSERT(got.steps == plain.steps);
    }
  }));
}

TEST_CASE("float cells of every kind fall into the boxes of the plain reference") { random_covers<float>(); }
TEST_CASE("double cells of every kind fall into the boxes of the plain reference") { random_covers<double>(); }

TEST_CASE("cells enough for several segments and sorted drawers") {
  const kernel::draws random(4, "plaid");
  std::vector<float> x;
  for (std::int64_t i = 0; i < 150'000; ++i) {
    x.push_back(static_cast<float>(random.uniform(i, 0)));
    x.push_back(static_cast<float>(random.uniform(i, 1) < 0.9 ? 1e-4 * random.uniform(i, 2) : random.uniform(i, 3)));
  }
  const auto cover = covered(x, 2, {.boxes = 3000});
  CHECK(cover.met);
  CHECK(std::abs(cover.boxes - 3000) <= 300);
}

TEST_CASE("the covers of geosketch: steps, unit, boxes and partition") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: the golden numbers are not here");
    return;
  }
  const auto x = laws::npy<double>(shared, "golden/metrics/gs_X_2000x10.npy");
  const std::string json = laws::shared_text(shared, "golden/metrics/sampling_results.json");
  struct golden {
    const char* name;
    std::int64_t boxes;
  };
  for (const auto& [name, boxes] :
       {golden{"N200_auto", 200}, {"N200_k20", 20}, {"N20_k20_1pct_DenAdel", 20}, {"N200_replace", 44}, {"N1000_k20", 20}}) {
    CAPTURE(name);
    std::size_t from = json.find("\"name\": \"" + std::string(name) + "\"");
    REQUIRE(from != std::string::npos);
    const std::size_t at_unit = json.find("\"final_unit\":", from), at_boxes = json.find("\"n_cells\":", from);
    std::vector<plaid_step<double>> steps;
    for (const auto& step : laws::json_rows(laws::json_array(json, "search_trace", from)))
      steps.push_back({step[0], static_cast<std::int64_t>(step[1])});
    const auto cover = covered(x, 10, {.boxes = boxes});
    CHECK(cover.steps == steps);
    CHECK(cover.unit == laws::numbers_in(json.substr(at_unit, 40))[0]);
    CHECK(static_cast<double>(cover.boxes) == laws::numbers_in(json.substr(at_boxes, 40))[0]);
    CHECK(cover.box == laws::npy<std::int32_t>(shared, "golden/metrics/gs_cellid_" + std::string(name) + ".npy"));
    CHECK(cover.met);
  }
}

}  // namespace
}  // namespace tepui::tests::kernel_plaid_cover
