#include <tepui/metric/perturbation/celleval_profile.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "golden_perturbation.hpp"

namespace tepui::tests::celleval {
namespace {

using namespace tepui::metric;
using namespace tepui::tests::perturbation;

TEST_CASE("summaries as polars gives them: nulls do not count, NaN spoils the mean alone") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto all = summary_of({"x", {1, 2, 3, 6, 9}, {0, 0, 0, 0, 1}});
  CHECK(all.count == 4);
  CHECK(all.null_count == 1);
  CHECK(all.mean == 3);
  CHECK(all.standard_deviation == doctest::Approx(std::sqrt(14.0 / 3)));
  CHECK(all.median == 3);
  CHECK(std::isnan(summary_of({"x", {1, nan, 3}, {}}).mean));
  CHECK(summary_of({"x", {1, nan, 3}, {}}).most == 3);
  CHECK(celleval_normalised(0.5, 0.2, celleval_best::one) == doctest::Approx(0.375));
  CHECK(celleval_normalised(0.5, 0.2, celleval_best::zero) == 0);
  CHECK(celleval_normalised(nan, 0.2, celleval_best::one) == 0);
}

/// Every column of cell-eval that is here, entry by entry. Its energy distances are means of floats, and theirs are further
/// off.
void same_as(const std::string& shared, const celleval_table& got, const perturbed_cells& of, const std::string& file) {
  const csv_table expected(laws::shared_text(shared, "golden/metrics/celleval_results_" + file + ".csv"));
  for (std::size_t c = 1; c < expected.header.size(); ++c) {
    const std::string& name = expected.header[c];
    if (name == "clustering_agreement") continue;
    const celleval_column& column = got.named(name);
    const bool exact = name.starts_with("discrimination") || name.starts_with("overlap") || name.starts_with("precision");
    INFO(file << " " << name);
    for (const auto& row : expected.row) {
      const auto at =
          std::find_if(got.perturbation.begin(), got.perturbation.end(), [&](auto p) { return of.name(p) == row[0]; });
      REQUIRE(at != got.perturbation.end());
      const auto p = usize(at - got.perturbation.begin());
      INFO(row[0]);
      CHECK((!column.absent.empty() && column.absent[p] != 0) == row[c].empty());
      if (row[c].empty()) continue;
      const double value = std::strtod(row[c].c_str(), nullptr);
      CHECK(std::isnan(value) == std::isnan(column.each[p]));
      if (!std::isnan(value))
        CHECK(std::abs(column.each[p] - value) < (exact ? 1e-15 : name == "pearson_edistance" ? 5e-6 : 1e-6));
    }
  }
}

TEST_CASE("golden: cell-eval's table and its summary") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("no golden data");
    return;
  }
  const auto s = golden_screen(shared, "pred");
  const celleval_table table = celleval_profile(*s.of);
  same_as(shared, table, *s.of, "per_pert");
  const csv_table expected(laws::shared_text(shared, "golden/metrics/celleval_agg.csv"));
  for (std::size_t c = 1; c < expected.header.size(); ++c) {
    if (expected.header[c] == "clustering_agreement") continue;
    const celleval_summary sum = summary_of(table.named(expected.header[c]));
    const std::pair<const char*, double> all[] = {{"count", sum.count},
                                                  {"null_count", sum.null_count},
                                                  {"mean", sum.mean},
                                                  {"min", sum.least},
                                                  {"25%", sum.quarter},
                                                  {"50%", sum.median},
                                                  {"75%", sum.three_quarters},
                                                  {"max", sum.most},
                                                  {"std", sum.standard_deviation}};
    for (const auto& [statistic, value] : all)
      for (const auto& row : expected.row)
        if (row[0] == statistic) {
          INFO(expected.header[c] << " " << statistic);
          const double wanted = std::strtod(row[c].c_str(), nullptr);
          CHECK(std::isnan(wanted) == std::isnan(value));
          if (!std::isnan(wanted)) CHECK(std::abs(wanted - value) < 2e-6);
        }
  }
}

TEST_CASE("golden: cell-eval's table of the perfect prediction and of resampled controls") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("no golden data");
    return;
  }
  const auto perfect = golden_screen(shared, "real");
  same_as(shared, celleval_profile(*perfect.of), *perfect.of, "perfect");
  const auto nothing = golden_screen(shared, "nochange");
  same_as(shared, celleval_profile(*nothing.of), *nothing.of, "nochange_resampled_controls");
  // What cell-eval would give, were its distances means of doubles.
  const auto r = [](const owned_screen& s) { return pearson_edistance{}.values(*s.of).value(); };
  CHECK(std::abs(r(nothing) - 0.11446094994079066) < 1e-9);
  CHECK(std::abs(r(golden_screen(shared, "pred")) - 0.791254641110901) < 1e-9);
}

TEST_CASE("golden: cell-eval's normalised scores") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("no golden data");
    return;
  }
  const csv_table user(laws::shared_text(shared, "golden/metrics/celleval_agg.csv")),
      base(laws::shared_text(shared, "golden/metrics/celleval_agg_basemean.csv")),
      expected(laws::shared_text(shared, "golden/metrics/celleval_score_vs_basemean.csv"));
  const auto mean_of = [](const csv_table& of, const std::string& column) {
    for (const auto& row : of.row)
      if (row[0] == "mean") return std::strtod(row[of.place(column)].c_str(), nullptr);
    return std::numeric_limits<double>::quiet_NaN();
  };
  double sum = 0, n = 0;
  for (const auto& row : expected.row) {
    INFO(row[0]);
    if (row[0] == "avg_score") {
      CHECK(sum / n == doctest::Approx(std::strtod(row[1].c_str(), nullptr)).epsilon(1e-6));
      continue;
    }
    const double got = celleval_normalised(mean_of(user, row[0]), mean_of(base, row[0]), best_of(row[0]));
    CHECK(std::abs(got - std::strtod(row[1].c_str(), nullptr)) < 1e-6);
    sum += got;
    n += 1;
  }
  CHECK(n == 26);
}

}  // namespace
}  // namespace tepui::tests::celleval
