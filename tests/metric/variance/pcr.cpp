/// Principal component regression and what is made of it, by pencil and against scib 1.1.7.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include <tepui/metric/variance/cell_cycle.hpp>
#include <tepui/metric/variance/pcr_comparison.hpp>

#include "laws/golden.hpp"
#include "laws/head_laws.hpp"
#include "laws/npy.hpp"

namespace variance_of_cells {

using namespace tepui;
using doctest::Approx;

/// The golden cells.
struct golden_600 {
  laws::owned_embedding cells;
  std::vector<double> covariate;

  explicit golden_600(const std::string& shared) {
    cells.dims = 20;
    cells.dims_before = 50;
    cells.value = laws::npy<float>(shared, "golden/metrics/emb_600x20.npy");
    cells.before = laws::npy<float>(shared, "golden/metrics/pre_600x50.npy");
    cells.label = laws::npy<std::int32_t>(shared, "golden/metrics/labels_600.npy");
    cells.batch = laws::npy<std::int32_t>(shared, "golden/metrics/batch_600.npy");
    cells.label_name = {"L0", "L1", "L2", "L3", "L4"};
    cells.batch_name = {"B0", "B1", "B2"};
    for (std::int64_t i = 0; i < 600; ++i) cells.cell_id.push_back(i);
    covariate = laws::npy<double>(shared, "golden/metrics/cont_covariate.npy");
  }
};

double golden(const std::string& text, const std::string& section, const std::string& key) {
  const std::size_t in = text.find("\"" + section + "\"");
  const std::size_t at = text.find("\"" + key + "\":", in);
  REQUIRE(at != std::string::npos);
  return std::strtod(text.c_str() + at + key.size() + 3, nullptr);
}

metric::cell_columns column(const std::vector<double>& v) {
  return Eigen::Map<const Eigen::VectorXd>(v.data(), isize(v.size()));
}

/// Four cells at 0, 2, 4, 6; batches a a b b: between 16, total 20.
laws::owned_embedding four() {
  laws::owned_embedding out;
  out.dims = 1;
  out.dims_before = 1;
  out.value = {0, 2, 4, 6};
  out.before = {0, 0, 1, 1};
  out.cell_id = {0, 1, 2, 3};
  out.label = {0, 0, 0, 0};
  out.batch = {0, 0, 1, 1};
  out.label_name = {"t"};
  out.batch_name = {"a", "b"};
  return out;
}

TEST_CASE("metric.variance: what batches explain, by pencil") {
  const auto cells = four();
  const auto of = cells.subject();
  CHECK(metric::principal_component_regression(of.cells, of.batch) == Approx(0.8).epsilon(1e-14));
  // A line through 0, 1, 2, 3 explains everything, the batch as a number as much as the batch as a group.
  CHECK(metric::principal_component_regression(of.cells, column({0, 1, 2, 3})) == Approx(1).epsilon(1e-14));
  CHECK(metric::principal_component_regression(of.cells, column({0, 0, 1, 1})) == Approx(0.8).epsilon(1e-14));
  CHECK(metric::principal_component_regression(of.cells, column({5, 5, 5, 5})) == 0);
  // What each cell adds has the share as its mean.
  const auto found = metric::explained_by(metric::principal_columns(of.cells, 0), of.batch);
  double sum = 0;
  for (const double v : found.share_by_cell()) sum += v;
  CHECK(sum / 4 == Approx(0.8).epsilon(1e-14));
  CHECK(metric::pcr_comparison_of(0.5, 0.1) == Approx(0.8));
  CHECK(metric::pcr_comparison_of(0.5, 0.7) == 0);
  CHECK(std::isnan(metric::pcr_comparison_of(0, 0.1)));
  CHECK(metric::conservation(0.2, 0.1) == Approx(0.5));
  CHECK(metric::conservation(0.2, 0.3) == Approx(0.5));
  CHECK(metric::conservation(0.2, 0.9) == 0);
  CHECK(std::isnan(metric::conservation(0, 0.9)));
}

TEST_CASE("metric.variance: codes of three batches are no numbers") {
  // Batches at 0, 9, 0: groups explain all, their codes as numbers nothing.
  laws::owned_embedding cells = four();
  cells.value = {0, 9, 0};
  cells.cell_id = {0, 1, 2};
  cells.before.clear();
  cells.label = {0, 0, 0};
  cells.batch = {0, 1, 2};
  cells.batch_name = {"a", "b", "c"};
  const auto of = cells.subject();
  CHECK(metric::principal_component_regression(of.cells, of.batch) == Approx(1));
  CHECK(metric::principal_component_regression(of.cells, column({0, 1, 2})) == Approx(0));
}

TEST_CASE("metric.variance: heads by pencil") {
  const auto cells = four();
  const auto all = metric::measure(cells.subject(), {}, metric::pcr{}, metric::pcr_comparison{});
  REQUIRE(all.size() == 2);
  CHECK(all[0].name == "pcr_batch");
  CHECK(all[0].value.value == Approx(0.8));
  CHECK(all[0].better == direction::lower_is_better);
  CHECK(all[0].floor.value == Approx(1));
  CHECK(all[0].n == 4);
  CHECK(all[1].name == "pcr_comparison");
  CHECK(all[1].value.value == Approx(0.2));
  CHECK(all[1].floor.value == 0);

  laws::owned_embedding mixed = four();
  mixed.before = {0, 1, 0, 1};
  CHECK(metric::pcr_comparison{}(mixed.subject(), {})[0].value.reason ==
        "the batches explain nothing before integration, so that nothing could be taken away");
  laws::owned_embedding fewer = four();
  const auto of = fewer.subject();
  auto unlike = of;
  unlike.before = embedding_view<>{1, std::span<const float>(fewer.before).first(3),
                                   cell_axis<>(std::span<const std::int64_t>(fewer.cell_id).first(3))};
  CHECK_THROWS_AS((void)metric::pcr_comparison{}(unlike, {}), bad_data);
  CHECK_THROWS_AS((void)metric::pcr{}(unlike, {}), bad_data);
}

TEST_CASE("metric.variance: numbers of cells") {
  const auto cells = four();
  const std::vector<double> depth{1, 2, 4, 3}, flat(4, 0.5), broken{1, 2, NAN, 3};
  metric::pcr_of_number head;
  head.value = depth;
  head.what = "n_counts";
  const auto found = head(cells.subject(), {.prefix = "x."});
  REQUIRE(found.size() == 1);
  CHECK(found[0].name == "x.pcr[n_counts]");
  // r of (0, 2, 4, 6) and (1, 2, 4, 3): 8 / sqrt(20 x 5); r2 = 0.64
  CHECK(found[0].value.value == Approx(0.64));
  CHECK(laws::head_checks::fault(found[0], 4, "x.", {}) == "");
  head.value = flat;
  CHECK(head(cells.subject(), {})[0].value.reason == "all cells have the same number");
  head.value = broken;
  CHECK_THROWS_AS((void)head(cells.subject(), {}), bad_data);
  head.value = std::span<const double>(depth).first(3);
  CHECK_THROWS_AS((void)head(cells.subject(), {}), bad_data);
}

TEST_CASE("metric.variance: the laws of heads") {
  laws::embedding_head(metric::pcr{});
  laws::embedding_head(metric::pcr{.n_comps = 2}, {.permuting = 1e-9, .renumbering = 1e-9});
  laws::embedding_head(metric::pcr_comparison{});
  laws::embedding_head(metric::pcr_comparison{.n_comps = 2}, {.permuting = 1e-9, .renumbering = 1e-9});
}

TEST_CASE("metric.variance: the interval agrees with drawing the cells again") {
  const auto cells = laws::owned_embedding::drawn(1500, 3, 3, 4);
  const auto of = cells.subject();
  const metric::score_options options{.resamples = 300};
  const auto found = metric::pcr{}(of, options)[0];
  const auto drawn = metric::interval_by_resampling(1500, {}, options, [&](std::span<const std::int64_t> rows) {
    const auto again = rows_of(of.cells, rows);
    std::vector<std::int32_t> batch;
    for (const std::int64_t r : rows) batch.push_back(of.batch.code[usize(r)]);
    return metric::principal_component_regression(again.view(), metric::cell_labels(batch, of.batch.name));
  });
  const double width = drawn.high.value - drawn.low.value;
  CHECK(std::abs(found.low.value - drawn.low.value) < 0.15 * width);
  CHECK(std::abs(found.high.value - drawn.high.value) < 0.15 * width);
}

TEST_CASE("metric.variance: components of few cells in many dims are those of the other product") {
  const auto cells =
      laws::owned_embedding::drawn(5, 2, 2, 9);  // 5 cells, 5 dims before: turn it on its side by dropping a cell
  const std::vector<double> number{1, 5, 2, 8};
  const embedding_view<> wide{5, std::span<const float>(cells.before).first(20),
                              cell_axis<>(std::span<const std::int64_t>(cells.cell_id).first(4))};
  std::vector<float> padded;  // the same cells, each twice: more cells than dims, the same components
  std::vector<std::int64_t> id;
  std::vector<double> twice;
  for (int copy = 0; copy < 2; ++copy)
    for (std::size_t c = 0; c < 4; ++c) {
      padded.insert(padded.end(), cells.before.begin() + isize(5 * c), cells.before.begin() + isize(5 * c + 5));
      id.push_back(isize(id.size()));
      twice.push_back(number[c]);
    }
  const embedding_view<> tall{5, padded, cell_axis<>(id)};
  CHECK(metric::principal_component_regression(wide, column(number), 2) ==
        Approx(metric::principal_component_regression(tall, column(twice), 2)).epsilon(1e-10));
}

TEST_CASE("metric.variance: the cell cycle, by pencil and by the rules of scores") {
  // One batch, six cells on a line before and after; S explains the same share of both: kept in full.
  laws::owned_embedding cells = laws::owned_embedding::drawn(60, 2, 2, 3);
  std::vector<double> s, g2m;
  for (std::size_t c = 0; c < 60; ++c) {
    s.push_back(cells.before[5 * c]);
    g2m.push_back(cells.before[5 * c + 1]);
  }
  metric::cell_cycle_conservation head;
  head.s_score = s;
  head.g2m_score = g2m;
  const auto found = head(cells.subject(), {});
  REQUIRE(found.size() == 1);
  CHECK(laws::head_checks::fault(found[0], 60, "", {}) == "");
  CHECK(found[0].value.known());
  // Cells in another order, each with its own numbers: the floor is dealt by their ids.
  const laws::owned_embedding moved = cells.permuted(3);
  std::vector<double> moved_s, moved_g2m;
  for (std::size_t c = 0; c < 60; ++c) {
    moved_s.push_back(moved.before[5 * c]);
    moved_g2m.push_back(moved.before[5 * c + 1]);
  }
  head.s_score = moved_s;
  head.g2m_score = moved_g2m;
  CHECK(head(moved.subject(), {})[0].floor.value == Approx(found[0].floor.value).epsilon(1e-10));
  head.s_score = s;
  head.g2m_score = g2m;
  laws::owned_embedding kept = cells;
  kept.value = kept.before;
  kept.dims = 5;
  const auto all = head(kept.subject(), {});
  CHECK(all[0].value.value == Approx(1).epsilon(1e-12));
  CHECK(all[0].floor.value < 0.6);
  CHECK(all[0].ceiling.value == 1);
  for (const auto& [what, data] : laws::owned_embedding::degenerate()) {
    CAPTURE(what);
    std::vector<double> one, other;
    for (std::int64_t c = 0; c < data.n_cells(); ++c) {
      one.push_back(static_cast<double>(c % 5));
      other.push_back(static_cast<double>(c * c % 7));
    }
    head.s_score = one;
    head.g2m_score = other;
    for (const score& each : head(data.subject(), {}))
      CHECK(laws::head_checks::fault(each, data.n_cells(), "", {.all_cells = false}) == "");
  }
  head.s_score = std::span<const double>(s).first(3);
  CHECK_THROWS_AS((void)head(cells.subject(), {}), bad_data);
}

TEST_CASE("metric.variance: golden numbers of scib and scib-metrics") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: the golden files are not here");
    return;
  }
  const golden_600 g(shared);
  const auto of = g.cells.subject();
  const std::string text = laws::shared_text(shared, "golden/metrics/embed_results.json");
  const double after = metric::principal_component_regression(of.cells, of.batch);
  const double before = metric::principal_component_regression(of.before, of.batch);
  CHECK(std::abs(after - golden(text, "scib", "pcr_embed_batch")) < 1e-9);
  CHECK(std::abs(before - golden(text, "scib", "pcr_pre_batch")) < 1e-9);
  CHECK(std::abs(metric::principal_component_regression(of.before, of.batch, 20) -
                 golden(text, "scib", "pcr_pre_batch_ncomps20")) < 1e-9);
  // These two were made from single precision: they differ by 1e-7 from what scib's own two numbers above give.
  CHECK(std::abs(metric::pcr_comparison_of(before, after) - golden(text, "scib", "pcr_comparison")) < 1e-6);
  CHECK(std::abs(after - before - golden(text, "scib", "pcr_comparison_unscaled")) < 1e-6);
  CHECK(std::abs(metric::principal_component_regression(of.cells, column(g.covariate)) -
                 golden(text, "scib", "pcr_embed_continuous")) < 1e-9);
  CHECK(std::abs(after - golden(text, "scib_metrics", "pcr_post_cat")) < 1e-5);
  CHECK(std::abs(metric::pcr_comparison{}(of, {})[0].value.value - golden(text, "scib_metrics", "pcr_comparison_cat")) <
        1e-5);
  // Typed from scib.metrics.pcr.pc_regression of scib 1.1.7, scikit-learn regression.
  CHECK(std::abs(metric::principal_component_regression(of.before, column(g.covariate), 7) - 0.040836108197703704) < 1e-9);
  const embedding_view<> thirty{50, std::span<const float>(g.cells.before).first(1500),
                                cell_axis<>(std::span<const std::int64_t>(g.cells.cell_id).first(30))};
  const std::vector<double> few(g.covariate.begin(), g.covariate.begin() + 30);
  CHECK(std::abs(metric::principal_component_regression(thirty, column(few), 10) - 0.052499045396805014) < 1e-9);
  // The components themselves: their variances, and the golden scores up to the sign.
  const auto columns = metric::principal_columns(of.before, 10);
  const auto scores = laws::npy<double>(shared, "golden/metrics/pca10_scores.npy");
  for (Eigen::Index c = 0; c < 10; ++c) {
    double worst_same = 0, worst_turned = 0;
    for (Eigen::Index i = 0; i < 600; ++i) {
      const double wanted = scores[usize(10 * i + c)], found = columns(i, 9 - c);
      worst_same = std::max(worst_same, std::abs(found - wanted));
      worst_turned = std::max(worst_turned, std::abs(found + wanted));
    }
    CHECK(std::min(worst_same, worst_turned) < 1e-7);
  }
  // Cell cycle conservation: scib's formula, S = cont_covariate, G2M = (row^2 mod 97) / 97, with numpy.linalg.lstsq. With
  // scib's own pc_regression, whose components come from an iteration, it is 0.9476402112865.
  std::vector<double> g2m;
  for (std::int64_t i = 0; i < 600; ++i) g2m.push_back(static_cast<double>(i * i % 97) / 97);
  metric::cell_cycle_conservation cycle;
  cycle.s_score = g.covariate;
  cycle.g2m_score = g2m;
  const auto found = cycle(of, {})[0];
  CHECK(std::abs(found.value.value - 0.9476402044213655) < 1e-12);
  CHECK(found.n == 600);
  CHECK(found.low.value < found.value.value);
}

}  // namespace variance_of_cells
