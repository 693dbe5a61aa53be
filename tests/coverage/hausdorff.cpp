#include <tepui/coverage/hausdorff.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include <tepui/kernel/rng.hpp>

#include "laws/golden.hpp"
#include "laws/npy.hpp"

namespace tepui::tests::coverage_hausdorff {
namespace {
using rows = std::vector<std::int64_t>;

struct owned {
  std::int64_t dims;
  std::vector<float> value;
  rows id;
  owned(std::int64_t d, std::vector<float> v) : dims(d), value(std::move(v)), id(value.size() / usize(d)) {
    std::iota(id.begin(), id.end(), std::int64_t{0});
  }
  [[nodiscard]] embedding_view<> view() const { return {dims, value, cell_axis<>(id)}; }
};
const owned line{1, {0, 1, 2, 3, 10}};

TEST_CASE("five cells on a line, of which two are chosen") {
  const rows chosen{0, 3};
  CHECK(coverage::nearest_chosen(line.view(), chosen) == std::vector<double>{0, 1, 1, 0, 7});
  const score worst = coverage::hausdorff(line.view(), chosen);
  CHECK(worst.value.value == 7);
  CHECK(worst.n == 5);
  CHECK(worst.unit == "distance");
  CHECK(worst.better == direction::lower_is_better);
  CHECK(worst.ceiling.value == 0);
  CHECK_FALSE(worst.floor.known());
  CHECK(worst.floor.reason == "what a uniform choice of as many cells reaches was not given");
  CHECK(coverage::hausdorff(line.view(), chosen, {.floor = 9}).floor.value == 9);
  CHECK(coverage::mean_nearest(line.view(), chosen).value.value == 1.8);
  CHECK(coverage::share_within(line.view(), chosen, 1).value.value == 0.8);
  CHECK(coverage::share_within(line.view(), chosen, 1).better == direction::higher_is_better);
}

TEST_CASE("the partial distance leaves the worst cells out: the ceil(quantile * cells)-th smallest") {
  const rows chosen{0, 3};
  const auto at = [&](double quantile) {
    return coverage::partial_hausdorff(line.view(), chosen, {.quantile = quantile}).value.value;
  };
  CHECK(at(1) == 7);
  CHECK(at(0.81) == 7);
  CHECK(at(0.8) == 1);
  CHECK(at(0.4) == 0);
  CHECK(at(1e-9) == 0);
  CHECK_THROWS_WITH_AS((void)at(0),
                       "coverage::partial_hausdorff: quantile is 0, but must be above 0 and at most 1; give the share of "
                       "the cells that count, such as 0.9999",
                       bad_option);
  CHECK_THROWS_AS((void)at(std::nan("")), bad_option);
  std::vector<double> hundred(100);
  std::iota(hundred.begin(), hundred.end(), 1.0);
  for (int percent = 1; percent <= 100; ++percent)
    CHECK(coverage::partial_hausdorff(hundred, {.quantile = percent / 100.0}).value.value == percent);
}

TEST_CASE("chosen cells may have an embedding of their own, and then both directions count") {
  const owned other{1, {0, 30}};
  CHECK(coverage::hausdorff(line.view(), other.view()).value.value == 10);
  CHECK(coverage::symmetric_hausdorff(line.view(), other.view()).value.value == 20);
  CHECK(coverage::symmetric_hausdorff(line.view(), rows{4}).value.value ==
        coverage::hausdorff(line.view(), rows{4}).value.value);
}

TEST_CASE("nothing chosen, and no cells, are said in words") {
  CHECK(coverage::hausdorff(line.view(), rows{}).value.reason == "no cells were chosen, so that none is near");
  CHECK(coverage::mean_nearest(line.view(), rows{}).value.reason == "no cells were chosen, so that none is near");
  CHECK(coverage::share_within(line.view(), rows{}, 5).value.value == 0);
  const owned none{2, {}};
  CHECK(coverage::hausdorff(none.view(), rows{}).value.reason == "there are no cells");
  CHECK(coverage::partial_hausdorff(none.view(), rows{}).value.reason == "there are no cells");
  CHECK(coverage::share_within(none.view(), rows{}, 5).value.reason == "there are no cells");
}

TEST_CASE("what does not fit is refused in a sentence") {
  CHECK_THROWS_WITH_AS((void)coverage::hausdorff(line.view(), rows{5}),
                       "coverage: row 5 is chosen, but there are 5 cells; give the rows that a sampler chose of these cells",
                       bad_data);
  const owned flat{2, {1, 2}};
  CHECK_THROWS_WITH_AS((void)coverage::nearest_chosen(line.view(), flat.view()),
                       "coverage: all cells have 1 dims and the chosen 2; give both in one embedding", bad_data);
  CHECK_THROWS_AS((void)coverage::share_within(line.view(), rows{1}, -1), bad_option);
}

TEST_CASE("the scores agree with each other, for any number of threads, and more cells cover better") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::int64_t>(1, 400), dims = *rc::gen::inRange<std::int64_t>(1, 12);
    const kernel::draws random(*rc::gen::arbitrary<std::uint64_t>(), "coverage");
    std::vector<float> value(usize(n * dims));
    for (std::size_t i = 0; i < value.size(); ++i) value[i] = static_cast<float>(random.below(6, isize(i)));
    const owned all{dims, value};
    rows chosen;
    for (std::int64_t i = 0; i < n; ++i)
      if (random.below(4, i, 1) == 0 || i == 0) chosen.push_back(i);
    const auto distance = coverage::nearest_chosen(all.view(), chosen);
    RC_ASSERT(distance == coverage::nearest_chosen(all.view(), chosen, 3));
    const double worst = coverage::hausdorff(all.view(), chosen).value.value;
    RC_ASSERT(worst == *std::ranges::max_element(distance));
    RC_ASSERT(worst == coverage::hausdorff(all.view(), chosen, {.threads = 2}).value.value);
    RC_ASSERT(worst == coverage::partial_hausdorff(distance, {.quantile = 1}).value.value);
    RC_ASSERT(coverage::share_within(distance, worst).value.value == 1);
    const rows fewer(chosen.begin(), chosen.begin() + (isize(chosen.size()) + 1) / 2);
    RC_ASSERT(coverage::hausdorff(all.view(), fewer).value.value >= worst);
    RC_ASSERT(coverage::mean_nearest(all.view(), fewer).value.value >= coverage::mean_nearest(distance).value.value);
  }));
}

