#include <tepui/metric/perturbation/de_table.hpp>

#include <doctest/doctest.h>

#include "metric/perturbation/de_cells.hpp"

namespace tepui::tests::de_table {
namespace {

using de_cells::near;

TEST_CASE("a fold change is the ratio of geometric means, and says so where one of them is nothing") {
  CHECK(metric::log2_fold_change(std::log(5.0), std::log(3.0)) == doctest::Approx(1));  // 4 against 2
  CHECK(metric::log2_fold_change(0, 0) == 0);
  CHECK(metric::log2_fold_change(1, 1) == 0);
  CHECK(metric::log2_fold_change(1, 0) == std::numeric_limits<double>::infinity());
  CHECK(metric::log2_fold_change(0, 1) == -std::numeric_limits<double>::infinity());
}

TEST_CASE("a table has a row for each perturbation that has cells, and none for the control") {
  // Control 2, 2, 0; perturbation 2 of [0, 3): 3, 1. Label 1 has no cells. The second gene is expressed by nobody.
  const std::vector<float> value{2, 0, 3, 0, 2, 0, 1, 0, 0, 0};
  const std::vector<std::int32_t> code{0, 2, 0, 2, 0};
  const auto table = metric::differential_expression(std::span<const float>(value), 2, {code, 3, 0});
  REQUIRE(table.size() == 1);
  CHECK(table.perturbation[0] == 2);
  CHECK(table.n_cells[0] == 2);
  CHECK(table.control_mean[0] == doctest::Approx(4.0 / 3));
  CHECK(table.mean[0] == 2);
  CHECK(table.u[0] == 4);  // 3 above three, 1 above one
  CHECK(table.u[1] == 3);
  CHECK(table.log2_fold_change[1] == 0);
  CHECK(std::isnan(table.p[1]));
  CHECK(table.fdr[1] == 1);
  CHECK(table.fdr[0] == std::min(1.0, 2 * table.p[0]));
}

TEST_CASE("threads change no bit, and sparse rows give the same table") {
  const auto cells = de_cells::drawn(3, 5, 20, 70, 0.8);
  const auto table = de_cells::table_of(cells, 5), again = de_cells::table_of(cells, 5, 4);
  CHECK(table.p == again.p);
  CHECK(table.fdr == again.fdr);
  CHECK(table.log2_fold_change == again.log2_fold_change);
  counts<scale::log1p> sparse;
  sparse.n_genes = 70;
  for (std::size_t c = 0; c < cells.code.size(); ++c) {
    std::vector<std::int32_t> genes;
    std::vector<float> values;
    for (std::size_t g = 0; g < 70; ++g)
      if (cells.row(c)[g] != 0) {
        genes.push_back(static_cast<std::int32_t>(g));
        values.push_back(cells.row(c)[g]);
      }
    sparse.add_cell(isize(c), genes, values);
  }
  CHECK(metric::differential_expression(sparse.view(), {cells.code, 5, 0}).p == table.p);
}

TEST_CASE("U, p and fdr are pdex'") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("the golden numbers are not here");
    return;
  }
  const auto table = de_cells::table_of(de_cells::golden(shared, "pert_real_660x80.npy"));
  const auto lines = de_cells::lines_of(laws::shared_text(shared, "golden/metrics/pdex_real_first3perts_float64.csv"));
  const auto u = de_cells::column(lines, "statistic"), p = de_cells::column(lines, "p_value"),
             fdr = de_cells::column(lines, "fdr"), fold = de_cells::column(lines, "log2_fold_change");
  REQUIRE(u.size() == 240);
  for (std::size_t i = 0; i < 240; ++i) {
    CHECK(table.u[i] == u[i]);
    CHECK(near(table.p[i], p[i], 1e-12));
    CHECK(near(table.fdr[i], fdr[i], 1e-12));
    CHECK(std::abs(table.log2_fold_change[i] - fold[i]) < 1e-5);
  }
}

TEST_CASE("whole tables are cell-eval's") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("the golden numbers are not here");
    return;
  }
  for (const std::string side : {"real", "pred"}) {
    const auto table =
        metric::rounded_to_float(de_cells::table_of(de_cells::golden(shared, "pert_" + side + "_660x80.npy")));
    const auto golden = de_cells::golden_table(shared, "celleval_de_" + side + ".csv");
    REQUIRE(golden.p.size() == 3200);
    bool same = true;
    for (std::size_t i = 0; i < 3200; ++i) {
      same = same && near(table.p[i], golden.p[i], 1e-6) && near(table.fdr[i], golden.fdr[i], 1e-6);
      const double a = table.log2_fold_change[i], b = golden.log2_fold_change[i];
      same = same && (a == b || std::abs(a - b) < 1e-5);
      if (!same) {
        MESSAGE(side, " row ", i, ": ", table.p[i], " ", golden.p[i], " ", a, " ", b);
        break;
      }
    }
    CHECK(same);
  }
}

}  // namespace
}  // namespace tepui::tests::de_table
