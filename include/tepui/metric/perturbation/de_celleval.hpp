#pragma once
/// Scores of differential expression exactly as cell-eval gives them, under names that say so.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/metric/perturbation/de_auc.hpp>
#include <tepui/metric/perturbation/de_comparison.hpp>
#include <tepui/metric/perturbation/de_counts.hpp>
#include <tepui/metric/perturbation/de_direction.hpp>
#include <tepui/metric/perturbation/de_overlap.hpp>
#include <tepui/metric/perturbation/de_recall.hpp>
#include <tepui/metric/perturbation/de_spearman.hpp>

namespace tepui::metric {

/// One of cell-eval's columns.                         each [perturbations]; mean: what its table of means shows
/// NaN where cell-eval has NaN or nothing; `absent` are those that it leaves out, so that they do not spoil the mean
struct celleval_column {
  std::string name;
  std::vector<double> each;
  std::vector<char> absent;
  std::string unit = "share";

  [[nodiscard]] double mean() const {
    double sum = 0, n = 0;
    for (std::size_t p = 0; p < each.size(); ++p) {
      if (!absent.empty() && absent[p] != 0) continue;
      sum += each[p];
      n += 1;
    }
    return sum / n;
  }
};

/// cell-eval's scores of two tables, perturbation by perturbation.
/// in     a pair of tables rounded_to_float, at the level 0.05         out    18 columns, called as in cell-eval
/// quirks overlap and precision of a perturbation without changed genes are 0, so a perfect prediction falls short of 1;
///        one changed gene has no rank correlation, all or none changed no area, and either makes the mean NaN; the
///        correlation of numbers is repeated for every perturbation, leaves those without changed genes out, and is 1 where
///        all are such; genes with false discovery rates below 1e-10 tie
/// source cell-eval 0.8.2
[[nodiscard]] inline std::vector<celleval_column> celleval_columns(const de_pair& pair) {
  std::vector<celleval_column> out;
  const auto count = usize(pair.size());
  std::vector<char> unchanged;
  for (const auto& genes : pair.real_genes) unchanged.push_back(genes.empty() ? 1 : 0);
  for (const bool precision : {false, true})
    for (const std::int64_t k : {0, 50, 100, 200, 500}) {
      auto each = each_by_genes(pair, [&](const auto& real, const auto& predicted) {
        return precision ? de_precision_at(real, predicted, k) : de_overlap_at(real, predicted, k);
      });
      for (double& v : each) v = std::isnan(v) ? 0 : v;
      out.push_back({(precision ? "precision_at_" : "overlap_at_") + de_overlap::label(k), std::move(each), {}});
    }
  const bool none = std::find(unchanged.begin(), unchanged.end(), char{0}) == unchanged.end();
  std::vector<std::int64_t> all(count);
  for (std::size_t p = 0; p < count; ++p) all[p] = isize(p);
  out.push_back({"de_spearman_sig",
                 std::vector<double>(count, none ? 1.0 : de_count_spearman(pair, true).of(all)),
                 {},
                 "correlation"});
  out.push_back({"de_direction_match", each_by_fold_changes(pair, same_direction_share), unchanged});
  out.push_back({"de_spearman_lfc_sig", each_by_fold_changes(pair, de_fold_change_spearman), unchanged, "correlation"});
  out.push_back({"de_sig_genes_recall", each_by_genes(pair, de_recall_of), unchanged});
  out.push_back({"de_nsig_counts_real", changed_gene_counts(pair.real_genes), {}, "genes"});
  out.push_back({"de_nsig_counts_pred", changed_gene_counts(pair.predicted_genes), {}, "genes"});
  celleval_column pr{"pr_auc", {}, {}}, roc{"roc_auc", {}, {}};
  for (const de_areas& a : areas_of_each(pair, [&](std::int64_t p) {
         std::vector<double> rank;
         for (const double q : pair.predicted().row(pair.predicted().fdr, p))
           rank.push_back(static_cast<double>(std::log10(std::clamp(static_cast<float>(q), 1e-10F, 1.0F))));
         return rank;
       })) {
    pr.each.push_back(a.pr);
    roc.each.push_back(a.roc);
  }
  out.push_back(std::move(pr));
  out.push_back(std::move(roc));
  return out;
}

/// in     perturbed_cells, both sides as cells          out    celleval.overlap_at_N ... celleval.roc_auc: cell-eval's means
/// n      perturbations in the mean                     floor, ceiling  as de_overlap, by the same formula; no interval
/// missing  where cell-eval's mean is NaN, the scores without "celleval." say what there is to say
/// source cell-eval 0.8.2, to 1e-6: its columns are float
struct de_celleval {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "de_celleval";

  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    const de_comparison& tables = de_comparison_of(of, options.seed);
    const auto columns_of = [&](const de_table& real, const de_table& predicted) {
      const de_table a = rounded_to_float(real), b = rounded_to_float(predicted);
      return celleval_columns(de_pair(a, b));
    };
    std::vector<score> out;
    if (!tables.missing.empty()) {
      const de_table empty;
      for (const auto& column : celleval_columns(de_pair(empty, empty)))
        out.push_back(without_value(options.prefix + "celleval." + column.name, tables.missing));
      return out;
    }
    std::vector<std::vector<celleval_column>> trivials, halves;
    for (const auto& one : tables.trivials) trivials.push_back(columns_of(*one.real, *one.predicted));
    if (tables.missing_halves.empty()) halves.push_back(columns_of(tables.first_half, tables.second_half));
    const auto columns = columns_of(*tables.real, tables.predicted);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      score s;
      s.name = options.prefix + "celleval." + columns[c].name;
      s.unit = columns[c].unit;
      const auto& absent = columns[c].absent;
      s.n = isize(columns[c].each.size()) - std::count(absent.begin(), absent.end(), char{1});
      const auto known = [](double v, const std::string& why) {
        return std::isnan(v) ? measured::missing(why) : measured(v);
      };
      s.value = known(columns[c].mean(), "cell-eval's mean is NaN as soon as it is not defined for one perturbation");
      s.floor = measured::missing("cell-eval's mean of no trivial prediction is a number");
      for (const auto& trivial : trivials) {
        const double v = trivial[c].mean();
        if (!std::isnan(v) && (!s.floor.known() || v > s.floor.value)) s.floor = v;
      }
      s.ceiling = halves.empty() ? measured::missing(tables.missing_halves)
                                 : known(halves[0][c].mean(), "cell-eval's mean of halves of the data is NaN");
      if (s.unit == "genes") s.floor = s.ceiling = measured::missing("a number of genes is neither good nor bad");
      s.low = s.high = measured::missing("cell-eval gives no interval; the scores without \"celleval.\" have one");
      out.push_back(std::move(s));
    }
    return out;
  }
};

static_assert(head<de_celleval>);

}  // namespace tepui::metric
