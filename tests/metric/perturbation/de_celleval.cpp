#include <tepui/metric/perturbation/de_celleval.hpp>

#include <doctest/doctest.h>

#include "metric/perturbation/de_cells.hpp"

namespace tepui::tests::de_celleval {
namespace {

using de_cells::column;
using de_cells::near;

void check_columns(const std::vector<metric::celleval_column>& ours, const std::string& shared, const std::string& file,
                   double tolerance) {
  const auto lines = de_cells::lines_of(laws::shared_text(shared, "golden/metrics/" + file));
  for (const auto& of : ours) {
    const auto golden = column(lines, of.name);
    REQUIRE(golden.size() == of.each.size());
    for (std::size_t p = 0; p < golden.size(); ++p) {
      INFO(file, " ", of.name, " ", p, ": ", of.each[p], " ", golden[p]);
      CHECK(near(of.each[p], golden[p], tolerance));
    }
  }
}
void check_means(const std::vector<metric::celleval_column>& ours, const std::string& shared, const std::string& file) {
  const auto lines = de_cells::lines_of(laws::shared_text(shared, "golden/metrics/" + file));
  for (const auto& of : ours) {
    INFO(file, " ", of.name, " ", of.mean());
    CHECK(near(of.mean(), column(lines, of.name)[2], 1e-9));
  }
}

TEST_CASE("from cell-eval's tables come cell-eval's scores") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("the golden numbers are not here");
    return;
  }
  const auto real = de_cells::golden_table(shared, "celleval_de_real.csv"),
             predicted = de_cells::golden_table(shared, "celleval_de_pred.csv");
  const auto columns = metric::celleval_columns(metric::de_pair(real, predicted));
  REQUIRE(columns.size() == 18);
  check_columns(columns, shared, "celleval_results_per_pert.csv", 1e-9);
  check_means(columns, shared, "celleval_agg.csv");
}

TEST_CASE("from cells come cell-eval's scores, of good, perfect and trivial predictions") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("the golden numbers are not here");
    return;
  }
  const auto real_cells = de_cells::golden(shared, "pert_real_660x80.npy");
  const auto table = [](const de_cells::cells& of) { return metric::rounded_to_float(de_cells::table_of(of)); };
  const auto real = table(real_cells);
  const auto against = [&](const de_cells::cells& predicted, const std::string& columns, const std::string& means) {
    const auto other = table(predicted);
    const auto ours = metric::celleval_columns(metric::de_pair(real, other));
    check_columns(ours, shared, columns, 1e-9);
    check_means(ours, shared, means);
  };
  against(de_cells::golden(shared, "pert_pred_660x80.npy"), "celleval_results_per_pert.csv", "celleval_agg.csv");
  against(real_cells, "celleval_results_perfect.csv", "celleval_agg_perfect.csv");
  against(de_cells::golden(shared, "pert_nochange_660x80.npy"), "celleval_results_nochange_resampled_controls.csv",
          "celleval_agg_nochange_resampled_controls.csv");
  // Means repeated for every perturbed cell, beside the real control cells: of the first 20 perturbations, which the
  // golden files take for the training ones, and of all and the control.
  const auto bulks = de_cells::table_of(real_cells);
  const auto repeated = [&](std::size_t n, bool with_control) {
    auto out = real_cells;
    for (std::size_t g = 0; g < 80; ++g) {
      double sum = with_control ? bulks.control_mean[g] : 0;
      for (std::size_t p = 0; p < n; ++p) sum += bulks.mean[p * 80 + g];
      for (std::size_t c = 0; c < out.code.size(); ++c)
        if (out.code[c] != 0)
          out.value[c * 80 + g] = static_cast<float>(sum / static_cast<double>(n + (with_control ? 1 : 0)));
    }
    return out;
  };
  against(repeated(20, false), "celleval_results_train_mean.csv", "celleval_agg_train_mean.csv");
  const auto base = table(repeated(40, true));
  check_means(metric::celleval_columns(metric::de_pair(real, base)), shared, "celleval_agg_basemean.csv");
}

TEST_CASE("a perfect prediction of a perturbation that changes nothing scores 0 with cell-eval and is left out here") {
  const auto names = de_cells::names_of(4);
  const auto cells = de_cells::drawn(1, 4, 30, 12, 1.5);
  const metric::perturbed_cells subject(cells.view(names), cells.view(names), 0, {});
  const auto quirk = metric::de_celleval{}(subject, {.resamples = 0});
  const auto ours = metric::de_overlap{}(subject, {.resamples = 0});
  REQUIRE(quirk.size() == 18);
  CHECK(quirk[0].name == "celleval.overlap_at_N");
  CHECK(quirk[0].n == 3);
  CHECK(quirk[0].value.value == doctest::Approx(2.0 / 3));
  CHECK(ours[0].name == "de_overlap_at_N");
  CHECK(ours[0].n == 2);
  CHECK(ours[0].value.value == 1);
  CHECK(quirk[17].name == "celleval.roc_auc");
  CHECK(!quirk[17].value.known());
  CHECK(!quirk[17].value.reason.empty());
}

}  // namespace
}  // namespace tepui::tests::de_celleval
