#pragma once
/// Keeps the genes that vary most between cells, compared with other genes of the same mean.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/kernel/gene_moments.hpp>
#include <tepui/transform/chosen_genes.hpp>

namespace tepui::transform {

/// The seurat statistic: dispersion (variance / mean of normalised counts), logged, as a z-score among genes of similar mean.
/// in     mean, variance [genes] of counts that are not logged; n_bins bins of equal width in log1p(mean)
/// out    [genes]; NaN where a gene does not vary; 1 for a gene that is alone in its bin
/// cost   O(genes)
/// source Satija et al. 2015; scanpy.pp.highly_variable_genes(flavor="seurat"), dispersions_norm
[[nodiscard]] inline std::vector<double> normalised_dispersion(const std::vector<double>& mean,
                                                               const std::vector<double>& variance, std::int32_t n_bins = 20) {
  const std::size_t n = mean.size();
  std::vector<double> dispersion(n), log_mean(n);
  for (std::size_t g = 0; g < n; ++g) {
    const double ratio = variance[g] / (mean[g] == 0 ? 1e-12 : mean[g]);
    dispersion[g] = ratio > 0 ? std::log(ratio) : std::numeric_limits<double>::quiet_NaN();
    log_mean[g] = std::log1p(mean[g] == 0 ? 1e-12 : mean[g]);
  }
  if (n == 0) return dispersion;

  const auto [least, most] = std::minmax_element(log_mean.begin(), log_mean.end());
  const double low = *least, high = *most;
  std::vector<double> edge(usize(n_bins) + 1);
  for (std::size_t e = 0; e < edge.size(); ++e)
    edge[e] = low + kernel::rounded(static_cast<double>(e) * ((high - low) / static_cast<double>(n_bins)));
  edge.back() = high;
  std::vector<std::size_t> bin(n);  // bins are open below and closed above; the lowest also takes its lower edge
  for (std::size_t g = 0; g < n; ++g) {
    const auto at = std::lower_bound(edge.begin(), edge.end(), log_mean[g]) - edge.begin();
    bin[g] = usize(std::max<std::ptrdiff_t>(at - 1, 0));
  }

  std::vector<double> average(usize(n_bins), 0.0), spread(usize(n_bins), 0.0);
  std::vector<std::int64_t> members(usize(n_bins), 0);
  for (std::size_t g = 0; g < n; ++g) {
    if (std::isnan(dispersion[g])) continue;
    average[bin[g]] += dispersion[g];
    ++members[bin[g]];
  }
  for (std::size_t b = 0; b < average.size(); ++b) average[b] /= static_cast<double>(std::max<std::int64_t>(1, members[b]));
  for (std::size_t g = 0; g < n; ++g) {
    if (std::isnan(dispersion[g])) continue;
    const double off = dispersion[g] - average[bin[g]];
    spread[bin[g]] += kernel::rounded(off * off);
  }
  for (std::size_t g = 0; g < n; ++g) {
    if (std::isnan(dispersion[g])) continue;
    const std::size_t b = bin[g];
    const double sd = members[b] > 1 ? std::sqrt(spread[b] / static_cast<double>(members[b] - 1)) : 0.0;
    if (members[b] == 1) {
      dispersion[g] = 1.0;
    } else {
      dispersion[g] = sd > 0 ? (dispersion[g] - average[b]) / sd : std::numeric_limits<double>::quiet_NaN();
    }
  }
  return dispersion;
}

/// The `wanted` genes of the highest score.            ties   lower gene first; NaN after every number
[[nodiscard]] inline std::vector<std::int32_t> highest_genes(const std::vector<double>& score, std::int32_t wanted) {
  std::vector<std::pair<double, std::int32_t>> order;
  for (std::size_t g = 0; g < score.size(); ++g)
    order.emplace_back(std::isnan(score[g]) ? std::numeric_limits<double>::infinity() : -score[g],
                       static_cast<std::int32_t>(g));
  std::sort(order.begin(), order.end());
  std::vector<std::int32_t> out;
  for (std::size_t i = 0; i < order.size() && i < usize(wanted); ++i) out.push_back(order[i].second);
  return out;
}

/// Learns which genes vary most between the training cells and keeps those, in their old order.
/// in     counts [cells, genes], log1p               out    counts [cells, genes kept], log1p; all genes where there are fewer
/// fit    normalised_dispersion of exp(value) - 1, highest first; one pass over the training cells
/// ties   lower gene index                           empty  stays empty; an empty cell counts as zeros
/// errors bad_option: genes <= 0; bad_data: fewer than 2 training cells
/// cost   O(nonzero values), one exponential each    repeat bit-equal for one C library (exp, log)
/// source Satija et al. 2015; scanpy flavor="seurat" with n_top_genes, except that a tie at the end of the list keeps
///        exactly `genes` genes and that a gene without variance never stands before one with
struct highly_variable {
  using kind = kind::transform;
  static constexpr std::string_view name = "highly_variable";
  using takes = port::counts<scale::log1p>;
  using gives = port::counts<scale::log1p>;
  using fitted = chosen_genes;

  std::int32_t genes = 2000;

  [[nodiscard]] std::string describe() const { return "highly_variable(" + std::to_string(genes) + ")"; }
  static void each_array(auto& self, auto&& visit) { visit("genes", self.genes); }

  template <training_cells Cells>
  [[nodiscard]] chosen_genes fit(const Cells& train, const fit_context&) const {
    if (genes <= 0)
      throw bad_option("highly_variable keeps " + std::to_string(genes) + " genes, and at least 1 is needed; 2000 is usual");
    if (train.n_cells() < 2)
      throw bad_data("highly_variable learns from " + std::to_string(train.n_cells()) +
                     " training cells, and nothing varies between fewer than 2; give it more cells");
    const std::int32_t n = train.genes().size();
    kernel::gene_moments moments(n);
    train.for_each([&](const auto& batch) {
      for (std::int64_t c = 0; c < batch.n_cells(); ++c)
        moments.add(batch.genes_of(c), batch.values_of(c), [](double v) { return std::expm1(v); });
    });
    std::vector<double> mean, variance;
    for (std::int32_t g = 0; g < n; ++g) {
      mean.push_back(moments.mean(g));
      variance.push_back(moments.variance(g));
    }
    return chosen_genes::keeping(highest_genes(normalised_dispersion(mean, variance), genes), n, describe());
  }

  /// The same number of genes, at random.
  [[nodiscard]] random_genes untrained() const { return {.genes = genes}; }
};

static_assert(is_stage<highly_variable>);

}  // namespace tepui::transform
