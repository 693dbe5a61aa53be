#pragma once
/// Mean and variance of every gene, gathered batch by batch.

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rounded.hpp>

namespace tepui::kernel {

/// Sums and sums of squares of columns, from the nonzero values of rows; values that are not there count as 0.
/// cost   O(nonzero values), 16 bytes a gene
/// repeat bit-equal for one order of the cells; the order of the batches is the order of the sums
class gene_moments {
 public:
  explicit gene_moments(std::int32_t n_genes) : sum_(usize(n_genes), 0.0), squares_(usize(n_genes), 0.0) {}

  /// Adds a cell: value [genes expressed] of gene [genes expressed], as map(value) in double.
  template <class Value, class Map>
  void add(std::span<const std::int32_t> gene, std::span<const Value> value, Map&& map) {
    for (std::size_t i = 0; i < gene.size(); ++i) {
      const double v = map(static_cast<double>(value[i]));
      sum_[usize(gene[i])] += v;
      squares_[usize(gene[i])] += rounded(v * v);
    }
    ++n_cells_;
  }

  [[nodiscard]] std::int64_t n_cells() const { return n_cells_; }
  /// 0 where there are no cells.
  [[nodiscard]] double mean(std::int32_t gene) const {
    return n_cells_ == 0 ? 0.0 : sum_[usize(gene)] / static_cast<double>(n_cells_);
  }
  /// With n - 1 in the denominator; 0 below two cells. Rounding below 0 becomes 0.
  [[nodiscard]] double variance(std::int32_t gene) const {
    if (n_cells_ < 2) return 0.0;
    const double n = static_cast<double>(n_cells_), m = mean(gene);
    return std::max(0.0, (squares_[usize(gene)] / n - rounded(m * m)) * (n / (n - 1.0)));
  }

 private:
  std::vector<double> sum_, squares_;
  std::int64_t n_cells_ = 0;
};

}  // namespace tepui::kernel
