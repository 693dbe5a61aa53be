#include <tepui/coverage/in_order.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "laws/npy.hpp"

namespace tepui::tests::coverage_in_order {
namespace {
using coverage::batches;
using coverage::coverage_in_order;
using order = std::vector<std::int64_t>;

struct line_of_cells {
  embedding_batch<> cells;
  std::vector<std::int32_t> batch;
  line_of_cells(const std::vector<float>& at, std::vector<std::int32_t> of) : batch(std::move(of)) {
    cells.resize(isize(at.size()), 1);
    std::copy(at.begin(), at.end(), cells.value.begin());
  }
  [[nodiscard]] batches view(std::int32_t n) const { return {cells.view(), batch, n}; }
};

TEST_CASE("cells at 1, 2 and 9, then at 4 and 12: what the second batch changes") {
  const line_of_cells all({1, 2, 9, 4, 12}, {0, 0, 0, 1, 1});
  const auto steps = coverage_in_order(all.view(2), order{0, 1}, {.radius = 2, .grid = {.unit = 4}});
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].cells == 3);
  CHECK(steps[0].covering_radius.after.value.value == 3);  // from 12 to 9
  CHECK(!steps[0].covering_radius.gain.known());
  CHECK(steps[0].mean_distance.after.value.value == 1);  // (2 + 3) / 5
  CHECK(steps[0].within.after.value.value == doctest::Approx(0.8));
  CHECK(steps[0].boxes.after.value.value == 2);
  CHECK(!steps[0].near.share.value.known());
  CHECK(steps[1].cells == 5);
  CHECK(steps[1].covering_radius.after.value.value == 0);
  CHECK(steps[1].covering_radius.gain.value == 3);
  CHECK(steps[1].within.gain.value == doctest::Approx(0.2));
  CHECK(steps[1].boxes.gain.value == 2);
  CHECK(steps[1].near.share.value.value == 1);  // 8 apart from each other, 2 and 3 from the pool
  CHECK(steps[1].vendi.after.value.value == doctest::Approx(1));
  CHECK(steps[1].vendi.gain.value == doctest::Approx(0));
}

TEST_CASE("batches and orders that cannot be are refused") {
  const line_of_cells all({1, 2, 3}, {0, 0, 1});
  CHECK_THROWS_AS((void)coverage_in_order(all.view(2), order{0, 0}), bad_option);
  CHECK_THROWS_AS((void)coverage_in_order(all.view(2), order{2}), bad_option);
  CHECK_THROWS_WITH_AS((void)coverage_in_order(all.view(3), order{0}), "coverage: batch 2 has no cells; leave it out",
                       bad_data);
  CHECK_THROWS_WITH_AS((void)coverage_in_order(all.view(1), order{0}),
                       "coverage: cell 2 has the batch code 1, but there are 1 batches; leave cells without a batch out",
                       bad_data);
  CHECK_THROWS_AS((void)coverage_in_order({all.cells.view(), {}, 2}, order{0}), bad_data);
}

TEST_CASE("600 cells in 3 batches: the published numbers after each") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs the golden metrics");
    return;
  }
  const auto value = laws::npy<float>(shared, "golden/metrics/emb_600x20.npy");
  const auto batch = laws::npy<std::int32_t>(shared, "golden/metrics/batch_600.npy");
  embedding_batch<> cells;
  cells.resize(600, 20);
  std::copy(value.begin(), value.end(), cells.value.begin());
  const auto steps = coverage_in_order({cells.view(), batch, 3}, order{0, 1, 2}, {.radius = 6});
  const std::string text = laws::shared_text(shared, "golden/metrics/sampling_results.json");
  const std::size_t begin = text.find("coverage_marginal_batches_order_0_1_2");
  std::size_t from = begin;
  std::string golden(laws::json_array(text, "coverage_marginal_batches_order_0_1_2", from = begin - 1));
  for (std::size_t at; (at = golden.find("frac_within_r=6.0")) != std::string::npos;) golden.replace(at, 17, "share");
  const auto numbers = laws::numbers_in(golden);  // after_batch, n, hausdorff, mean, vendi, share
  REQUIRE(numbers.size() == 18);
  double vendi = 0;
  for (std::size_t s = 0; s < 3; ++s) {
    const double* want = numbers.data() + 6 * s;
    CHECK(static_cast<double>(steps[s].batch) == want[0]);
    CHECK(static_cast<double>(steps[s].cells) == want[1]);
    CHECK(std::abs(steps[s].covering_radius.after.value.value - want[2]) < 1e-9);
    CHECK(std::abs(steps[s].mean_distance.after.value.value - want[3]) < 1e-9);
    CHECK(std::abs(steps[s].vendi.after.value.value - want[4]) < 1e-8);
    CHECK(std::abs(steps[s].within.after.value.value - want[5]) < 1e-12);
    CHECK(std::abs(steps[s].vendi.gain.value - (want[4] - vendi)) < 1e-8);
    vendi = want[4];
  }
}

}  // namespace
}  // namespace tepui::tests::coverage_in_order
