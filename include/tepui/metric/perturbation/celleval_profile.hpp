#pragma once
/// All metrics of cell-eval under its own names, with its own edge cases, so that a table of one can be laid beside that of
/// the other.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/metric/perturbation/de_celleval.hpp>
#include <tepui/metric/perturbation/de_pair.hpp>
#include <tepui/metric/perturbation/de_table.hpp>
#include <tepui/metric/perturbation/discrimination.hpp>
#include <tepui/metric/perturbation/effect_ranks.hpp>
#include <tepui/metric/perturbation/energy_distance.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>
#include <tepui/metric/perturbation/row_errors.hpp>

namespace tepui::metric {

/// What is summed up of a column, as polars' describe does it: nulls do not count; NaN makes mean and standard deviation
/// NaN, is left out of least and most, and comes last in quantiles, which take the nearest entry.
struct celleval_summary {
  std::string name;
  double count = 0, null_count = 0, mean = std::numeric_limits<double>::quiet_NaN(), standard_deviation = mean, least = mean,
         quarter = mean, median = mean, three_quarters = mean, most = mean;
};

/// cell-eval's table.              perturbation [perturbations], codes in the order of the columns' numbers
struct celleval_table {
  std::vector<std::int32_t> perturbation;
  std::vector<celleval_column> column;

  /// errors bad_option: no such column
  [[nodiscard]] const celleval_column& named(std::string_view name) const {
    for (const celleval_column& c : column)
      if (c.name == name) return c;
    throw bad_option("cell-eval's table has no column '" + std::string(name) + "' here");
  }
};

[[nodiscard]] inline celleval_summary summary_of(const celleval_column& column) {
  celleval_summary out;
  out.name = column.name;
  std::vector<double> value, number;
  for (std::size_t p = 0; p < column.each.size(); ++p)
    if (column.absent.empty() || column.absent[p] == 0) value.push_back(column.each[p]);
  for (const double v : value)
    if (!std::isnan(v)) number.push_back(v);
  const auto n = static_cast<double>(value.size());
  out.count = n;
  out.null_count = static_cast<double>(column.each.size()) - n;
  if (value.empty()) return out;
  out.mean = column.mean();
  double squares = 0;
  for (const double v : value) squares += (v - out.mean) * (v - out.mean);
  if (value.size() > 1) out.standard_deviation = std::sqrt(squares / (n - 1));
  std::sort(number.begin(), number.end());
  if (!number.empty()) {
    out.least = number.front();
    out.most = number.back();
  }
  const auto at = [&](double share) {
    const auto place = static_cast<std::size_t>(std::round(share * (n - 1)));
    return place < number.size() ? number[place] : std::numeric_limits<double>::quiet_NaN();
  };
  out.quarter = at(0.25);
  out.median = at(0.5);
  out.three_quarters = at(0.75);
  return out;
}

/// Which value of a metric cell-eval calls best: 0 of errors, 1 of the others; numbers of genes have none.
enum class celleval_best { zero, one, none };

[[nodiscard]] inline celleval_best best_of(std::string_view name) {
  if (name == "mse" || name == "mae" || name == "mse_delta" || name == "mae_delta") return celleval_best::zero;
  return name.starts_with("de_nsig_counts") ? celleval_best::none : celleval_best::one;
}

/// cell-eval's normalised score of a mean beside that of a base prediction: (user - base) / (1 - base), or 1 - user / base
/// where 0 is best; 0 where that is no number or below 0. It has no ceiling, and cannot tell a bad prediction from one that
/// is merely worse
[[nodiscard]] inline double celleval_normalised(double user, double base, celleval_best best) {
  const double s = best == celleval_best::zero ? 1.0 - user / base : (user - base) / (1 - base);
  return std::isnan(s) ? 0.0 : std::max(0.0, s);
}

struct celleval_options {
  bool differential_expression = true;  ///< false: only what needs no table of differential expression
  bool cells = true;                    ///< pearson_edistance, which takes most of the time
  bool exact_distances = true;          ///< false: energy distances by products of floats (pearson_edistance)
};

/// cell-eval's table of a prediction.
/// out    its columns in its order, except clustering_agreement (Leiden of 7 resolutions, which differs between versions);
///        numbers are of doubles where cell-eval has floats of means
/// ties   discrimination scores: equal distances, the lower code first
/// empty  a prediction of pseudobulks: columns without cells
/// cost   100 perturbations x 2,000 genes, 11,000 cells: see bench/perturbation_bulk.cpp
/// repeat bit-equal for any number of threads
/// source cell-eval 0.8
[[nodiscard]] inline celleval_table celleval_profile(const perturbed_cells& of, const celleval_options& options = {}) {
  celleval_table out;
  const auto scored = of.scored();
  out.perturbation.assign(scored.begin(), scored.end());
  const auto n = usize(of.n_scored());
  if (n == 0) return out;
  if (options.differential_expression && of.has_predicted_cells()) {
    const auto table = [&](const labelled_cells& side) {
      return rounded_to_float(differential_expression(side.cells.value, of.n_genes(),
                                                      {side.perturbation.code, of.n_labels(), of.control()}, of.threads));
    };
    const de_table real = table(of.real()), predicted = table(of.predicted());
    out.column = celleval_columns(de_pair(real, predicted));
  }
  const pseudobulks &real = of.real_bulk(), &predicted = of.predicted_bulk();
  const auto add = [&](const std::string& name, std::vector<double> value, const char* unit = "share") {
    out.column.push_back({name, std::move(value), {}, unit});
  };
  const auto each = [&](bool deltas, auto&& value) {
    std::vector<double> values;
    for (std::int64_t p = 0; p < real.size(); ++p)
      values.push_back(deltas ? value(predicted.delta_of(p), real.delta_of(p))
                              : value(predicted.mean_of(p), real.mean_of(p)));
    return values;
  };
  add("pearson_delta", each(true, [](auto p, auto r) { return pearson(p, r); }), "correlation");
  add("mse", each(false, mean_squared_error), "squared log1p expression");
  add("mae", each(false, mean_absolute_error), "log1p expression");
  add("mse_delta", each(true, mean_squared_error), "squared log1p expression");
  add("mae_delta", each(true, mean_absolute_error), "log1p expression");
  std::vector<std::int32_t> target;
  for (const std::int32_t p : scored) target.push_back(of.target_gene(p));
  for (const effect_distance by : {effect_distance::l1, effect_distance::l2, effect_distance::cosine}) {
    auto rank =
        effect_ranks(predicted.delta, real.delta, of.n_scored(), target, by, equal_distances::lower_first, of.threads);
    for (double& r : rank) r = score_of_rank(r, of.n_scored(), rank_scale::share_of_p);
    add("discrimination_score_" + std::string(name_of(by)), std::move(rank));
  }
  if (options.cells && of.has_predicted_cells())
    add("pearson_edistance", std::vector<double>(n, pearson_edistance{options.exact_distances}.values(of).value()),
        "correlation");
  return out;
}

}  // namespace tepui::metric
