#pragma once
/// Two tables of differential expression side by side, real and predicted, with the genes that changed in each.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/metric/perturbation/de_table.hpp>

namespace tepui::metric {

/// Genes whose false discovery rate lies below the level, largest |log2 fold change| first.
/// out    gene [genes that changed]                    ties   lower gene first                    cost   O(genes)
[[nodiscard]] inline std::vector<std::int32_t> changed_genes(std::span<const double> fdr,
                                                             std::span<const double> log2_fold_change, double level) {
  std::vector<std::int32_t> out;
  for (std::size_t g = 0; g < fdr.size(); ++g)
    if (fdr[g] < level) out.push_back(static_cast<std::int32_t>(g));
  const auto size_of = [&](std::int32_t g) { return std::abs(log2_fold_change[usize(g)]); };
  std::sort(out.begin(), out.end(), [&](std::int32_t a, std::int32_t b) {
    return size_of(a) > size_of(b) || (size_of(a) == size_of(b) && a < b);
  });
  return out;
}

/// How many of the first k genes of one list are among the first k of the other.     cost   O(k log k)
[[nodiscard]] inline std::int64_t shared_among_first(std::span<const std::int32_t> a, std::span<const std::int32_t> b,
                                                     std::size_t k) {
  std::vector<std::int32_t> one(a.begin(), a.begin() + isize(std::min(k, a.size()))),
      other(b.begin(), b.begin() + isize(std::min(k, b.size())));
  std::sort(one.begin(), one.end());
  std::sort(other.begin(), other.end());
  std::vector<std::int32_t> both;
  std::set_intersection(one.begin(), one.end(), other.begin(), other.end(), std::back_inserter(both));
  return isize(both.size());
}

/// shapes  real_genes, predicted_genes [perturbations], each changed_genes of its table
/// The tables must outlive it.
class de_pair {
 public:
  double level = 0.05;  ///< of the false discovery rate
  std::vector<std::vector<std::int32_t>> real_genes, predicted_genes;

  /// errors bad_data: other perturbations or another number of genes; bad_option: a level outside of (0, 1)
  de_pair(const de_table& real, const de_table& predicted, double fdr_level = 0.05)
      : level(fdr_level), real_(&real), predicted_(&predicted) {
    if (!(level > 0 && level < 1))
      throw bad_option("the level of the false discovery rate is " + std::to_string(level) +
                       "; it must lie between 0 and 1");
    if (real.n_genes != predicted.n_genes)
      throw bad_data("the predicted table has " + std::to_string(predicted.n_genes) + " genes and the real one " +
                     std::to_string(real.n_genes) + "; give both the same genes in the same order");
    if (real.perturbation != predicted.perturbation)
      throw bad_data(
          "the predicted table has other perturbations than the real one; compare tables of the same perturbations");
    for (std::int64_t p = 0; p < size(); ++p) {
      real_genes.push_back(changed_genes(real.row(real.fdr, p), real.row(real.log2_fold_change, p), level));
      predicted_genes.push_back(
          changed_genes(predicted.row(predicted.fdr, p), predicted.row(predicted.log2_fold_change, p), level));
    }
  }
  [[nodiscard]] std::int64_t size() const { return real_->size(); }
  [[nodiscard]] const de_table& real() const { return *real_; }
  [[nodiscard]] const de_table& predicted() const { return *predicted_; }

 private:
  const de_table* real_;
  const de_table* predicted_;
};

}  // namespace tepui::metric
