#pragma once
/// How strongly a cell expresses a set of genes (of the S phase, say), compared with all genes that are expressed as much.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/metric/statistics.hpp>

namespace tepui::metric {

/// The weight of each gene in the score: the mean of the set minus the mean of all other genes in the set's bins of
/// expression.
/// in     mean expression of each gene [genes], finite; the genes of the set, in [0, genes), repeats count once; bins of
///        equally many genes
/// out    weight [genes]: score of a cell = sum of weight x log1p expression. Sums to 0 where there are controls
/// ties   genes of the same mean share the lowest rank, and so a bin
/// errors bad_data: no genes in the set, a gene that does not exist, no other gene in its bins
///        bad_option: fewer than 2 bins
/// repeat no draws: this is scanpy's score_genes
///        with every gene of a bin as control (ctrl_size above the genes), where scanpy by default draws 50 a bin
/// cost   O(genes log genes)
/// source Tirosh et al. 2016; Satija et al. 2015
[[nodiscard]] inline std::vector<double> gene_set_weights(std::span<const double> gene_mean,
                                                          std::span<const std::int64_t> set, std::int64_t n_bins = 25) {
  if (n_bins < 2)
    throw bad_option("genes cannot be put into " + std::to_string(n_bins) +
                     " bins of expression; give at least 2, better 25");
  if (set.empty()) throw bad_data("the set has no genes to score; give at least one");
  const std::int64_t genes = isize(gene_mean.size());
  std::vector<bool> in_set(gene_mean.size(), false);
  for (const std::int64_t g : set) {
    if (g < 0 || g >= genes)
      throw bad_data("the set has the gene " + std::to_string(g) + ", but there are " + std::to_string(genes) +
                     " genes; number them from 0");
    in_set[usize(g)] = true;
  }
  const auto order = statistics::order_of(gene_mean);
  // As scanpy: bin = (lowest rank among ties, from 1) / (genes / (bins - 1), rounded to even), rounded down.
  const double width = std::max(1.0, std::nearbyint(static_cast<double>(genes) / static_cast<double>(n_bins - 1)));
  std::vector<std::size_t> bin(gene_mean.size());
  for (std::size_t i = 0, first = 0; i < order.size(); ++i) {
    if (gene_mean[order[i]] != gene_mean[order[first]]) first = i;
    bin[order[i]] = static_cast<std::size_t>(static_cast<double>(first + 1) / width);
  }
  std::vector<bool> wanted(gene_mean.size() + 2, false);
  for (std::size_t g = 0; g < bin.size(); ++g)
    if (in_set[g]) wanted[bin[g]] = true;
  double n_set = 0, n_controls = 0;
  for (std::size_t g = 0; g < bin.size(); ++g) (in_set[g] ? n_set : n_controls) += in_set[g] || wanted[bin[g]] ? 1 : 0;
  if (n_controls == 0)
    throw bad_data("no gene outside of the set is expressed as much as those in it; give all genes, or fewer bins");
  std::vector<double> weight(gene_mean.size(), 0);
  for (std::size_t g = 0; g < bin.size(); ++g) weight[g] = in_set[g] ? 1 / n_set : wanted[bin[g]] ? -1 / n_controls : 0;
  return weight;
}

/// The score of every cell.                            [cells, genes] -> [cells]
/// in     counts (a view with genes_of and values_of a cell), log1p; set, bins as above
/// cost   O(values), twice
/// errors bad_data: as above, and a matrix without cells
template <class Counts>
[[nodiscard]] std::vector<double> gene_set_score(const Counts& counts, std::span<const std::int64_t> set,
                                                 std::int64_t n_bins = 25) {
  if (counts.n_cells() == 0) throw bad_data("there are no cells to score a set of genes in; give at least one");
  std::vector<double> mean(usize(counts.n_genes), 0), out(usize(counts.n_cells()), 0);
  const auto each = [&](std::int64_t cell, auto&& visit) {
    const auto genes = counts.genes_of(cell);
    const auto values = counts.values_of(cell);
    for (std::size_t i = 0; i < genes.size(); ++i) visit(usize(genes[i]), static_cast<double>(values[i]));
  };
  for (std::int64_t c = 0; c < counts.n_cells(); ++c) each(c, [&](std::size_t g, double v) { mean[g] += v; });
  for (double& m : mean) m /= static_cast<double>(counts.n_cells());
  const auto weight = gene_set_weights(mean, set, n_bins);
  for (std::int64_t c = 0; c < counts.n_cells(); ++c)
    each(c, [&](std::size_t g, double v) { out[usize(c)] += weight[g] * v; });
  return out;
}

}  // namespace tepui::metric
