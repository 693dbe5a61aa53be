#pragma once
/// Does integration keep which genes vary? The overlap of the most variable genes of each batch before and after.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/metric/head.hpp>
#include <tepui/metric/interval.hpp>

namespace tepui::metric {

/// The most variable genes of each batch, chosen by whatever method.
/// before, after [batches] of gene numbers in any order; n_genes: genes among which they were chosen
struct variable_genes {
  std::vector<std::vector<std::int64_t>> before, after;
  std::int64_t n_genes = 0;
};

/// Genes in both lists / genes in the shorter one.
/// in     lists without order; repeats count once
/// out    NaN where one is empty
[[nodiscard]] inline double overlap_of(std::vector<std::int64_t> a, std::vector<std::int64_t> b) {
  for (auto* list : {&a, &b}) {
    std::sort(list->begin(), list->end());
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
  if (a.empty() || b.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::vector<std::int64_t> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return static_cast<double>(both.size()) / static_cast<double>(std::min(a.size(), b.size()));
}

/// Scores "hvg_overlap": the mean over batches of the share of variable genes that stay variable. Higher is better.
/// out    n: batches counted, not cells. Floor: what genes chosen by chance overlap by, the longer list / all genes;
///        ceiling: 1. Interval: over batches, two or more
/// empty  no batch with genes on both sides: no value, with the reason; batches with an empty list are left out
/// errors bad_data: another number of batches after than before, a gene outside [0, n_genes)
/// cost   O(genes listed log genes listed)
/// source Luecken et al. 2022 (scib's hvg_overlap)
struct hvg_overlap {
  static constexpr std::string_view name = "hvg_overlap";
  using reads = variable_genes;

  [[nodiscard]] std::vector<score> operator()(const variable_genes& of, const score_options& options) const {
    options.check();
    if (of.before.size() != of.after.size())
      throw bad_data("there are lists of variable genes for " + std::to_string(of.before.size()) + " batches before and " +
                     std::to_string(of.after.size()) + " after integration; give the same batches in the same order");
    for (const auto* side : {&of.before, &of.after})
      for (const auto& list : *side)
        for (const std::int64_t g : list)
          if (g < 0 || g >= of.n_genes)
            throw bad_data("the gene " + std::to_string(g) + " is listed as variable, but there are " +
                           std::to_string(of.n_genes) + " genes; number them from 0");
    std::vector<double> overlap;
    double by_chance = 0;
    for (std::size_t b = 0; b < of.before.size(); ++b) {
      const double v = overlap_of(of.before[b], of.after[b]);
      if (std::isnan(v)) continue;
      overlap.push_back(v);
      const auto longer = static_cast<double>(std::max(of.before[b].size(), of.after[b].size()));
      by_chance += std::min(1.0, longer / static_cast<double>(of.n_genes));
    }
    if (overlap.empty())
      return {without_value(options.prefix + "hvg_overlap", "no batch has variable genes before and after integration")};
    score out;
    out.name = options.prefix + "hvg_overlap";
    out.n = isize(overlap.size());
    double sum = 0;
    for (const double v : overlap) sum += v;
    out.value = sum / static_cast<double>(overlap.size());
    const interval range = overlap.size() == 1 ? interval::missing("one batch: the difference between batches is not known")
                                               : interval_of_mean(overlap, options);
    out.low = range.low;
    out.high = range.high;
    out.floor = by_chance / static_cast<double>(overlap.size());
    out.ceiling = 1.0;
    return {out};
  }
};

}  // namespace tepui::metric
