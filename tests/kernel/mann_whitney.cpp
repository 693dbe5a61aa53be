#include <tepui/kernel/mann_whitney.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "laws/npy.hpp"

namespace tepui::tests::kernel_mann_whitney {
namespace {

using kernel::mann_whitney;
using kernel::rank_table;

struct cells {
  std::int64_t n_genes = 1;
  std::vector<float> value;
  std::vector<std::int32_t> group;
  std::int32_t n_groups = 2;
  [[nodiscard]] kernel::compared_groups groups() const { return {group, n_groups, 0}; }
  [[nodiscard]] rank_table compared(int threads = 1) const { return mann_whitney(value, n_genes, groups(), threads); }
};

/// Every pair is compared, and equal values are counted by their value.
void check_by_pairs(const cells& x, const rank_table& found) {
  for (std::int64_t gene = 0; gene < x.n_genes; ++gene)
    for (std::int32_t g = 1; g < x.n_groups; ++g) {
      double u = 0, sum = 0;
      std::int64_t n = 0, controls = 0;
      std::map<float, std::uint64_t> equal;
      for (std::size_t i = 0; i < x.group.size(); ++i) {
        const float v = x.value[i * usize(x.n_genes) + usize(gene)] + 0.0F;
        if (x.group[i] == g || x.group[i] == 0) ++equal[v];
        controls += x.group[i] == 0 ? 1 : 0;
        if (x.group[i] != g) continue;
        ++n;
        sum += static_cast<double>(v);
        for (std::size_t j = 0; j < x.group.size(); ++j) {
          if (x.group[j] != 0) continue;
          const float c = x.value[j * usize(x.n_genes) + usize(gene)];
          u += v > c ? 1 : v == c ? 0.5 : 0;
        }
      }
      kernel::wide_count ties = 0;
      for (const auto& [v, times] : equal) ties += kernel::tie_term(times);
      const std::size_t at = found.at(g, gene);
      RC_ASSERT(found.n_cells[usize(g)] == n);
      RC_ASSERT(std::abs(found.sum[at] - sum) < 1e-9);
      if (n == 0) {
        RC_ASSERT(std::isnan(found.u[at]));
        continue;
      }
      RC_ASSERT(found.u[at] == u);
      const double p = kernel::mann_whitney_p(u, ties, n, controls);
      RC_ASSERT((std::isnan(p) ? std::isnan(found.p[at]) : found.p[at] == p));
      RC_ASSERT(std::isnan(p) == (equal.size() == 1));
    }
}

cells any_cells() {
  cells x;
  x.n_genes = *rc::gen::element<std::int64_t>(1, 3, 17, 33, 70);
  x.n_groups = *rc::gen::inRange(2, 6);
  const auto n = *rc::gen::inRange<std::size_t>(1, 40);
  const int kinds = *rc::gen::element(1, 3, 1000);
  const int zeros = *rc::gen::element(0, 50, 90);
  x.group = *rc::gen::container<std::vector<std::int32_t>>(n, rc::gen::inRange(-1, x.n_groups));
  x.group[0] = 0;
  const auto seed = *rc::gen::arbitrary<std::uint32_t>();
  std::uint64_t state = seed;
  const auto next = [&](int below) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<int>((state >> 33) % static_cast<std::uint64_t>(below));
  };
  for (std::size_t i = 0; i < n * usize(x.n_genes); ++i) {
    const auto some = static_cast<float>(next(kinds) - (kinds > 1 ? kinds / 3 : 0)) / 7;
    x.value.push_back(next(100) < zeros ? (next(2) == 0 ? 0.0F : -0.0F) : some);
  }
  return x;
}

TEST_CASE("three treated cells against two controls, counted with a pencil") {
  // 5 lies above both, 2 above one and equal to none, 1 equals the lower: U = 2 + 1 + 0.5.
  const cells x{1, {1, 3, 5, 2, 1}, {0, 0, 1, 1, 1}, 2};
  const auto found = x.compared();
  CHECK(found.u[1] == 3.5);
  CHECK(found.sum[0] == 4);
  CHECK(found.sum[1] == 8);
  CHECK(std::isnan(found.u[0]));
  CHECK(std::isnan(found.p[0]));
  // One pair of equal values takes 6 / (5 * 4) of 6 from the spread; U lies 0.5 from the middle, where no p is below 1.
  CHECK(found.p[1] == doctest::Approx(1));
}

TEST_CASE("U, ties and sums are those of all pairs") {
  CHECK(rc::check([] {
    const cells x = any_cells();
    check_by_pairs(x, x.compared());
  }));
}

TEST_CASE("threads, the order of the cells and sparse rows change nothing") {
  CHECK(rc::check([] {
    const cells x = any_cells();
    const auto found = x.compared();
    const auto same = [&](const rank_table& other) {
      for (std::size_t i = 0; i < found.u.size(); ++i) {
        RC_ASSERT((std::isnan(found.u[i]) ? std::isnan(other.u[i]) : found.u[i] == other.u[i]));
        RC_ASSERT((std::isnan(found.p[i]) ? std::isnan(other.p[i]) : found.p[i] == other.p[i]));
        RC_ASSERT(found.sum[i] == other.sum[i]);
      }
    };
    same(x.compared(3));
    cells turned = x;
    counts<scale::log1p> sparse;
    sparse.n_genes = static_cast<std::int32_t>(x.n_genes);
    const std::size_t n = x.group.size(), width = usize(x.n_genes);
    for (std::size_t i = 0; i < n; ++i) {
      turned.group[n - 1 - i] = x.group[i];
      std::copy_n(x.value.begin() + isize(i * width), width, turned.value.begin() + isize((n - 1 - i) * width));
      std::vector<std::int32_t> genes;
      std::vector<float> values;
      for (std::size_t g = 0; g < width; ++g)
        if (x.value[i * width + g] != 0) {
          genes.push_back(static_cast<std::int32_t>(g));
          values.push_back(x.value[i * width + g]);
        }
      sparse.add_cell(isize(i), genes, values);
    }
    same(turned.compared());
    same(mann_whitney(sparse.view(), x.groups(), 2));
  }));
}

TEST_CASE("p falls as the groups part, and is that of either side") {
  CHECK(kernel::mann_whitney_p(50, 0, 10, 10) == 1);
  CHECK(kernel::mann_whitney_p(10, 0, 10, 10) == kernel::mann_whitney_p(90, 0, 10, 10));
  CHECK(kernel::mann_whitney_p(10, 0, 10, 10) < kernel::mann_whitney_p(20, 0, 10, 10));
  CHECK(std::isnan(kernel::mann_whitney_p(50, kernel::tie_term(20), 10, 10)));
  CHECK(std::isnan(kernel::mann_whitney_p(0, 0, 0, 10)));
  // A million cells on either side, all equal but one: the cubes go beyond 64 bits.
  CHECK(kernel::mann_whitney_p(5e11 + 5e5, kernel::tie_term(1'999'999), 1'000'000, 1'000'000) < 1);
}

TEST_CASE("data that cannot be ranked are refused") {
  const auto nan = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(static_cast<void>(cells{1, {1, nan}, {0, 1}, 2}.compared()), bad_data);
  CHECK_THROWS_AS(static_cast<void>(cells{1, {1, -nan}, {0, 1}, 2}.compared()), bad_data);
  CHECK_THROWS_AS(static_cast<void>(cells{1, {1, 2}, {1, 1}, 2}.compared()), bad_data);
  CHECK_THROWS_AS(static_cast<void>(cells{1, {1, 2}, {0, 2}, 2}.compared()), bad_data);
  CHECK_THROWS_AS(static_cast<void>(cells{2, {1, 2}, {0, 1}, 2}.compared()), bad_data);
  CHECK_THROWS_AS(static_cast<void>(cells{1, {}, {}, 2}.compared()), bad_data);
  // Cells that are left out are no control, even where the control is numbered as they are.
  const std::vector<float> value{1, 2, 3};
  for (const std::int32_t control : {-1, 2, -7}) {
    const std::vector<std::int32_t> group{-1, 0, 1};
    CHECK_THROWS_AS(static_cast<void>(kernel::mann_whitney(std::span<const float>(value), 1, {group, 2, control})), bad_data);
  }
}

TEST_CASE("U and p are scipy's") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("the golden numbers are not here");
    return;
  }
  const auto a = laws::npy_numbers(shared, "golden/metrics/mwu_A_30x12.npy"),
             b = laws::npy_numbers(shared, "golden/metrics/mwu_B_45x12.npy");
  cells x{12, {}, {}, 2};
  for (const double v : b) x.value.push_back(static_cast<float>(v));
  for (const double v : a) x.value.push_back(static_cast<float>(v));
  for (int i = 0; i < 75; ++i) x.group.push_back(i < 45 ? 0 : 1);
  const auto found = x.compared();
  const std::string text = laws::shared_text(shared, "golden/metrics/extra_results.json");
  std::size_t from = text.find("\"mwu\"");
  const auto u = laws::numbers_in(laws::json_array(text, "U_A", from)),
             p = laws::numbers_in(laws::json_array(text, "p", from));
  REQUIRE(u.size() == 12);
  REQUIRE(p.size() == 12);
  for (std::size_t g = 0; g < 12; ++g) {
    CHECK(found.u[12 + g] == u[g]);
    if (g == 11)
      CHECK(std::isnan(found.p[12 + g]));  // all zero: scipy says 1
    else
      CHECK(std::abs(found.p[12 + g] - p[g]) <= 1e-12 * p[g]);
  }
}

}  // namespace
}  // namespace tepui::tests::kernel_mann_whitney
