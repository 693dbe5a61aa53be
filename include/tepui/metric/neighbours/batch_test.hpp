#pragma once
/// Whether the batches around a cell are as frequent as everywhere.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/metric/tails.hpp>

namespace tepui::metric {

/// Pearson's test of a neighbourhood against the frequencies of all cells. One a thread.
/// in     batch [cells], codes in [0, n_batches); how many cells a neighbourhood has
/// out    statistic: sum over batches with cells of (met - expected)^2 / expected; p by chi-squared with one degree of
///        freedom less than batches
/// cost   O(neighbourhood + batches) a cell                  source Buettner et al. 2019
class batch_test {
 public:
  batch_test(std::span<const std::int32_t> batch, std::int32_t n_batches, std::int64_t neighbourhood)
      : batch_(batch), met_(usize(n_batches), 0), expected_(usize(n_batches), 0.0), tail_(1) {
    for (const std::int32_t b : batch) expected_[usize(b)] += 1;
    for (double& e : expected_) {
      batches_ += e > 0 ? 1 : 0;
      e *= static_cast<double>(neighbourhood) / static_cast<double>(batch.size());
    }
    tail_ = chi_squared_tail(std::max<std::int64_t>(1, batches_ - 1));
  }
  /// Batches that have cells.
  [[nodiscard]] std::int64_t n_batches() const { return batches_; }

  void meet(std::int64_t cell) { ++met_[usize(batch_[usize(cell)])]; }
  /// The statistic of the cells met, which are then forgotten.
  [[nodiscard]] double statistic() {
    double sum = 0;
    for (std::size_t b = 0; b < met_.size(); ++b) {
      if (expected_[b] > 0) {
        const double off = static_cast<double>(met_[b]) - expected_[b];
        sum += off * off / expected_[b];
      }
      met_[b] = 0;
    }
    return sum;
  }
  [[nodiscard]] double p_value(double statistic) const { return tail_(statistic); }

 private:
  std::span<const std::int32_t> batch_;
  std::vector<std::int64_t> met_;
  std::vector<double> expected_;
  std::int64_t batches_ = 0;
  chi_squared_tail tail_;
};

}  // namespace tepui::metric
