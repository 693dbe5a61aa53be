#pragma once
/// Which genes change after each perturbation: ranks against the control, fold changes, false discovery rates.

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/kernel/mann_whitney.hpp>
#include <tepui/metric/statistics.hpp>

namespace tepui::metric {

/// Differential expression of every gene after every perturbation that has cells.
/// shapes  perturbation, n_cells [perturbations]; the columns [perturbations, genes]; control_mean [genes]
/// columns mean of log1p; log2_fold_change of the geometric means; U of the perturbed cells; p; fdr
/// invariants  p is NaN where all values are equal, and fdr counts it as 1
struct de_table {
  std::int64_t n_genes = 0;
  std::vector<std::int32_t> perturbation;  ///< codes, ascending, without the control
  std::vector<std::int64_t> n_cells;
  std::vector<double> control_mean, mean, log2_fold_change, u, p, fdr;

  [[nodiscard]] std::int64_t size() const { return isize(perturbation.size()); }
  /// The genes of one perturbation, in a column.                                                -> [genes]
  [[nodiscard]] std::span<const double> row(const std::vector<double>& column, std::int64_t place) const {
    return std::span(column).subspan(usize(place * n_genes), usize(n_genes));
  }
};

/// log2 of the ratio of two geometric means.           in     means of log1p, both >= 0
/// out    0 where both are 0, inf where only the control's is, -inf where only the other is
/// source cell-eval (pdex) with its epsilon at 0
[[nodiscard]] inline double log2_fold_change(double mean, double control_mean) {
  const double of = std::expm1(mean), control = std::expm1(control_mean);
  if (of == control) return 0;
  if (control == 0) return of > 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  return std::log2(of / control);
}

/// What ranks and sums say, as a table of genes.       in     ranks of [groups, genes]; the control's group
[[nodiscard]] inline de_table de_table_of(const kernel::rank_table& ranks, std::int32_t control) {
  de_table out;
  out.n_genes = ranks.n_genes;
  const auto genes = usize(ranks.n_genes);
  const auto n_control = static_cast<double>(ranks.n_cells[usize(control)]);
  for (std::int64_t g = 0; g < ranks.n_genes; ++g) out.control_mean.push_back(ranks.sum[ranks.at(control, g)] / n_control);
  for (std::int32_t group = 0; group < ranks.n_groups; ++group) {
    const std::int64_t n = ranks.n_cells[usize(group)];
    if (group == control || n == 0) continue;
    out.perturbation.push_back(group);
    out.n_cells.push_back(n);
    const std::size_t from = ranks.at(group, 0);
    for (std::size_t g = 0; g < genes; ++g) {
      out.mean.push_back(ranks.sum[from + g] / static_cast<double>(n));
      out.log2_fold_change.push_back(log2_fold_change(out.mean.back(), out.control_mean[g]));
    }
    const auto append = [&](const std::vector<double>& column, std::vector<double>& to) {
      to.insert(to.end(), column.begin() + isize(from), column.begin() + isize(from + genes));
    };
    append(ranks.u, out.u);
    append(ranks.p, out.p);
    out.fdr.resize(out.p.size());
    benjamini_hochberg(std::span(out.p).last(genes), std::span(out.fdr).last(genes));
  }
  return out;
}

/// Differential expression of perturbed cells against the control.
/// in     value [cells, genes], log1p, row after row; groups: the perturbation of each cell and which is the control
/// out    de_table [perturbations, genes]: Mann-Whitney U, its two-sided asymptotic p with corrections for ties and
///        continuity, false discovery rates over the genes of each perturbation, log2 fold changes of geometric means
/// errors bad_data: lengths that do not fit, no control cells, values that are not finite
/// cost   O(cells x genes) + O(perturbations x genes log genes)
/// repeat bit-equal for any number of threads and any order of the cells
/// source Mann and Whitney 1947; Benjamini and Hochberg 1995; the table of cell-eval and pdex
[[nodiscard]] inline de_table differential_expression(std::span<const float> value, std::int64_t n_genes,
                                                      const kernel::compared_groups& groups, int threads = 1) {
  return de_table_of(kernel::mann_whitney(value, n_genes, groups, threads), groups.control);
}
/// The same of rows that lie anywhere.                 in     row [cells], each [genes]
[[nodiscard]] inline de_table differential_expression(std::span<const float* const> row, std::int64_t n_genes,
                                                      const kernel::compared_groups& groups, int threads = 1) {
  return de_table_of(kernel::mann_whitney(row, n_genes, groups, threads), groups.control);
}
/// The same of sparse rows of log1p values.
template <class Value, class Covariates>
[[nodiscard]] de_table differential_expression(const counts_view<scale::log1p, Value, host, Covariates>& cells,
                                               const kernel::compared_groups& groups, int threads = 1) {
  return de_table_of(kernel::mann_whitney(cells, groups, threads), groups.control);
}

/// The table with fold changes, p and fdr rounded to float, as cell-eval keeps them: genes tie there that do not tie here.
[[nodiscard]] inline de_table rounded_to_float(de_table table) {
  for (auto* column : {&table.log2_fold_change, &table.p, &table.fdr})
    for (double& v : *column) v = static_cast<double>(static_cast<float>(v));
  return table;
}

}  // namespace tepui::metric