/// The number behind a key in a JSON text.
double number_at(const std::string& text, const std::string& key, std::size_t& from) {
  from = text.find("\"" + key + "\":", from) + key.size() + 3;
  return laws::numbers_in(std::string_view(text).substr(from, 40)).at(0);
}

TEST_CASE("distances to geometric sketches are those of the golden file") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  // These cells are doubles, which embeddings are not: the kernel takes both.
  const auto cells = laws::npy<double>(shared, "golden/metrics/gs_X_2000x10.npy");
  const std::string results = laws::shared_text(shared, "golden/metrics/sampling_results.json");
  const kernel::points_of<double> all{2000, 10, cells};
  for (const std::string name : {"N200_auto", "N200_k20", "N20_k20_1pct_DenAdel", "N200_replace", "N1000_k20"}) {
    CAPTURE(name);
    std::vector<double> chosen;
    std::int64_t n = 0;
    for (const std::int32_t row : laws::npy<std::int32_t>(shared, "golden/metrics/gs_idx_" + name + ".npy")) {
      chosen.insert(chosen.end(), all.row(row), all.row(row) + 10);
      ++n;
    }
    std::vector<double> distance(2000);
    kernel::nearest_distances_of<double, double>(all, {n, 10, chosen}, distance);
    std::size_t from = results.find("\"name\": \"" + name + "\"");
    REQUIRE(from != std::string::npos);
    const double worst = number_at(results, "hausdorff_directed_full_to_sketch", from);
    CHECK(std::abs(kernel::directed_hausdorff_of<double>(all, {n, 10, chosen}) - worst) < 1e-9);
    CHECK(std::abs(coverage::partial_hausdorff(distance, {.quantile = 0.99}).value.value -
                   number_at(results, "partial_hausdorff_q=1-1e-2", from)) < 1e-9);
    CHECK(std::abs(coverage::mean_nearest(distance).value.value - number_at(results, "mean_min_dist", from)) <
          1e-7);  // the file's comes from squared norms
  }
}

TEST_CASE("batches seen one after the other cover as in the golden file") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const auto cells = laws::npy<float>(shared, "golden/metrics/emb_600x20.npy");
  const auto batch = laws::npy<std::int32_t>(shared, "golden/metrics/batch_600.npy");
  const std::string results = laws::shared_text(shared, "golden/metrics/sampling_results.json");
  const owned all{20, cells};
  std::vector<double> distance(600, std::numeric_limits<double>::infinity());
  rows seen;
  std::size_t from = results.find("coverage_marginal_batches_order_0_1_2");
  for (std::int32_t now = 0; now < 3; ++now) {
    std::vector<float> fresh;
    for (std::int64_t i = 0; i < 600; ++i)
      if (batch[usize(i)] == now) {
        seen.push_back(i);
        fresh.insert(fresh.end(), all.view().row(i).begin(), all.view().row(i).end());
      }
    kernel::update_nearest_of<float, double>({600, 20, cells}, {isize(fresh.size()) / 20, 20, fresh}, distance);
    CHECK(distance == coverage::nearest_chosen(all.view(), seen));
    CHECK(std::abs(coverage::hausdorff(all.view(), seen).value.value -
                   number_at(results, "directed_hausdorff_all_to_seen", from)) < 1e-9);
    CHECK(std::abs(coverage::mean_nearest(distance).value.value - number_at(results, "mean_min_dist", from)) < 1e-7);
    CHECK(coverage::share_within(distance, 6).value.value == number_at(results, "frac_within_r=6.0", from));
  }
}

TEST_CASE("a number that is none is refused, among all cells and among the chosen") {
  const std::vector<float> bad{0, 1, std::nanf(""), 3}, good{0, 1, 2, 3};
  const embedding_view<> broken{2, bad, {}}, whole{2, good, {}};
  const char* const why =
      "coverage: the embedding is nan in cell 1, dim 0; distances need finite numbers: leave such cells out or embed them "
      "again";
  CHECK_THROWS_WITH_AS((void)coverage::hausdorff(broken, rows{0}), why, bad_data);
  CHECK_THROWS_WITH_AS((void)coverage::nearest_chosen(broken, rows{0}), why, bad_data);
  CHECK_THROWS_WITH_AS((void)coverage::nearest_chosen(whole, broken), why, bad_data);
}

}  // namespace
}  // namespace tepui::tests::coverage_hausdorff
