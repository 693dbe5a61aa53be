#pragma once
/// Which genes rise and fall together: correlations between genes over cells, from the nonzero values alone.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>

namespace tepui::kernel {

/// Pearson correlations of columns, gathered cell by cell; values that are not there count as 0.
/// Values are kept to 1/1024 and summed as whole numbers, so that the sums are exact and the same everywhere.
/// in     add(gene, value): genes ascending in [0, n), |value| <= 1000 (larger is cut off); at most `most_cells` cells
/// out    of(i, j) in [-1, 1]; 0 where a gene does not vary
/// cost   O(genes expressed squared) a cell, 8 n^2 bytes
class gene_correlation {
 public:
  static constexpr std::int64_t most_cells = 2800;  ///< cells^2 * (1000 * 1024)^2 stays below 2^63

  explicit gene_correlation(std::int32_t n) : n_(n), sum_(usize(n), 0), product_(usize(n) * usize(n), 0) {}

  void add(std::span<const std::int32_t> gene, std::span<const double> value) {
    whole_.clear();
    for (const double v : value) whole_.push_back(std::llround(std::clamp(v, -1000.0, 1000.0) * 1024.0));
    for (std::size_t i = 0; i < gene.size(); ++i) {
      sum_[usize(gene[i])] += whole_[i];
      std::int64_t* const row = product_.data() + std::int64_t{gene[i]} * n_;
      for (std::size_t j = i; j < gene.size(); ++j) row[gene[j]] += whole_[i] * whole_[j];
    }
    ++n_cells_;
  }

  [[nodiscard]] std::int32_t n_genes() const { return n_; }
  [[nodiscard]] std::int64_t n_cells() const { return n_cells_; }

  [[nodiscard]] double of(std::int32_t i, std::int32_t j) const {
    const double spread = std::sqrt(static_cast<double>(co_moment(i, i)) * static_cast<double>(co_moment(j, j)));
    return spread > 0 ? static_cast<double>(co_moment(i, j)) / spread : 0.0;
  }

 private:
  [[nodiscard]] std::int64_t co_moment(std::int32_t i, std::int32_t j) const {
    const std::int64_t product = product_[usize(std::min(i, j)) * usize(n_) + usize(std::max(i, j))];
    return n_cells_ * product - sum_[usize(i)] * sum_[usize(j)];
  }

  std::int32_t n_;
  std::int64_t n_cells_ = 0;
  std::vector<std::int64_t> sum_, product_;
  std::vector<std::int64_t> whole_;
};

}  // namespace tepui::kernel
